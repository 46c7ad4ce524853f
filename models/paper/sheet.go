package paper

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sheet is one annex table of a workbook.
type Sheet struct {
	// Name is the tab's; what a spreadsheet cannot name a tab is replaced.
	Name string
	// Title stands above the header, Note below the last row.
	Title, Note string
	Columns     []SheetColumn
	Rows        [][]Cell
	// Totals asks for a last row with the totals of the columns.
	Totals bool
}

// SheetColumn is a column of a Sheet.
type SheetColumn struct {
	// Title and Unit make the header, 应完成（项）.
	Title, Unit string
	// Width is in characters of half width; 0 is enough for the header.
	Width int
	// Total is what the last row shows.
	Total Total
	// Part and Whole are the columns, counted from 0, whose totals TotalShare divides.
	Part, Whole int
}

// Total is what the last row shows of a column.
type Total string

// The totals; the zero value is TotalNone.
const (
	TotalNone Total = ""
	// TotalSum is the exact sum of the column's numbers.
	TotalSum Total = "sum"
	// TotalShare is the total of column Part as a share of that of column Whole.
	TotalShare Total = "share"
	// TotalLabel is the word 合计.
	TotalLabel Total = "label"
)

// Cell is a text or a number. The zero value is empty.
type Cell struct {
	kind  cellKind
	text  string
	value *big.Rat
}

type cellKind int

const (
	cellText cellKind = iota
	cellCount
	cellDecimal
	cellShare
)

// TextCell is a text; it is never run as a formula.
func TextCell(text string) Cell { return Cell{text: clean(text)} }

// CountCell is a whole number.
func CountCell(count int) Cell { return Cell{kind: cellCount, value: big.NewRat(int64(count), 1)} }

// DecimalCell is a decimal number, 18.60; what is not one stays text.
func DecimalCell(text string) Cell {
	value, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/eEpPxXoObB_") {
		return TextCell(text)
	}
	return Cell{kind: cellDecimal, value: value, text: text}
}

// ShareCell is part divided by whole, shown in percent; empty when whole is 0.
func ShareCell(part, whole int) Cell {
	if whole == 0 {
		return Cell{}
	}
	return Cell{kind: cellShare, value: big.NewRat(int64(part), int64(whole))}
}

// number is the cell's number as a spreadsheet keeps it, or its digits when it is
// too large for that.
func (c Cell) number() any {
	number, _ := c.value.Float64()
	if math.IsInf(number, 0) {
		return c.value.FloatString(2)
	}
	return number
}

// prepared is the sheet with rows as wide as its columns, and its totals.
func (s Sheet) prepared() (Sheet, []Cell) {
	s.Title, s.Note = singleLine(s.Title), singleLine(s.Note)
	s.Columns = slices.Clone(s.Columns)
	for index := range s.Columns {
		column := &s.Columns[index]
		column.Title, column.Unit = singleLine(column.Title), singleLine(column.Unit)
	}
	rows := make([][]Cell, len(s.Rows))
	for index, row := range s.Rows {
		rows[index] = make([]Cell, len(s.Columns))
		copy(rows[index], row)
	}
	s.Rows = rows
	if !s.Totals {
		return s, nil
	}
	return s, s.totals()
}

// totals sums exactly: decimals are fractions, not binary approximations.
func (s Sheet) totals() []Cell {
	sums := make([]*big.Rat, len(s.Columns))
	kinds := make([]cellKind, len(s.Columns))
	for index := range s.Columns {
		sums[index], kinds[index] = new(big.Rat), cellCount
		for _, row := range s.Rows {
			if cell := row[index]; cell.value != nil {
				sums[index].Add(sums[index], cell.value)
				kinds[index] = max(kinds[index], cell.kind)
			}
		}
	}
	totals := make([]Cell, len(s.Columns))
	for index, column := range s.Columns {
		switch column.Total {
		case TotalSum:
			totals[index] = Cell{kind: kinds[index], value: sums[index]}
		case TotalShare:
			if column.Part >= 0 && column.Part < len(sums) && column.Whole >= 0 && column.Whole < len(sums) && sums[column.Whole].Sign() != 0 {
				totals[index] = Cell{kind: cellShare, value: new(big.Rat).Quo(sums[column.Part], sums[column.Whole])}
			}
		case TotalLabel:
			totals[index] = Cell{text: "合计"}
		case TotalNone:
		}
	}
	return totals
}

// mostOfName is how long a tab's name may be, in UTF-16 units.
const mostOfName = 31

// tabNames are names that a spreadsheet takes: no :\/?*[] and no apostrophe at
// either end, at most 31 characters, none empty and no two alike.
func tabNames(sheets []Sheet) []string {
	names := make([]string, len(sheets))
	taken := map[string]bool{}
	for index, sheet := range sheets {
		name := strings.Map(func(character rune) rune {
			if strings.ContainsRune(`:\/?*[]：？＊／＼［］`, character) {
				return '_'
			}
			return character
		}, singleLine(sheet.Name))
		name = strings.Trim(strings.TrimSpace(name), "'")
		if name == "" || strings.EqualFold(name, "history") {
			name = fmt.Sprintf("附表%d", index+1)
		}
		base := shortened(name, mostOfName)
		name = base
		for number := 2; taken[strings.ToLower(name)]; number++ {
			suffix := fmt.Sprintf("（%d）", number)
			name = shortened(base, mostOfName-utf8.RuneCountInString(suffix)) + suffix
		}
		taken[strings.ToLower(name)] = true
		names[index] = name
	}
	return names
}

// shortened is the beginning of a text, of at most that many UTF-16 units.
func shortened(text string, most int) string {
	used := 0
	for index, character := range text {
		width := 1
		if character > 0xFFFF {
			width = 2
		}
		if used+width > most {
			return strings.Trim(text[:index], "' ")
		}
		used += width
	}
	return text
}
