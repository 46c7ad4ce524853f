package definition

// Duties and their lights.
var (
	Duties = Definition{
		Anchor: "duties", Name: "帮扶责任（项）", Authority: OfPlan,
		Counted: "每名有责任的干部在一个计划内一项，含进行中、中止、已完成和已办结的" + reachOnly + "。", From: ledger, AsOf: now,
	}
	LightRed = Definition{
		Anchor: "light-red", Name: "红灯、逾期", Authority: OfPolicy,
		Counted: "到期日 24:00 已过，认定数少于应完成数，且没有按时提交、仍在审核的记录。到期日按中止台账顺延；审核的时间不算干部的。一项责任取各指标项中最重的灯" + reachOnly + "。",
		From:    ledger, AsOf: now,
	}
	LightYellow = Definition{
		Anchor: "light-yellow", Name: "黄灯", Authority: OfPolicy,
		Counted: "没有逾期，但距到期日不超过黄灯天数，或落后于序时进度，或有退回待整改的记录" + reachOnly + "。", From: ledger, AsOf: now,
	}
	LightBlue = Definition{
		Anchor: "light-blue", Name: "蓝灯", Authority: OfPolicy,
		Counted: "距到期日不超过蓝灯天数，尚未到黄灯" + reachOnly + "。", From: ledger, AsOf: now,
	}
	LightGreen = Definition{
		Anchor: "light-green", Name: "绿灯", Authority: OfPolicy,
		Counted: "以上都不是：按序时、已完成、已办结，或记录在审、只等审核" + reachOnly + "。", From: ledger, AsOf: now,
	}
	Fulfilled = Definition{
		Anchor: "fulfilled", Name: "已全部完成", Authority: OfPlan,
		Counted: "各指标项的认定数都达到应完成数，或已免除，且尚未办结的责任" + reachOnly + "。", From: ledger, AsOf: now,
	}
	Suspended = Definition{
		Anchor: "suspended", Name: "中止", Authority: OfPolicy,
		Counted: "未全部完成，且此刻在中止台账的某一段之内的责任" + reachOnly + "。", From: ledger + "、中止台账", AsOf: now,
	}
	DueThisWeek = Definition{
		Anchor: "due-this-week", Name: "本周到期", Authority: OfProject,
		Counted: "未完成指标项中最早的到期日在今日至本周日之间的责任（一周自星期一起）" + reachOnly + "。", From: ledger, AsOf: "今日，每次打开重算",
	}
	DueSoon = Definition{
		Anchor: "due-soon", Name: "30 天内到期", Authority: OfProject,
		Counted: "未完成指标项中最早的到期日在今日至今日之后第 30 日之间的责任" + reachOnly + "。", From: ledger, AsOf: "今日，每次打开重算",
	}
	BehindOrNear = Definition{
		Anchor: "behind-or-near", Name: "落后或临近", Authority: OfPolicy,
		Counted: "黄灯与蓝灯之和" + reachOnly + "。", From: ledger, AsOf: now,
	}
	SavedView = Definition{
		Anchor: "saved-view", Name: "自存视图的数目", Authority: OfProject,
		Counted: "符合所存条件的责任数；相对的日期（今日、本周、本月、本季、本年）按打开当日换算；他人共享的视图也只按打开人的查看范围计数。", From: ledger, AsOf: now,
	}
	Goals = Definition{
		Anchor: "goals", Name: "认定数 / 应完成数", Authority: OfPlan,
		Counted: "该指标项（引进、创办、转型）已认定的企业数，比责任书要求的数。一家企业在一个计划的一个指标项内全市只认定一次。", From: credits, AsOf: now,
	}
	Matches = Definition{
		Anchor: "matches", Name: "筛选出的数目", Authority: OfProject,
		Counted: "与列表、导出用同一组条件和同一条规则计数，各灯之和等于总数" + reachOnly + "。", From: ledger, AsOf: now,
	}
)

// Progress.
var (
	CreditsByMonth = Definition{
		Anchor: "credits-by-month", Name: "各月认定的企业（家）", Authority: OfPlan,
		Counted: "按末级认定的日期归入月份；后来撤销的不计；超额认定的也计" + reachOnly + "。", From: credits, AsOf: now,
	}
	DueByMonth = Definition{
		Anchor: "due-by-month", Name: "各月到期的指标项（项）", Authority: OfPlan,
		Counted: "到期日（已计入延期和中止）落在该月的指标项，含已完成、免除和已办结的；中止而未定恢复的没有到期日，不计" + reachOnly + "。", From: ledger + "、中止台账", AsOf: "按现在掌握的情况",
	}
	OverdueByMonth = Definition{
		Anchor: "overdue-by-month", Name: "月终逾期的指标项（项）", Authority: OfPolicy,
		Counted: "月末 24:00（本月为此刻）到期日已过、当时认定数不足的指标项。按现在掌握的情况追算：中止、延期、免除不论何时办理都计入；按时提交并最终认定的，审核期间不算逾期；最终未认定的不停表；办结以后不再计" + reachOnly + "。",
		From:    ledger + "、中止台账", AsOf: "各月末；按现在掌握的情况",
	}
	UnitProgress = Definition{
		Anchor: "unit-progress", Name: "各单位完成情况与位次", Authority: OfProject,
		Counted: "干部：有责任的人数。应完成：各指标项要求数之和，不含免除的。已完成：认定数，每项至多计到应完成数。完成率：已完成 ÷ 应完成。认定企业：全部认定数，含超额。位次：同类单位按完成率排，同分并列，下一位顺延；应完成数过少的只列不排。所属机构并入区县或功能区" + reachOnly + "。",
		From:    credits, AsOf: now,
	}
	Forecast = Definition{
		Anchor: "forecast", Name: "按目前进度的预测", Authority: OfProject,
		Counted: "最近至多 6 个整月认定数的月均，乘以距计划结束的整月数，加上已完成数，不超过应完成数。不计在审的记录，也不计季节；只供参考" + reachOnly + "。", From: credits, AsOf: now,
	}
)

// Deadlines.
var (
	DaysLeft = Definition{
		Anchor: "days-left", Name: "还剩、已超多少天", Authority: OfPlan,
		Counted: "今日至到期日的日历天数，负数为已超过；到期日已按中止台账顺延。到期日当天 24:00 才算逾期。", From: ledger + "、中止台账", AsOf: "今日",
	}
	WorkdaysLeft = Definition{
		Anchor: "workdays-left", Name: "还剩、已超多少个工作日", Authority: OfPolicy,
		Counted: "今日至限办日的工作日数，负数为已超过；审核和整改的时限都以工作日计。", From: calendar, AsOf: "今日",
	}
	Workdays = Definition{
		Anchor: "workdays", Name: "工作日", Authority: OfPlan,
		Counted: "周一至周五，减去法定节假日和调休放假，加上调休上班的周末。", From: calendar, AsOf: "该年日历公布时",
	}
	PolicyFigures = Definition{
		Anchor: "policy-figures", Name: "办法中的天数、次数和要求数", Authority: OfPolicy,
		Counted: "该版本办法所定的参数；每项责任固定适用一个版本，改用新版本须办理并留痕。各数的出处写在办法页上。", From: "政策版本", AsOf: "该版本公布时，此后不变",
	}
)

// Reviews and notices.
var (
	Returns = Definition{
		Anchor: "returns", Name: "退回次数与轮次", Authority: OfPolicy,
		Counted: "一条记录被退回整改的次数；每次重新提交开始新的一轮审核。达到办法所定次数后不能再退回。", From: "帮扶记录的审核事件", AsOf: now,
	}
	Hints = Definition{
		Anchor: "hints", Name: "提示与查看范围以外的条数", Authority: OfProject,
		Counted: "与本记录有相同之处、值得核对的其他记录；查看范围以外的只给条数，不给内容。提示不是结论。", From: "全市帮扶记录", AsOf: now,
	}
	Evidence = Definition{
		Anchor: "evidence", Name: "证据材料（份）", Authority: OfPolicy,
		Counted: "附在记录上的文件数；同一文件附多次只计一份。", From: "帮扶记录", AsOf: now,
	}
	Unread = Definition{
		Anchor: "unread", Name: "未读通知（条）", Authority: OfProject,
		Counted: "发给本人、尚未标为已读的通知。", From: "通知", AsOf: now,
	}
	Proposals = Definition{
		Anchor: "proposals", Name: "待批事项所涉的项数", Authority: OfProject,
		Counted: "一件事项涉及的帮扶责任数；其中已办、不能办理和尚未办理的分别计数，合计等于项数。", From: "待批事项", AsOf: now,
	}
	Substitutes = Definition{
		Anchor: "substitutes", Name: "今日代理的干部（名）", Authority: OfProject,
		Counted: "代理安排的起止日期包含今日、由本人代理的干部。", From: "代理安排", AsOf: "今日",
	}
)

// The plan.
var (
	Tasks = Definition{
		Anchor: "tasks", Name: "任务（项）", Authority: OfPlan,
		Counted: "行动计划任务分解表所列的重点任务；列出的为符合筛选条件的。", From: "行动计划附件", AsOf: "计划印发时",
	}
	Progress = Definition{
		Anchor: "progress", Name: "填报数、完成比例与已报单位", Authority: OfProject,
		Counted: "答复单位按各指标的口径（累计、本年、当月、存量、比例）填报，全市数为各单位之和，比例按分母加权；完成比例为全市数除以目标，不封顶。", From: "指标进展的填报", AsOf: "所选季度末",
	}
	ProgressStates = Definition{
		Anchor: "progress-states", Name: "完成、超序时、按序时、未达序时", Authority: OfProject,
		Counted: "已达目标为完成；未达目标的，与计划期已过的比例相比：高出 5 个百分点以上为超序时，不低于的为按序时，低于的为未达序时。没有数量目标或没有填报的不判断。一项任务按其最差的指标计。", From: "指标进展的填报，行动计划附件", AsOf: "所选季度末",
	}
	SystemFigures = Definition{
		Anchor: "system-figures", Name: "系统所知的数", Authority: OfProject,
		Counted: "已认定的帮扶记录能够证明的数，按组织机构代码去重；只在计划的文字允许时计算，其余标明不明确而不推算。", From: "帮扶记录的认定", AsOf: "所选季度末",
	}
	ProgressItems = Definition{
		Anchor: "progress-items", Name: "应填、已填的项数", Authority: OfProject,
		Counted: "该单位作为答复单位的指标数，以及其中本季度已经填报的。", From: "答复单位的设置，指标进展的填报", AsOf: now,
	}
	UnitReports = Definition{
		Anchor: "unit-reports", Name: "自查报告的数目", Authority: OfProject,
		Counted: "本次督查的单位按报告的状态计数：待报、已填待签、已签报、无须报送、未报；迟报为到期时尚未签报的，不影响其他环节。", From: "自查报告", AsOf: now,
	}
	Findings = Definition{
		Anchor: "findings", Name: "问题的数目与天数", Authority: OfProject,
		Counted: "本次督查提出的问题按状态计数；天数为距整改截止日的天数，截止日前 5 个工作日亮蓝灯，到期亮黄灯，再过 5 个工作日未销号亮红灯。", From: "问题与整改", AsOf: now,
	}
	Frozen = Definition{
		Anchor: "frozen", Name: "固化数据", Authority: OfProject,
		Counted: "截止时每名干部每项任务的应完成数、认定数和灯：应完成按责任书，已完成每项至多计到应完成数，认定数计每一家；此后的办理不改变它。", From: "督查固化的数据", AsOf: "截止时间",
	}
	Places = Definition{
		Anchor: "places", Name: "位次", Authority: OfProject,
		Counted: "区县、功能区按已完成占应完成的比例，部门按经核实的指标中不落后的比例，各自排位；比例相同的并列，应完成数过少的只列不排。", From: "督查固化的数据", AsOf: "截止时间",
	}
	SampleItems = Definition{
		Anchor: "sample-items", Name: "抽查的条数", Authority: OfProject,
		Counted: "以快照摘要为种子，按单位和指标项分层，从截止时已认定的记录中抽取；任何人可按同样的种子重抽。", From: "督查固化的数据", AsOf: "截止时间",
	}
	Bulletins = Definition{
		Anchor: "bulletins", Name: "通报中的数", Authority: OfProject,
		Counted: "通报中的每个数都取自固化数据和已签报的报告，点开可见释义和所依据的各行；督查人员只能改文字，不能改数。", From: "督查固化的数据", AsOf: "截止时间",
	}
	Indicators = Definition{
		Anchor: "indicators", Name: "指标与目标", Authority: OfPlan,
		Counted: "数值与“左右”“不低于”等限定词均照计划原文，不作换算；完成情况由单位按季度报送。", From: "行动计划附件", AsOf: "计划印发时",
	}
)

// Imports.
var (
	ImportRows = Definition{
		Anchor: "import-rows", Name: "名册的行数", Authority: OfProject,
		Counted: "标题行以下有内容的行。新增：库中没有的；更改：库中有而内容不同的；无变化：完全相同的。三者之和为总行数。", From: roster, AsOf: "试运行或导入的时刻",
	}
	ImportEnrolled = Definition{
		Anchor: "import-enrolled", Name: "新建帮扶责任与只登记的人数", Authority: OfPlan,
		Counted: "新建：职级和单位属于计划规定范围、尚无责任的干部，每人一项。只登记：职级或单位不在范围内的干部。", From: roster, AsOf: "试运行或导入的时刻",
	}
	ImportFaults = Definition{
		Anchor: "import-faults", Name: "名册的问题（处）", Authority: OfProject,
		Counted: "逐格检查发现的问题，一格一处；有一处即整个文件不导入。", From: roster, AsOf: "试运行或导入的时刻",
	}
)

// The archive and security.
var (
	Events = Definition{
		Anchor: "events", Name: "事件数与序号", Authority: OfProject,
		Counted: "该项责任的事件链中的条数；序号自 1 起连续，每条含前一条的摘要，缺一条或改一字都能查出。", From: "事件链", AsOf: now,
	}
	IdleAccounts = Definition{
		Anchor: "idle-accounts", Name: "待清查账号的天数", Authority: OfProject,
		Counted: "建账已满 90 天而从未使用过的启用账号，或所属干部已无在任职务的。只看是否用过，不统计次数和时间。", From: "账号、任职", AsOf: now,
	}
	SelfCheck = Definition{
		Anchor: "self-check", Name: "自查各项的数目", Authority: OfProject,
		Counted: "对照等级保护第三级要求逐项自查的结果；“不适用”和“未测”都不算通过。序号为自查表的次序。", From: "系统当场测得的值", AsOf: "自查的时刻",
	}
)
