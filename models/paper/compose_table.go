package paper

import "strings"

// cell is a cell on its way into a row.
type cell struct {
	lines []string
	align Align
	face  face
}

// table sets a table: caption, header, rows, totals and note.
func (c *composer) table(table Table, width float64) []row {
	if len(table.Columns) == 0 {
		return nil
	}
	var rows []row
	if table.Caption != "" {
		caption := c.paragraph(table.Caption, faceHei, 0, width)
		for index := range caption {
			caption[index].keep = true
		}
		rows = append(rows, caption...)
	}
	edges := make([]float64, 1, len(table.Columns)+1)
	for _, part := range table.widths(twips(width)) {
		edges = append(edges, edges[len(edges)-1]+float64(part)/20)
	}
	header := c.headerRows(table, edges)
	for index := range header {
		header[index].keep = true
	}
	rows = append(rows, header...)
	body := make([]row, 0, len(table.Rows)+1)
	for _, cells := range table.Rows {
		body = append(body, c.tableRow(table, cells, edges, faceBody)...)
	}
	if table.Totals != nil {
		body = append(body, c.tableRow(table, table.Totals, edges, faceHei)...)
	}
	for index := range body {
		body[index].header = header
	}
	rows = append(rows, body...)
	if table.Note != "" {
		rows = append(rows, c.small(table.Note, width)...)
	}
	if len(body) == 0 {
		rows[len(rows)-1].keep = false
	}
	return rows
}

func (c *composer) headerRows(table Table, edges []float64) []row {
	cells := make([]cell, len(table.Columns))
	for index, column := range table.Columns {
		width := edges[index+1] - edges[index]
		cells[index] = c.cell(column.headerIn(width, c.advance(faceHei, sizeTable)), AlignCenter, faceHei, width)
	}
	return gridRows(cells, edges, c)
}

func (c *composer) tableRow(table Table, texts []string, edges []float64, face face) []row {
	cells := make([]cell, len(table.Columns))
	for index, column := range table.Columns {
		cells[index] = c.cell(texts[index], column.Align, face, edges[index+1]-edges[index])
	}
	return gridRows(cells, edges, c)
}

// cell breaks a cell's text into lines.
func (c *composer) cell(text string, align Align, face face, width float64) cell {
	room := max(width-2*cellIndent, sizeTable)
	one := cell{align: align, face: face}
	for part := range strings.SplitSeq(text, "\n") {
		broken := breakLines(part, room, room, c.advance(face, sizeTable))
		if len(broken) == 0 {
			broken = []string{""}
		}
		one.lines = append(one.lines, broken...)
	}
	return one
}

// mostCellLines are as many lines of a cell as any page holds below a header; a
// longer row is continued in another.
var mostCellLines = int((areaOf(true).height - 6*linePitch) / tablePitch)

// gridRows draw cells beside each other within their rules.
func gridRows(cells []cell, edges []float64, c *composer) []row {
	deepest := 1
	for _, one := range cells {
		deepest = max(deepest, len(one.lines))
	}
	var rows []row
	for from := 0; from < deepest; from += mostCellLines {
		count := min(deepest-from, mostCellLines)
		rows = append(rows, gridRow(cells, edges, from, count, c))
	}
	return rows
}

func gridRow(cells []cell, edges []float64, from, count int, c *composer) row {
	height := float64(count)*tablePitch + 2*cellPadding
	grid := row{height: height}
	width := edges[len(edges)-1]
	grid.rules = append(
		grid.rules,
		rule{x2: width, thickness: gridRule},
		rule{y1: height, x2: width, y2: height, thickness: gridRule},
	)
	for _, x := range edges {
		grid.rules = append(grid.rules, rule{x1: x, x2: x, y2: height, thickness: gridRule})
	}
	for index, one := range cells {
		left, right := edges[index]+cellIndent, edges[index+1]-cellIndent
		lines := one.lines[min(from, len(one.lines)):min(from+count, len(one.lines))]
		top := (height - float64(len(lines))*tablePitch) / 2
		for number, line := range lines {
			used := measure(line, c.advance(one.face, sizeTable))
			x := left
			switch one.align {
			case AlignCenter:
				x = left + max(right-left-used, 0)/2
			case AlignRight:
				x = max(right-used, left)
			case AlignLeft:
			}
			grid.letters = append(grid.letters, letters{
				text: strings.TrimRight(line, " "), face: one.face, size: sizeTable, x: x,
				y: top + float64(number)*tablePitch + standing(tablePitch, sizeTable),
			})
		}
	}
	return grid
}

// small is the note below a table.
func (c *composer) small(text string, width float64) []row {
	var rows []row
	for _, line := range breakLines(text, width, width, c.advance(faceBody, sizeTable)) {
		rows = append(rows, at(line, faceBody, sizeTable, 0, tablePitch))
	}
	return rows
}
