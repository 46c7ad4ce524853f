package paper

import (
	"slices"
	"strings"
)

// composer sets a document in rows and pages.
type composer struct {
	document Document
	official bool
	metrics  metrics
	pages    pages
}

// composition is a document on its pages.
type composition struct {
	pages []*page
	// shared: the 版记 stands on a page with other text.
	shared bool
}

// compose lays out a prepared document. The docx writers ask it with plain metrics
// where the last even page will be, the PDF writer for everything.
func compose(document Document, official bool, metrics metrics) composition {
	c := &composer{document: document, official: official, metrics: metrics}
	c.pages.begin(false)
	if official {
		c.pages.flow(c.officialHead())
	} else {
		c.pages.flow(c.briefHead())
	}
	c.pages.flow(c.titleRows())
	body := c.body(document.Body, areaOf(false).width)
	body = append(body, c.attachmentList()...)
	c.pages.flow(c.withEnding(body))
	for index, attachment := range document.Attachments {
		c.pages.begin(attachment.Landscape)
		c.pages.flow(c.attachmentHead(index))
		c.pages.flow(c.body(attachment.Body, areaOf(attachment.Landscape).width))
	}
	shared := true
	if document.closes() {
		shared = c.pages.close(c.closing())
	}
	return composition{pages: c.pages.all, shared: shared}
}

func (c *composer) advance(face face, size float64) func(rune) float64 {
	return func(character rune) float64 { return c.metrics(face, character) * size }
}

// bodyAdvance is the width of a character in running text, 28 to a line.
func (c *composer) bodyAdvance(face face) func(rune) float64 {
	return func(character rune) float64 { return c.metrics(face, character)*sizeBody + bodySpread }
}

// bodySpread brings 28 characters of 16 points into 156 mm.
var bodySpread = points(textWidth)/lineCharacters - sizeBody

func blank(lines int) []row {
	rows := make([]row, lines)
	for index := range rows {
		rows[index] = row{height: linePitch}
	}
	return rows
}

// standing is the distance from the top of a line to the top of its letters, which
// stand in the middle.
func standing(height, size float64) float64 { return (height - size) / 2 }

// centred is a line in the middle of the width.
func (c *composer) centred(text string, face face, size, height, width float64) row {
	used := measure(text, c.advance(face, size))
	return row{height: height, letters: []letters{{
		text: text, face: face, size: size, x: max(width-used, 0) / 2, y: standing(height, size),
	}}}
}

// at is a line that begins at x.
func at(text string, face face, size, x, height float64) row {
	return row{height: height, letters: []letters{{text: text, face: face, size: size, x: x, y: standing(height, size)}}}
}

// officialHead is 份号 to the red rule.
func (c *composer) officialHead() []row {
	d, width := c.document, areaOf(false).width
	rows := []row{
		at(d.CopyNumber, faceBody, sizeBody, 0, linePitch),
		at(d.Secrecy, faceHei, sizeBody, 0, linePitch),
		at(d.Urgency, faceHei, sizeBody, 0, linePitch),
		{height: points(agencyDrop) - 3*linePitch},
	}
	size := agencySize(d.Agency)
	for _, line := range breakLines(d.Agency, width, width, c.advance(faceTitle, size)) {
		red := c.centred(line, faceTitle, size, size, width)
		red.letters[0].red = true
		rows = append(rows, red)
	}
	rows = append(rows, blank(2)...)
	rows = append(rows, c.centred(d.Number, faceBody, sizeBody, linePitch, width))
	rows = append(rows, redLine(points(ruleDrop)-standing(linePitch, sizeBody), width))
	return rows
}

// briefHead is the masthead of a brief: name, 期号, office and date, the red rule.
func (c *composer) briefHead() []row {
	d, width := c.document, areaOf(false).width
	rows := []row{at(d.Secrecy, faceHei, sizeBody, 0, linePitch)}
	size := agencySize(d.Agency)
	for _, line := range breakLines(d.Agency, width, width, c.advance(faceTitle, size)) {
		red := c.centred(line, faceTitle, size, size, width)
		red.letters[0].red = true
		rows = append(rows, red)
	}
	rows = append(rows, row{height: linePitch / 2}, c.centred(d.Issue, faceBody, sizeBody, linePitch, width))
	foot := at(d.Office, faceBody, sizeBody, sizeBody, linePitch)
	date := DateText(d.Date)
	foot.letters = append(foot.letters, letters{
		text: date, face: faceBody, size: sizeBody, y: standing(linePitch, sizeBody),
		x: width - sizeBody - measure(date, c.advance(faceBody, sizeBody)),
	})
	return append(rows, foot, redLine(points(ruleDrop)-standing(linePitch, sizeBody), width))
}

func redLine(drop, width float64) row {
	return row{
		height: drop + redRule,
		rules:  []rule{{y1: drop + redRule/2, x2: width, y2: drop + redRule/2, thickness: redRule, red: true}},
	}
}

// titleRows are the title, two lines below the rule, and the addressees, one below
// the title.
func (c *composer) titleRows() []row {
	width := areaOf(false).width
	rows := blank(2)
	for _, line := range balanced(c.document.Title, width, c.advance(faceTitle, sizeTitle)) {
		rows = append(rows, c.centred(line, faceTitle, sizeTitle, linePitch, width))
	}
	rows = append(rows, blank(1)...)
	if addressed := c.document.addressed(); addressed != "" {
		rows = append(rows, c.paragraph(addressed, faceBody, 0, width)...)
	}
	return rows
}

// paragraph is running text whose first line is indented.
func (c *composer) paragraph(text string, face face, indent, width float64) []row {
	var rows []row
	advance := c.bodyAdvance(face)
	lines := breakLines(text, width-indent, width, advance)
	if len(lines) == 0 {
		lines = []string{""}
	}
	for index, line := range lines {
		line = strings.TrimRight(line, " ")
		one := at(line, face, sizeBody, indent, linePitch)
		one.letters[0].spread = bodySpread
		if index < len(lines)-1 {
			one.letters[0].spread += justified(line, width-indent-measure(line, advance))
		}
		rows = append(rows, one)
		indent = 0
	}
	return rows
}

// justified is what each character of a full line is given of the room that is
// left. A line with much room is left as it is.
func justified(line string, room float64) float64 {
	gaps := float64(len([]rune(line)) - 1)
	if gaps < 1 || room > gaps*sizeBody/4 {
		return 0
	}
	return room / gaps
}

func (c *composer) body(blocks []Block, width float64) []row {
	const indent = 2
	var rows []row
	for _, block := range blocks {
		switch {
		case block.Table != nil:
			rows = append(rows, c.table(*block.Table, width)...)
		case block.Level > 0:
			heading := c.paragraph(block.Text, headingFace(block.Level), indent*(sizeBody+bodySpread), width)
			for index := range heading {
				heading[index].keep = true
			}
			rows = append(rows, heading...)
		default:
			rows = append(rows, c.paragraph(block.Text, faceBody, indent*(sizeBody+bodySpread), width)...)
		}
	}
	if len(rows) > 0 {
		rows[len(rows)-1].keep = false
	}
	return rows
}

// attachmentList is the 附件说明, one blank line below the body.
func (c *composer) attachmentList() []row {
	lines := c.document.list()
	if len(lines) == 0 {
		return nil
	}
	const lead = "附件："
	em, width := sizeBody+bodySpread, areaOf(false).width
	rows := blank(1)
	for index, line := range lines {
		start := (2 + float64(len([]rune(lead)))) * em
		hang := start + measure(numberOf(line), c.bodyAdvance(faceBody))
		for part, text := range breakLines(line, width-start, width-hang, c.bodyAdvance(faceBody)) {
			x := start
			if part > 0 {
				x = hang
			}
			one := at(text, faceBody, sizeBody, x, linePitch)
			one.letters[0].spread = bodySpread
			if index == 0 && part == 0 {
				first := at(lead, faceBody, sizeBody, 2*em, linePitch).letters[0]
				first.spread = bodySpread
				one.letters = slices.Insert(one.letters, 0, first)
			}
			rows = append(rows, one)
		}
	}
	return rows
}

// numberOf is the number of a line of the 附件说明.
func numberOf(line string) string {
	if number, _, found := strings.Cut(line, ". "); found && len(number) < 4 && strings.Trim(number, "0123456789") == "" {
		return number + ". "
	}
	return ""
}
