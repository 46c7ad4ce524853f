package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/paper"
	"bangfu/models/store"
)

// InspectionInput names the cycle that is asked for.
type InspectionInput struct {
	Inspection string `path:"inspection" maxLength:"80" doc:"督查：计划.季度" example:"tianjin-2013.2013Q2"`
}

// InspectionListInput chooses the plan whose cycles are listed.
type InspectionListInput struct {
	Plan models.PlanID `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
}

// BulletinRef names the bulletin that a cycle has come to.
type BulletinRef struct {
	Ordinal int   `json:"ordinal" doc:"本季第几份，更正的为第二份起"`
	Stage   Coded `json:"stage" doc:"所处阶段"`
	// Number is the document's in the register, without the word of the office;
	// absent before it is issued.
	Number   string       `json:"number,omitempty" doc:"文号的年份和序号" example:"〔2013〕5号"`
	IssuedOn *models.Date `json:"issuedOn,omitempty" format:"date" doc:"印发日期"`
}

// InspectionView is one cycle as lists show it.
type InspectionView struct {
	ID        string           `json:"id" doc:"督查：计划.季度" example:"tianjin-2013.2013Q2"`
	Plan      models.PlanID    `json:"plan" doc:"计划"`
	Quarter   Coded            `json:"quarter" doc:"季度，代码如 2013Q2"`
	Stage     Coded            `json:"stage" doc:"阶段"`
	CutOff    time.Time        `json:"cutOff" doc:"数据截止时间"`
	ReportDue *time.Time       `json:"reportDue,omitempty" doc:"自查报告截止时间；尚未下发通知时没有"`
	Snapshot  string           `json:"snapshot,omitempty" doc:"固化数据的 SHA-256"`
	Scheduled bool             `json:"scheduled" doc:"true 为定时开启，false 为督查员开启"`
	OpenedBy  models.AccountID `json:"openedBy" doc:"开启的账号"`
	// OpenedByName is beside the account, as everywhere in the views of the inspection.
	OpenedByName string    `json:"openedByName" doc:"开启人；定时开启的为系统"`
	OpenedAt     time.Time `json:"openedAt" doc:"开启时间"`
	Sequence     int64     `json:"sequence" doc:"事件序号，即 ETag"`
}

func (v *InspectionView) actors() []actor { return []actor{{v.OpenedBy, &v.OpenedByName}} }

// SeverityView is one severity with the time that it gives.
type SeverityView struct {
	Severity    Coded       `json:"severity" doc:"程度"`
	WorkingDays int         `json:"workingDays" doc:"整改时限（工作日）"`
	DueOn       models.Date `json:"dueOn" format:"date" doc:"今天提出的截止日"`
}

// InspectionDetail is one cycle with what concerns the units within reach.
type InspectionDetail struct {
	InspectionView
	Units int `json:"units" doc:"查看范围内的被督查单位数"`
	// Reports counts them by the state of their report.
	Reports    map[string]int `json:"reports" doc:"按自查报告状态计数：unasked（未下发）、due、filed、confirmed、nothing、missing"`
	Late       int            `json:"late" doc:"迟报的单位数"`
	Findings   map[string]int `json:"findings" doc:"本季提出的问题按状态计数：open、answered、closed、withdrawn"`
	Sampled    int            `json:"sampled" doc:"抽查条数"`
	Talks      []UnitRef      `json:"talks" doc:"提示约谈的单位"`
	Bulletin   *BulletinRef   `json:"bulletin,omitempty" doc:"现在的通报；无权查看未印发通报的只见已印发的"`
	Severities []SeverityView `json:"severities" doc:"各种程度的整改时限"`
	// Rules are pinned: what the cycle was opened with holds to its end.
	Rules []models.Figure `json:"rules" doc:"本次督查所依的数值；开启后不变"`
	// MayManage: the caller may decide for the whole cycle.
	MayManage bool `json:"mayManage" doc:"本人可否办理整个督查的事项"`
}

// InspectionBody answers with one cycle.
type InspectionBody struct {
	ETag string `header:"ETag"`
	Body InspectionDetail
}

// OpenInspectionInput is the request to open a cycle.
type OpenInspectionInput struct {
	Keyed
	Body struct {
		Plan    models.PlanID `json:"plan" minLength:"1" maxLength:"64" doc:"计划" example:"tianjin-2013"`
		Quarter string        `json:"quarter" minLength:"6" maxLength:"6" doc:"季度，当前或以前的" example:"2013Q2"`
	}
}

// CancelInspectionInput is the request to cancel a cycle.
type CancelInspectionInput struct {
	Keyed
	Guarded
	InspectionInput
	Body struct {
		Remark string `json:"remark" minLength:"1" maxLength:"2000" doc:"取消的理由"`
	}
}

// BoardRowView is one unit on the inspector's board.
type BoardRowView struct {
	Unit UnitRef `json:"unit" doc:"单位"`
	Kind Coded   `json:"kind" doc:"单位类别"`
	// Report has the code unasked until the unit was asked.
	Report       Coded      `json:"report" doc:"自查报告状态，unasked 为尚未下发"`
	Late         bool       `json:"late" doc:"是否迟报"`
	Due          *time.Time `json:"due,omitempty" doc:"截止时间"`
	FiledAt      *time.Time `json:"filedAt,omitempty" doc:"填报时间"`
	ConfirmedAt  *time.Time `json:"confirmedAt,omitempty" doc:"签报时间"`
	Sequence     int64      `json:"sequence" doc:"报告的事件序号，即 ETag；未下发为 0"`
	OpenFindings int        `json:"openFindings" doc:"未销号的问题数，含以前季度的"`
	// Light is the worst of the open findings.
	Light        *Coded    `json:"light,omitempty" doc:"未销号问题中最重的灯；没有问题时没有此项"`
	Required     int       `json:"required" doc:"截止时应完成数"`
	Met          int       `json:"met" doc:"截止时已完成数，每项至多计到应完成数"`
	Credits      int       `json:"credits" doc:"截止时已认定数"`
	Overdue      int       `json:"overdue" doc:"截止时逾期的指标项数"`
	Predecessors []UnitRef `json:"predecessors,omitempty" doc:"由本单位代为报送的已撤并单位"`
}

// FormerView is how a unit stood before.
type FormerView struct {
	Place    int `json:"place" doc:"当时通报印出的位次，0 为没有"`
	Required int `json:"required" doc:"应完成数"`
	Met      int `json:"met" doc:"已完成数"`
	Change   int `json:"change" doc:"至今完成率的变化，单位为 0.1 个百分点"`
}

// RankRowView is one unit with its place.
type RankRowView struct {
	Unit     UnitRef        `json:"unit" doc:"单位"`
	Place    int            `json:"place" doc:"位次，同分并列；0 为不排位"`
	Unranked *Coded         `json:"unranked,omitempty" doc:"不排位的原因"`
	Required int            `json:"required" doc:"应完成数；市级部门为经核实的指标数"`
	Met      int            `json:"met" doc:"已完成数；市级部门为未落后序时进度的指标数"`
	Credits  int            `json:"credits" doc:"已认定数"`
	States   map[string]int `json:"states" doc:"指标按进度计数：done、ahead、on-schedule、behind、unmeasured"`
	Quarter  *FormerView    `json:"lastQuarter,omitempty" doc:"上季度"`
	Year     *FormerView    `json:"lastYear,omitempty" doc:"上年同期"`
}

// RankGroupView is the order of the units of one kind, within the caller's reach.
type RankGroupView struct {
	Kind    Coded         `json:"kind" doc:"单位类别；各类分别排位"`
	Formula string        `json:"formula" doc:"排位的算法，与表同列"`
	Rows    []RankRowView `json:"rows" doc:"各单位；位次按全市排"`
}

// RankingBody answers with the ranking.
type RankingBody struct {
	Body struct {
		CutOff   time.Time       `json:"cutOff" doc:"数据截止时间"`
		Snapshot string          `json:"snapshot" doc:"固化数据的 SHA-256"`
		Groups   []RankGroupView `json:"groups" doc:"区县、功能区、市级部门"`
	}
}

// FrozenGoalInput chooses frozen goals of a cycle.
type FrozenGoalInput struct {
	Paging
	InspectionInput
	Unit  models.UnitID `query:"unit" maxLength:"64" doc:"被督查单位"`
	Kind  models.Kind   `query:"kind" enum:"introduce,found,transform" doc:"指标项"`
	Light models.Light  `query:"light" enum:"green,blue,yellow,red" doc:"灯"`
	Unmet bool          `query:"unmet" doc:"只列未完成的"`
}

// FrozenGoalView is one goal of one cadre as it stood at the cut-off.
type FrozenGoalView struct {
	Cadre    CadreRef    `json:"cadre" doc:"干部"`
	Unit     UnitRef     `json:"unit" doc:"被督查单位"`
	Office   UnitRef     `json:"office" doc:"干部所在单位"`
	Kind     Coded       `json:"kind" doc:"指标项"`
	Required int         `json:"required" doc:"应完成数"`
	Met      int         `json:"met" doc:"已完成数"`
	Credits  int         `json:"credits" doc:"已认定数"`
	Overdue  bool        `json:"overdue" doc:"截止时是否逾期"`
	Exempted bool        `json:"exempted" doc:"是否免除"`
	Due      models.Date `json:"due" format:"date" doc:"到期日"`
	Light    Coded       `json:"light" doc:"灯"`
	Closed   *Coded      `json:"closed,omitempty" doc:"截止时责任已办结的事由"`
}

// InspectionScheduleBody tells how the schedule stands.
type InspectionScheduleBody struct {
	Body struct {
		Paused bool `json:"paused" doc:"是否已暂停"`
		// By is whoever paused or resumed it last.
		By     models.AccountID `json:"by,omitempty" doc:"最近暂停或恢复的账号"`
		ByName string           `json:"byName,omitempty" doc:"最近暂停或恢复的人"`
		Next   []time.Time      `json:"next" doc:"以后几次检查的时间；到季度后第一个工作日即开启"`
		Last   *time.Time       `json:"last,omitempty" doc:"最近一次检查的时间"`
		// Opens is when the running quarter's cycle will be opened.
		Opens   models.Date `json:"opens" format:"date" doc:"本季度督查的开启日"`
		Quarter Coded       `json:"quarter" doc:"本季度"`
	}
}

func registerInspection(api huma.API, s *server) {
	read := func(id, path, summary, description string, reach string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"督查"}, Summary: summary, Description: description,
		}, auth.InspectionRead, reach)
	}
	huma.Register(api, read("list-inspections", "/inspections", "各季度的督查", "最近的季度在前。", ReachList), s.listInspections)
	huma.Register(api, read("get-inspection", "/inspections/{inspection}", "一次督查", "各项计数只含查看范围内的单位。", ReachList), s.getInspection)
	huma.Register(api, read("list-inspection-units", "/inspections/{inspection}/units", "督查进度表",
		"查看范围内的各单位及其所处的环节，按单位次序。", ReachList), s.board)
	huma.Register(api, read("get-inspection-ranking", "/inspections/{inspection}/ranking", "位次",
		"只按核实的成果排位，位次按全市排，只列查看范围内的单位；算法与表同列。", ReachList), s.ranking)
	huma.Register(api, read("get-inspection-unit-trend", "/inspections/{inspection}/units/{unit}/trend", "一个单位的各季情况",
		"计划期内已固化的各季度，截至本次督查，由前到后。", ReachObject), s.unitTrend)
	huma.Register(api, read("list-inspection-goals", "/inspections/{inspection}/goals", "固化的指标项",
		"通报的数字由这些行得出，截止后不再变化。", ReachList), s.frozenGoals)
	manage := func(id, method, path, summary, description string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"督查"}, Summary: summary, Description: description,
		}, auth.InspectionManage, ReachObject)
	}
	huma.Register(api, manage("open-inspection", http.MethodPost, "/inspections", "开启督查",
		"计划期内当前或以前的季度，每季度一次。须带 Idempotency-Key。"), s.openInspection)
	huma.Register(api, manage("cancel-inspection", http.MethodPost, "/inspections/{inspection}/cancel", "取消督查",
		"通报印发前可以取消，已有的内容全部保留。须带 Idempotency-Key，以及督查的 ETag 作为 If-Match。"), s.cancelInspection)
	huma.Register(api, read("get-inspection-schedule", "/inspection-schedule", "定时开启的情况",
		"每日检查，季度后第一个工作日开启该季度的督查，错过的补开。", ReachNone), s.schedule)
	huma.Register(api, logged(manage("pause-inspection-schedule", http.MethodPost, "/inspection-schedule/pause", "暂停定时开启", "重复办理没有影响。")),
		s.pauseSchedule)
	huma.Register(api, logged(manage("resume-inspection-schedule", http.MethodPost, "/inspection-schedule/resume", "恢复定时开启", "重复办理没有影响。")),
		s.resumeSchedule)
}

func showInspection(cycle store.Inspection) InspectionView {
	return InspectionView{
		ID: cycle.ID.String(), Plan: cycle.ID.Plan, Quarter: codedQuarter(cycle.ID.Quarter), Stage: codedAs(cycle.Stage, cycle.Stage.Text()),
		CutOff: cycle.CutOff, ReportDue: moment(cycle.ReportDue), Snapshot: cycle.Snapshot, Scheduled: cycle.Scheduled,
		OpenedBy: cycle.OpenedBy, OpenedAt: cycle.OpenedAt, Sequence: cycle.Sequence,
	}
}

func (s *server) listInspections(ctx context.Context, input *InspectionListInput) (*ListOf[InspectionView], error) {
	cycles, err := s.Archive.Inspections(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	body := list(cycles, showInspection)
	return body, s.name(ctx, actorsOf(body.Body.Items, (*InspectionView).actors)...)
}

func (s *server) getInspection(ctx context.Context, input *InspectionInput) (*InspectionBody, error) {
	row, err := s.inspectionAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	body := &InspectionBody{ETag: etag(cycle.Sequence), Body: InspectionDetail{
		InspectionView: showInspection(row), Reports: map[string]int{}, Findings: map[string]int{}, Talks: []UnitRef{},
		Rules: cycle.Rules.Figures(),
	}}
	reach := s.Policy.Reach(principal(ctx), auth.InspectionRead)
	if err := s.countCycle(ctx, &body.Body, cycle, reach, names); err != nil {
		return nil, err
	}
	for _, severity := range inspection.Severities {
		due := cycle.Rules.FindingDeadline(names.calendar, severity, s.now()).Due
		body.Body.Severities = append(body.Body.Severities, SeverityView{
			Severity: codedAs(severity, severity.Text()), WorkingDays: cycle.Rules.SeverityWorkingDays[severity], DueOn: lastDay(due),
		})
	}
	body.Body.MayManage = s.overall(ctx, auth.InspectionManage, names.units).may
	return body, s.name(ctx, body.Body.actors()...)
}

// lastDay is the day that a deadline of 24:00 belongs to.
func lastDay(due time.Time) models.Date { return models.DateOf(due.Add(-time.Nanosecond)) }

// countCycle counts what concerns the units within reach.
func (s *server) countCycle(ctx context.Context, body *InspectionDetail, cycle *inspection.Inspection, reach store.Reach, names *directory) error {
	reports, err := s.Archive.UnitReports(ctx, reach, store.UnitReportFilter{Plan: cycle.ID.Plan, Quarter: cycle.ID.Quarter})
	if err != nil {
		return err
	}
	for _, id := range cycle.Units {
		if unit, known := names.units.Unit(id); known && reach.Covers(unit.Path, "") {
			body.Units++
		}
	}
	for _, state := range append([]string{reportUnasked}, codes(inspection.ReportStates)...) {
		body.Reports[state] = 0
	}
	body.Reports[reportUnasked] = body.Units - len(reports)
	for _, report := range reports {
		body.Reports[string(report.State)]++
		if report.Late {
			body.Late++
		}
	}
	for _, state := range inspection.FindingStates {
		body.Findings[string(state)] = 0
	}
	findings, err := s.everyFinding(ctx, reach, store.FindingFilter{Plan: cycle.ID.Plan, Quarter: cycle.ID.Quarter})
	if err != nil {
		return err
	}
	for _, finding := range findings {
		body.Findings[string(finding.State)]++
	}
	items, err := s.sampledItems(ctx, cycle.ID)
	body.Sampled = len(items)
	for _, id := range cycle.Talks {
		if unit, known := names.units.Unit(id); known && reach.Covers(unit.Path, "") {
			body.Talks = append(body.Talks, names.unit(id))
		}
	}
	body.Bulletin = s.currentBulletin(ctx, cycle, names.units)
	return err
}

func codes[C ~string](values []C) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// currentBulletin is the latest bulletin of the cycle that the caller may see: who
// may not see a draft sees the one that was issued last.
func (s *server) currentBulletin(ctx context.Context, cycle *inspection.Inspection, tree models.UnitTree) *BulletinRef {
	b := s.caseOf(ctx, cycle, tree)
	for _, b.state = range slices.Backward(cycle.Bulletins) {
		if !b.visible() {
			continue
		}
		ref := &BulletinRef{Ordinal: b.state.Ordinal, Stage: codedAs(b.state.Stage, b.state.Stage.Text())}
		if b.state.Stage == inspection.BulletinIssued {
			ref.Number, ref.IssuedOn = paper.Number("", b.state.Year, b.state.Number), &b.state.IssuedOn
		}
		return ref
	}
	return nil
}
