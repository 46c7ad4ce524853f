package roster

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Table is a roster's cells as texts: row i stands in the spreadsheet's row i+1.
type Table [][]string

// ReadTable reads a roster's cells, so that they can be shown and mended. It
// answers false for files that are no table, and for workbooks that count days
// from 1904: their dates would change meaning as texts.
func ReadTable(reader io.Reader, fileName string) (Table, bool, error) {
	source, err := readSheet(reader, fileName, StandardLimits())
	if err != nil {
		return nil, false, err
	}
	if len(source.problems) > 0 || source.dates1904 {
		return nil, false, nil
	}
	var table Table
	for _, read := range source.lines {
		if read.broken != "" {
			return nil, false, nil
		}
		for len(table) < read.number-1 {
			table = append(table, nil)
		}
		cells := make([]string, len(read.cells))
		for i, cell := range read.cells {
			// A row of the text must stay a line of it, or its number would change.
			cells[i] = strings.Join(strings.Fields(cell), " ")
		}
		table = append(table, cells)
	}
	return table, true, nil
}

// CSV writes the table as UTF-8 text whose lines are the table's rows.
func (t Table) CSV() (string, error) {
	var text strings.Builder
	writer := csv.NewWriter(&text)
	for _, row := range t {
		if len(row) == 0 {
			row = []string{""}
		}
		if err := writer.Write(row); err != nil {
			return "", fmt.Errorf("write a roster: %w", err)
		}
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return "", fmt.Errorf("write a roster: %w", err)
	}
	return text.String(), nil
}

// Set puts a text into a cell; what lies outside of the table is left alone.
func (t Table) Set(row int, column string, text string) {
	index := columnIndex(column)
	if row < 1 || row > len(t) || index < 0 || index >= StandardLimits().Columns {
		return
	}
	for len(t[row-1]) <= index {
		t[row-1] = append(t[row-1], "")
	}
	t[row-1][index] = strings.Join(strings.Fields(text), " ")
}

// columnIndex is the place of a column that spreadsheets name by letters.
func columnIndex(column string) int {
	index := 0
	for _, letter := range column {
		if letter < 'A' || letter > 'Z' {
			return -1
		}
		index = index*26 + int(letter-'A') + 1
		if index > StandardLimits().Columns {
			return -1
		}
	}
	return index - 1
}
