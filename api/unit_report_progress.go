package api

import (
	"context"
	"slices"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// ReportEntryView is one item of progress that filing a report hands over.
type ReportEntryView struct {
	Indicator IndicatorView     `json:"indicator" doc:"指标；序号 0 为没有数量和频次的任务"`
	Parts     []string          `json:"parts" doc:"逐项数字的名称"`
	Entry     ProgressEntryView `json:"entry" doc:"答复单位和本季度的填报；没有填报时间的为未填"`
}

// ReportProgressView is what of the quarter's progress goes with a unit's report:
// filing locks it, and whoever signs the report signs it.
type ReportProgressView struct {
	Items    int               `json:"items" doc:"本单位及下属单位应填报的项数"`
	Reported int               `json:"reported" doc:"已填报的项数"`
	Sheets   []SheetSummary    `json:"sheets" doc:"各答复单位填报了多少"`
	Entries  []ReportEntryView `json:"entries" doc:"随报告报送的各项，含未填的"`
}

// progressWith reads the entries that the digest of the report covers, and
// names what the unit and those below it answer for and have not filled in.
func (s *server) progressWith(ctx context.Context, b *board, report store.UnitReportItem) (ReportProgressView, error) {
	unit, _ := b.names.units.Unit(report.Unit)
	quarter, within := report.ID.Quarter, store.Reach{Paths: []string{unit.Path}}
	view := ReportProgressView{Entries: []ReportEntryView{}}
	var err error
	if b.entries, err = s.Archive.AllProgress(ctx, store.ProgressFilter{
		Plan: report.ID.Plan, Quarters: []models.Quarter{quarter}, AnyOrdinal: true, Under: unit.Path,
	}); err != nil {
		return view, err
	}
	if view.Sheets, err = s.sheetsWithin(ctx, b, quarter, within); err != nil {
		return view, err
	}
	for _, sheet := range view.Sheets {
		view.Items, view.Reported = view.Items+sheet.Items, view.Reported+sheet.Reported
	}
	for _, item := range b.items {
		for _, answerer := range item.Answering.Answerers(b.names.units, quarter.Last()) {
			if one, known := b.names.units.Unit(answerer.Unit); known && within.Covers(one.Path, "") {
				view.Entries = append(view.Entries, b.reportEntry(b.entry(item.Indicator, one.ID, quarter)))
			}
		}
	}
	view.Entries = append(view.Entries, b.unasked(view.Entries)...)
	return view, nil
}

// unasked are the entries that nobody is asked for any more, since who answers
// was settled anew: they are signed with the others.
func (b *board) unasked(shown []ReportEntryView) []ReportEntryView {
	var more []ReportEntryView
	for _, entry := range b.entries {
		if !slices.ContainsFunc(shown, func(one ReportEntryView) bool {
			return one.Entry.Unit.ID == entry.Unit && one.Entry.Task == entry.Task && one.Entry.Ordinal == entry.Ordinal
		}) {
			more = append(more, b.reportEntry(entry))
		}
	}
	return more
}

func (b *board) reportEntry(entry store.ProgressEntry) ReportEntryView {
	item, known := b.item(entry.Task, entry.Ordinal)
	if !known {
		item.Indicator = models.Indicator{Task: entry.Task, Ordinal: entry.Ordinal}
	}
	return ReportEntryView{
		Indicator: showIndicator(item.Indicator), Parts: partTexts(inspection.BasisOf(item.Indicator)),
		Entry: showProgressEntry(entry, b.names),
	}
}
