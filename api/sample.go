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
	"bangfu/models/store"
)

// SampleItemView is one sampled credit.
type SampleItemView struct {
	Inspection    string           `json:"inspection" doc:"督查"`
	Record        models.RecordID  `json:"record" doc:"记录编号"`
	Obligation    string           `json:"obligation" doc:"帮扶责任"`
	Cadre         CadreRef         `json:"cadre" doc:"干部"`
	Unit          UnitRef          `json:"unit" doc:"单位"`
	Kind          Coded            `json:"kind" doc:"指标项"`
	State         Coded            `json:"state" doc:"核查状态"`
	Remark        string           `json:"remark,omitempty" doc:"最近的核查或裁定说明"`
	CheckedBy     models.AccountID `json:"checkedBy,omitempty" doc:"核查的账号"`
	CheckedByName string           `json:"checkedByName,omitempty" doc:"核查人"`
	CheckedAt     *time.Time       `json:"checkedAt,omitempty" doc:"核查时间"`
	HearingDue    *time.Time       `json:"hearingDue,omitempty" doc:"听取陈述的截止时间；此后才能认定不实"`
	DecidedBy     models.AccountID `json:"decidedBy,omitempty" doc:"裁定的账号"`
	DecidedByName string           `json:"decidedByName,omitempty" doc:"裁定人"`
	DecidedAt     *time.Time       `json:"decidedAt,omitempty" doc:"裁定时间"`
	Revocation    *Coded           `json:"revocation,omitempty" doc:"不实的认定是否已撤销"`
	// Version is the entity tag of the item: items are checked side by side.
	Version int64 `json:"version" doc:"本条的版本，作为 If-Match"`
	// Lot is the number by which the item was drawn.
	Lot        string `json:"lot" doc:"抽签值：SHA-256(种子/记录编号)"`
	MayCheck   bool   `json:"mayCheck" doc:"本人现在可否核查"`
	MayDecide  bool   `json:"mayDecide" doc:"本人现在可否裁定；自己核查的须由他人裁定"`
	HearingEnd bool   `json:"heard" doc:"听取陈述的期限是否已过"`
}

func (v *SampleItemView) actors() []actor {
	return []actor{{v.CheckedBy, &v.CheckedByName}, {v.DecidedBy, &v.DecidedByName}}
}

// SampleBody answers with the sample of a cycle.
type SampleBody struct {
	Body struct {
		Inspection string           `json:"inspection" doc:"督查"`
		Seed       string           `json:"seed,omitempty" doc:"种子，即固化数据的 SHA-256；尚未抽取时没有"`
		Explained  []string         `json:"explained" doc:"怎样抽取、怎样重抽"`
		Repeats    bool             `json:"repeats" doc:"以同一种子重抽，结果是否相同"`
		MayDraw    bool             `json:"mayDraw" doc:"本人可否查看抽查范围、自行重抽"`
		Items      []SampleItemView `json:"items" doc:"查看范围内的各条"`
	}
}

// SampleItemInput names one sampled credit; If-Match is the item's version.
type SampleItemInput struct {
	Keyed
	Guarded
	InspectionInput
	Record models.RecordID `path:"record" maxLength:"64" doc:"记录编号"`
}

// SampleItemKeyed is SampleItemInput under an embedded name of its own.
type SampleItemKeyed = SampleItemInput

// CheckItemInput records what an inspector found.
type CheckItemInput struct {
	SampleItemKeyed
	Body struct {
		Result inspection.CheckResult `json:"result" enum:"confirmed,doubtful,false" doc:"属实、存疑、不实；不实即开始听取陈述"`
		Remark string                 `json:"remark,omitempty" maxLength:"2000" doc:"核查说明；存疑、不实时必填"`
	}
}

// DecideItemInput settles after the hearing whether the credit is false.
type DecideItemInput struct {
	SampleItemKeyed
	Body struct {
		False    bool              `json:"false" doc:"true 认定不实并撤销认定，false 陈述成立、维持认定"`
		Document models.EvidenceID `json:"document,omitempty" maxLength:"64" doc:"文件依据的材料编号；认定不实时必填"`
		Remark   string            `json:"remark" minLength:"1" maxLength:"2000" doc:"理由"`
	}
}

func registerSample(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-sample", Method: http.MethodGet, Path: "/inspections/{inspection}/sample", Tags: []string{"抽查"},
		Summary: "抽查", Description: "怎样抽取、怎样重抽，以及查看范围内的各条。被查的单位和干部从开始听取陈述起才看到涉及自己的。",
	}, auth.SampleRead, ReachList), s.getSample)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-hearings", Method: http.MethodGet, Path: "/hearings", Tags: []string{"抽查"},
		Summary: "待裁定的抽查", Description: "正在听取陈述、等待裁定的各条，只列裁定范围内的，陈述截止最早的在前。",
	}, auth.SampleDecide, ReachList), s.listHearings)
	act := func(id, path, summary, description string, permission auth.Permission) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/inspections/{inspection}/sample/{record}/" + path, Tags: []string{"抽查"},
			Summary: summary, Description: description + "须带 Idempotency-Key，以及该条的 version 作为 If-Match。",
		}, permission, ReachObject)
	}
	huma.Register(api, act("check-sample-item", "check", "核查", "属实、存疑或不实；不实的开始听取陈述。", auth.InspectionManage), s.checkItem)
	huma.Register(api, act("decide-sample-item", "decide", "裁定", "听取陈述后裁定；核查人不得裁定。认定不实的，随即撤销认定。", auth.SampleDecide), s.decideItem)
}

// sampledItems are the sampled credits that the caller may see: those who inspect
// see all in their part of the tree, those who are inspected see what they may be
// heard about.
func (s *server) sampledItems(ctx context.Context, id inspection.ID) ([]store.SampleItem, error) {
	who := principal(ctx)
	items, err := s.Archive.SampleItems(ctx, s.Policy.Reach(who, auth.SampleRead), id)
	return slices.DeleteFunc(items, func(item store.SampleItem) bool {
		return !heard(item.State) && !s.Policy.May(who, auth.SampleSurvey, item.UnitPath)
	}), err
}

// heard reports whether the unit and the cadre are or were asked for their word.
func heard(state inspection.ItemState) bool {
	return state == inspection.ItemHearing || state == inspection.ItemDismissed || state == inspection.ItemFalse
}

// sampleOf is the sample of a cycle; nil before it is drawn.
func (s *server) sampleOf(ctx context.Context, id inspection.ID) (*inspection.Sample, error) {
	aggregate, err := s.Archive.InspectionSubject(ctx, id.SampleSubject())
	if err != nil {
		return nil, err
	}
	if sample, is := aggregate.(*inspection.Sample); is && sample.Sequence > 0 {
		return sample, nil
	}
	return nil, nil
}

func (s *server) getSample(ctx context.Context, input *InspectionInput) (*SampleBody, error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	sample, err := s.sampleOf(ctx, cycle.ID)
	if err != nil {
		return nil, err
	}
	var body SampleBody
	body.Body.Inspection, body.Body.Explained, body.Body.Items = cycle.ID.String(), []string{}, []SampleItemView{}
	if sample == nil {
		return &body, nil
	}
	frame, err := s.Archive.SnapshotCredits(ctx, cycle.ID)
	if err != nil {
		return nil, err
	}
	again := inspection.Draw(sample.Seed, frame, cycle.Rules.Sample)
	body.Body.Seed, body.Body.Explained, body.Body.Repeats = sample.Seed, again.Explain(), sameDraw(again, sample)
	if body.Body.MayDraw, err = s.mayDrawAgain(ctx, sample); err != nil {
		return nil, err
	}
	items, err := s.sampledItems(ctx, cycle.ID)
	if err != nil {
		return nil, err
	}
	body.Body.Items, err = s.showSampleItems(ctx, items, map[inspection.ID]*inspection.Sample{cycle.ID: sample})
	return &body, err
}

// listHearings are the credits on which the caller has to decide, of all cycles.
func (s *server) listHearings(ctx context.Context, input *InspectionListInput) (*ListOf[SampleItemView], error) {
	items, err := s.Archive.Hearings(ctx, s.Policy.Reach(principal(ctx), auth.SampleDecide), input.Plan)
	if err != nil {
		return nil, err
	}
	samples := map[inspection.ID]*inspection.Sample{}
	for _, item := range items {
		if samples[item.ID] != nil {
			continue
		}
		if samples[item.ID], err = s.sampleOf(ctx, item.ID); err != nil {
			return nil, err
		}
	}
	var body ListOf[SampleItemView]
	body.Body.Items, err = s.showSampleItems(ctx, items, samples)
	return &body, err
}

// showSampleItems shows items of the samples with the names of those concerned.
func (s *server) showSampleItems(ctx context.Context, items []store.SampleItem, samples map[inspection.ID]*inspection.Sample) ([]SampleItemView, error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]person, len(items))
	for i, item := range items {
		people[i] = person{id: item.Obligation.Cadre, unitPath: item.UnitPath}
	}
	if err := s.learn(ctx, names, people...); err != nil {
		return nil, err
	}
	views := make([]SampleItemView, len(items))
	for i, item := range items {
		sample := samples[item.ID]
		item.CheckedRight = sample.CheckedRight(item.Record)
		views[i] = s.showSampleItem(principal(ctx), item, sample.Seed, names)
	}
	return views, s.name(ctx, actorsOf(views, (*SampleItemView).actors)...)
}

// sameDraw reports whether drawing again gave the credits that were drawn then.
func sameDraw(again inspection.Drawn, sample *inspection.Sample) bool {
	return slices.EqualFunc(again.Credits, sample.Items, func(credit inspection.Credit, item inspection.SampleItem) bool {
		return credit.Record == item.Record
	})
}

func (s *server) showSampleItem(who auth.Principal, item store.SampleItem, seed string, names *directory) SampleItemView {
	now := s.now()
	view := SampleItemView{
		Inspection: item.ID.String(), Record: item.Record, Obligation: item.Obligation.String(), Cadre: names.cadre(item.Obligation.Cadre), Unit: names.unit(item.Unit),
		Kind: codedAs(item.Kind, kindTexts[item.Kind]), State: codedAs(item.State, item.State.Text()), Remark: item.Remark,
		CheckedBy: item.CheckedBy, CheckedAt: moment(item.CheckedAt), HearingDue: moment(item.HearingDue),
		DecidedBy: item.DecidedBy, DecidedAt: moment(item.DecidedAt), Version: itemVersion(item), Lot: inspection.Lot(seed, string(item.Record)),
		HearingEnd: !item.HearingDue.IsZero() && !now.Before(item.HearingDue),
	}
	if item.Revocation != "" {
		revocation := codedAs(item.Revocation, item.Revocation.Text())
		view.Revocation = &revocation
	}
	apart := !who.ActsFor(item.Obligation.Cadre)
	unsettled := item.State == inspection.ItemDrawn || item.State == inspection.ItemDoubtful
	view.MayCheck = apart && unsettled && s.Policy.May(who, auth.InspectionManage, item.UnitPath)
	view.MayDecide = apart && item.State == inspection.ItemHearing && s.mayHear(who, item)
	return view
}

// mayHear: whoever decides after the hearing is another person than who checked, by another right.
func (s *server) mayHear(who auth.Principal, item store.SampleItem) bool {
	behalf, may := s.Policy.Behalf(who, auth.SampleDecide, item.UnitPath, "")
	return may && !who.ActorFor(behalf).Repeats(item.CheckedBy, item.CheckedRight)
}

// itemVersion changes with every decision on the item and on no other: a sample
// is checked by several people side by side, and one's check must not turn
// another's away.
func itemVersion(item store.SampleItem) int64 {
	last := item.CheckedAt
	if item.DecidedAt.After(last) {
		last = item.DecidedAt
	}
	if last.IsZero() {
		return 0
	}
	return last.UnixMicro()
}

// onItem gives a command about one sampled credit.
func (s *server) onItem(ctx context.Context, input SampleItemInput, permission auth.Permission, c inspectionCommand,
	body func(context.Context, *inspection.Inspection) (inspection.CommandBody, error),
) (*OrderedOutput, error) {
	c.Key, c.At = input.Key, "body.remark"
	c.Prepare = func(ctx context.Context) (inspectionOrder, error) {
		item, cycle, err := s.itemFor(ctx, input, permission)
		if err != nil {
			return inspectionOrder{}, err
		}
		if err := input.matches(itemVersion(item)); err != nil {
			return inspectionOrder{}, err
		}
		command, err := body(ctx, cycle)
		return inspectionOrder{
			subject: cycle.ID.SampleSubject(), body: command, behalf: s.rightOver(ctx, permission, item.UnitPath).behalf,
		}, err
	}
	return s.inspect(ctx, c)
}

// itemFor reads a sampled credit that the caller may decide on.
func (s *server) itemFor(ctx context.Context, input SampleItemInput, permission auth.Permission) (store.SampleItem, *inspection.Inspection, error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return store.SampleItem{}, nil, err
	}
	items, err := s.sampledItems(ctx, cycle.ID)
	if err != nil {
		return store.SampleItem{}, nil, err
	}
	at := slices.IndexFunc(items, func(item store.SampleItem) bool { return item.Record == input.Record })
	switch {
	case at < 0:
		return store.SampleItem{}, nil, store.ErrNotFound
	case !s.Policy.May(principal(ctx), permission, items[at].UnitPath):
		return store.SampleItem{}, nil, forbidden("该条抽查不在您办理此事项的范围内。")
	case principal(ctx).ActsFor(items[at].Obligation.Cadre):
		return store.SampleItem{}, nil, models.Refuse(models.RefusedOwnClaim, "record", string(input.Record))
	}
	return items[at], cycle, nil
}

func (s *server) checkItem(ctx context.Context, input *CheckItemInput) (*OrderedOutput, error) {
	check := inspection.Check{Record: input.Record, Result: input.Body.Result}
	return s.onItem(ctx, input.SampleItemKeyed, auth.InspectionManage, inspectionCommand{
		Kind: check.CommandKind(), Words: input.Body.Remark, NeedWords: check.Result != inspection.ResultConfirmed,
		Content: struct {
			Inspection string           `json:"inspection"`
			Check      inspection.Check `json:"check"`
		}{input.Inspection, check},
	}, func(ctx context.Context, cycle *inspection.Inspection) (inspection.CommandBody, error) {
		if check.Result != inspection.ResultFalse {
			return check, nil
		}
		calendar, err := s.Archive.Calendar(ctx)
		check.HearingDue = cycle.Rules.HearingDue(calendar, s.now())
		return check, err
	})
}

func (s *server) decideItem(ctx context.Context, input *DecideItemInput) (*OrderedOutput, error) {
	decision := inspection.DecideHearing{Record: input.Record, False: input.Body.False, Document: input.Body.Document}
	return s.onItem(ctx, input.SampleItemKeyed, auth.SampleDecide, inspectionCommand{
		Kind: decision.CommandKind(), Words: input.Body.Remark, NeedWords: true,
		Content: struct {
			Inspection string                   `json:"inspection"`
			Decision   inspection.DecideHearing `json:"decision"`
		}{input.Inspection, decision},
	}, func(ctx context.Context, _ *inspection.Inspection) (inspection.CommandBody, error) {
		return decision, s.requireDocument(ctx, decision.Document)
	})
}
