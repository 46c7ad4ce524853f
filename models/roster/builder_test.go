package roster_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"bangfu/models/roster"
)

// cadreHeader is the header that most files of the tests have.
var cadreHeader = []any{"干部编号", "姓名", "职级", "单位", "职务", "任职时间"}

// aWorkbook is an xlsx with the rows on its first sheet.
func aWorkbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	return workbookBytes(t, fillSheet(t, excelize.NewFile(), "Sheet1", rows...))
}

func fillSheet(t *testing.T, book *excelize.File, sheet string, rows ...[]any) *excelize.File {
	t.Helper()
	for i, row := range rows {
		require.NoError(t, book.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
	}
	return book
}

func workbookBytes(t *testing.T, book *excelize.File) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, book.Write(&file))
	require.NoError(t, book.Close())
	return file.Bytes()
}

// withParts is a workbook with more parts put into its zip.
func withParts(t *testing.T, workbook []byte, parts map[string]string) []byte {
	t.Helper()
	source, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	require.NoError(t, err)
	var file bytes.Buffer
	target := zip.NewWriter(&file)
	for _, part := range source.File {
		content, err := part.Open()
		require.NoError(t, err)
		copied, err := target.Create(part.Name)
		require.NoError(t, err)
		_, err = io.Copy(copied, content)
		require.NoError(t, err)
	}
	for name, text := range parts {
		added, err := target.Create(name)
		require.NoError(t, err)
		_, err = added.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, target.Close())
	return file.Bytes()
}

func inGB18030(t *testing.T, text string) []byte {
	t.Helper()
	encoded, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	require.NoError(t, err)
	return encoded
}

func readCadres(t *testing.T, fileName string, data []byte) ([]roster.Cadre, []roster.Problem) {
	t.Helper()
	rows, problems, err := roster.ReadCadres(bytes.NewReader(data), fileName)
	require.NoError(t, err)
	return rows, problems
}

func readEnterprises(t *testing.T, fileName string, data []byte) ([]roster.Enterprise, []roster.Problem) {
	t.Helper()
	rows, problems, err := roster.ReadEnterprises(bytes.NewReader(data), fileName)
	require.NoError(t, err)
	return rows, problems
}

// places are the problems as "row column code", which is what tests compare.
func places(problems []roster.Problem) []string {
	found := []string{}
	for _, problem := range problems {
		found = append(found, strings.TrimSpace(fmt.Sprintf("%d%s %s", problem.Row, problem.Column, problem.Code)))
	}
	return found
}

func codes(problems []roster.Problem) []roster.Code {
	found := []roster.Code{}
	for _, problem := range problems {
		found = append(found, problem.Code)
	}
	return found
}
