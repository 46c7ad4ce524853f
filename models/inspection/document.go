package inspection

import (
	"fmt"
	"regexp"
	"strings"

	"bangfu/models"
	"bangfu/models/paper"
)

// Masthead is what an office adds to a bulletin to make a paper of it. A draft
// has no number and no dates yet.
type Masthead struct {
	Agency, Number, Issue, Office string
	Addressees, Signer            string
	Date                          models.Date
	CopyTo, Printer               string
	PrintedOn                     models.Date
}

// landscapeColumns is from how many columns a table lies across the page.
const landscapeColumns = 7

// Document is the bulletin as a paper for the whole city, so without the tables
// that name individuals. The same bulletin and masthead give the same paper.
func (b Bulletin) Document(head Masthead) paper.Document {
	public := b.Public()
	document := paper.Document{
		Agency: head.Agency, Number: head.Number, Issue: head.Issue, Office: head.Office, Title: b.Title(),
		Addressees: head.Addressees, Signer: head.Signer, Date: head.Date,
		CopyTo: head.CopyTo, Printer: head.Printer, PrintedOn: head.PrintedOn,
		// The writers put the note in brackets, where a full stop has no place.
		Note: strings.TrimSuffix(b.Note(), "。"),
		Body: []paper.Block{paper.Paragraph(b.Preamble())},
	}
	for _, section := range public.Sections {
		document.Body = append(document.Body, paper.Heading(1, section.Code.Title()))
		for _, paragraph := range section.Paragraphs {
			document.Body = append(document.Body, b.block(paragraph))
		}
	}
	for _, annex := range public.Annexes {
		document.Attachments = append(document.Attachments, annex.attachment())
	}
	return document
}

// headingNumber is what the writers number themselves.
var headingNumber = regexp.MustCompile(`^（[一二三四五六七八九十]+）`)

func (b Bulletin) block(paragraph string) paper.Block {
	text := b.RenderParagraph(paragraph)
	if IsHeading(paragraph) {
		return paper.Heading(2, headingNumber.ReplaceAllString(text, ""))
	}
	return paper.Paragraph(text)
}

// attachment is a table with a page of its own: one table a group, its notes below.
func (a Annex) attachment() paper.Attachment {
	attachment := paper.Attachment{Title: a.Title, Landscape: len(a.Columns) >= landscapeColumns}
	var table *paper.Table
	open := func(caption string) {
		table = &paper.Table{Caption: caption, Columns: a.paperColumns()}
		attachment.Body = append(attachment.Body, paper.Block{Table: table})
	}
	for _, row := range a.Rows {
		switch {
		case row.Heading:
			open(row.Cells[0])
			continue
		case table == nil:
			open("")
		}
		if row.Total {
			table.Totals = row.Cells
			continue
		}
		table.Rows = append(table.Rows, row.Cells)
	}
	if notes := a.joinedNotes(); table != nil {
		table.Note = notes
	} else {
		attachment.Body = append(attachment.Body, paper.Paragraph(notes))
	}
	return attachment
}

// joinedNotes are the notes in one paragraph, numbered when there are several.
func (a Annex) joinedNotes() string {
	if len(a.Notes) == 1 {
		return "注：" + a.Notes[0]
	}
	var text strings.Builder
	for i, note := range a.Notes {
		text.WriteString(fmt.Sprintf("%d. ", i+1) + note)
	}
	return "注：" + text.String()
}

// columnUnit splits 应完成（个） into the title and the unit.
var columnUnit = regexp.MustCompile(`^(.+)（(.+)）$`)

// columnWeights are columns of words that need more room than a number.
var columnWeights = map[string]int{
	"单位": 9, "指标": 14, "部分": 7, "问题": 16, "目标": 7, "提出季度": 8, "提出日期": 9, "整改期限": 9, "状态": 6,
	"自查报告": 5, "说明": 9, "更正处": 8, "原文": 15, "更正为": 15, "进度": 5, "姓名": 5, "指标项": 4, "截止日": 8,
}

// leastWeight is the width of a column of numbers or of a few characters.
const leastWeight = 4

func (a Annex) paperColumns() []paper.Column {
	columns := make([]paper.Column, len(a.Columns))
	for i, column := range a.Columns {
		columns[i] = paper.Column{Title: column.Title, Weight: max(leastWeight, columnWeights[column.Title])}
		if parts := columnUnit.FindStringSubmatch(column.Title); parts != nil {
			columns[i].Title, columns[i].Unit = parts[1], parts[2]
		}
		if column.Numeric {
			columns[i].Align = paper.AlignRight
		}
	}
	return columns
}
