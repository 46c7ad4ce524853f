package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/store"
)

// HintView is something remarkable about a claim, for a reviewer to look at.
type HintView struct {
	Code models.HintCode `json:"code" doc:"提示代码"`
	Text string          `json:"text" doc:"提示"`
	// Records are the claims that share it, as far as the caller may read them.
	Records []RecordView `json:"records" doc:"有同样情况的记录，只列查看范围内的"`
	Beyond  int          `json:"beyond" doc:"查看范围以外还有几条"`
}

var hintTexts = map[models.HintCode]string{
	models.HintSameAddress:     "另有企业的申报使用同一住所。",
	models.HintSameLegalPerson: "另有企业的申报是同一法定代表人。",
	models.HintSamePhone:       "另有企业的申报是同一联系电话。",
	models.HintYoungEnterprise: "帮扶时企业成立仅 {days} 天。",
	models.HintLateEntry:       "帮扶 {days} 天以后才提交，属于补录。",
}

func registerHint(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-hints", Method: http.MethodGet, Path: "/records/{record}/hints", Tags: []string{"审核"},
		Summary: "审核提示", Description: "与同一计划的其他申报比较住所、法定代表人、电话，以及时间上的异常。提示不是结论。申报人本人及其代理人不可查看。",
	}, auth.HintRead, ReachObject), s.listHints)
}

func (s *server) listHints(ctx context.Context, input *RecordInput) (*ListOf[HintView], error) {
	record, err := s.visibleRecord(ctx, input.Record)
	if err != nil {
		return nil, err
	}
	who := principal(ctx)
	if !s.Policy.May(who, auth.HintRead, record.UnitPath) || who.ActsFor(record.Obligation.Cadre) {
		return nil, forbidden("审核提示供审核人查看，申报人本人及其代理人须回避。")
	}
	alike, err := s.Archive.AlikeClaims(ctx, record)
	if err != nil {
		return nil, err
	}
	facts, byID := make([]models.ClaimFacts, len(alike)), map[models.RecordID]store.Record{}
	for i, other := range alike {
		facts[i], byID[other.ID] = factsOf(other), other
	}
	reach := s.Policy.Reach(who, auth.RecordRead)
	var body ListOf[HintView]
	body.Body.Items = []HintView{}
	for _, hint := range models.Hints(factsOf(record), facts) {
		var seen []store.Record
		for _, id := range hint.Records {
			if other := byID[id]; reach.Covers(other.UnitPath, other.Obligation.Cadre) {
				seen = append(seen, other)
			}
		}
		shown, err := s.showRecords(ctx, store.Paged[store.Record]{Items: seen})
		if err != nil {
			return nil, err
		}
		body.Body.Items = append(body.Body.Items, HintView{
			Code: hint.Code, Text: fill(hintTexts[hint.Code], hint.Params),
			Records: shown.Body.Items, Beyond: len(hint.Records) - len(seen),
		})
	}
	return &body, nil
}

func factsOf(record store.Record) models.ClaimFacts {
	content := record.Content
	return models.ClaimFacts{
		Record: record.ID, Enterprise: content.Enterprise, Kind: content.Kind, Address: content.Address,
		LegalPerson: content.LegalPerson, Phone: content.Phone, OccurredOn: content.OccurredOn,
		Established: content.Established, SubmittedAt: record.SubmittedAt,
	}
}
