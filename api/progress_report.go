package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// visibleUnit is a unit whose shares the caller may read, or ErrNotFound.
func (s *server) visibleUnit(ctx context.Context, b *board, id models.UnitID) (models.Unit, error) {
	unit, known := b.names.units.Unit(id)
	if !known || !s.Policy.Reach(principal(ctx), auth.ProgressRead).Covers(unit.Path, "") {
		return models.Unit{}, store.ErrNotFound
	}
	return unit, nil
}

func (s *server) getSheet(ctx context.Context, input *SheetInput) (*SheetBody, error) {
	b, err := s.planBoard(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	unit, err := s.visibleUnit(ctx, b, input.Unit)
	if err != nil {
		return nil, err
	}
	quarter, err := b.quarter(input.Quarter, "query.quarter")
	if err != nil {
		return nil, err
	}
	lockedAt, err := s.Archive.ProgressLocked(ctx, inspection.ID{Plan: b.plan.ID, Quarter: quarter}, unit.ID)
	if err != nil {
		return nil, err
	}
	if err := s.read(ctx, b, 0, quarter.Previous(), quarter); err != nil {
		return nil, err
	}
	var body SheetBody
	body.Body.Unit, body.Body.Quarter, body.Body.Quarters = b.names.unit(unit.ID), quarter, b.quarterNames()
	body.Body.LockedAt = moment(lockedAt)
	body.Body.Editable = lockedAt.IsZero() && s.Policy.May(principal(ctx), auth.ProgressReport, unit.Path)
	body.Body.Items = []SheetItemView{}
	for _, item := range b.items {
		answerer, answers := inspection.AnswersFor(item.Answering.Answerers(b.names.units, quarter.Last()), unit.ID)
		if answers {
			body.Body.Items = append(body.Body.Items, b.sheetItem(item.Indicator, item.Answering, answerer, quarter))
		}
	}
	return &body, nil
}

func (b *board) sheetItem(item models.Indicator, setting inspection.Answering, answerer inspection.Answerer, quarter models.Quarter) SheetItemView {
	basis, shared := inspection.BasisOf(item), setting.Shared(b.names.units)
	part := ""
	if shared {
		part = b.partOf(answerer.Unit)
	}
	view := SheetItemView{
		Indicator: showIndicator(item), TargetText: inspection.TargetText(item), Basis: codedAs(basis, basisTexts[basis]),
		Parts: partTexts(basis), Shared: shared, Merged: b.units(answerer.Merged), Former: []string{},
		Entry:  showProgressEntry(b.entry(item, answerer.Unit, quarter), b.names),
		System: showSystem(b.systemFigure(setting, part)),
	}
	if former := b.former(item, answerer, quarter); former != nil {
		view.Former = orEmpty(former.Figures)
	}
	return view
}

// entry is what the unit has reported, or an empty entry of version 0.
func (b *board) entry(item models.Indicator, unit models.UnitID, quarter models.Quarter) store.ProgressEntry {
	at := slices.IndexFunc(b.entries, func(entry store.ProgressEntry) bool {
		return entry.Task == item.Task && entry.Ordinal == item.Ordinal && entry.Unit == unit && entry.Quarter == quarter
	})
	if at < 0 {
		return store.ProgressEntry{Entry: inspection.Entry{Quarter: quarter, Task: item.Task, Ordinal: item.Ordinal, Unit: unit}}
	}
	return b.entries[at]
}

func (b *board) former(item models.Indicator, answerer inspection.Answerer, quarter models.Quarter) *inspection.Entry {
	return inspection.FormerOf(inspection.BasisOf(item), answerer, b.names.units, quarter.Last(), b.of(item, quarter.Previous()))
}

func (s *server) reportProgress(ctx context.Context, input *ReportInput) (*ReportedBody, error) {
	who := principal(ctx)
	b, err := s.planBoard(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	unit, err := s.visibleUnit(ctx, b, input.Unit)
	if err != nil {
		return nil, err
	}
	reports := s.rightOver(ctx, auth.ProgressReport, unit.Path)
	if !reports.may {
		return nil, forbidden("进展由该单位的联络员填报。")
	}
	switch {
	case input.Key == "":
		return nil, problem.New(problem.IdempotencyMissing)
	case !validKey(input.Key):
		return nil, problem.New(problem.IdempotencyMalformed)
	}
	seen, err := input.seen()
	if err != nil {
		return nil, err
	}
	entry, err := s.checkedEntry(ctx, b, unit, input)
	if err != nil {
		return nil, err
	}
	kept, err := s.Archive.PutProgress(ctx, store.ProgressPut{
		Plan: b.plan.ID, Entry: entry, Seen: seen, Command: commandID(who, input.Key), Actor: who.ActorFor(reports.behalf), At: s.now(),
	})
	if err != nil {
		return nil, s.reportFault(ctx, b, entry, err)
	}
	return &ReportedBody{ETag: etag(kept.Version), Body: showProgressEntry(kept, b.names)}, nil
}

// checkedEntry is what the request reports, if the rules allow it.
func (s *server) checkedEntry(ctx context.Context, b *board, unit models.Unit, input *ReportInput) (inspection.Entry, error) {
	quarter, err := b.quarter(input.Quarter, "path.quarter")
	if err != nil {
		return inspection.Entry{}, err
	}
	answered, known := b.item(input.Task, input.Ordinal)
	item := answered.Indicator
	answerer, answers := inspection.AnswersFor(answered.Answering.Answerers(b.names.units, quarter.Last()), unit.ID)
	if !known || !answers {
		return inspection.Entry{}, invalid("path.task", entryFaultTexts[inspection.FaultNotAnswers])
	}
	filter := store.ProgressFilter{
		Plan: b.plan.ID, Quarters: []models.Quarter{quarter.Previous()}, Task: item.Task, Ordinal: item.Ordinal,
	}
	if b.entries, err = s.Archive.AllProgress(ctx, filter); err != nil {
		return inspection.Entry{}, err
	}
	entry := inspection.Entry{
		Quarter: quarter, Task: item.Task, Ordinal: item.Ordinal, Unit: unit.ID, Figures: input.Body.Figures,
		Milestone: input.Body.Milestone, Note: input.Body.Note, Evidence: input.Body.Evidence,
	}
	if faults := inspection.CheckEntry(item, entry, b.former(item, answerer, quarter)); len(faults) > 0 {
		said := problem.New(problem.RequestInvalid)
		for _, fault := range faults {
			said = said.At("body."+fault.Field, entryFaultTexts[fault.Fault])
		}
		return inspection.Entry{}, said
	}
	for _, id := range entry.Evidence {
		_, err := s.Archive.Evidence(ctx, store.Reach{Paths: []string{b.partOf(unit.ID)}}, id)
		if errors.Is(err, store.ErrNotFound) {
			return inspection.Entry{}, invalid("body.evidence", "没有这份材料，或者不是本单位上传的。")
		}
		if err != nil {
			return inspection.Entry{}, err
		}
	}
	return entry.Canonical(), nil
}

// reportFault says what an entry was refused for, and what stands there now.
func (s *server) reportFault(ctx context.Context, b *board, entry inspection.Entry, err error) error {
	if !errors.Is(err, store.ErrVersion) {
		return err
	}
	present, readErr := s.Archive.Progress(ctx, store.Everything(), store.ProgressKey{
		Plan: b.plan.ID, Quarter: entry.Quarter, Unit: entry.Unit, Task: entry.Task, Ordinal: entry.Ordinal,
	})
	if readErr != nil && !errors.Is(readErr, store.ErrNotFound) {
		return readErr
	}
	said := problem.New(problem.VersionConflict, "current", fmt.Sprint(present.Version))
	if readErr != nil {
		// Nothing is there, so the caller saw what never was.
		return said.With("ETag", etag(0))
	}
	said.Params["updatedAt"] = present.ReportedAt.UTC().Format(time.RFC3339)
	said.Detail += "该项已于 " + instantText(present.ReportedAt) + " 填报为：" + entryText(present.Entry) + "。"
	return said.With("ETag", etag(present.Version))
}

// entryText is an entry in one line.
func entryText(entry inspection.Entry) string {
	text := ""
	for i, figure := range entry.Figures {
		if i > 0 {
			text += "、"
		}
		text += figure
	}
	if text == "" {
		text = entry.Milestone
	}
	return text
}
