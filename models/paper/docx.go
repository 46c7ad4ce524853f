package paper

import (
	"io"
	"math"
)

// WriteOfficial writes the document as docx in the layout of GB/T 9704-2012. Fonts
// are named, not embedded: 方正小标宋 is not ours to give away. It answers
// ErrIncomplete or ErrNumber to what cannot be printed.
func WriteOfficial(writer io.Writer, document Document) error {
	return writeDocx(writer, document, true)
}

// WriteBrief writes the document as docx in the form of a numbered brief: the
// masthead with name, 期号, office and date, then as WriteOfficial does.
func WriteBrief(writer io.Writer, document Document) error {
	return writeDocx(writer, document, false)
}

func writeDocx(writer io.Writer, document Document, official bool) error {
	prepared, err := document.prepared()
	if err != nil {
		return err
	}
	text := &docx{
		markup: newMarkup(), document: prepared, official: official,
		shared: compose(prepared, official, plainMetrics).shared,
	}
	text.write()
	return pack(writer, []part{
		{"[Content_Types].xml", contentTypes()},
		{"_rels/.rels", packageRelations()},
		{"docProps/core.xml", coreProperties(prepared)},
		{"word/document.xml", text.Bytes()},
		{"word/_rels/document.xml.rels", documentRelations()},
		{"word/styles.xml", styles()},
		{"word/settings.xml", settings()},
		{"word/fontTable.xml", fontTable()},
		{"word/footer1.xml", footer("right")},
		{"word/footer2.xml", footer("left")},
	})
}

// docx writes the text of a docx.
type docx struct {
	*markup
	document Document
	official bool
	// shared: the 版记 stands at the foot of the last page of text, not on one of its own.
	shared bool
}

// paragraphForm is the form of a paragraph; lengths are twips.
type paragraphForm struct {
	face  face
	size  float64
	red   bool
	align Align
	// before and line are heights.
	before, line int
	// left and right are indents; those in characters are added.
	left, right                      int
	firstCharacters, rightCharacters int
	// hangingFrom is how far the first line begins left of the others.
	hangingFrom int
	rightTabAt  int
	// spread is added to the width of every character.
	spread int
	// keep: on one page with the next paragraph. newPage: at the top of one.
	keep, newPage bool
	// heading is the level of a heading, 0 for none.
	heading int
	// rule is the red rule below.
	rule bool
	// noGrid: exact distances count, the grid of lines does not.
	noGrid bool
}

// running is the form of running text: two characters indented, 28.95 points a line.
func running() paragraphForm {
	return paragraphForm{face: faceBody, size: sizeBody, line: twips(linePitch), firstCharacters: 2, spread: runSpread}
}

func (d *docx) write() {
	d.element("w:document", func() {
		d.element("w:body", d.content)
	}, "xmlns:w", wordSpace, "xmlns:r", relationSpace)
}

func (d *docx) content() {
	if d.official {
		d.officialHead()
	} else {
		d.briefHead()
	}
	d.titleAndAddressees()
	d.blocks(d.document.Body, false)
	d.attachmentList()
	d.ending()
	landscape := false
	for index, attachment := range d.document.Attachments {
		turned := attachment.Landscape != landscape
		if turned {
			d.sectionBreak(landscape, "nextPage")
			landscape = attachment.Landscape
		}
		d.attachmentHead(index, !turned)
		d.blocks(attachment.Body, landscape)
	}
	last := "nextPage"
	if d.document.closes() && !d.shared {
		d.sectionBreak(landscape, "nextPage")
		landscape, last = false, "evenPage"
		// A section that began with a table that floats would not begin a page.
		d.paragraph(nothing(), "")
	}
	if d.document.closes() {
		d.closing()
	}
	d.section(landscape, last)
}

// sectionBreak ends a section in a paragraph that takes no room.
func (d *docx) sectionBreak(landscape bool, kind string) {
	d.element("w:p", func() {
		d.element("w:pPr", func() {
			d.empty("w:snapToGrid", "w:val", "0")
			d.empty("w:spacing", "w:before", 0, "w:after", 0, "w:line", 20, "w:lineRule", "exact")
			d.section(landscape, kind)
		})
	})
}

// section is the page: A4, margins and grid of the standard. A page across is
// turned to the left: its top is at the binding.
func (d *docx) section(landscape bool, kind string) {
	width, height := twips(points(pageWidth)), twips(points(pageHeight))
	top, left := twips(points(topMargin)), twips(points(insideMargin))
	bottom := twips(points(pageHeight - topMargin - textHeight))
	right := twips(points(pageWidth - insideMargin - textWidth))
	d.element("w:sectPr", func() {
		d.empty("w:footerReference", "w:type", "default", "r:id", "rId4")
		d.empty("w:footerReference", "w:type", "even", "r:id", "rId5")
		d.empty("w:type", "w:val", kind)
		if landscape {
			d.empty("w:pgSz", "w:w", height, "w:h", width, "w:orient", "landscape")
			top, right, bottom, left = left, top, right, bottom
		} else {
			d.empty("w:pgSz", "w:w", width, "w:h", height)
		}
		footerDistance := bottom - twips(points(numberDrop)) - twips(sizeSmall)
		d.empty(
			"w:pgMar", "w:top", top, "w:right", right, "w:bottom", bottom, "w:left", left,
			"w:header", 851, "w:footer", footerDistance, "w:gutter", 0,
		)
		// A grid of characters too is drawn twice as wide by LibreOffice as soon as
		// letters are larger than its cells; so runs are narrowed instead.
		d.empty("w:docGrid", "w:type", "lines", "w:linePitch", twips(linePitch))
	})
}

// runSpread is what is added to every character of running text, in twips, so that
// 28 of them find room in a line.
var runSpread = int(math.Floor(bodySpread * 20))

// paragraph writes a paragraph of one form.
func (d *docx) paragraph(form paragraphForm, text string) {
	d.element("w:p", func() {
		d.element("w:pPr", func() { d.paragraphProperties(form) })
		d.run(form, text)
	})
}

func (d *docx) paragraphProperties(form paragraphForm) {
	if form.heading > 0 {
		d.empty("w:pStyle", "w:val", headingStyle(form.heading))
	}
	if form.keep {
		d.empty("w:keepNext")
	}
	if form.newPage {
		d.empty("w:pageBreakBefore")
	}
	if form.rule {
		d.element("w:pBdr", func() {
			d.empty("w:bottom", "w:val", "single", "w:sz", eighths(redRule), "w:space", int(points(ruleDrop)), "w:color", red)
		})
	}
	if form.rightTabAt > 0 {
		d.element("w:tabs", func() { d.empty("w:tab", "w:val", "right", "w:pos", form.rightTabAt) })
	}
	if form.noGrid {
		d.empty("w:snapToGrid", "w:val", "0")
	}
	d.empty("w:spacing", "w:before", form.before, "w:after", 0, "w:line", form.line, "w:lineRule", "exact")
	d.indent(form)
	if form.align != AlignLeft {
		d.empty("w:jc", "w:val", string(form.align))
	}
}

// eighths of a point are the unit of borders.
func eighths(points float64) int { return int(points*8 + 0.5) }

// indent writes indents in characters, as the standard counts them, with the same
// in twips for programs that do not know the former.
func (d *docx) indent(form paragraphForm) {
	em := twips(sizeBody)
	attributes := []any{
		"w:left", form.left, "w:right", form.right + form.rightCharacters*em,
	}
	if form.rightCharacters > 0 {
		attributes = append(attributes, "w:rightChars", form.rightCharacters*100)
	}
	switch {
	case form.hangingFrom > 0:
		attributes = append(attributes, "w:hanging", form.hangingFrom)
	case form.firstCharacters > 0:
		attributes = append(attributes, "w:firstLine", form.firstCharacters*em, "w:firstLineChars", form.firstCharacters*100)
	}
	d.empty("w:ind", attributes...)
}

// run writes text of one form. A line break in it becomes one, a tab too.
func (d *docx) run(form paragraphForm, text string) {
	if text == "" {
		return
	}
	d.element("w:r", func() {
		d.runProperties(form)
		d.pieces(text)
	})
}

func (d *docx) pieces(text string) {
	from := 0
	flush := func(to int) {
		if to > from {
			d.element("w:t", func() { d.text(text[from:to]) }, "xml:space", "preserve")
		}
	}
	for index, character := range text {
		switch character {
		case '\n':
			flush(index)
			d.empty("w:br")
		case '\t':
			flush(index)
			d.empty("w:tab")
		default:
			continue
		}
		from = index + 1
	}
	flush(len(text))
}

func (d *docx) runProperties(form paragraphForm) {
	d.element("w:rPr", func() {
		name := form.face.name()
		d.empty("w:rFonts", "w:ascii", name, "w:hAnsi", name, "w:eastAsia", name, "w:cs", name)
		if form.red {
			d.empty("w:color", "w:val", red)
		}
		if form.spread != 0 {
			d.empty("w:spacing", "w:val", form.spread)
		}
		d.empty("w:sz", "w:val", int(form.size*2))
		d.empty("w:szCs", "w:val", int(form.size*2))
	})
}
