package inspection_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/paper"
)

func aMasthead() inspection.Masthead {
	return inspection.Masthead{
		Agency: "天津市人民政府政务督查室文件", Number: "津政督〔2015〕1号", Addressees: "各区、县人民政府，各功能区管委会，市各有关部门",
		Signer: "天津市人民政府政务督查室", Date: models.MustDate("2015-01-20"), Printer: "天津市人民政府政务督查室", PrintedOn: models.MustDate("2015-01-21"),
	}
}

// wordsOf is everything that a paper says in running text and tables.
func wordsOf(document paper.Document) string {
	var text strings.Builder
	blocks := func(blocks []paper.Block) {
		for _, block := range blocks {
			text.WriteString(block.Text + "\n")
			if block.Table != nil {
				text.WriteString(block.Table.Caption + block.Table.Note + "\n")
				for _, row := range append(block.Table.Rows, block.Table.Totals) {
					text.WriteString(strings.Join(row, "\t") + "\n")
				}
			}
		}
	}
	blocks(document.Body)
	for _, attachment := range document.Attachments {
		text.WriteString(attachment.Title + "\n")
		blocks(attachment.Body)
	}
	return text.String()
}

func TestAPaperSaysAllThatTheBulletinSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bulletin := inspection.Draft(drawSnapshot(t))
		document := bulletin.Document(aMasthead())
		words := wordsOf(document)
		require.Equal(t, bulletin.Title(), document.Title)
		require.Contains(t, document.Note, bulletin.SnapshotDigest)
		for _, section := range bulletin.Sections {
			require.Contains(t, words, section.Code.Title()+"\n")
			for _, paragraph := range section.Paragraphs {
				text := bulletin.RenderParagraph(paragraph)
				if inspection.IsHeading(paragraph) {
					_, text, _ = strings.Cut(text, "）")
				}
				require.Contains(t, words, text+"\n")
			}
		}
		for _, annex := range bulletin.Annexes {
			for _, row := range annex.Rows {
				if !row.Heading {
					require.Contains(t, words, strings.Join(row.Cells, "\t")+"\n")
				}
			}
			for _, note := range annex.Notes {
				require.Contains(t, words, note)
			}
		}
	})
}

func TestAPaperForTheCityNamesNobody(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Individuals = []inspection.IndividualFigures{{Name: "张三丰", Unit: "120221", UnitName: "宁河县", Kind: models.Found}}
	document := inspection.Draft(snapshot).Document(aMasthead())
	require.Len(t, document.Attachments, 4)
	require.NotContains(t, wordsOf(document), "张三丰")
}

func TestTheBulletinIsPrintedInEveryFormTwiceTheSame(t *testing.T) {
	document := inspection.Draft(aSnapshot()).Document(aMasthead())
	brief := document
	brief.Number, brief.Agency, brief.Issue, brief.Office = "", "督查通报", paper.Issue(1), "天津市人民政府政务督查室"
	for name, write := range map[string]func(*bytes.Buffer) error{
		"official": func(to *bytes.Buffer) error { return paper.WriteOfficial(to, document) },
		"brief":    func(to *bytes.Buffer) error { return paper.WriteBrief(to, brief) },
		"pdf":      func(to *bytes.Buffer) error { return paper.WritePDF(to, document, true) },
	} {
		t.Run(name, func(t *testing.T) {
			var first, second bytes.Buffer
			require.NoError(t, write(&first))
			require.NoError(t, write(&second))
			require.NotZero(t, first.Len())
			require.Equal(t, first.Bytes(), second.Bytes())
		})
	}
}
