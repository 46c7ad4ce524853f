package paper

// border is a rule at one side, in eighths of a point.
func (d *docx) border(side string, eighths int) {
	d.empty(side, "w:val", "single", "w:sz", eighths, "w:space", 0, "w:color", "000000")
}

// cellMargins are those of every cell of a table.
func (d *docx) cellMargins(vertical, horizontal float64) {
	d.element("w:tblCellMar", func() {
		d.empty("w:top", "w:w", twips(vertical), "w:type", "dxa")
		d.empty("w:left", "w:w", twips(horizontal), "w:type", "dxa")
		d.empty("w:bottom", "w:w", twips(vertical), "w:type", "dxa")
		d.empty("w:right", "w:w", twips(horizontal), "w:type", "dxa")
	})
}

// table is a table with its caption and note. Rows are not broken by pages, and the
// header is repeated.
func (d *docx) table(table Table, landscape bool) {
	if len(table.Columns) == 0 {
		return
	}
	if table.Caption != "" {
		form := running()
		form.face, form.firstCharacters, form.keep = faceHei, 0, true
		d.paragraph(form, table.Caption)
	}
	width := twips(areaOf(landscape).width)
	widths := table.widths(width)
	d.element("w:tbl", func() {
		d.element("w:tblPr", func() {
			d.empty("w:tblW", "w:w", width, "w:type", "dxa")
			d.element("w:tblBorders", func() {
				for _, side := range []string{"w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"} {
					d.border(side, int(gridRule*8))
				}
			})
			d.empty("w:tblLayout", "w:type", "fixed")
			d.cellMargins(cellPadding, cellIndent)
		})
		d.element("w:tblGrid", func() {
			for _, width := range widths {
				d.empty("w:gridCol", "w:w", width)
			}
		})
		headers := make([]string, len(table.Columns))
		for index, column := range table.Columns {
			headers[index] = column.headerIn(float64(widths[index])/20, func(character rune) float64 { return plainAdvance(character) * sizeTable })
		}
		d.tableRow(table, widths, headers, true, faceHei)
		for _, cells := range table.Rows {
			d.tableRow(table, widths, cells, false, faceBody)
		}
		if table.Totals != nil {
			d.tableRow(table, widths, table.Totals, false, faceHei)
		}
	})
	// Two tables that touch would become one; the note, or nothing, stands between.
	note := paragraphForm{face: faceBody, size: sizeTable, line: twips(tablePitch), noGrid: true}
	if table.Note == "" {
		note.line = 20
	}
	d.paragraph(note, table.Note)
}

func (d *docx) tableRow(table Table, widths []int, cells []string, header bool, face face) {
	d.element("w:tr", func() {
		d.element("w:trPr", func() {
			d.empty("w:cantSplit")
			if header {
				d.empty("w:tblHeader")
			}
		})
		for index, column := range table.Columns {
			form := paragraphForm{face: face, size: sizeTable, line: twips(tablePitch), align: column.Align, noGrid: true}
			if header {
				form.align = AlignCenter
			}
			d.element("w:tc", func() {
				d.element("w:tcPr", func() {
					d.empty("w:tcW", "w:w", widths[index], "w:type", "dxa")
					d.empty("w:vAlign", "w:val", "center")
				})
				d.paragraph(form, cells[index])
			})
		}
	})
}
