package paper_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models/paper"
)

// hostile draws texts that break careless writers.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"", " ", "和平区", "<w:p>&amp;]]>", "\x00\x01\x1b", "=1+1", "+A1", "-1", "@SUM(A1)", "张\u202e三", "👨‍👩‍👧 𠮷野", "שלום",
			"\ufffe\uffff\ufeff", "一\n二\r\n三\t四", strings.Repeat("很长的名称", 60), strings.Repeat("x", 400), "\xff\xfe", "'", "\u2028",
		}),
		rapid.String(),
	)
}

func aHostileTable() *rapid.Generator[paper.Table] {
	return rapid.Custom(func(t *rapid.T) paper.Table {
		table := paper.Table{Caption: hostile().Draw(t, "caption"), Note: hostile().Draw(t, "note")}
		for range rapid.IntRange(0, 5).Draw(t, "columns") {
			table.Columns = append(table.Columns, paper.Column{
				Title: hostile().Draw(t, "title"), Unit: hostile().Draw(t, "unit"), Weight: rapid.IntRange(-1, 9).Draw(t, "weight"),
				Align: rapid.SampledFrom([]paper.Align{paper.AlignLeft, paper.AlignCenter, paper.AlignRight}).Draw(t, "align"),
			})
		}
		table.Rows = rapid.SliceOfN(rapid.SliceOfN(hostile(), 0, 6), 0, 4).Draw(t, "rows")
		table.Totals = rapid.SliceOfN(hostile(), 0, 6).Draw(t, "totals")
		return table
	})
}

func someBlocks() *rapid.Generator[[]paper.Block] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) paper.Block {
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			return paper.Tabulated(aHostileTable().Draw(t, "table"))
		case 1:
			return paper.Heading(rapid.IntRange(0, 6).Draw(t, "level"), hostile().Draw(t, "heading"))
		default:
			return paper.Paragraph(hostile().Draw(t, "paragraph"))
		}
	}), 0, 6)
}

func aHostileDocument() *rapid.Generator[paper.Document] {
	return rapid.Custom(func(t *rapid.T) paper.Document {
		text := func(name string) string { return hostile().Draw(t, name) }
		document := paper.Document{
			Agency: "督查室" + text("agency"), Issue: text("issue"), Office: text("office"), CopyNumber: text("copy"),
			Secrecy: text("secrecy"), Urgency: text("urgency"), Title: "通报" + text("title"), Addressees: text("addressees"),
			Body: someBlocks().Draw(t, "body"), Signer: text("signer"), CopyTo: text("copy to"), Printer: text("printer"), Note: text("note"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "attachments") {
			document.Attachments = append(document.Attachments, paper.Attachment{
				Title: text("attachment"), Landscape: rapid.Bool().Draw(t, "across"), Body: someBlocks().Draw(t, "blocks"),
			})
		}
		return document
	})
}

func TestWhateverIsWrittenIsAWellFormedPackage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := aHostileDocument().Draw(t, "document")
		for _, write := range []writer{paper.WriteOfficial, paper.WriteBrief} {
			file := written(t, write, document)
			for name, data := range unpacked(t, file) {
				require.NotNil(t, parse(t, data), name)
			}
			require.Equal(t, file, written(t, write, document))
		}
	})
}

func TestWhateverIsPrintedIsTheSameTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := aHostileDocument().Draw(t, "document")
		official := rapid.Bool().Draw(t, "official")
		file := written(t, pdf(official), document)
		require.True(t, bytes.HasPrefix(file, []byte("%PDF-1.")) && bytes.HasSuffix(file, []byte("%%EOF\n")))
		require.Equal(t, file, written(t, pdf(official), document))
	})
}

func TestTextComesOutAsItWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.StringOf(rapid.SampledFrom([]rune("帮扶企业，。《》&<>\"'\u00a0 aZ09=𠮷👍ש\u0301")))
		paragraphs := rapid.SliceOfN(plain, 1, 8).Draw(t, "paragraphs")
		cell := plain.Draw(t, "cell")
		document := paper.Document{Agency: "督查室", Title: "通报"}
		for _, paragraph := range paragraphs {
			document.Body = append(document.Body, paper.Paragraph(paragraph))
		}
		document.Body = append(document.Body, paper.Tabulated(paper.Table{Columns: []paper.Column{{Title: "单位"}}, Rows: [][]string{{cell}}}))
		root := official(t, document)
		read := root.all("p")
		// Three lines and the name, two blank, the number, two blank, the title, one blank.
		const head = 11
		for index, paragraph := range paragraphs {
			require.Equal(t, paragraph, read[head+index].words())
		}
		require.Equal(t, cell, root.all("tr")[1].words())
	})
}

func TestALongTableTakesAsManyPagesAsItNeeds(t *testing.T) {
	document := paper.Document{Agency: "督查室", Title: "通报"}
	table := unitTable(400)
	table.Rows[7][1] = strings.Repeat("名称很长的单位", 400)
	document.Body = []paper.Block{paper.Tabulated(table)}
	rows := official(t, document).one("tbl").all("tr")
	require.Len(t, rows, 402)
	require.Equal(t, fmt.Sprint(400), rows[400].one("tc").words())
	file := written(t, pdf(true), document)
	pages := bytes.Count(file, []byte("/Type /Page\n"))
	require.Greater(t, pages, 15)
	require.Less(t, pages, 60)
}
