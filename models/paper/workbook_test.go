package paper_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"bangfu/models/paper"
)

func workbook(t require.TestingT, sheets ...paper.Sheet) []byte {
	var file bytes.Buffer
	require.NoError(t, paper.WriteWorkbook(&file, sheets))
	return file.Bytes()
}

func opened(t require.TestingT, data []byte) *excelize.File {
	file, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	return file
}

func raw(t require.TestingT, file *excelize.File, sheet string) [][]string {
	rows, err := file.GetRows(sheet, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	return rows
}

// anAnnex is 附表1 of a bulletin.
func anAnnex() paper.Sheet {
	return paper.Sheet{
		Name: "附表1", Title: "2013年第一季度区县功能区完成情况", Note: "数据截止2013年3月31日24时",
		Columns: []paper.SheetColumn{
			{Title: "单位", Width: 24, Total: paper.TotalLabel},
			{Title: "应完成", Unit: "项", Total: paper.TotalSum},
			{Title: "已认定", Unit: "项", Total: paper.TotalSum},
			{Title: "完成率", Total: paper.TotalShare, Part: 2, Whole: 1},
			{Title: "投入", Unit: "万元", Total: paper.TotalSum},
			{Title: "位次"},
		},
		Rows: [][]paper.Cell{
			{paper.TextCell("和平区"), paper.CountCell(120), paper.CountCell(60), paper.ShareCell(60, 120), paper.DecimalCell("0.10"), paper.CountCell(1)},
			{paper.TextCell("蓟县"), paper.CountCell(80), paper.CountCell(10), paper.ShareCell(10, 80), paper.DecimalCell("0.20"), paper.CountCell(2)},
			{paper.TextCell("东疆保税港区"), paper.CountCell(0), paper.CountCell(0), paper.ShareCell(0, 0), paper.DecimalCell("未报")},
		},
		Totals: true,
	}
}

func TestAnAnnexIsReadBackWithItsSums(t *testing.T) {
	file := opened(t, workbook(t, anAnnex()))
	require.Equal(t, []string{"附表1"}, file.GetSheetList())
	require.Equal(t, [][]string{
		{"2013年第一季度区县功能区完成情况"},
		{"单位", "应完成（项）", "已认定（项）", "完成率", "投入（万元）", "位次"},
		{"和平区", "120", "60", "0.5", "0.1", "1"},
		{"蓟县", "80", "10", "0.125", "0.2", "2"},
		{"东疆保税港区", "0", "0", "", "未报"},
		{"合计", "200", "70", "0.35", "0.3"},
		{"数据截止2013年3月31日24时"},
	}, raw(t, file, "附表1"))
	shown, err := file.GetCellValue("附表1", "D6")
	require.NoError(t, err)
	require.Equal(t, "35.0%", shown)
	for _, cell := range []string{"B3", "D3", "E4", "B6"} {
		kind, err := file.GetCellType("附表1", cell)
		require.NoError(t, err)
		require.NotContains(t, []excelize.CellType{excelize.CellTypeInlineString, excelize.CellTypeSharedString}, kind, cell)
	}
}

func TestAnAnnexPrintsOnA4AcrossUnderItsHeader(t *testing.T) {
	file := opened(t, workbook(t, anAnnex()))
	layout, err := file.GetPageLayout("附表1")
	require.NoError(t, err)
	require.Equal(t, 9, *layout.Size)
	require.Equal(t, "landscape", *layout.Orientation)
	require.Equal(t, 1, *layout.FitToWidth)
	panes, err := file.GetPanes("附表1")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 2, panes.YSplit)
	names := file.GetDefinedName()
	require.Len(t, names, 1)
	require.Equal(t, "'附表1'!$1:$2", names[0].RefersTo)
	merged, err := file.GetMergeCells("附表1")
	require.NoError(t, err)
	require.Len(t, merged, 1)
}

func TestTheSameSheetsGiveTheSameWorkbook(t *testing.T) {
	once := workbook(t, anAnnex())
	require.Equal(t, once, workbook(t, anAnnex()))
	other := anAnnex()
	other.Rows[1][2] = paper.CountCell(11)
	require.NotEqual(t, once, workbook(t, other))
	properties, err := opened(t, once).GetDocProps()
	require.NoError(t, err)
	require.Equal(t, "1980-01-01T00:00:00Z", properties.Created)
	require.Equal(t, "1980-01-01T00:00:00Z", properties.Modified)
}

func TestNoTextBecomesAFormula(t *testing.T) {
	sheet := paper.Sheet{Name: "甲", Title: "=1+1", Note: "@x", Columns: []paper.SheetColumn{{Title: "-单位"}}}
	texts := []string{"=HYPERLINK(\"a\")", "+1", "-1+1", "@SUM(A1)", "007", "1e5", "<&>"}
	for _, text := range texts {
		sheet.Rows = append(sheet.Rows, []paper.Cell{paper.TextCell(text)})
	}
	file := opened(t, workbook(t, sheet))
	for index, text := range texts {
		cell := fmt.Sprintf("A%d", index+3)
		formula, err := file.GetCellFormula("甲", cell)
		require.NoError(t, err)
		require.Empty(t, formula)
		kind, err := file.GetCellType("甲", cell)
		require.NoError(t, err)
		require.Equal(t, excelize.CellTypeInlineString, kind)
		require.Equal(t, text, raw(t, file, "甲")[index+2][0])
	}
}

func TestTabsHaveNamesThatASpreadsheetTakes(t *testing.T) {
	long := strings.Repeat("附表", 20)
	file := opened(t, workbook(
		t, paper.Sheet{Name: ""}, paper.Sheet{Name: "a/b:c"}, paper.Sheet{Name: long}, paper.Sheet{Name: long}, paper.Sheet{Name: "'A'"}, paper.Sheet{Name: "a"},
	))
	require.Equal(t, []string{"附表1", "a_b_c", long[:31*3], long[:28*3] + "（2）", "A", "a（2）"}, file.GetSheetList())
	require.ErrorIs(t, paper.WriteWorkbook(&bytes.Buffer{}, nil), paper.ErrIncomplete)
}

func TestWhateverIsTabulatedIsAWorkbookWithExactSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(-1_000_000, 1_000_000), 0, 20).Draw(t, "counts")
		sheet := paper.Sheet{
			Name: hostile().Draw(t, "name"), Title: hostile().Draw(t, "title"), Note: hostile().Draw(t, "note"), Totals: true,
			Columns: []paper.SheetColumn{{Title: hostile().Draw(t, "header"), Total: paper.TotalLabel}, {Title: "数", Total: paper.TotalSum}},
		}
		sum := 0
		for _, count := range counts {
			sum += count
			sheet.Rows = append(sheet.Rows, []paper.Cell{paper.TextCell(hostile().Draw(t, "text")), paper.CountCell(count)})
		}
		data := workbook(t, sheet)
		require.Equal(t, data, workbook(t, sheet))
		for name, part := range unpacked(t, data) {
			require.NotNil(t, parse(t, part), name)
		}
		file := opened(t, data)
		name := file.GetSheetList()[0]
		require.LessOrEqual(t, len(utf16.Encode([]rune(name))), 31)
		total, err := file.GetCellValue(name, fmt.Sprintf("B%d", len(counts)+3), excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(sum), total)
	})
}
