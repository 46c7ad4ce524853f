package paper

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bangfu/models"
)

// Document is an official paper in words. Empty parts are left out; a draft has
// no number and no date yet.
type Document struct {
	// Agency is the red name at the top (发文机关标志), 天津市人民政府政务督查室文件, or the
	// name of the brief, 督查通报.
	Agency string
	// Number is the 发文字号, as Number writes it; empty in a draft.
	Number string
	// Issue is the 期号 of a brief, as Issue writes it, and Office who publishes it.
	Issue, Office string
	// CopyNumber, Secrecy and Urgency are 份号, 密级和保密期限 and 紧急程度; usually empty.
	CopyNumber, Secrecy, Urgency string
	// Title is broken by the writers into balanced lines; a line break in it is kept.
	Title string
	// Addressees (主送机关) are written without the colon.
	Addressees string
	Body       []Block
	// Attachments (附件) begin on pages of their own and are listed after the body.
	Attachments []Attachment
	// Signer (署名) and Date (成文日期) close the text.
	Signer string
	Date   models.Date
	// CopyTo (抄送), Printer (印发机关) and PrintedOn make the last rules (版记).
	CopyTo, Printer string
	PrintedOn       models.Date
	// Note is printed in brackets below the date (附注).
	Note string
}

// Attachment is one 附件.
type Attachment struct {
	Title string
	// Landscape is for wide tables.
	Landscape bool
	Body      []Block
}

// Block is a heading, a paragraph or a table: Table when it is set, else a heading
// of Level 1 to 4, else a paragraph.
type Block struct {
	// Level is 0 for a paragraph. The writers number headings: 一、 （一） 1. （1）
	Level int
	Text  string
	Table *Table
}

// Heading is a heading of level 1 to 4; its number is not part of the text.
func Heading(level int, text string) Block { return Block{Level: level, Text: text} }

// Paragraph is a paragraph of running text. A line break begins another one.
func Paragraph(text string) Block { return Block{Text: text} }

// Tabulated is a table.
func Tabulated(table Table) Block { return Block{Table: &table} }

// Table is a table of texts. Its header is repeated on every page.
type Table struct {
	// Caption and Note stand above and below; either may be empty.
	Caption, Note string
	Columns       []Column
	// Rows hold a cell for each column; what is missing is empty, what is too much is
	// left out.
	Rows [][]string
	// Totals is the last row, in bold; nil for none.
	Totals []string
}

// Column is a column of a Table.
type Column struct {
	// Title and Unit make the header, 应完成（项）.
	Title, Unit string
	// Weight is the width beside that of the other columns; 0 means 1.
	Weight int
	Align  Align
}

// Align is where a cell's text stands.
type Align string

// The alignments; the zero value is AlignLeft.
const (
	AlignLeft   Align = ""
	AlignCenter Align = "center"
	AlignRight  Align = "right"
)

// ErrIncomplete is the answer to a document that lacks what its form cannot be
// without.
var ErrIncomplete = errors.New("document is incomplete")

// ErrNumber is the answer to a 发文字号 that is not of the form 津政督〔2013〕5号.
var ErrNumber = errors.New("document number is malformed")

var numberForm = regexp.MustCompile(`^\p{Han}[\p{Han}A-Z]*〔[1-9][0-9]{3}〕[1-9][0-9]*号$`)

// check refuses what no writer can print.
func (d Document) check() error {
	for _, part := range []struct{ name, text string }{{"agency", d.Agency}, {"title", d.Title}} {
		if strings.TrimSpace(part.text) == "" {
			return fmt.Errorf("%w: no %s", ErrIncomplete, part.name)
		}
	}
	if d.Number != "" && !numberForm.MatchString(d.Number) {
		return fmt.Errorf("%w: %q", ErrNumber, d.Number)
	}
	return nil
}

// prepared is the document with texts that every reader of XML takes, with its
// headings numbered and paragraphs of one line.
func (d Document) prepared() (Document, error) {
	for _, text := range []*string{
		&d.Agency, &d.Number, &d.Issue, &d.Office, &d.CopyNumber, &d.Secrecy, &d.Urgency,
		&d.Addressees, &d.Signer, &d.CopyTo, &d.Printer, &d.Note,
	} {
		*text = singleLine(*text)
	}
	d.Title = clean(d.Title)
	d.Body = prepareBlocks(d.Body)
	d.Attachments = slices.Clone(d.Attachments)
	for index := range d.Attachments {
		attachment := &d.Attachments[index]
		attachment.Title = singleLine(attachment.Title)
		attachment.Body = prepareBlocks(attachment.Body)
	}
	return d, d.check()
}

func prepareBlocks(blocks []Block) []Block {
	var prepared []Block
	var counts [headingLevels]int
	for _, block := range blocks {
		switch {
		case block.Table != nil:
			table := block.Table.prepared()
			prepared = append(prepared, Block{Table: &table})
		case block.Level > 0:
			level := min(block.Level, headingLevels)
			counts[level-1]++
			clear(counts[level:])
			prepared = append(prepared, Block{Level: level, Text: headingNumber(level, counts[level-1]) + singleLine(block.Text)})
		default:
			for line := range strings.SplitSeq(clean(block.Text), "\n") {
				prepared = append(prepared, Block{Text: line})
			}
		}
	}
	return prepared
}

func (t Table) prepared() Table {
	t.Caption, t.Note = singleLine(t.Caption), singleLine(t.Note)
	t.Columns = slices.Clone(t.Columns)
	for index := range t.Columns {
		column := &t.Columns[index]
		column.Title, column.Unit = singleLine(column.Title), singleLine(column.Unit)
		column.Weight = max(column.Weight, 1)
	}
	row := func(cells []string) []string {
		whole := make([]string, len(t.Columns))
		for index := range min(len(cells), len(whole)) {
			whole[index] = clean(cells[index])
		}
		return whole
	}
	rows := make([][]string, len(t.Rows))
	for index := range t.Rows {
		rows[index] = row(t.Rows[index])
	}
	t.Rows = rows
	if t.Totals != nil {
		t.Totals = row(t.Totals)
	}
	return t
}

// header is what stands at the top of the column.
func (c Column) header() string {
	if c.Unit == "" {
		return c.Title
	}
	return c.Title + "（" + c.Unit + "）"
}

// headerIn is the header with the unit on a line of its own where the width asks
// for it.
func (c Column) headerIn(width float64, advance func(rune) float64) string {
	header := c.header()
	if c.Unit != "" && measure(header, advance) > width-2*cellIndent {
		return c.Title + "\n（" + c.Unit + "）"
	}
	return header
}

// widths divides a length among the columns by their weights, exactly.
func (t Table) widths(length int) []int {
	total := 0
	for _, column := range t.Columns {
		total += column.Weight
	}
	widths := make([]int, len(t.Columns))
	sum, given := 0, 0
	for index, column := range t.Columns {
		sum += column.Weight
		widths[index] = length*sum/total - given
		given += widths[index]
	}
	return widths
}

// label is 附件 with its number when there are several.
func (d Document) label(index int) string {
	if len(d.Attachments) == 1 {
		return "附件"
	}
	return fmt.Sprintf("附件%d", index+1)
}

// list are the lines of the 附件说明, which stands below the body: the first
// begins with 附件：.
func (d Document) list() []string {
	lines := make([]string, len(d.Attachments))
	for index, attachment := range d.Attachments {
		if len(d.Attachments) > 1 {
			lines[index] = fmt.Sprintf("%d. ", index+1)
		}
		lines[index] += attachment.Title
	}
	return lines
}

// addressed is the line of the 主送机关, with the colon of full width.
func (d Document) addressed() string {
	if d.Addressees == "" {
		return ""
	}
	return strings.TrimRight(d.Addressees, "：:") + "："
}

// copied is the text of the 抄送, with its full stop.
func (d Document) copied() string {
	if d.CopyTo == "" {
		return ""
	}
	return strings.TrimRight(d.CopyTo, "。") + "。"
}

// printed is the date of printing as the 版记 writes it.
func (d Document) printed() string {
	if d.PrintedOn.IsZero() {
		return ""
	}
	return DateText(d.PrintedOn) + "印发"
}

// noted is the 附注, in brackets.
func (d Document) noted() string {
	if d.Note == "" {
		return ""
	}
	return "（" + d.Note + "）"
}

// closes reports whether the document has a 版记.
func (d Document) closes() bool { return d.CopyTo != "" || d.Printer != "" || !d.PrintedOn.IsZero() }
