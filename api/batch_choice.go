package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// chosen reads the obligations that were ticked, each once and all of one plan.
func (s *server) chosen(ctx context.Context, b *batch, reach store.Reach) error {
	if len(b.order.Obligations) > batchMost {
		return problem.New(problem.BatchTooLarge, "rows", strconv.Itoa(len(b.order.Obligations)), "most", strconv.Itoa(batchMost))
	}
	seen := map[models.ObligationID]bool{}
	for i, text := range b.order.Obligations {
		at := "body.obligations[" + strconv.Itoa(i) + "]"
		id, err := models.ParseObligationID(text)
		if err != nil {
			return invalid(at, "不是帮扶责任的编号")
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		item, err := s.Archive.Obligation(ctx, reach, id, s.now())
		if errors.Is(err, store.ErrNotFound) {
			return invalid(at, "没有这项帮扶责任，或不在您办理此事项的范围内")
		}
		if err != nil {
			return err
		}
		if len(b.items) > 0 && b.items[0].Obligation.ID.Plan != id.Plan {
			return invalid(at, "一次只能办理同一计划的帮扶责任")
		}
		b.items = append(b.items, item)
	}
	plan, err := s.planTitle(ctx, b.items[0].Obligation.ID.Plan)
	b.scope = fmt.Sprintf("%s；逐项选取，共 %d 项", plan, len(b.items))
	return err
}

// queried reads all that the list's query chooses.
func (s *server) queried(ctx context.Context, b *batch, reach store.Reach) error {
	if b.order.Query == nil || b.order.Query.Plan == "" {
		return invalid("body.query.plan", "请指明计划，或逐项选取")
	}
	filter, err := s.obligationFilter(ctx, *b.order.Query)
	if err != nil {
		return err
	}
	asOf := s.now()
	count, err := s.Archive.CountObligations(ctx, reach, filter, asOf)
	if err != nil {
		return err
	}
	if count > batchMost {
		return problem.New(problem.BatchTooLarge, "rows", strconv.FormatInt(count, 10), "most", strconv.Itoa(batchMost))
	}
	page := store.Page{Size: store.MaximumPageSize}
	for {
		items, err := s.Archive.Obligations(ctx, reach, filter, asOf, page)
		if err != nil {
			return err
		}
		b.items = append(b.items, items.Items...)
		if items.Next == "" {
			break
		}
		page.After = items.Next
	}
	if len(b.items) == 0 {
		return invalid("body.query", "没有符合条件的帮扶责任")
	}
	plan, err := s.planTitle(ctx, b.order.Query.Plan)
	b.scope = queryText(plan, *b.order.Query, b.names) + fmt.Sprintf("；共 %d 项", len(b.items))
	return err
}

func (s *server) planTitle(ctx context.Context, id models.PlanID) (string, error) {
	plan, err := s.Archive.Plan(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return string(id), nil
	}
	return plan.Title, err
}

// queryText says the list's query in words.
func queryText(plan string, query obligationFilter, names *directory) string {
	parts := []string{plan}
	add := func(label, text string) {
		if text != "" {
			parts = append(parts, label+"："+text)
		}
	}
	if query.Unit != "" {
		add("单位", names.unitName(query.Unit)+"及其下级")
	}
	add("干部", string(query.Cadre))
	add("指标项", kindTexts[query.Kind])
	add("状态", inWords(query.States, obligationStateTexts))
	add("灯", inWords(query.Lights, lightTexts))
	if !query.DueAfter.IsZero() {
		add("到期日不早于", dateText(query.DueAfter))
	}
	if !query.DueBefore.IsZero() {
		add("到期日不晚于", dateText(query.DueBefore))
	}
	if query.Undated {
		parts = append(parts, "没有到期时间")
	}
	if !query.OverdueOn.IsZero() {
		add("逾期时点", dateText(query.OverdueOn)+"终")
	}
	add("姓名、拼音首字母或编号含", query.Text)
	if len(parts) == 1 {
		parts = append(parts, "全部帮扶责任")
	}
	return strings.Join(parts, "；")
}

func inWords[C ~string](codes []C, texts map[C]string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = texts[code]
	}
	return strings.Join(words, "、")
}
