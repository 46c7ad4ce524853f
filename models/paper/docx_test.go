package paper_test

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/paper"
)

type writer func(io.Writer, paper.Document) error

func written(t require.TestingT, write writer, document paper.Document) []byte {
	var file bytes.Buffer
	require.NoError(t, write(&file, document))
	return file.Bytes()
}

func official(t require.TestingT, document paper.Document) *node {
	return parse(t, unpacked(t, written(t, paper.WriteOfficial, document))["word/document.xml"])
}

// paragraphOf is the paragraph whose text, blanks and breaks aside, begins so.
func paragraphOf(t *testing.T, document *node, text string) *node {
	t.Helper()
	for _, paragraph := range document.all("p") {
		if strings.HasPrefix(strings.NewReplacer("\n", "", "\u3000", "").Replace(paragraph.words()), text) {
			return paragraph
		}
	}
	require.Fail(t, "no paragraph", text)
	return nil
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	number, err := strconv.Atoi(text)
	require.NoError(t, err)
	return number
}

func faceOf(paragraph *node) string { return paragraph.one("rPr", "rFonts").attributes["eastAsia"] }

func sizeOf(paragraph *node) string { return paragraph.one("rPr", "sz").attributes["val"] }

func TestThePageIsThatOfTheStandard(t *testing.T) {
	document := official(t, aBulletin())
	sections := document.all("sectPr")
	require.Len(t, sections, 3, "text, the page across, the other attachments")
	first := sections[0]
	// A4; 天头 37 mm, 订口 28 mm, a text of 156 × 225 mm.
	require.Equal(t, map[string]string{"w": "11906", "h": "16838"}, first.one("pgSz").attributes)
	margins := first.one("pgMar").attributes
	require.Equal(t, []string{"2098", "1587", "1984", "1474"}, []string{margins["top"], margins["left"], margins["bottom"], margins["right"]})
	// 7 mm from the text to the number, which is 14 points high: 1984 − 397 − 280.
	require.Equal(t, "1307", margins["footer"])
	require.Equal(t, map[string]string{"type": "lines", "linePitch": "579"}, first.one("docGrid").attributes)
	across := sections[1]
	require.Equal(t, map[string]string{"w": "16838", "h": "11906", "orient": "landscape"}, across.one("pgSz").attributes)
	margins = across.one("pgMar").attributes
	require.Equal(t, []string{"1587", "1984", "1474", "2098"}, []string{margins["top"], margins["left"], margins["bottom"], margins["right"]})
	for _, section := range sections {
		require.Len(t, section.all("footerReference"), 2)
	}
}

func TestALineHas28CharactersAndAPage22Lines(t *testing.T) {
	body := paragraphOf(t, official(t, aBulletin()), "按照《天津市")
	spacing := body.one("pPr", "spacing").attributes
	require.Equal(t, "579", spacing["line"])
	require.Equal(t, "exact", spacing["lineRule"])
	// 28 characters of 16 points less a quarter point each are 441 points of 442.2;
	// 22 lines are 636.9 points of 637.8.
	require.Equal(t, "-5", body.one("rPr", "spacing").attributes["val"])
	require.LessOrEqual(t, 28*(320-5), 11906-1587-1474)
	require.Greater(t, 29*(320-5), 11906-1587-1474)
	require.LessOrEqual(t, 22*579, 16838-2098-1984)
	require.Greater(t, 23*579, 16838-2098-1984)
}

func TestTheRedHead(t *testing.T) {
	document := official(t, aBulletin())
	paragraphs := document.all("p")
	agency := paragraphOf(t, document, "天津市人民政府政务督查室文件")
	require.Equal(t, "方正小标宋简体", faceOf(agency))
	require.Equal(t, "FF0000", agency.one("rPr", "color").attributes["val"])
	require.Equal(t, "center", agency.one("pPr", "jc").attributes["val"])
	// Three lines of 份号, 密级 and 紧急程度, what is before the name, and a tenth of its
	// size within its line: 35 mm from the top of the text to the top of the letters.
	require.Same(t, agency, paragraphs[3])
	drop, size := 0, atoi(t, sizeOf(agency))*10
	for _, line := range paragraphs[:3] {
		drop += atoi(t, line.one("pPr", "spacing").attributes["line"])
	}
	spacing := agency.one("pPr", "spacing").attributes
	drop += atoi(t, spacing["before"]) + (atoi(t, spacing["line"])-size)/2
	require.InDelta(t, 35*1440/25.4, drop, 2)
	require.LessOrEqual(t, 14*size, 8845, "the name fits its line")

	number := paragraphOf(t, document, "津政督〔2013〕5号")
	require.Same(t, number, paragraphs[6], "two blank lines below the name")
	require.Equal(t, "32", sizeOf(number))
	require.Equal(t, "仿宋_GB2312", faceOf(number))
	rule := number.one("pPr", "pBdr", "bottom").attributes
	require.Equal(t, "FF0000", rule["color"])
	require.InDelta(t, 4*72/25.4, float64(atoi(t, rule["space"])), 0.5, "4 mm from the number to the rule, in points")
	require.Equal(t, "0", number.one("pPr", "ind").attributes["left"], "the rule is as wide as the text")
}

func TestTitleAddresseesAndHeadings(t *testing.T) {
	document := official(t, aBulletin())
	title := paragraphOf(t, document, "关于2013年第一季度")
	require.Equal(t, "方正小标宋简体", faceOf(title))
	require.Equal(t, "44", sizeOf(title))
	require.Equal(t, "center", title.one("pPr", "jc").attributes["val"])
	paragraphs := document.all("p")
	require.Same(t, title, paragraphs[9], "two lines below the rule")
	addressees := paragraphOf(t, document, "各区、县人民政府")
	require.Same(t, addressees, paragraphs[11], "one line below the title")
	require.True(t, strings.HasSuffix(addressees.words(), "：") && !strings.HasSuffix(addressees.words(), "：："))
	require.Empty(t, addressees.one("pPr", "ind").attributes["firstLineChars"])

	for text, face := range map[string]string{
		"一、总体情况": "黑体", "（一）引进情况": "楷体_GB2312", "（二）创办情况": "楷体_GB2312", "1. 科研人员创办": "仿宋_GB2312",
		"（1）在津高校": "仿宋_GB2312", "二、主要做法": "黑体", "四、整改时限": "黑体", "截至2013年": "仿宋_GB2312",
	} {
		paragraph := paragraphOf(t, document, text)
		require.Equal(t, face, faceOf(paragraph), text)
		require.Equal(t, "32", sizeOf(paragraph), text)
		require.Equal(t, "200", paragraph.one("pPr", "ind").attributes["firstLineChars"], text)
	}
}

func TestTheEnding(t *testing.T) {
	document := official(t, aBulletin())
	date := paragraphOf(t, document, "2013年4月10日")
	require.Equal(t, "right", date.one("pPr", "jc").attributes["val"])
	require.Equal(t, "400", date.one("pPr", "ind").attributes["rightChars"], "右空四字")
	signer := paragraphOf(t, document, "天津市人民政府政务督查室")
	for _, paragraph := range document.all("p") {
		if paragraph.words() == "天津市人民政府政务督查室" {
			signer = paragraph
		}
	}
	// The middle of the signer is that of the date: 2013年4月10日 is 6.5 characters
	// wide, the signer 12, so it ends 2.75 characters right of the date's end.
	require.Equal(t, "right", signer.one("pPr", "jc").attributes["val"])
	require.InDelta(t, (4-(12-6.5)/2)*320, float64(atoi(t, signer.one("pPr", "ind").attributes["right"])), 2)
	require.Equal(t, "附件：1. 2013年第一季度区县功能区完成情况", paragraphOf(t, document, "附件：").words())
	require.Equal(t, "（数据截止2013年3月31日24时，快照摘要 3f2a9c41d0be77e5）", paragraphOf(t, document, "（数据截止").words())
	for _, label := range []string{"附件1", "附件2", "附件3", "附件4"} {
		require.Equal(t, "黑体", faceOf(paragraphOf(t, document, label)), label)
	}
	for _, label := range []string{"附件3", "附件4"} {
		require.NotEqual(t, &node{}, paragraphOf(t, document, label).one("pageBreakBefore"), label)
	}
}

func TestTheLastRules(t *testing.T) {
	document := official(t, aBulletin())
	tables := document.all("tbl")
	closing := tables[len(tables)-1]
	place := closing.one("tblpPr").attributes
	require.Equal(t, "margin", place["vertAnchor"])
	// Three lines at the foot of the text's 225 mm.
	require.Equal(t, 12756-3*579, atoi(t, place["tblpY"]))
	rows := closing.all("tr")
	require.Len(t, rows, 2)
	// 0.35 mm and 0.25 mm in eighths of a point: 7.9 and 5.7.
	require.Equal(t, "8", rows[0].one("tcBorders", "top").attributes["sz"])
	require.Equal(t, "6", rows[1].one("tcBorders", "top").attributes["sz"])
	require.Equal(t, "8", rows[1].one("tcBorders", "bottom").attributes["sz"])
	require.Equal(t, "28", sizeOf(rows[0]))
	copied := strings.ReplaceAll(rows[0].words(), "\n", "")
	require.Equal(t, "抄送：市委办公厅，市人大常委会办公厅，市政协办公厅，市纪委办公厅，市委组织部，市科委，各区、县委组织部。", copied)
	require.Equal(t, "天津市人民政府政务督查室\t2013年4月11日印发", rows[1].words())
}

func TestTheLastRulesHaveAnEvenPageOfTheirOwnWhereTheTextEndsOnAnOddOne(t *testing.T) {
	short := paper.Document{Agency: "督查室文件", Title: "通报", Body: []paper.Block{paper.Paragraph("短。")}, Printer: "督查室"}
	sections := official(t, short).all("sectPr")
	require.Len(t, sections, 2)
	require.Equal(t, "evenPage", sections[1].one("type").attributes["val"])
	short.Printer = ""
	require.Len(t, official(t, short).all("sectPr"), 1)
}

func TestPageNumbersAreAtTheOuterSide(t *testing.T) {
	parts := unpacked(t, written(t, paper.WriteOfficial, aBulletin()))
	require.Len(t, parse(t, parts["word/settings.xml"]).all("evenAndOddHeaders"), 1)
	relations := map[string]string{}
	for _, relation := range parse(t, parts["word/_rels/document.xml.rels"]).all("Relationship") {
		relations[relation.attributes["Id"]] = relation.attributes["Target"]
	}
	section := parse(t, parts["word/document.xml"]).all("sectPr")[0]
	for _, reference := range section.all("footerReference") {
		side := map[string]string{"default": "right", "even": "left"}[reference.attributes["type"]]
		footer := parse(t, parts["word/"+relations[reference.attributes["id"]]])
		require.Equal(t, side, footer.one("pPr", "jc").attributes["val"])
		require.Equal(t, "280", footer.one("pPr", "ind").attributes[side], "one character from the edge")
		require.Equal(t, "宋体", faceOf(footer))
		require.Equal(t, "28", sizeOf(footer))
		require.Equal(t, "— 1 —", footer.one("p").words())
		require.Equal(t, " PAGE ", footer.one("instrText").text)
	}
}

func TestTablesRepeatTheirHeader(t *testing.T) {
	for _, table := range official(t, aBulletin()).all("tbl")[:4] {
		rows := table.all("tr")
		require.Len(t, rows[0].all("tblHeader"), 1)
		require.Empty(t, rows[1].all("tblHeader"))
		for _, row := range rows {
			require.Len(t, row.all("cantSplit"), 1)
			require.Len(t, row.all("tc"), len(table.all("gridCol")))
		}
	}
}

func TestABriefHasAMasthead(t *testing.T) {
	brief := aBulletin()
	brief.Agency = "督查通报"
	document := parse(t, unpacked(t, written(t, paper.WriteBrief, brief))["word/document.xml"])
	agency := paragraphOf(t, document, "督查通报")
	require.Equal(t, "FF0000", agency.one("rPr", "color").attributes["val"])
	require.Equal(t, "center", paragraphOf(t, document, "第5期").one("pPr", "jc").attributes["val"])
	foot := paragraphOf(t, document, "天津市人民政府政务督查室\t2013年4月10日")
	require.Equal(t, "FF0000", foot.one("pPr", "pBdr", "bottom").attributes["color"], "the red rule")
	paragraphOf(t, document, "关于2013年第一季度")
}

func TestWhatCannotBePrintedIsRefused(t *testing.T) {
	var file bytes.Buffer
	for _, write := range []writer{paper.WriteOfficial, paper.WriteBrief, pdf(true), pdf(false)} {
		require.ErrorIs(t, write(&file, paper.Document{Title: "通报"}), paper.ErrIncomplete)
		require.ErrorIs(t, write(&file, paper.Document{Agency: "督查室", Title: " \n"}), paper.ErrIncomplete)
		for _, number := range []string{"津政督[2013]5号", "津政督〔2013〕第5号", "津政督〔2013〕05号", "津政督〔13〕5号"} {
			require.ErrorIs(t, write(&file, paper.Document{Agency: "督查室", Title: "通报", Number: number}), paper.ErrNumber, number)
		}
		require.Zero(t, file.Len(), "a refusal writes nothing")
		require.NoError(t, write(io.Discard, paper.Document{Agency: "督查室", Title: "通报"}), "a draft has no number, no date and no body yet")
	}
}

func pdf(official bool) writer {
	return func(file io.Writer, document paper.Document) error { return paper.WritePDF(file, document, official) }
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	for name, write := range map[string]writer{
		"official": paper.WriteOfficial, "brief": paper.WriteBrief, "official PDF": pdf(true), "brief PDF": pdf(false),
	} {
		once := written(t, write, aBulletin())
		require.Equal(t, once, written(t, write, aBulletin()), name)
		for _, change := range []func(*paper.Document){
			func(d *paper.Document) { d.Body[1].Text = "整体情况" },
			func(d *paper.Document) { d.Date = models.MustDate("2013-04-12") },
			func(d *paper.Document) { d.Attachments[0].Body[0].Table.Rows[3][2] = "1" },
		} {
			other := aBulletin()
			change(&other)
			require.NotEqual(t, once, written(t, write, other), name)
		}
	}
}

func TestWritingChangesNothingOfTheDocument(t *testing.T) {
	document := aBulletin()
	written(t, paper.WriteOfficial, document)
	written(t, pdf(true), document)
	require.Equal(t, aBulletin(), document)
}

// The orders that the schema of WordprocessingML asks for. Word calls a file damaged
// whose properties stand in another; LibreOffice does not mind.
var orders = map[string][]string{
	"pPr":         {"pStyle", "keepNext", "pageBreakBefore", "widowControl", "pBdr", "tabs", "kinsoku", "snapToGrid", "spacing", "ind", "jc", "outlineLvl", "sectPr"},
	"rPr":         {"rFonts", "color", "spacing", "sz", "szCs", "lang"},
	"tblPr":       {"tblpPr", "tblOverlap", "tblW", "tblBorders", "tblLayout", "tblCellMar"},
	"tblBorders":  {"top", "left", "bottom", "right", "insideH", "insideV"},
	"tblCellMar":  {"top", "left", "bottom", "right"},
	"trPr":        {"cantSplit", "trHeight", "tblHeader"},
	"tcPr":        {"tcW", "tcBorders", "vAlign"},
	"tcBorders":   {"top", "bottom"},
	"sectPr":      {"footerReference", "footerReference", "type", "pgSz", "pgMar", "docGrid"},
	"settings":    {"evenAndOddHeaders", "characterSpacingControl", "compat"},
	"style":       {"name", "basedOn", "next", "pPr", "rPr"},
	"font":        {"altName", "charset", "family", "pitch"},
	"pBdr":        {"bottom"},
	"docDefaults": {"rPrDefault", "pPrDefault"},
	"tbl":         {"tblPr", "tblGrid", "tr"},
}

func TestPropertiesStandInTheOrderOfTheSchema(t *testing.T) {
	seen := map[string]bool{}
	for _, write := range []writer{paper.WriteOfficial, paper.WriteBrief} {
		for name, data := range unpacked(t, written(t, write, aBulletin())) {
			if !strings.HasPrefix(name, "word/") {
				continue
			}
			root := parse(t, data)
			for parent, order := range orders {
				parents := root.all(parent)
				if root.name == parent {
					parents = append(parents, root)
				}
				for _, one := range parents {
					seen[parent] = true
					last := 0
					for _, child := range one.children {
						place := slices.Index(order, child.name)
						require.GreaterOrEqual(t, place, 0, "%s in %s", child.name, parent)
						require.GreaterOrEqual(t, place, last, "%s in %s", child.name, parent)
						last = place
					}
				}
			}
		}
	}
	require.Len(t, seen, len(orders))
}
