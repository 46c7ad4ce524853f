package paper

import "strings"

// headLine is a line of the head, where exact distances count and the grid does not.
func headLine(face face, size float64) paragraphForm {
	return paragraphForm{face: face, size: size, line: twips(linePitch), noGrid: true}
}

// numberLine is how high the line of the number is above the red rule: little more
// than its letters, so that the rule's distance is measured from them.
const numberLine = sizeBody + 2

// officialHead is 份号 to the red rule. The three lines at the top are always there,
// so that the red name stands 35 mm below the top of the text with or without them.
func (d *docx) officialHead() {
	d.paragraph(headLine(faceBody, sizeBody), d.document.CopyNumber)
	d.paragraph(headLine(faceHei, sizeBody), d.document.Secrecy)
	d.paragraph(headLine(faceHei, sizeBody), d.document.Urgency)
	d.agency(twips(points(agencyDrop)) - 3*twips(linePitch))
	d.blank(2)
	number := headLine(faceBody, sizeBody)
	number.align, number.rule = AlignCenter, true
	number.line = twips(numberLine)
	number.before = twips(linePitch - numberLine)
	d.paragraph(number, d.document.Number)
}

// agency is the red name. Its letters stand in the middle of a line a fifth higher
// than they are.
func (d *docx) agency(drop int) {
	const lead = 0.1
	size := agencySize(d.document.Agency)
	form := headLine(faceTitle, size)
	form.red, form.align = true, AlignCenter
	form.line = twips(size * (1 + 2*lead))
	form.before = max(drop-twips(size*lead), 0)
	d.paragraph(form, d.document.Agency)
}

// briefHead is the masthead of a brief.
func (d *docx) briefHead() {
	d.paragraph(headLine(faceHei, sizeBody), d.document.Secrecy)
	d.agency(0)
	issue := headLine(faceBody, sizeBody)
	issue.align, issue.before = AlignCenter, twips(linePitch/2)
	d.paragraph(issue, d.document.Issue)
	foot := headLine(faceBody, sizeBody)
	foot.rule = true
	foot.line, foot.before = twips(numberLine), twips(linePitch-numberLine)
	foot.rightTabAt = twips(points(textWidth) - sizeBody)
	d.paragraph(foot, "\u3000"+d.document.Office+"\t"+DateText(d.document.Date))
}

func (d *docx) blank(lines int) {
	for range lines {
		form := running()
		form.firstCharacters = 0
		d.paragraph(form, "")
	}
}

func (d *docx) titleAndAddressees() {
	d.blank(2)
	d.title(d.document.Title, areaOf(false).width)
	d.blank(1)
	if addressed := d.document.addressed(); addressed != "" {
		form := running()
		form.firstCharacters = 0
		d.paragraph(form, addressed)
	}
}

// title is a title in balanced lines.
func (d *docx) title(title string, width float64) {
	form := running()
	form.firstCharacters = 0
	form.face, form.size, form.align, form.noGrid, form.spread = faceTitle, sizeTitle, AlignCenter, true, 0
	lines := balanced(title, width, func(character rune) float64 { return plainAdvance(character) * sizeTitle })
	d.paragraph(form, strings.Join(lines, "\n"))
}

func (d *docx) blocks(blocks []Block, landscape bool) {
	for index, block := range blocks {
		switch {
		case block.Table != nil:
			d.table(*block.Table, landscape)
		case block.Level > 0:
			form := running()
			form.face, form.heading = headingFace(block.Level), block.Level
			form.keep = index < len(blocks)-1
			d.paragraph(form, block.Text)
		default:
			form := running()
			form.keep = d.endsWith(blocks, index)
			d.paragraph(form, block.Text)
		}
	}
}

// endsWith reports whether the block is the body's last and the signature follows
// it at once, so that both stand on one page.
func (d *docx) endsWith(blocks []Block, index int) bool {
	return index == len(blocks)-1 && len(d.document.Attachments) == 0 && d.document.Signer != ""
}

// attachmentList is the 附件说明.
func (d *docx) attachmentList() {
	lines := d.document.list()
	if len(lines) == 0 {
		return
	}
	d.blank(1)
	em := sizeBody
	for index, line := range lines {
		form := running()
		number := measure(numberOf(line), plainAdvance) * em
		// The lines begin below each other, right of 附件：.
		start := 5 * em
		form.firstCharacters = 0
		form.left, form.hangingFrom = twips(start+number), twips(number)
		text := line
		if index == 0 {
			form.hangingFrom = twips(3*em + number)
			text = "附件：" + line
		}
		form.keep = true
		d.paragraph(form, text)
	}
}

// ending is 署名, 成文日期 and 附注.
func (d *docx) ending() {
	date, signer := d.document.ending(d.official)
	width := areaOf(false).width
	advance := func(character rune) float64 { return plainAdvance(character) * sizeBody }
	dateWidth, signerWidth := measure(date, advance), measure(signer, advance)
	dateX, signerX := endingPlaces(width, dateWidth, signerWidth)
	form := running()
	form.firstCharacters, form.align, form.keep = 0, AlignRight, true
	if date != "" || signer != "" {
		blank := form
		blank.align = AlignLeft
		for range 2 {
			d.paragraph(blank, "")
		}
	}
	if signer != "" {
		one := form
		one.right, one.keep = twips(max(width-signerX-signerWidth, 0)), date != ""
		d.paragraph(one, signer)
	}
	noted := d.document.noted()
	if date != "" {
		one := form
		one.keep = noted != ""
		if right := twips(width - dateX - dateWidth); right == twips(endingIndent*sizeBody) {
			one.rightCharacters = endingIndent
		} else {
			one.right = max(right, 0)
		}
		d.paragraph(one, date)
	}
	if noted != "" {
		d.paragraph(running(), noted)
	}
}

func (d *docx) attachmentHead(index int, newPage bool) {
	label := running()
	label.face, label.firstCharacters, label.newPage, label.keep = faceHei, 0, newPage, true
	d.paragraph(label, d.document.label(index))
	d.blank(1)
	attachment := d.document.Attachments[index]
	d.title(attachment.Title, areaOf(attachment.Landscape).width)
	d.blank(1)
}

// closingRow is a row of the 版记.
type closingRow struct {
	form  paragraphForm
	lines []string
	// above is the thickness of the rule above, in millimetres.
	above float64
}

// closing is the 版记, a table at the foot of its page. It is placed by its distance
// from the text's top, since not every program knows how to place a table at the
// foot; so its height must be known, and the lines are broken here. LibreOffice
// places a table as wide as the text only by the page's edge.
func (d *docx) closing() {
	const lead = "抄送："
	em := twips(sizeSmall)
	width := areaOf(false).width
	var rows []closingRow
	if copied := d.document.copied(); copied != "" {
		room := width - 5*sizeSmall
		lines := breakLines(lead+copied, room+3*sizeSmall, room, func(character rune) float64 { return plainAdvance(character) * sizeSmall })
		form := paragraphForm{face: faceBody, size: sizeSmall, line: twips(linePitch), noGrid: true}
		form.left, form.hangingFrom = 4*em, 3*em
		rows = append(rows, closingRow{form: form, lines: lines, above: thickRule})
	}
	last := paragraphForm{face: faceBody, size: sizeSmall, line: twips(linePitch), noGrid: true}
	last.left, last.rightTabAt = em, twips(width)-em
	above := thickRule
	if len(rows) > 0 {
		above = thinRule
	}
	rows = append(rows, closingRow{form: last, lines: []string{d.document.Printer + "\t" + d.document.printed()}, above: above})
	d.closingTable(rows, twips(width))
	// The table is anchored to the paragraph after it.
	d.paragraph(nothing(), "")
}

// nothing is a paragraph that takes no room.
func nothing() paragraphForm {
	return paragraphForm{face: faceBody, size: sizeTable, line: 20, noGrid: true}
}

func (d *docx) closingTable(rows []closingRow, width int) {
	height := 0
	for _, row := range rows {
		height += len(row.lines) * twips(linePitch)
	}
	d.element("w:tbl", func() {
		d.element("w:tblPr", func() {
			d.empty(
				"w:tblpPr", "w:vertAnchor", "margin", "w:horzAnchor", "page", "w:tblpX", twips(points(insideMargin)),
				"w:tblpY", twips(points(textHeight))-height,
			)
			d.empty("w:tblOverlap", "w:val", "never")
			d.empty("w:tblW", "w:w", width, "w:type", "dxa")
			d.empty("w:tblLayout", "w:type", "fixed")
			d.cellMargins(0, 0)
		})
		d.element("w:tblGrid", func() { d.empty("w:gridCol", "w:w", width) })
		for _, row := range rows {
			d.closingRow(row, width)
		}
	})
}

func (d *docx) closingRow(row closingRow, width int) {
	d.element("w:tr", func() {
		d.element("w:trPr", func() {
			d.empty("w:cantSplit")
			d.empty("w:trHeight", "w:val", len(row.lines)*twips(linePitch), "w:hRule", "exact")
		})
		d.element("w:tc", func() {
			d.element("w:tcPr", func() {
				d.empty("w:tcW", "w:w", width, "w:type", "dxa")
				d.element("w:tcBorders", func() {
					d.border("w:top", eighths(points(row.above)))
					if row.form.rightTabAt > 0 {
						d.border("w:bottom", eighths(points(thickRule)))
					}
				})
			})
			d.paragraph(row.form, strings.Join(row.lines, "\n"))
		})
	})
}
