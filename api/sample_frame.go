package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
)

// SampleFrameInput names a page of a cycle's frame.
type SampleFrameInput struct {
	Paging
	InspectionInput
}

// FrameCreditView is one credit that could be drawn: what the draw needs of it and
// nothing of whose it is.
type FrameCreditView struct {
	Record models.RecordID `json:"record" doc:"记录编号"`
	Unit   models.UnitID   `json:"unit" doc:"被督查单位的代码" example:"120101"`
	Kind   models.Kind     `json:"kind" doc:"指标项" example:"found"`
	Drawn  bool            `json:"drawn" doc:"是否抽中"`
}

// SampleRuleView is the rule of a draw.
type SampleRuleView struct {
	SharePercent int               `json:"sharePercent" doc:"抽取百分之几，向上取整" example:"5"`
	Least        int               `json:"least" doc:"最少条数" example:"10"`
	Most         int               `json:"most" doc:"最多条数" example:"100"`
	Strata       inspection.Strata `json:"strata" enum:"unit-kind,unit,kind,none" doc:"分层"`
}

// SampleFrameBody answers with a page of the frame, and with all else that drawing
// again takes.
type SampleFrameBody struct {
	Body struct {
		Inspection string         `json:"inspection" doc:"督查"`
		Seed       string         `json:"seed,omitempty" doc:"种子；尚未抽取时没有"`
		Rule       SampleRuleView `json:"rule" doc:"抽取规则"`
		Explained  []string       `json:"explained" doc:"怎样抽取、怎样重抽"`
		PageOf[FrameCreditView]
	}
}

func registerSampleFrame(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-sample-frame", Method: http.MethodGet, Path: "/inspections/{inspection}/sample/frame", Tags: []string{"抽查"},
		Summary: "抽查范围", Description: "截止时已认定的全部记录，按单位、记录编号，连同种子和规则，供任何人重抽；没有干部和企业的名称。" +
			"由此可以算出抽中了哪些，所以核查完毕以前只对负责全市抽查的人员开放。",
	}, auth.SampleRead, ReachNone), s.getSampleFrame)
}

// mayDrawAgain: whoever has the frame and the seed knows what is drawn. Those who
// are inspected do not know it before it is checked.
func (s *server) mayDrawAgain(ctx context.Context, sample *inspection.Sample) (bool, error) {
	unchecked := slices.ContainsFunc(sample.Items, func(item inspection.SampleItem) bool {
		return item.State == inspection.ItemDrawn || item.State == inspection.ItemDoubtful
	})
	if !unchecked {
		return true, nil
	}
	tree, err := s.Archive.UnitTree(ctx)
	return s.overall(ctx, auth.SampleSurvey, tree).may, err
}

func (s *server) getSampleFrame(ctx context.Context, input *SampleFrameInput) (*SampleFrameBody, error) {
	cycle, err := s.cycleAt(ctx, input.Inspection)
	if err != nil {
		return nil, err
	}
	sample, err := s.sampleOf(ctx, cycle.ID)
	if err != nil {
		return nil, err
	}
	rule := cycle.Rules.Sample
	var body SampleFrameBody
	body.Body.Inspection, body.Body.Explained, body.Body.Items = cycle.ID.String(), []string{}, []FrameCreditView{}
	body.Body.Rule = SampleRuleView{SharePercent: rule.SharePercent, Least: rule.Least, Most: rule.Most, Strata: rule.Strata}
	if sample == nil {
		return &body, nil
	}
	if may, err := s.mayDrawAgain(ctx, sample); err != nil {
		return nil, err
	} else if !may {
		return nil, forbidden("核查完毕以前，抽查范围只对负责全市抽查的人员开放。")
	}
	whole, err := s.Archive.SnapshotCredits(ctx, cycle.ID)
	if err != nil {
		return nil, err
	}
	body.Body.Seed, body.Body.Explained = sample.Seed, inspection.Draw(sample.Seed, whole, rule).Explain()
	page, err := s.Archive.SnapshotCreditPage(ctx, cycle.ID, input.page())
	if err != nil {
		return nil, err
	}
	body.Body.PageOf = paged(page, func(credit inspection.Credit) FrameCreditView {
		return FrameCreditView{Record: credit.Record, Unit: credit.Unit, Kind: credit.Kind, Drawn: drawn(sample, credit.Record)}
	}).Body
	return &body, nil
}

func drawn(sample *inspection.Sample, record models.RecordID) bool {
	return slices.ContainsFunc(sample.Items, func(item inspection.SampleItem) bool { return item.Record == record })
}
