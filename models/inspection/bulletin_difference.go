package inspection

// Change is one row of what a correction changes: a paragraph, a figure or a row
// of a table, as it was and as it is.
type Change struct {
	What    ChangeKind  `json:"what"`
	Section SectionCode `json:"section,omitempty"`
	Annex   AnnexCode   `json:"annex,omitempty"`
	// Name says which figure, by its definition and whom it is about.
	Name string `json:"name,omitempty"`
	// Old is empty for what is new, New for what is gone.
	Old string `json:"old"`
	New string `json:"new"`
}

// ChangeKind says what a row of a correction is about.
type ChangeKind string

// The kinds of changes.
const (
	ChangeWords  ChangeKind = "words"
	ChangeFigure ChangeKind = "figure"
	ChangeAnnex  ChangeKind = "annex"
	ChangeBasis  ChangeKind = "basis" // the snapshot itself is another
)

// Difference says what a correction changes: other figures, other words, other
// rows of tables. Figures are compared by their query and not by their name, so
// that a draft in another order is no change. What one page shows as a paragraph
// is compared as people read it, figures in their places. What goes to the whole
// city is the difference of two Public bulletins.
func Difference(before, after Bulletin) []Change {
	changes := []Change{}
	if before.SnapshotDigest != after.SnapshotDigest {
		changes = append(changes, Change{What: ChangeBasis, Old: before.SnapshotDigest, New: after.SnapshotDigest})
	}
	changes = append(changes, differentFigures(before, after)...)
	for _, code := range SectionCodes {
		for _, step := range compareLists(paragraphsOf(before, code), paragraphsOf(after, code)) {
			changes = append(changes, Change{What: ChangeWords, Section: code, Old: step.old, New: step.new})
		}
	}
	for _, code := range annexesOfFigures {
		for _, step := range compareLists(annexLines(before, code), annexLines(after, code)) {
			changes = append(changes, Change{What: ChangeAnnex, Annex: code, Old: step.old, New: step.new})
		}
	}
	return changes
}

// differentFigures are figures that both texts show and that differ.
func differentFigures(before, after Bulletin) []Change {
	old := map[Query]Shown{}
	for _, id := range before.used() {
		old[before.Figures[id].Query] = before.Figures[id].Shown
	}
	changes, told := []Change{}, map[Query]bool{}
	for _, id := range after.used() {
		figure := after.Figures[id]
		if was, known := old[figure.Query]; known && was != figure.Shown && !told[figure.Query] {
			told[figure.Query] = true
			changes = append(changes, Change{
				What: ChangeFigure, Name: after.about(figure.Query) + figure.Definition, Old: was.String(), New: figure.String(),
			})
		}
	}
	return changes
}

// used are the figures that stand in the text, in its order.
func (b Bulletin) used() []FigureID {
	var ids []FigureID
	for _, section := range b.Sections {
		for _, paragraph := range section.Paragraphs {
			for _, segment := range b.Segments(paragraph) {
				if segment.Figure != "" {
					ids = append(ids, segment.Figure)
				}
			}
		}
	}
	return ids
}

// about is the name of what a query says something of, with a colon.
func (b Bulletin) about(query Query) string {
	subject := query.subject()
	if subject == "" || query.Measure == MeasureName {
		return ""
	}
	for _, id := range b.sortedFigures() {
		if figure := b.Figures[id]; figure.Query.Measure == MeasureName && figure.Query.subject() == subject {
			return figure.Value + "："
		}
	}
	return ""
}

func paragraphsOf(b Bulletin, code SectionCode) []string {
	var lines []string
	for _, section := range b.Sections {
		if section.Code == code {
			for _, paragraph := range section.Paragraphs {
				lines = append(lines, b.RenderParagraph(paragraph))
			}
		}
	}
	return lines
}

func annexLines(b Bulletin, code AnnexCode) []string {
	var lines []string
	for _, annex := range b.Annexes {
		if annex.Code == code {
			lines = append(lines, annex.lines()...)
		}
	}
	return lines
}

// step is one line that was replaced, removed (new empty) or added (old empty).
type step struct{ old, new string }

// compareLists walks the longest common run of two lists and pairs what lies
// between its members in order.
func compareLists(before, after []string) []step {
	var steps []step
	i, j := 0, 0
	pair := func(toOld, toNew int) {
		for ; i < toOld || j < toNew; i, j = min(i+1, toOld), min(j+1, toNew) {
			var s step
			if i < toOld {
				s.old = before[i]
			}
			if j < toNew {
				s.new = after[j]
			}
			steps = append(steps, s)
		}
	}
	for _, match := range longestCommon(before, after) {
		pair(match[0], match[1])
		i, j = match[0]+1, match[1]+1
	}
	pair(len(before), len(after))
	return steps
}

// longestCommon are the places of a longest common subsequence. Equal ends are
// taken first, which leaves little to compare when little was corrected.
func longestCommon(before, after []string) [][2]int {
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	var matches [][2]int
	for i := range head {
		matches = append(matches, [2]int{i, i})
	}
	matches = append(matches, middleCommon(before[head:len(before)-tail], after[head:len(after)-tail], head)...)
	for i := tail; i > 0; i-- {
		matches = append(matches, [2]int{len(before) - i, len(after) - i})
	}
	return matches
}

// comparedMost bounds the table that middleCommon fills. Lists that differ in
// more than that are told line by line, as they come.
const comparedMost = 4_000_000

func middleCommon(before, after []string, offset int) [][2]int {
	if len(before)*len(after) > comparedMost {
		return nil
	}
	lengths := make([][]int, len(before)+1)
	for i := range lengths {
		lengths[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	var matches [][2]int
	for i, j := 0, 0; i < len(before) && j < len(after); {
		switch {
		case before[i] == after[j]:
			matches = append(matches, [2]int{offset + i, offset + j})
			i, j = i+1, j+1
		case lengths[i+1][j] >= lengths[i][j+1]:
			i++
		default:
			j++
		}
	}
	return matches
}
