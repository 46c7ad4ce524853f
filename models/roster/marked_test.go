package roster_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/models/roster"
)

func TestTheSameWorkbookComesBackWithAColumnOfErrors(t *testing.T) {
	data := aWorkbook(t, []any{"名册"}, cadreHeader,
		[]any{"A1", "张三", "正处级", "和平区", "局长", "2013-01-05"},
		[]any{"", "李四", "无此级", "和平区", "局长", "2013-01-05"},
	)
	_, problems := readCadres(t, "名册.xlsx", data)
	var marked bytes.Buffer
	require.NoError(t, roster.WriteProblems(&marked, bytes.NewReader(data), "名册.xlsx", problems))

	book, err := excelize.OpenReader(bytes.NewReader(marked.Bytes()))
	require.NoError(t, err)
	rows, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	require.Equal(t, "错误", rows[1][6])
	require.Len(t, rows[2], 6, "a good row has no mark")
	require.Equal(t, "A 列：必填项为空；C 列：职级“无此级”无法识别", rows[3][6])

	// Corrected in place it is read again, and marked again in the same column.
	require.NoError(t, book.SetCellStr("Sheet1", "A4", "A2"))
	require.NoError(t, book.SetCellStr("Sheet1", "C4", "副处级"))
	corrected := workbookBytes(t, book)
	read, problems := readCadres(t, "名册.xlsx", corrected)
	require.Empty(t, problems)
	require.Len(t, read, 2)
	marked.Reset()
	require.NoError(t, roster.WriteProblems(&marked, bytes.NewReader(corrected), "名册.xlsx", nil))
	again, err := excelize.OpenReader(bytes.NewReader(marked.Bytes()))
	require.NoError(t, err)
	value, err := again.GetCellValue("Sheet1", "G4")
	require.NoError(t, err)
	require.Empty(t, value)
	value, err = again.GetCellValue("Sheet1", "H2")
	require.NoError(t, err)
	require.Empty(t, value)
}

func TestMarkedTextRunsNoFormula(t *testing.T) {
	data := []byte("干部编号,姓名,职级,单位,职务\nA1,张三,正处级,和平区,=cmd|'/c calc'!A0\n\nA2,李四,无此级,和平区,-\n")
	_, problems := readCadres(t, "名册.csv", data)
	require.Equal(t, []string{"2E value-formula", "4C rank-unknown"}, places(problems))
	var marked bytes.Buffer
	require.NoError(t, roster.WriteProblems(&marked, bytes.NewReader(data), "名册.csv", problems))
	lines := strings.Split(marked.String(), "\r\n")
	require.Equal(t, "\xEF\xBB\xBF干部编号,姓名,职级,单位,职务,错误", lines[0])
	require.Contains(t, lines[1], ",'=cmd|'/c calc'!A0,")
	require.Equal(t, ",,,,,", lines[2], "an empty row keeps the numbers below it")
	require.Contains(t, lines[3], "C 列：职级“无此级”无法识别")
}

func TestAFileThatCannotBeReadCannotBeMarked(t *testing.T) {
	err := roster.WriteProblems(&bytes.Buffer{}, strings.NewReader("x"), "名册.xls", nil)
	require.ErrorIs(t, err, roster.ErrUnreadable)
}
