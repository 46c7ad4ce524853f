package inspection

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Refreshed is a bulletin whose words were kept and whose figures were read again.
type Refreshed struct {
	Bulletin Bulletin
	// Gone are figures of the text that the new snapshot does not hold, such as
	// those of a finding that was withdrawn: they show a dash, and an edit may drop
	// them.
	Gone []FigureID
	// Untold are the sentences that a new draft would have to write and the kept
	// words lack, such as that on a unit that has become late. Their figures are in
	// the bulletin already, so that an edit can put them in as they are.
	Untold []Section
}

// goneFigure is what the text shows for a figure that no longer exists.
const goneFigure = "（已无此项）"

// Refresh reads the figures of an edited bulletin again from another snapshot, so
// that reports that came in late, or a correction, do not cost the inspectors
// their words.
func Refresh(bulletin Bulletin, snapshot Snapshot) Refreshed {
	draft := Draft(snapshot)
	fresh := bulletin
	fresh.Plan, fresh.PlanTitle, fresh.Quarter = draft.Plan, draft.PlanTitle, draft.Quarter
	fresh.CutOff, fresh.SnapshotDigest, fresh.Annexes = draft.CutOff, draft.SnapshotDigest, draft.Annexes
	fresh.FiguresDigest = draft.FiguresDigest
	fresh.Letterhead = draft.Letterhead
	fresh.Figures = make(map[FigureID]Figure, len(bulletin.Figures))
	result := Refreshed{Gone: []FigureID{}, Untold: []Section{}}
	last := 0
	for id, figure := range bulletin.Figures {
		last = max(last, ordinalOf(id))
		again, known := figureOf(snapshot, figure.Query)
		if again.Kept = figure.Kept && known; !known {
			again.Shown = Shown{Value: goneFigure}
		}
		fresh.Figures[id] = again
	}
	told, spare := map[Query]bool{}, map[Query][]FigureID{}
	for _, id := range fresh.used() {
		told[fresh.Figures[id].Query] = true
		if fresh.Figures[id].Value == goneFigure {
			result.Gone = append(result.Gone, id)
		}
	}
	used := fresh.used()
	for _, id := range fresh.sortedFigures() {
		if query := fresh.Figures[id].Query; !slices.Contains(used, id) {
			spare[query] = append(spare[query], id)
		}
	}
	for _, section := range draft.Sections {
		untold := Section{Code: section.Code, Paragraphs: []string{}}
		for _, paragraph := range section.Paragraphs {
			if draft.tellsNew(paragraph, told) {
				untold.Paragraphs = append(untold.Paragraphs, fresh.adopt(draft, paragraph, spare, &last))
			}
		}
		if len(untold.Paragraphs) > 0 {
			result.Untold = append(result.Untold, untold)
		}
	}
	result.Bulletin = fresh
	return result
}

// tellsNew reports whether a paragraph has a kept figure that is not told yet.
func (b Bulletin) tellsNew(paragraph string, told map[Query]bool) bool {
	return slices.ContainsFunc(b.Segments(paragraph), func(segment Segment) bool {
		figure := b.Figures[segment.Figure]
		return figure.Kept && !told[figure.Query]
	})
}

// adopt takes a paragraph of another draft over, with figures of this bulletin:
// those that no sentence shows, or new ones.
func (b Bulletin) adopt(draft Bulletin, paragraph string, spare map[Query][]FigureID, last *int) string {
	return tokenPattern.ReplaceAllStringFunc(paragraph, func(token string) string {
		figure := draft.Figures[FigureID(tokenPattern.FindStringSubmatch(token)[1])]
		if ids := spare[figure.Query]; len(ids) > 0 {
			spare[figure.Query] = ids[1:]
			return tokenOf(ids[0])
		}
		*last++
		id := FigureID("f" + strconv.Itoa(*last))
		b.Figures[id] = figure
		return tokenOf(id)
	})
}

// sortedFigures are all figures in the order of their numbers.
func (b Bulletin) sortedFigures() []FigureID {
	return slices.SortedFunc(maps.Keys(b.Figures), func(x, y FigureID) int {
		return cmp.Compare(ordinalOf(x), ordinalOf(y))
	})
}

func ordinalOf(id FigureID) int {
	number, _ := strconv.Atoi(strings.TrimPrefix(string(id), "f"))
	return number
}

// Correct begins the bulletin that corrects an issued one: the same words, with
// the figures of the snapshot as it is now. number is the issued one's 发文字号.
// The issued bulletin stays as it is.
func Correct(issued Bulletin, number string, snapshot Snapshot) Refreshed {
	refreshed := Refresh(issued, snapshot)
	refreshed.Bulletin.Corrects = number
	return refreshed
}

// WithCorrections is the correcting bulletin with the table that shows every
// change beside what it replaces. Both sides are those that go to the whole city:
// names of individuals never stand in it.
func WithCorrections(issued, correcting Bulletin) Bulletin {
	annex := Annex{
		Code: AnnexCorrection, Title: AnnexCorrection.Text(), Rows: []AnnexRow{},
		Columns: columns("#序号", "更正处", "原文", "更正为"), Notes: []string{"原通报不作改动，以本表所列更正为准。"},
	}
	correcting.Annexes = slices.DeleteFunc(slices.Clone(correcting.Annexes), func(a Annex) bool { return a.Code == AnnexCorrection })
	for i, change := range Difference(issued.Public(), correcting.Public()) {
		annex.Rows = append(annex.Rows, AnnexRow{Cells: []string{
			strconv.Itoa(i + 1), change.Where(), cmp.Or(strings.ReplaceAll(change.Old, "\t", "，"), "（无）"),
			cmp.Or(strings.ReplaceAll(change.New, "\t", "，"), "（删去）"),
		}})
	}
	if len(annex.Rows) == 0 {
		annex.Notes = append(annex.Notes, "与原通报相比没有改动。")
	}
	correcting.Annexes = append(correcting.Annexes, annex)
	return correcting
}

// Where says in words what a change is about.
func (c Change) Where() string {
	switch c.What {
	case ChangeWords:
		return "正文“" + c.Section.Title() + "”"
	case ChangeFigure:
		return "数据：" + c.Name
	case ChangeAnnex:
		return "附表《" + c.Annex.Text() + "》"
	case ChangeBasis:
		return "快照摘要"
	}
	return string(c.What)
}
