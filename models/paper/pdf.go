package paper

import (
	"fmt"
	"io"
	"strings"

	"github.com/signintech/gopdf"
)

// WritePDF writes the document as PDF, in the layout of GB/T 9704-2012 when it is
// official, else as a brief. Its letters are embedded; a character that they lack
// is shown as □. It answers ErrIncomplete or ErrNumber to what cannot be printed.
func WritePDF(writer io.Writer, document Document, official bool) error {
	prepared, err := document.prepared()
	if err != nil {
		return err
	}
	fonts, err := unpackedFaces()
	if err != nil {
		return err
	}
	printer := &printer{fonts: fonts}
	printer.pdf.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: points(pageWidth), H: points(pageHeight)}})
	// The time of writing would make every copy another one.
	printer.pdf.SetInfo(gopdf.PdfInfo{Title: basicPlane(prepared.Title), Author: basicPlane(prepared.Agency)})
	for _, name := range []string{fontRegular, fontBold} {
		if err := printer.pdf.AddTTFFontFromFontContainer(name, &fonts.container); err != nil {
			return fmt.Errorf("embed font %s: %w", name, err)
		}
	}
	for index, page := range compose(prepared, official, fonts.metrics).pages {
		if err := printer.page(page, index+1); err != nil {
			return fmt.Errorf("print page %d: %w", index+1, err)
		}
	}
	if _, err := printer.pdf.WriteTo(writer); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}

// printer draws pages.
type printer struct {
	pdf   gopdf.GoPdf
	fonts *faces
}

// ascent is how far the letters of the embedded faces rise above the base line, in ems.
const ascent = 0.88

func (p *printer) page(page *page, number int) error {
	width, height, left, top := pageWidth, pageHeight, insideMargin, topMargin
	if page.landscape {
		// The page is turned: its top is at the binding.
		width, height, left, top = pageHeight, pageWidth, pageHeight-topMargin-textHeight, insideMargin
	}
	p.pdf.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: points(width), H: points(height)}})
	for _, row := range page.rows {
		for _, rule := range row.rules {
			p.rule(rule, points(left), points(top)+row.top)
		}
		for _, letters := range row.letters {
			if err := p.letters(letters, points(left), points(top)+row.top); err != nil {
				return err
			}
		}
	}
	return p.number(page, number, points(left), points(top))
}

// number is the page number: right on odd pages, left on even ones, one character
// from the edge of the text.
func (p *printer) number(page *page, number int, left, top float64) error {
	text := pageNumber(number)
	area := areaOf(page.landscape)
	x := sizeSmall
	if number%2 == 1 {
		x = area.width - sizeSmall - measure(text, func(character rune) float64 {
			return p.fonts.metrics(faceNumber, character) * sizeSmall
		})
	}
	return p.letters(letters{text: text, face: faceNumber, size: sizeSmall, x: x, y: area.height + points(numberDrop)}, left, top)
}

// pageNumber is a page's number between two lines.
func pageNumber(number int) string { return fmt.Sprintf("— %d —", number) }

func (p *printer) rule(rule rule, left, top float64) {
	p.pdf.SetLineWidth(rule.thickness)
	if rule.red {
		p.pdf.SetStrokeColor(255, 0, 0)
	} else {
		p.pdf.SetStrokeColor(0, 0, 0)
	}
	p.pdf.Line(left+rule.x1, top+rule.y1, left+rule.x2, top+rule.y2)
}

// letters draws a text, in pieces of one font each.
func (p *printer) letters(letters letters, left, top float64) error {
	p.pdf.SetTextColor(0, 0, 0)
	if letters.red {
		p.pdf.SetTextColor(255, 0, 0)
	}
	x := left + letters.x
	var text strings.Builder
	font, width := "", 0.0
	flush := func() error {
		if text.Len() == 0 {
			return nil
		}
		if err := p.pdf.SetFont(font, "", letters.size); err != nil {
			return fmt.Errorf("set font %s: %w", font, err)
		}
		if err := p.pdf.SetCharSpacing(letters.spread); err != nil {
			return fmt.Errorf("spread letters: %w", err)
		}
		p.pdf.SetXY(x, top+letters.y+ascent*letters.size)
		if err := p.pdf.Text(text.String()); err != nil {
			return fmt.Errorf("draw text: %w", err)
		}
		x += width
		text.Reset()
		width = 0
		return nil
	}
	for _, character := range letters.text {
		name, drawn, advance := p.fonts.glyph(letters.face, character)
		if name == "" {
			continue
		}
		if name != font {
			if err := flush(); err != nil {
				return err
			}
			font = name
		}
		text.WriteRune(drawn)
		width += advance*letters.size + letters.spread
	}
	return flush()
}

// basicPlane leaves out what the library's form of metadata cannot hold, and line breaks.
func basicPlane(text string) string {
	return strings.Map(func(character rune) rune {
		if character > 0xFFFF || character == '\n' {
			return -1
		}
		return character
	}, text)
}
