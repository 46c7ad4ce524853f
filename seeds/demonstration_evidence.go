package seeds

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"unicode/utf16"

	"github.com/emmansun/gmsm/sm3"
	"gocloud.dev/blob"

	"bangfu/models"
	"bangfu/models/store"
)

// file is the content of an invented paper.
type file struct {
	name      string
	mediaType string
	content   []byte
}

// paper draws up the file of a document. Comparison tables come as pictures,
// everything else as PDF; each says on its face that it is invented.
func (d *demonstration) paper(paper document) (file, error) {
	name := paper.title
	for _, term := range d.terms {
		if term.Code == string(paper.category) {
			name = term.Name + "-" + paper.title
		}
	}
	if paper.category == "comparison" {
		content, err := picture(string(paper.id))
		return file{name: "演示-" + name + ".png", mediaType: "image/png", content: content}, err
	}
	content := page("演示材料，仅供演示，不具有任何效力", name, string(paper.id))
	return file{name: "演示-" + name + ".pdf", mediaType: "application/pdf", content: content}, nil
}

// page is a PDF of one page with some lines in a font that readers bring along.
func page(lines ...string) []byte {
	var text bytes.Buffer
	text.WriteString("BT /F1 18 Tf 72 760 Td 32 TL\n")
	for _, line := range lines {
		fmt.Fprintf(&text, "<%s> Tj T*\n", unicodeHex(line))
	}
	text.WriteString("ET\n")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R" +
			" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
		"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880]" +
			" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n%\xe6\xbc\x94\xe7\xa4\xba\n")
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

// unicodeHex writes text as the two-byte codes of UniGB-UCS2-H.
func unicodeHex(text string) string {
	var out bytes.Buffer
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&out, "%04X", unit)
	}
	return out.String()
}

// stamp is 演示 in dots, so that a picture says what it is without a font.
var stamp = []string{
	"..#..........#.........................",
	"...#..########.......#############.....",
	"......#......#.........................",
	"#......######..........................",
	".#.......#.........################....",
	".......#####...............#...........",
	"......#..#..#..........#...#...#.......",
	"..#...#######.........#....#....#......",
	".#....#..#..#........#.....#.....#.....",
	"#......#####........#......#......#....",
	"......#.....#............##............",
}

// picture is a small PNG that shows 演示 and, in its lowest row, a pattern made
// of the document's ID, so that every picture is a file of its own.
func picture(id string) ([]byte, error) {
	const dot = 8
	width, height := len(stamp[0])*dot, (len(stamp)+2)*dot
	canvas := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.RGBA{R: 190, A: 255}})
	for y := range len(stamp) * dot {
		for x := range width {
			if stamp[y/dot][x/dot] == '#' {
				canvas.SetColorIndex(x, y, 1)
			}
		}
	}
	digest := sha256.Sum256([]byte(id))
	for x := range min(width, len(digest)*8) {
		canvas.SetColorIndex(x, height-1, digest[x/8]>>(x%8)&1)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("draw the picture of %s: %w", id, err)
	}
	return out.Bytes(), nil
}

// writeDocuments stores the papers under the SHA-256 of their content, where
// uploads lie too, and describes them in the archive.
func (d *demonstration) writeDocuments(ctx context.Context, archive *store.Archive, bucket *blob.Bucket) error {
	for _, paper := range d.documents {
		drawn, err := d.paper(paper)
		if err != nil {
			return err
		}
		first, second := sha256.Sum256(drawn.content), sm3.Sum(drawn.content)
		digest := hex.EncodeToString(first[:])
		if bucket != nil {
			options := &blob.WriterOptions{ContentType: drawn.mediaType}
			if err := bucket.WriteAll(ctx, "sha256/"+digest[:2]+"/"+digest[2:], drawn.content, options); err != nil {
				return fmt.Errorf("store the file of %s: %w", paper.id, err)
			}
		}
		purpose := store.EvidenceDocument
		if paper.claim {
			purpose = store.EvidenceOfClaim
		}
		unit, _ := d.tree.Unit(paper.unit)
		_, err = archive.AddEvidence(ctx, store.Evidence{
			ID: paper.id, SHA256: digest, SM3: hex.EncodeToString(second[:]), Size: int64(len(drawn.content)),
			MediaType: drawn.mediaType, FileName: drawn.name, Purpose: purpose, Cadre: cadreOf(paper),
			UnitPath: unit.Path, UploadedBy: paper.by, UploadedAt: paper.at,
		})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return fmt.Errorf("describe the file of %s: %w", paper.id, err)
		}
	}
	return nil
}

// cadreOf: evidence belongs to its cadre, a decision's document to its office.
func cadreOf(paper document) models.CadreID {
	if paper.claim {
		return paper.cadre
	}
	return ""
}
