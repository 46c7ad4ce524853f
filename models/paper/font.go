package paper

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"
	"unicode"

	"github.com/signintech/gopdf"
)

// The faces that a PDF embeds, as far as it uses them; font/README.md says whence
// they come.
var (
	//go:embed font/NotoSerifSC-Regular.ttf.gz
	packedRegular []byte
	//go:embed font/NotoSerifSC-Bold.ttf.gz
	packedBold []byte
)

// The faces of a PDF by name; the library turns the blank into the plus that PDF
// wants between the mark of a face that is cut down and its name. Regular holds every character of GBK, bold those of
// GB 2312; what bold lacks is set in regular.
const (
	fontRegular = "BFREGU NotoSerifSC-Regular"
	fontBold    = "BFBOLD NotoSerifSC-Bold"
)

// missing is drawn for a character that no face has, as wide as a Chinese one.
const missing = '□'

// faces are the faces of a PDF, unpacked and read. They are only read after that,
// so that many documents may be written at once.
type faces struct {
	container     gopdf.FontContainer
	regular, bold gopdf.SubsetFontObj
}

// unpackedFaces unpacks the faces when they are first asked for, once.
var unpackedFaces = sync.OnceValues(func() (*faces, error) {
	var all faces
	for _, one := range []struct {
		name   string
		packed []byte
		parsed *gopdf.SubsetFontObj
	}{{fontRegular, packedRegular, &all.regular}, {fontBold, packedBold, &all.bold}} {
		data, err := unpack(one.packed)
		if err != nil {
			return nil, err
		}
		if err := one.parsed.SetTTFData(data); err != nil {
			return nil, fmt.Errorf("read font %s: %w", one.name, err)
		}
		if err := all.container.AddTTFFontData(one.name, data); err != nil {
			return nil, fmt.Errorf("read font %s: %w", one.name, err)
		}
	}
	return &all, nil
})

// glyph is the name of the font that draws the character of the face, the
// character that is drawn, and its width in ems. Joiners and variation selectors
// draw nothing.
func (f *faces) glyph(face face, character rune) (font string, drawn rune, width float64) {
	if character == '\u200c' || character == '\u200d' || unicode.Is(unicode.Variation_Selector, character) {
		return "", 0, 0
	}
	if face == faceTitle || face == faceHei {
		if width, found := advanceIn(&f.bold, character); found {
			return fontBold, character, width
		}
	}
	if width, found := advanceIn(&f.regular, character); found {
		return fontRegular, character, width
	}
	width, _ = advanceIn(&f.regular, missing)
	return fontRegular, missing, width
}

func advanceIn(font *gopdf.SubsetFontObj, character rune) (float64, bool) {
	// The faces hold no character beyond the basic plane.
	if character > 0xFFFF {
		return 0, false
	}
	index, err := font.CharCodeToGlyphIndex(character)
	if err != nil || index == 0 {
		return 0, false
	}
	return float64(font.GlyphIndexToPdfWidth(index)) / 1000, true
}

// metrics are the widths as glyph tells them.
func (f *faces) metrics(face face, character rune) float64 {
	_, _, width := f.glyph(face, character)
	return width
}

func unpack(packed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack font: %w", err)
	}
	font, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("unpack font: %w", err)
	}
	return font, nil
}
