package paper

// endingIndent is what stands to the right of the date: four characters.
const endingIndent = 4

// withEnding adds 署名, 成文日期 and 附注 below the body. They stand on a page with
// at least the last lines of the text.
func (c *composer) withEnding(rows []row) []row {
	d, width := c.document, areaOf(false).width
	date, signer := d.ending(c.official)
	dateWidth := measure(date, c.advance(faceBody, sizeBody))
	signerWidth := measure(signer, c.advance(faceBody, sizeBody))
	dateX, signerX := endingPlaces(width, dateWidth, signerWidth)
	var ending []row
	if signer != "" || date != "" {
		ending = append(ending, blank(2)...)
	}
	if signer != "" {
		ending = append(ending, at(signer, faceBody, sizeBody, signerX, linePitch))
	}
	if date != "" {
		ending = append(ending, at(date, faceBody, sizeBody, dateX, linePitch))
	}
	if noted := d.noted(); noted != "" {
		ending = append(ending, c.paragraph(noted, faceBody, 2*(sizeBody+bodySpread), width)...)
	}
	if len(ending) == 0 {
		return rows
	}
	for index := max(len(rows)-2, 0); index < len(rows); index++ {
		rows[index].keep = true
	}
	for index := range ending[:len(ending)-1] {
		ending[index].keep = true
	}
	return append(rows, ending...)
}

// ending is what stands below the text. The masthead of a brief has the date
// already, so a brief without a signer ends with its text.
func (d Document) ending(official bool) (date, signer string) {
	if !official && d.Signer == "" {
		return "", ""
	}
	return DateText(d.Date), d.Signer
}

// endingPlaces are where date and signer begin: the date four characters from the
// right, the signer centred above it; a signer that is too long for that moves
// both to the left.
func endingPlaces(width, date, signer float64) (dateX, signerX float64) {
	dateX = width - endingIndent*sizeBody - date
	signerX = dateX + (date-signer)/2
	if over := signerX + signer - width; over > 0 {
		dateX, signerX = dateX-over, signerX-over
	}
	return max(dateX, 0), max(signerX, 0)
}

// attachmentHead is 附件, top left in 黑体, and the title two lines below.
func (c *composer) attachmentHead(index int) []row {
	attachment := c.document.Attachments[index]
	width := areaOf(attachment.Landscape).width
	rows := []row{at(c.document.label(index), faceHei, sizeBody, 0, linePitch), {height: linePitch}}
	for _, line := range balanced(attachment.Title, width, c.advance(faceTitle, sizeTitle)) {
		rows = append(rows, c.centred(line, faceTitle, sizeTitle, linePitch, width))
	}
	return append(rows, blank(1)...)
}

// closing is the 版记: 抄送 between a thick and a thin rule, 印发机关 and 印发日期
// above a thick one.
func (c *composer) closing() []row {
	const lead = "抄送："
	d, width := c.document, areaOf(false).width
	advance := c.advance(faceBody, sizeSmall)
	var rows []row
	if copied := d.copied(); copied != "" {
		start := sizeSmall + measure(lead, advance)
		for index, line := range breakLines(copied, width-start-sizeSmall, width-start-sizeSmall, advance) {
			one := at(line, faceBody, sizeSmall, start, linePitch)
			if index == 0 {
				one.letters = append(at(lead, faceBody, sizeSmall, sizeSmall, linePitch).letters, one.letters...)
			}
			rows = append(rows, one)
		}
	}
	printed := d.printed()
	last := at(d.Printer, faceBody, sizeSmall, sizeSmall, linePitch)
	last.letters = append(last.letters, letters{
		text: printed, face: faceBody, size: sizeSmall, y: standing(linePitch, sizeSmall),
		x: width - sizeSmall - measure(printed, advance),
	})
	level := func(y, thickness float64) rule {
		return rule{y1: y, x2: width, y2: y, thickness: points(thickness)}
	}
	if len(rows) > 0 {
		last.rules = append(last.rules, level(0, thinRule))
	}
	last.rules = append(last.rules, level(linePitch, thickRule))
	rows = append(rows, last)
	rows[0].rules = append(rows[0].rules, level(0, thickRule))
	return rows
}
