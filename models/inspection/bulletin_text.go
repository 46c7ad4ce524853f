package inspection

import (
	"regexp"
	"strings"

	"bangfu/models/paper"
)

// tokenPattern is how the text names a figure: {{f12}}. What an editor is shown
// adds the value for its reader, {{f12|36个}}, and is read back as the same token.
var tokenPattern = regexp.MustCompile(`\{\{(f[1-9][0-9]{0,8})(?:\|([^{}|]*))?\}\}`)

func tokenOf(id FigureID) string { return "{{" + string(id) + "}}" }

// Segment is a stretch of a paragraph: plain words, or one figure.
type Segment struct {
	Text string
	// Figure is empty for plain words.
	Figure FigureID
}

// Segments splits a paragraph into words and figures, in order. A token that
// names no figure stays as it was written, so that nothing is lost in silence.
func (b Bulletin) Segments(paragraph string) []Segment {
	var segments []Segment
	last := 0
	for _, at := range tokenPattern.FindAllStringSubmatchIndex(paragraph, -1) {
		id := FigureID(paragraph[at[2]:at[3]])
		figure, known := b.Figures[id]
		if !known {
			continue
		}
		if at[0] > last {
			segments = append(segments, Segment{Text: paragraph[last:at[0]]})
		}
		segments = append(segments, Segment{Text: figure.String(), Figure: id})
		last = at[1]
	}
	if last < len(paragraph) {
		segments = append(segments, Segment{Text: paragraph[last:]})
	}
	return segments
}

// RenderParagraph is a paragraph with its figures in their places.
func (b Bulletin) RenderParagraph(paragraph string) string {
	var text strings.Builder
	for _, segment := range b.Segments(paragraph) {
		text.WriteString(segment.Text)
	}
	return text.String()
}

// Editable is a paragraph as an editor shows it: each token with its value, so
// that one reads a sentence and not a row of names.
func (b Bulletin) Editable(paragraph string) string {
	return tokenPattern.ReplaceAllStringFunc(paragraph, func(token string) string {
		id := FigureID(tokenPattern.FindStringSubmatch(token)[1])
		figure, known := b.Figures[id]
		if !known || strings.ContainsAny(figure.String(), "{}|") {
			return token
		}
		return "{{" + string(id) + "|" + figure.String() + "}}"
	})
}

// IsHeading reports whether a paragraph is a heading of the second level.
func IsHeading(paragraph string) bool { return headingPattern.MatchString(paragraph) }

var headingPattern = regexp.MustCompile(`^（[一二三四五六七八九十]+）[^。；]{1,30}$`)

// Render is the whole bulletin as plain text: title, chapters, the list of its
// tables, and the note of its cut-off.
func Render(bulletin Bulletin) string {
	var text strings.Builder
	text.WriteString(bulletin.Title() + "\n\n" + bulletin.Preamble() + "\n")
	for i, section := range bulletin.Sections {
		text.WriteString(paper.Numeral(i+1) + "、" + section.Code.Title() + "\n")
		for _, paragraph := range section.Paragraphs {
			text.WriteString(bulletin.RenderParagraph(paragraph) + "\n")
		}
	}
	for i, annex := range bulletin.Annexes {
		mark := ""
		if annex.Restricted {
			mark = "（限内部）"
		}
		text.WriteString("附表" + paper.Numeral(i+1) + "　" + annex.Title + mark + "\n")
	}
	text.WriteString("\n" + bulletin.Note() + "\n")
	return text.String()
}

// TextOf is a table as plain text, cells apart by tabs.
func (a Annex) TextOf() string { return strings.Join(a.lines(), "\n") + "\n" }

func (a Annex) lines() []string {
	heads := make([]string, len(a.Columns))
	for i, column := range a.Columns {
		heads[i] = column.Title
	}
	lines := []string{a.Title, strings.Join(heads, "\t")}
	for _, row := range a.Rows {
		lines = append(lines, strings.Join(row.Cells, "\t"))
	}
	for _, note := range a.Notes {
		lines = append(lines, "注："+note)
	}
	return lines
}

// Used are the figures that stand in the text, in its order.
func (b Bulletin) Used() []FigureID { return b.used() }

// FigureIDs are all figures in the order of their numbers.
func (b Bulletin) FigureIDs() []FigureID { return b.sortedFigures() }
