package roster_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/models/roster"
)

func TestARosterMendedAsTextKeepsItsRowsAndItsDates(t *testing.T) {
	book := workbookBytes(t, fillSheet(t, excelize.NewFile(), "Sheet1", cadreHeader,
		[]any{"A1", "张三", "正处级", "和平区", "局长", 41279},
		[]any{},
		[]any{"A2", "李\n四", "错级", "和平区", "副局长", "2013-01-05"}))
	cadres, problems, err := roster.ReadCadres(bytes.NewReader(book), "名册.xlsx")
	require.NoError(t, err)
	require.Len(t, problems, 1)
	require.Equal(t, 4, problems[0].Row)

	table, mendable, err := roster.ReadTable(bytes.NewReader(book), "名册.xlsx")
	require.NoError(t, err)
	require.True(t, mendable)
	table.Set(problems[0].Row, problems[0].Column, "副处级")
	table.Set(99, "A", "outside")
	table.Set(1, "ZZZZ", "outside")
	text, err := table.CSV()
	require.NoError(t, err)

	again, problems, err := roster.ReadCadres(strings.NewReader(text), "名册.csv")
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, again, 2)
	require.Equal(t, cadres[0].From, again[0].From, "a day that was a number stays that day")
}

func TestAFileThatIsNoTableIsNotMended(t *testing.T) {
	_, mendable, err := roster.ReadTable(strings.NewReader("x"), "名册.exe")
	require.NoError(t, err)
	require.False(t, mendable)
}
