package inspection

import (
	"fmt"
	"regexp"
	"strconv"

	"bangfu/models/paper"
)

// Sheets are the tables of the bulletin for a workbook that goes to the whole
// city, so without those that name individuals.
func (b Bulletin) Sheets() []paper.Sheet {
	var sheets []paper.Sheet
	for i, annex := range b.Public().Annexes {
		sheets = append(sheets, annex.Sheets(fmt.Sprintf("附表%d", i+1))...)
	}
	return sheets
}

// Sheets are the table as tabs of a workbook, one a group: its numbers are those
// of the bulletin digit by digit, never computed again.
func (a Annex) Sheets(label string) []paper.Sheet {
	var sheets []paper.Sheet
	open := func(group string) {
		sheets = append(sheets, paper.Sheet{Name: label + group, Title: a.Title, Note: a.joinedNotes(), Columns: a.sheetColumns()})
		if group != "" {
			sheets[len(sheets)-1].Title += "（" + group + "）"
		}
	}
	for _, row := range a.Rows {
		if row.Heading {
			open(row.Cells[0])
			continue
		}
		if len(sheets) == 0 {
			open("")
		}
		last := &sheets[len(sheets)-1]
		last.Rows = append(last.Rows, a.sheetRow(row))
	}
	if len(sheets) == 0 {
		open("")
	}
	return sheets
}

func (a Annex) sheetColumns() []paper.SheetColumn {
	var columns []paper.SheetColumn
	for _, column := range a.paperColumns() {
		width := 0
		if column.Weight > leastWeight {
			width = 3 * column.Weight
		}
		columns = append(columns, paper.SheetColumn{Title: column.Title, Unit: column.Unit, Width: width})
	}
	return columns
}

// decimalForm is what a numeric column holds where it holds a number.
var decimalForm = regexp.MustCompile(`^-?[0-9]+\.[0-9]+$`)

func (a Annex) sheetRow(row AnnexRow) []paper.Cell {
	cells := make([]paper.Cell, len(row.Cells))
	for i, text := range row.Cells {
		cells[i] = paper.TextCell(text)
		if count, fault := strconv.Atoi(text); a.Columns[i].Numeric && fault == nil {
			cells[i] = paper.CountCell(count)
		} else if a.Columns[i].Numeric && decimalForm.MatchString(text) {
			cells[i] = paper.DecimalCell(text)
		}
	}
	return cells
}
