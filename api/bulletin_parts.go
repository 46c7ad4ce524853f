package api

import (
	"slices"
	"strconv"

	"bangfu/models/inspection"
	"bangfu/models/store"
)

func showSections(text inspection.Bulletin, sections []inspection.Section, editable bool) []BulletinSectionView {
	views := make([]BulletinSectionView, len(sections))
	for i, section := range sections {
		views[i] = BulletinSectionView{Code: section.Code, Title: section.Code.Title(), Paragraphs: []ParagraphView{}}
		for _, paragraph := range section.Paragraphs {
			view := ParagraphView{Heading: inspection.IsHeading(paragraph), Segments: []SegmentView{}}
			for _, segment := range text.Segments(paragraph) {
				view.Segments = append(view.Segments, SegmentView{Text: segment.Text, Figure: segment.Figure})
			}
			if editable {
				view.Editable = text.Editable(paragraph)
			}
			views[i].Paragraphs = append(views[i].Paragraphs, view)
		}
	}
	return views
}

// showUntold are the sentences that the data would tell and the words do not,
// whose figures the text can show, and the figures that have no basis any more.
func showUntold(kept store.KeptBulletin) ([]BulletinSectionView, []inspection.FigureID) {
	refreshed := inspection.Refresh(kept.Bulletin, kept.Snapshot)
	views := showSections(refreshed.Bulletin, refreshed.Untold, true)
	for i := range views {
		views[i].Paragraphs = slices.DeleteFunc(views[i].Paragraphs, func(paragraph ParagraphView) bool {
			return slices.ContainsFunc(paragraph.Segments, func(segment SegmentView) bool {
				_, known := kept.Bulletin.Figures[segment.Figure]
				return segment.Figure != "" && !known
			})
		})
	}
	return slices.DeleteFunc(views, func(view BulletinSectionView) bool { return len(view.Paragraphs) == 0 }), refreshed.Gone
}

// showFigures are the figures that stand in the text; those who edit also see the
// others.
func showFigures(b *bulletinCase, text inspection.Bulletin) []FigureView {
	used := text.Used()
	views := []FigureView{}
	for _, id := range text.FigureIDs() {
		if inText := slices.Contains(used, id); inText || b.managing.may {
			views = append(views, showFigure(b, id, inText))
		}
	}
	return views
}

func showFigure(b *bulletinCase, id inspection.FigureID, used bool) FigureView {
	figure := b.kept.Bulletin.Figures[id]
	return FigureView{
		ID: id, Text: figure.String(), Value: figure.Value, Unit: figure.Unit, Topic: figure.Topic,
		Definition: figure.Definition, Kept: figure.Kept, Used: used, Rows: bulletinAddress(b) + "/figures/" + string(id) + "/rows",
	}
}

// bulletinAddress is the address of a bulletin in this API.
func bulletinAddress(b *bulletinCase) string {
	return Prefix + "/bulletins/" + b.cycle.ID.String() + "/" + strconv.Itoa(b.state.Ordinal)
}

func showAnnex(annex inspection.Annex) AnnexView {
	view := AnnexView{
		Code: annex.Code, Title: annex.Title, Restricted: annex.Restricted, Columns: []ColumnView{}, Rows: []AnnexRowView{}, Notes: annex.Notes,
	}
	for _, column := range annex.Columns {
		view.Columns = append(view.Columns, ColumnView{Title: column.Title, Numeric: column.Numeric})
	}
	for _, row := range annex.Rows {
		view.Rows = append(view.Rows, AnnexRowView{Cells: row.Cells, Heading: row.Heading, Total: row.Total})
	}
	return view
}

func showLetterhead(text inspection.Bulletin) LetterheadView {
	head := text.Heading()
	return LetterheadView{
		Agency: head.Agency, Brief: head.Brief, Office: head.Office, Addressees: head.Addressees, CopyTo: head.CopyTo, Printer: head.Printer,
	}
}

func showBulletinFiles(b *bulletinCase) []BulletinFileView {
	known := map[inspection.FileName]inspection.FileDigest{}
	for _, file := range b.state.Files {
		known[file.Name] = file
	}
	views := make([]BulletinFileView, len(inspection.FileNames))
	for i, name := range inspection.FileNames {
		views[i] = BulletinFileView{
			Name: string(name), Title: name.Text(), Href: bulletinAddress(b) + "/files/" + string(name),
			SHA256: known[name].SHA256, Size: known[name].Size,
		}
	}
	return views
}
