package problem

import "net/http"

// Every code of the API itself. The codes of refusals are those of
// models.RefusalCode.
const (
	Internal             Code = "internal"
	NotFound             Code = "not-found"
	NoSuchAddress        Code = "address-unknown"
	MethodNotAllowed     Code = "method-not-allowed"
	RequestInvalid       Code = "request-invalid"
	RequestMalformed     Code = "request-malformed"
	RequestTooLarge      Code = "request-too-large"
	ExportTooLarge       Code = "export-too-large"
	RequestTimeout       Code = "request-timeout"
	MediaType            Code = "media-type-unsupported"
	NotAcceptable        Code = "media-type-not-acceptable"
	SignInRequired       Code = "sign-in-required"
	SignInFailed         Code = "sign-in-failed"
	AccountLocked        Code = "account-locked"
	PasswordMustChange   Code = "password-must-change"
	PasswordWeak         Code = "password-weak"
	PasswordWrong        Code = "password-wrong"
	LinkInvalid          Code = "login-link-invalid"
	FactorMustEnrol      Code = "second-factor-must-enrol"
	FactorCodeWrong      Code = "second-factor-code-wrong"
	FactorUnavailable    Code = "second-factor-unavailable"
	SignOnUnavailable    Code = "single-sign-on-unavailable"
	SignOnRefused        Code = "single-sign-on-refused"
	SignOnUnknown        Code = "single-sign-on-unknown"
	SessionRequired      Code = "session-required"
	Forbidden            Code = "forbidden"
	ScopeTooWide         Code = "token-scope-too-wide"
	OfficerSeparation    Code = "officer-roles-separate"
	OwnAccount           Code = "own-account"
	CrossOrigin          Code = "cross-origin"
	TooManyRequests      Code = "too-many-requests"
	IdempotencyMissing   Code = "idempotency-key-missing"
	IdempotencyMalformed Code = "idempotency-key-malformed"
	IdempotencyReused    Code = "idempotency-key-reused"
	IdempotencyBusy      Code = "idempotency-key-in-progress"
	PreconditionRequired Code = "precondition-required"
	PreconditionInvalid  Code = "precondition-malformed"
	VersionConflict      Code = "version-conflict"
	CursorInvalid        Code = "cursor-invalid"
	Duplicate            Code = "duplicate"
	ViewLimit            Code = "view-limit"
	RosterRemoved        Code = "roster-removed"
	RosterNotKept        Code = "roster-not-kept"
	EngineUnavailable    Code = "engine-unavailable"
	ArchiveUnavailable   Code = "archive-unavailable"
	CommandPending       Code = "command-pending"
	CommandNotAccepted   Code = "command-not-accepted"
	ObligationEnded      Code = "obligation-ended"
	NotEditable          Code = "record-not-editable"
	ProgressLocked       Code = "progress-locked"
	UnknownRole          Code = "role-unknown"
	UnknownUnit          Code = "unit-unknown"
	ProposalOpen         Code = "proposal-open"
	ProposalDecided      Code = "proposal-decided"
	BatchTooLarge        Code = "batch-too-large"
	BatchEmpty           Code = "batch-empty"
	SubstitutionOverlap  Code = "substitution-overlap"
	SubstitutionOver     Code = "substitution-over"
	SubstitutionOfficer  Code = "substitution-officer"
	SubstitutionBeyond   Code = "substitution-beyond-reach"
	Unfrozen             Code = "inspection-unfrozen"
	ReportClosed         Code = "unit-report-closed"
)

type entry struct {
	Status int
	Title  string
	Detail string
	Advice string
	// RetryAfter is in seconds; zero means that trying again does not help.
	RetryAfter int
	// words say the states that the detail names; nil means those of records.
	words map[string]string
}

// advice falls back on what the status alone tells.
func (e entry) advice() string {
	switch {
	case e.Advice != "":
		return e.Advice
	case e.Status == http.StatusConflict:
		return "请刷新后查看最新状态，再决定下一步。"
	case e.Status == http.StatusForbidden:
		return "请由有相应职责的人员办理。"
	case e.Status == http.StatusUnprocessableEntity:
		return "请按说明修改后重新提交。"
	case e.RetryAfter > 0:
		return "请稍后使用同一 Idempotency-Key 重试。"
	default:
		return "如仍有疑问，请将日志编号告知系统管理员。"
	}
}

// catalog holds every code; refusals.go adds those of the rules.
var catalog = merged(apiCatalog, refusalCatalog, inspectionCatalog, bulletinCatalog)

func merged(parts ...map[Code]entry) map[Code]entry {
	all := map[Code]entry{}
	for _, part := range parts {
		for code, known := range part {
			all[code] = known
		}
	}
	return all
}

var apiCatalog = map[Code]entry{
	Internal:             {Status: 500, Title: "系统内部错误", Detail: "系统处理时出错，已记入日志。", Advice: "请将日志编号告知系统管理员。"},
	NotFound:             {Status: 404, Title: "没有找到", Detail: "所查内容不存在，或不在您的查看范围内。"},
	NoSuchAddress:        {Status: 404, Title: "地址不存在", Detail: "没有 {path} 这个地址。", Advice: "接口说明见 /api/v1/docs/。"},
	MethodNotAllowed:     {Status: 405, Title: "不支持的请求方法", Detail: "{path} 不支持 {method}。", Advice: "接口说明见 /api/v1/docs/。"},
	RequestInvalid:       {Status: 422, Title: "内容不符合要求", Detail: "提交的内容有误，详见逐项说明。"},
	RequestMalformed:     {Status: 400, Title: "请求格式有误", Detail: "请求无法读懂，详见逐项说明。"},
	ExportTooLarge:       {Status: 422, Title: "导出的行数过多", Detail: "符合条件的有 {rows} 行，一次至多导出 {most} 行。", Advice: "请缩小筛选条件，分次导出。"},
	RequestTooLarge:      {Status: 413, Title: "内容过大", Detail: "提交的内容超过上限。"},
	RequestTimeout:       {Status: 408, Title: "接收超时", Detail: "没有在规定时间内收完请求内容。", RetryAfter: 5},
	MediaType:            {Status: 415, Title: "不支持的内容类型", Detail: "请以 application/json 提交。"},
	NotAcceptable:        {Status: 406, Title: "无法提供所要的格式", Detail: "本接口以 application/json 回答。"},
	SignInRequired:       {Status: 401, Title: "请先登录", Detail: "没有登录，或登录已过期。", Advice: "请登录后重试；程序请使用 Authorization: Bearer 令牌。"},
	SignInFailed:         {Status: 401, Title: "登录失败", Detail: "账号或密码不正确。", Advice: "多次失败后账号会暂时锁定；忘记密码请联系系统管理员。"},
	AccountLocked:        {Status: 429, Title: "账号已暂时锁定", Detail: "失败次数过多，请在 {minutes} 分钟后再试。"},
	PasswordMustChange:   {Status: 403, Title: "请先修改密码", Detail: "当前密码须先修改才能继续使用。", Advice: "请使用 PUT /api/v1/me/password。"},
	PasswordWeak:         {Status: 422, Title: "密码不符合要求", Detail: "{reason}"},
	PasswordWrong:        {Status: 422, Title: "原密码不正确", Detail: "原密码不正确，密码没有修改。"},
	FactorMustEnrol:      {Status: 403, Title: "请先设置动态验证码", Detail: "您的职责要求两种方式登录，请先设置动态验证码。", Advice: "在“我的动态验证码”页面设置后即可继续。"},
	FactorCodeWrong:      {Status: 401, Title: "动态验证码不正确", Detail: "动态验证码不正确、已过期或已经用过。", Advice: "请等下一个验证码；手机时间不准时先校准。多次失败后账号会暂时锁定。"},
	FactorUnavailable:    {Status: 409, Title: "动态验证码尚未启用", Detail: "本系统还没有配置保存动态验证码的密钥。", Advice: "请联系系统的运行人员。"},
	LinkInvalid:          {Status: 410, Title: "登录链接已失效", Detail: "链接不存在、已使用过或已过期。", Advice: "请向系统管理员索取新的链接。"},
	SignOnUnavailable:    {Status: 503, Title: "认证系统暂时不可用", Detail: "统一身份认证没有应答，请以账号和密码登录，或稍后再试。", RetryAfter: 30},
	SignOnRefused:        {Status: 401, Title: "单点登录没有完成", Detail: "认证系统的答复无效、已用过、已过期，或不是本浏览器发起的。请重新登录，或以账号和密码登录。", Advice: "反复如此的，请告知系统管理员。"},
	SignOnUnknown:        {Status: 403, Title: "没有对应的账号", Detail: "您在认证系统的身份没有对应的账号，或账号已停用。请联系本单位的系统管理员。", Advice: "系统管理员在账号页面登记统一认证名，或启用账号。"},
	SessionRequired:      {Status: 403, Title: "须由本人登录办理", Detail: "此事项不能使用程序令牌办理。"},
	Forbidden:            {Status: 403, Title: "没有权限", Detail: "您的职责不包括此事项。"},
	ScopeTooWide:         {Status: 422, Title: "令牌范围过大", Detail: "令牌的权限 {scope} 超出您本人的权限。"},
	OfficerSeparation:    {Status: 409, Title: "三员职责须分离", Detail: "系统管理员、安全保密管理员、安全审计员不得由同一账号兼任，也不得兼任业务角色。"},
	OwnAccount:           {Status: 409, Title: "不能对本人账号办理", Detail: "此事项须由另一名管理员办理。"},
	CrossOrigin:          {Status: 403, Title: "来源不符", Detail: "请求来自其他网站，已拒绝。"},
	TooManyRequests:      {Status: 429, Title: "请求过于频繁", Detail: "请稍后再试。", Advice: "请按 Retry-After 等候。"},
	IdempotencyMissing:   {Status: 400, Title: "缺少 Idempotency-Key", Detail: "办理事项须带 Idempotency-Key 请求头。", Advice: "每一事项用一个新的值，重试时用同一个值。"},
	IdempotencyMalformed: {Status: 400, Title: "Idempotency-Key 格式有误", Detail: "须为 1 至 128 个可见 ASCII 字符。"},
	IdempotencyReused:    {Status: 422, Title: "Idempotency-Key 已用于其他内容", Detail: "同一 Idempotency-Key 不能用于不同的内容。", Advice: "请换一个新的值。"},
	IdempotencyBusy:      {Status: 409, Title: "同一事项正在办理", Detail: "同一 Idempotency-Key 的请求尚未完成。", RetryAfter: 1},
	PreconditionRequired: {Status: 428, Title: "缺少 If-Match", Detail: "修改和决定须带 If-Match 请求头，值为所见内容的 ETag。"},
	PreconditionInvalid:  {Status: 400, Title: "If-Match 格式有误", Detail: "If-Match 须为本接口给出的 ETag。"},
	VersionConflict:      {Status: 412, Title: "内容已被更改", Detail: "您看到的内容已被更改，事项没有办理。", Advice: "请重新读取后再决定。"},
	CursorInvalid:        {Status: 400, Title: "翻页标记无效", Detail: "翻页标记有误，或筛选条件、排序已改变。", Advice: "请从第一页重新开始。"},
	Duplicate:            {Status: 409, Title: "已经存在", Detail: "相同的内容已经存在。"},
	ViewLimit:            {Status: 409, Title: "视图已满", Detail: "每人至多保存 30 个视图。", Advice: "请先删除不用的视图。"},
	RosterRemoved:        {Status: 410, Title: "名册已到期清除", Detail: "名册文件已于{day}到期清除，导入的记录仍在。", Advice: "请向名册的提供单位索取。"},
	RosterNotKept:        {Status: 404, Title: "没有保存名册", Detail: "试运行和命令行导入不保存名册文件。", Advice: "请使用原来的文件。"},
	EngineUnavailable:    {Status: 503, Title: "流程引擎暂时不可用", Detail: "暂时不能办理事项，查询不受影响。", RetryAfter: 5},
	ArchiveUnavailable:   {Status: 503, Title: "档案库暂时不可用", Detail: "暂时不能读写档案。", RetryAfter: 5},
	CommandPending:       {Status: 202, Title: "已受理，尚未办结", Detail: "事项已受理，请到 Location 所示地址查看结果。", RetryAfter: 2},
	CommandNotAccepted:   {Status: 409, Title: "尚未受理", Detail: "该事项已收到，但尚未受理，没有生效。", Advice: "请用同一 Idempotency-Key 重新提交。"},
	ObligationEnded:      {Status: 409, Title: "帮扶责任已终结", Detail: "该帮扶责任的流程已结束，不再接受办理。"},
	NotEditable:          {Status: 409, Title: "记录当前不能修改", Detail: "该记录已提交或已办结，不能修改。", Advice: "已提交的记录可先撤回；退回的记录可修改后重新提交。"},
	ProgressLocked:       {Status: 409, Title: "本季度报告已填报", Detail: "该单位本季度的自查报告已经填报，进展不能再修改。", Advice: "签报以前确需更正的，请单位领导退回报告；签报以后请在下一季度按正确的数填报。"},
	UnknownRole:          {Status: 422, Title: "没有这个角色", Detail: "没有 {role} 这个角色。"},
	SubstitutionOverlap:  {Status: 409, Title: "代理时间重叠", Detail: "这段时间已安排同一人代理同一名干部。", Advice: "请先结束原来的安排，或改用其他日期。"},
	SubstitutionOver:     {Status: 409, Title: "代理已经结束", Detail: "该项代理已经结束，不再变动。"},
	SubstitutionOfficer:  {Status: 409, Title: "三员不得代理", Detail: "系统管理员、安全保密管理员、安全审计员不得代理他人，也不得由他人代理。"},
	SubstitutionBeyond:   {Status: 403, Title: "职责超出范围", Detail: "被代理干部的账号有您范围以外的职责，须由上级组织部门安排。"},
	Unfrozen:             {Status: 409, Title: "数据尚未固化", Detail: "本次督查的数据还在固化，暂时没有可查的数字。", Advice: "固化通常在几分钟内完成，请稍后再看。"},
	ReportClosed:         {Status: 409, Title: "报告已办结", Detail: "这份自查报告已签报、无须报送或已截止，不能再修改。"},
	UnknownUnit:          {Status: 422, Title: "没有这个单位", Detail: "没有 {unit} 这个单位。"},
	ProposalOpen:         {Status: 409, Title: "已有相同的待批事项", Detail: "该帮扶责任已有一件相同的事项等待批准。", Advice: "请先在“待批事项”中批准、不批准或撤回。"},
	ProposalDecided:      {Status: 409, Title: "待批事项已有结果", Detail: "该事项已有结果（{state}），不能再作决定。"},
	BatchTooLarge:        {Status: 422, Title: "一次办理的项数过多", Detail: "选中的有 {rows} 项，一次至多办理 {most} 项。", Advice: "请缩小筛选条件，分次办理。"},
	BatchEmpty:           {Status: 422, Title: "没有可以办理的", Detail: "选中的 {rows} 项都不能如此办理，详见逐项说明。"},
}
