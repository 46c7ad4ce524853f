package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models/store"
)

// The results of an item. "Not applicable" and "not measured" are no passes.
const (
	checkPass          = "pass"
	checkFail          = "fail"
	checkNotMeasured   = "not-measured"
	checkNotApplicable = "not-applicable"
)

var checkTexts = map[string]string{
	checkPass: "通过", checkFail: "不符合", checkNotMeasured: "未测", checkNotApplicable: "不适用",
}

// CheckItemView is one requirement with what was measured.
type CheckItemView struct {
	Number      int    `json:"number" doc:"序号"`
	Requirement string `json:"requirement" doc:"要求"`
	State       Coded  `json:"state" doc:"结果"`
	Measured    string `json:"measured" doc:"测得的情况"`
}

// SelfCheckBody is the self-check of this very program as it runs now.
type SelfCheckBody struct {
	Body struct {
		At    time.Time       `json:"at" doc:"自查时间"`
		Items []CheckItemView `json:"items" doc:"各项"`
	}
}

func registerSelfCheck(api huma.API, s *server) {
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "self-check", Method: http.MethodGet, Path: "/self-check", Tags: []string{"账号"},
		Summary: "对照等级保护要求的自查", Description: "每项写明测得的情况；不适用和未测都不算通过。",
	}, auth.SelfCheckRead, ReachNone)), s.selfCheck)
}

func (s *server) selfCheck(ctx context.Context, _ *struct{}) (*SelfCheckBody, error) {
	var officers []string
	for _, role := range auth.Roles() {
		if role.Officer() {
			officers = append(officers, string(role))
		}
	}
	facts, err := s.Archive.SafetyFacts(ctx, officers, s.now())
	if err != nil {
		return nil, err
	}
	createdBefore, on := s.idleSince()
	idle, err := s.Archive.CountIdleAccounts(ctx, createdBefore, on)
	if err != nil {
		return nil, err
	}
	var body SelfCheckBody
	body.Body.At, body.Body.Items = s.now(), []CheckItemView{}
	for _, part := range [][]finding{s.checkIdentity(ctx, facts, idle), s.checkAccess(facts), s.checkData(facts)} {
		for _, one := range part {
			body.Body.Items = append(body.Body.Items, CheckItemView{
				Number: len(body.Body.Items) + 1, Requirement: one.requirement,
				State: Coded{Code: one.state, Text: checkTexts[one.state]}, Measured: one.measured,
			})
		}
	}
	return &body, nil
}

// finding is one item before it has a number.
type finding struct{ requirement, state, measured string }

// passes is pass or fail.
func passes(good bool) string {
	if good {
		return checkPass
	}
	return checkFail
}

func (s *server) checkIdentity(ctx context.Context, facts store.SafetyFacts, idle int64) []finding {
	refused := s.weakRefused(ctx)
	return []finding{
		{"身份标识唯一，口令有复杂度要求，拒绝常见口令", passes(facts.SharedLogins == 0 && refused == len(weakSamples)), fmt.Sprintf(
			"重名的账号 %d 个，启用的账号 %d 个；口令不少于 %d 个字符，当场试用 %d 个弱口令，拒绝 %d 个。",
			facts.SharedLogins, facts.Accounts, passwordLeast, len(weakSamples), refused)},
		{"口令定期更换，不重用近期口令", passes(s.Settings.PasswordAge > 0 && s.Settings.PasswordHistory > 0), s.rotationText()},
		{"登录失败处理、会话结束、空闲超时", passes(s.Settings.LockAfter > 0), fmt.Sprintf(
			"连续失败 %d 次锁定 %s；空闲 %s、最长 %s 后会话结束；现有 %d 个账号锁定。",
			s.Settings.LockAfter, spanText(s.Settings.LockFor), spanText(s.Settings.SessionIdle), spanText(s.Settings.SessionLife), facts.Locked)},
		{"只经加密通道访问", passes(s.Settings.secure()), map[bool]string{
			true: "对外地址为 https，会话 Cookie 只随加密连接发送。", false: "对外地址不是 https，只可用于本机试用。",
		}[s.Settings.secure()]},
		{"两种鉴别技术，其一为密码技术", passes(len(s.Settings.SecretKey) > 0 && len(s.Settings.SecondFactorRoles) > 0), s.factorText()},
		{"没有默认账号，首次登录修改口令", checkNotMeasured, fmt.Sprintf(
			"系统没有预置口令；%d 个账号等待首次设定口令。是否另设了通用账号系统无法测得，须另行核对。", facts.Unset)},
		{"多余、过期账号的清查", passes(idle == 0), fmt.Sprintf(
			"待清查的账号 %d 个：建账 %d 天以上从未使用，或干部已无在任职务。名单在“账号”页面，由系统管理员停用。", idle, idleDays)},
		{"共享账号的清查", checkNotMeasured, "账号与人一一对应，本人可查看并结束自己的全部登录；是否多人共用系统无法测得，须另行核对。"},
	}
}

func (s *server) checkAccess(facts store.SafetyFacts) []finding {
	widest := s.widestRole()
	return []finding{
		{"最小权限，按单位树限定范围", passes(widest < len(auth.Permissions())), fmt.Sprintf(
			"%d 个角色、%d 项权限由内置策略规定，权限最多的角色有 %d 项；范围外的内容一律答“没有找到”。", len(auth.Roles()), len(auth.Permissions()), widest)},
		{"三员分立，互不兼任，不读业务数据", passes(facts.MixedOfficers == 0), fmt.Sprintf("兼有其他角色的管理员账号 %d 个。", facts.MixedOfficers)},
		{"不审核本人的申报，代理亦然", passes(facts.OwnReviews == 0), fmt.Sprintf(
			"审核和裁定中，由本人或代本人对本人的记录作出的 %d 件；由规则拒绝，与界面无关。", facts.OwnReviews)},
		{"审计覆盖每个用户：时间、用户、类型、对象、结果、来源", auditState(facts), fmt.Sprintf(
			"访问日志 %d 条，其中缺操作、对象或来源的 %d 条；现已登录而日志中没有的账号 %d 个。", facts.Entries, facts.Incomplete, facts.Unseen)},
		{"审计不可删改、有链、有备份，保存不少于六个月", checkNotMeasured, fmt.Sprintf(
			"事件链 %d 条，由 `bangfu verify` 逐条校验；访问日志只增不改，最早 %s，未设链；备份须另行核对。", facts.Events, oldestText(facts.OldestAt))},
		{"界面与接口均校验输入", checkNotMeasured, "接口逐项校验，页面经由接口；由测试证明，运行中未测。"},
	}
}

func (s *server) checkData(facts store.SafetyFacts) []finding {
	return []finding{
		{"上传识别类型、查杀恶意代码", checkFail, "类型由内容识别，只收六种；尚未接入恶意代码查杀。"},
		s.integrity(facts),
		{"存储的保密性与密钥管理", checkNotMeasured, "口令以 argon2id 散列存放；数据库与存储的加密须在部署时核对。"},
		{"本地与异地备份，恢复演练", checkNotMeasured, "步骤见运行手册，演练须另行记录。"},
		{"重要处理的冗余", checkNotMeasured, "接口与工作进程可多份运行；实际份数须在部署时核对。"},
		{"剩余信息清除", checkNotMeasured, "页面不留缓存，退出时清除；临时文件随请求删除。浏览器和服务器磁盘上的残留系统无法测得。"},
		{"只收集必要的个人信息", checkNotMeasured, "没有身份证号的栏目，不统计登录次数与在线时间；填写的文字中有无多余的信息未测。"},
		{"时间同步", checkNotMeasured, "期限以服务器时间计算；须核对服务器的时间同步。"},
		{"导出有水印、审批、日志", checkFail, fmt.Sprintf("导出首行写明导出人与时间，记入日志（%d 次）；没有导出审批。", facts.Exports)},
		{"日志中没有口令等秘密", checkNotMeasured, "日志只记路由、状态与日志编号，不记内容与姓名；由测试证明，运行中未读取日志。"},
	}
}

// factorText says who needs a second factor.
func (s *server) factorText() string {
	if len(s.Settings.SecretKey) == 0 {
		return "只有口令；没有配置密钥，动态验证码尚未启用。"
	}
	text := fmt.Sprintf("口令加动态验证码（RFC 6238）；%d 种角色必须使用，其他人员可以自愿设置。", len(s.Settings.SecondFactorRoles))
	if s.Settings.SingleSignOn.Configured() {
		text += "启用了单点登录；"
		if len(s.Settings.SingleSignOn.FactorValues) == 0 {
			return text + "单点登录后同样须输入动态验证码。"
		}
		return text + "认证系统证明已经双因素的，不再输入动态验证码。"
	}
	return text
}

// rotationText says how long passwords last and which do not come back.
func (s *server) rotationText() string {
	age := "口令没有更换期限"
	if s.Settings.PasswordAge > 0 {
		age = fmt.Sprintf("口令满 %g 天后，下次登录须更换", s.Settings.PasswordAge.Hours()/24)
	}
	if s.Settings.PasswordHistory < 0 {
		return age + "；只拒绝与现在的相同。"
	}
	return fmt.Sprintf("%s；拒绝最近用过的 %d 个。", age, s.Settings.PasswordHistory)
}

// spanText says a length of time.
func spanText(span time.Duration) string {
	if span >= time.Hour {
		return fmt.Sprintf("%g 小时", span.Hours())
	}
	return fmt.Sprintf("%g 分钟", span.Minutes())
}

func oldestText(at time.Time) string {
	if at.IsZero() {
		return "尚无"
	}
	return instantText(at)
}
