package inspection_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/paper"
)

// readBack is the workbook as a spreadsheet opens it: raw values by tab.
func readBack(t require.TestingT, bulletin inspection.Bulletin) map[string][][]string {
	var book bytes.Buffer
	require.NoError(t, paper.WriteWorkbook(&book, bulletin.Sheets()))
	file, err := excelize.OpenReader(&book)
	require.NoError(t, err)
	tabs := map[string][][]string{}
	for _, name := range file.GetSheetList() {
		tabs[name], err = file.GetRows(name, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	return tabs
}

func TestAWorkbookHoldsTheBulletinsNumbersAndItsTotalsAreTheSums(t *testing.T) {
	tabs := readBack(t, inspection.Draft(aSnapshot()))
	require.Len(t, tabs, 5)
	districts := tabs["附表1区县"]
	require.Equal(t, []string{"1", "和平区", "36", "39", "36", "100", "0", "91.7", "1", "8.3"}, districts[2][:10])
	total := districts[7]
	require.Equal(t, "合计", total[1])
	for column := 2; column <= 4; column++ {
		sum := 0
		for _, row := range districts[2:7] {
			sum += atoi(t, row[column])
		}
		require.Equal(t, total[column], itoa(sum), "column %d", column)
	}
	require.Equal(t, "天津临港经济区", tabs["附表1功能区"][4][1])
	require.Equal(t, "—", tabs["附表1功能区"][4][0], "shown without a place")
}

func TestAWorkbookHasARowForEveryRowOfTheTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		snapshot.Individuals = []inspection.IndividualFigures{{Name: "张三丰", Kind: models.Found}}
		bulletin := inspection.Draft(snapshot)
		rows := 0
		for _, sheet := range bulletin.Sheets() {
			require.NotContains(t, sheet.Title, "名单", "no tab names individuals")
			for _, row := range sheet.Rows {
				require.Len(t, row, len(sheet.Columns))
			}
			rows += len(sheet.Rows)
		}
		for _, annex := range bulletin.Public().Annexes {
			for _, row := range annex.Rows {
				if !row.Heading {
					rows--
				}
			}
		}
		require.Zero(t, rows)
	})
}
