package roster_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models/roster"
)

// tester is a test, or one check of a property.
type tester interface {
	require.TestingT
	Helper()
}

// withSheet is a workbook whose first sheet has the given rows as XML.
func withSheet(t tester, rows string) []byte {
	t.Helper()
	return workbookOf(t, map[string]string{
		"[Content_Types].xml":        `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`,
	})
}

func workbookOf(t tester, parts map[string]string) []byte {
	t.Helper()
	var file bytes.Buffer
	target := zip.NewWriter(&file)
	for name, text := range parts {
		part, err := target.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(part, text)
		require.NoError(t, err)
	}
	require.NoError(t, target.Close())
	return file.Bytes()
}

func cell(reference, text string) string {
	return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, reference, text)
}

// sheetHeader is a header row with the required columns.
var sheetHeader = `<row r="1">` + cell("A1", "干部编号") + cell("B1", "姓名") + cell("C1", "职级") + cell("D1", "单位") + `</row>`

func TestAHandMadeSheetIsRead(t *testing.T) {
	rows, problems := readCadres(t, "名册.xlsx", withSheet(t, sheetHeader+
		`<row r="7">`+cell("A7", "A1")+cell("B7", "张三")+cell("C7", "正处级")+cell("D7", "和平区")+`</row>`))
	require.Empty(t, problems)
	require.Len(t, rows, 1)
	require.Equal(t, 7, rows[0].Row)
}

func TestHostileSheetsEndQuickly(t *testing.T) {
	entity := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	for name, rows := range map[string]string{
		"a row at the far end":     sheetHeader + `<row r="1048576">` + cell("XFD1048576", "x") + `</row>`,
		"a row beyond the end":     sheetHeader + `<row r="99999999999">` + cell("A99999999999", "x") + `</row>`,
		"a row before the first":   sheetHeader + `<row r="-5">` + cell("A-5", "x") + `</row>`,
		"a column beyond the last": sheetHeader + `<row r="2">` + cell("ZZZZZZ2", "x") + `</row>`,
		"cells without names":      sheetHeader + `<row>` + strings.Repeat(`<c t="s"><v>77</v></c>`, 1000) + `</row>`,
		"a shared text not there":  sheetHeader + `<row r="2"><c r="A2" t="s"><v>-1</v></c><c r="B2" t="s"><v>99999</v></c></row>`,
		"many far rows":            sheetHeader + strings.Repeat(`<row r="1048576">`+cell("XFD1048576", "x")+`</row>`, 200),
		"an entity":                entity + sheetHeader,
		"not closed":               sheetHeader + `<row r="2"><c`,
		"a deep nest":              sheetHeader + strings.Repeat("<row>", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, problems := readCadres(t, "名册.xlsx", withSheet(t, rows))
			require.NotEmpty(t, problems)
			require.Less(t, time.Since(began), 20*time.Second)
		})
	}
}

func TestNoFileMakesTheReaderPanic(t *testing.T) {
	good := []byte(sheetHeader + `<row r="2">` + cell("A2", "A1") + cell("B2", "张三") + cell("C2", "正处级") + cell("D2", "和平区") + `<c r="E2"><f>1+1</f><v>2</v></c></row>`)
	rapid.Check(t, func(t *rapid.T) {
		var data []byte
		name := rapid.SampledFrom([]string{"a.xlsx", "a.csv", "a.txt"}).Draw(t, "name")
		switch rapid.IntRange(0, 2).Draw(t, "what") {
		case 0:
			data = rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		case 1:
			data = []byte("干部编号,姓名,职级,单位,任职时间\n" + rapid.String().Draw(t, "text"))
		case 2:
			broken := bytes.Clone(good)
			for range rapid.IntRange(1, 6).Draw(t, "changes") {
				broken[rapid.IntRange(0, len(broken)-1).Draw(t, "where")] = rapid.Byte().Draw(t, "byte")
			}
			data = withSheet(t, string(broken))
		}
		_, problems, err := roster.ReadCadres(bytes.NewReader(data), name)
		require.NoError(t, err)
		for _, problem := range problems {
			require.NotEmpty(t, problem.String())
			require.GreaterOrEqual(t, problem.Row, 0)
		}
		_, _, err = roster.ReadEnterprises(bytes.NewReader(data), name)
		require.NoError(t, err)
		if err := roster.WriteProblems(io.Discard, bytes.NewReader(data), name, problems); err != nil {
			require.ErrorIs(t, err, roster.ErrUnreadable)
		}
	})
}
