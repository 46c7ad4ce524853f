package roster_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/models"
	"bangfu/models/roster"
)

func TestAWorkbookOfCadresIsRead(t *testing.T) {
	data := aWorkbook(t,
		[]any{"和平区处级以上干部名册"},
		[]any{"干部编号*", "姓 名", "职级（必填）", "工作单位", "职务", "任职时间"},
		[]any{"Ａ００１", "张　三", "正处级", "和平区", "局长", 41275},
		[]any{10023, "欧阳 Amy", "副局级", 120101, "", "2013.3.5"},
	)
	rows, problems := readCadres(t, "名册.xlsx", data)
	require.Empty(t, problems)
	require.Len(t, rows, 2)
	require.Equal(t, 3, rows[0].Row)
	require.Equal(t, models.CadreID("A001"), rows[0].Number)
	require.Equal(t, "张三", rows[0].Name)
	require.Equal(t, models.RankDivision, rows[0].Rank)
	require.Equal(t, models.MustDate("2013-01-01"), rows[0].From)
	require.Equal(t, models.CadreID("10023"), rows[1].Number)
	require.Equal(t, "欧阳 Amy", rows[1].Name)
	require.Equal(t, "120101", rows[1].Unit)
	require.Equal(t, models.MustDate("2013-03-05"), rows[1].From)
}

func TestTextIsReadInEveryEncodingAndSeparator(t *testing.T) {
	text := "干部编号,姓名,职级,单位,职务,任职时间\r\nA1,张三,正处级,和平区,\"局长,书记\",2013年1月5日\r\n"
	for name, data := range map[string][]byte{
		"UTF-8":              []byte(text),
		"UTF-8 with a mark":  []byte("\xEF\xBB\xBF" + text),
		"GB18030":            inGB18030(t, text),
		"semicolon":          []byte(strings.ReplaceAll(strings.ReplaceAll(text, "局长,书记", "局长、书记"), ",", ";")),
		"tab in GB18030":     inGB18030(t, strings.ReplaceAll(strings.ReplaceAll(text, "局长,书记", "局长、书记"), ",", "\t")),
		"a character beyond": inGB18030(t, strings.ReplaceAll(text, "张三", "张𬭚")),
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readCadres(t, "名册.csv", data)
			require.Empty(t, problems)
			require.Len(t, rows, 1)
			require.Equal(t, "和平区", rows[0].Unit)
			require.Equal(t, models.MustDate("2013-01-05"), rows[0].From)
		})
	}
}

func TestTextThatIsNeitherUTF8NorGB18030IsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"broken":      append(inGB18030(t, "干部编号,姓名\n"), 0xFF, 0xFF, '\n'),
		"half a pair": append(inGB18030(t, "干部编号,姓名\n"), 0xB0),
		"UTF-16":      {0xFF, 0xFE, 'a', 0, ',', 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := readCadres(t, "名册.csv", data)
			require.Equal(t, []roster.Code{roster.FileEncoding}, codes(problems))
		})
	}
}

func TestEveryProblemIsNamedByRowAndColumn(t *testing.T) {
	data := aWorkbook(t, cadreHeader,
		[]any{"A1", "张三", "正处级", "和平区", "", "2013-01-05"},
		[]any{"", "李四", "处长级", "", "", "2013-02-30"},
		[]any{},
		[]any{"A 3/", "", "正处级", "和平区", "=HYPERLINK(1)", "2013年5月"},
		[]any{"11010519491231002X", "王五", "正处级", "和平区", "@局长", "明天"},
		[]any{"1.23456789012346E+17", "赵六", "正处级", "和平区", strings.Repeat("长", 101), "0213-01-05"},
	)
	rows, problems := readCadres(t, "名册.xlsx", data)
	require.Len(t, rows, 5, "rows with problems are returned, so that the archive can look for more")
	require.Equal(t, []string{
		"3A value-missing", "3C rank-unknown", "3D value-missing", "3F date-invalid",
		"5A personnel-number-invalid", "5B value-missing", "5E value-formula", "5F date-without-day",
		"6A value-identity-number", "6E value-formula", "6F date-invalid",
		"7A value-spoilt-by-spreadsheet", "7E value-too-long", "7F date-invalid",
	}, places(problems))
	require.Equal(t, "第 3 行 C 列（职级）：职级“处长级”无法识别", problems[1].String())
	for _, problem := range problems {
		require.NotContains(t, problem.Value, "11010519491231002X", "an identity number travels no further")
	}
}

func TestAFormulaCountsAsTheValueItWasSavedWith(t *testing.T) {
	book := fillSheet(t, excelize.NewFile(), "Sheet1", cadreHeader, []any{"A1", "张三", "正处级", "和平区", "局长", "2013-01-05"})
	require.NoError(t, book.SetCellValue("Sheet1", "A2", 77))
	require.NoError(t, book.SetCellFormula("Sheet1", "A2", "70+1"))
	rows, problems := readCadres(t, "名册.xlsx", workbookBytes(t, book))
	require.Empty(t, problems)
	require.Equal(t, models.CadreID("77"), rows[0].Number)
}

func TestHiddenSheetsAreNotRead(t *testing.T) {
	book := fillSheet(t, excelize.NewFile(), "Sheet1", []any{"旧名册"}, []any{"干部编号"})
	_, err := book.NewSheet("今年")
	require.NoError(t, err)
	fillSheet(t, book, "今年", cadreHeader, []any{"A1", "张三", "正处级", "和平区", "局长", "2013-01-05"})
	book.SetActiveSheet(1)
	require.NoError(t, book.SetSheetVisible("Sheet1", false))
	rows, problems := readCadres(t, "名册.xlsx", workbookBytes(t, book))
	require.Empty(t, problems)
	require.Len(t, rows, 1)
}

func TestWorkbooksThatCountFrom1904AreRead(t *testing.T) {
	book := fillSheet(t, excelize.NewFile(), "Sheet1", cadreHeader, []any{"A1", "张三", "正处级", "和平区", "局长", 41275 - 1462})
	yes := true
	require.NoError(t, book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	rows, problems := readCadres(t, "名册.xlsx", workbookBytes(t, book))
	require.Empty(t, problems)
	require.Equal(t, models.MustDate("2013-01-01"), rows[0].From)
}

func TestHeadersMayBeMissingDoubleOrForbidden(t *testing.T) {
	for name, test := range map[string]struct {
		header []any
		places []string
	}{
		"missing":   {[]any{"干部编号", "姓名", "职级"}, []string{"1 header-missing"}},
		"double":    {[]any{"干部编号", "姓名", "职级", "单位", "工作单位"}, []string{"1E header-duplicate"}},
		"forbidden": {[]any{"干部编号", "姓名", "职级", "单位", "身份证号"}, []string{"1E header-identity-number"}},
		"none":      {[]any{"甲", "乙", "丙", "丁"}, []string{"0 header-not-found"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := readCadres(t, "名册.xlsx", aWorkbook(t, test.header, []any{"A1", "张三", "正处级", "和平区", "x"}))
			require.Equal(t, test.places, places(problems))
		})
	}
}

func TestRowNumbersOfTextAreThoseOfASpreadsheet(t *testing.T) {
	data := "干部编号,姓名,职级,单位,职务\n\nA1,张三,正处级,和平区,\"两\n行\"\n\n\nA2,李四,错,和平区,x\nA3,\"王\"五,正处级,和平区,x\nA4,赵六,错,和平区,x\n"
	rows, problems := readCadres(t, "名册.csv", []byte(data))
	require.Equal(t, []string{"6C rank-unknown", "7 row-broken", "8C rank-unknown"}, places(problems))
	require.Equal(t, 3, rows[0].Row)
	require.Equal(t, "两行", rows[0].Title)
}

func TestFilesThatAreNotWhatTheySayAreRefused(t *testing.T) {
	good := aWorkbook(t, cadreHeader, []any{"A1", "张三", "正处级", "和平区", "", ""})
	compound := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 1024)...)
	encrypted := append(append([]byte{}, compound...), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...)
	for name, test := range map[string]struct {
		fileName string
		data     []byte
		code     roster.Code
	}{
		"old format":              {"名册.xls", compound, roster.FileOldFormat},
		"old format renamed":      {"名册.xlsx", compound, roster.FileOldFormat},
		"encrypted":               {"名册.xlsx", encrypted, roster.FileEncrypted},
		"macro by name":           {"名册.xlsm", good, roster.FileMacro},
		"macro inside":            {"名册.xlsx", withParts(t, good, map[string]string{"xl/vbaProject.bin": "x"}), roster.FileMacro},
		"another type":            {"名册.pdf", good, roster.FileExtension},
		"no extension":            {"名册", good, roster.FileExtension},
		"workbook called text":    {"名册.csv", good, roster.FileMismatch},
		"text called workbook":    {"名册.xlsx", []byte("干部编号,姓名\n"), roster.FileDamaged},
		"a zip that is no book":   {"名册.xlsx", withParts(t, emptyZip(), map[string]string{"a.txt": "x"}), roster.FileDamaged},
		"path that leaves":        {"名册.xlsx", withParts(t, good, map[string]string{"../../etc/cron.d/x": "x"}), roster.FileDamaged},
		"path with a drive":       {"名册.xlsx", withParts(t, good, map[string]string{`C:\x`: "x"}), roster.FileDamaged},
		"the same path twice":     {"名册.xlsx", withParts(t, good, map[string]string{"xl/Workbook.xml": "x"}), roster.FileDamaged},
		"cut in half":             {"名册.xlsx", good[:len(good)/2], roster.FileDamaged},
		"empty":                   {"名册.xlsx", nil, roster.FileEmpty},
		"only a header":           {"名册.xlsx", aWorkbook(t, cadreHeader), roster.FileEmpty},
		"nothing in the sheet":    {"名册.xlsx", aWorkbook(t), roster.FileEmpty},
		"a zip bomb":              {"名册.xlsx", withParts(t, good, map[string]string{"xl/media/a.xml": strings.Repeat("0", 257<<20)}), roster.FileExpands},
		"more parts than a book":  {"名册.xlsx", withParts(t, good, manyParts(2100)), roster.FileExpands},
		"larger than is accepted": {"名册.csv", make([]byte, 33<<20), roster.FileTooLarge},
		"more rows than accepted": {"名册.csv", []byte("干部编号,姓名,职级,单位\n" + strings.Repeat("A1,张三,正处级,和平区\n", 100_001)), roster.FileTooManyRows},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readCadres(t, test.fileName, test.data)
			require.Empty(t, rows)
			require.Equal(t, []roster.Code{test.code}, codes(problems))
			require.Zero(t, problems[0].Row)
		})
	}
}

func emptyZip() []byte { return append([]byte("PK\x05\x06"), make([]byte, 18)...) }

func manyParts(count int) map[string]string {
	parts := make(map[string]string, count)
	for i := range count {
		parts["xl/media/"+strings.Repeat("a", i%7)+string(rune('a'+i%26))+strings.Repeat("b", i/26)] = ""
	}
	return parts
}

func TestAReaderThatFailsIsAnErrorNotAProblem(t *testing.T) {
	broken := errors.New("broken pipe")
	_, _, err := roster.ReadCadres(iotest.ErrReader(broken), "名册.xlsx")
	require.ErrorIs(t, err, broken)
}

func TestARosterOfEnterprisesIsRead(t *testing.T) {
	data := aWorkbook(t,
		[]any{"企业名称", "统一社会信用代码", "组织机构代码", "工商注册号", "曾用名", "注册地址", "法人", "电话", "成立时间", "区县"},
		[]any{"天津海河（集团）有限公司", "91350100m000100y43", "M000100Y-4", "4.40301108548379E+14", "甲公司；乙公司", "和平区", "-", "+86 22-1234", "2011/3/4", "和平区"},
	)
	rows, problems := readEnterprises(t, "企业.xlsx", data)
	require.Empty(t, problems)
	require.Len(t, rows, 1)
	require.Equal(t, "天津海河（集团）有限公司", rows[0].Name)
	require.Equal(t, "440301108548379", rows[0].RegistrationNumber)
	require.Equal(t, []string{"甲公司", "乙公司"}, rows[0].FormerNames)
	require.Equal(t, "+86 22-1234", rows[0].Phone)
	require.Empty(t, rows[0].LegalPerson)
	require.Equal(t, models.MustDate("2011-03-04"), rows[0].Established)
}

func TestEveryProblemHasWords(t *testing.T) {
	for _, code := range roster.Codes() {
		text := roster.Problem{Code: code, Value: "值", Detail: "说明"}.Text()
		require.NotEqual(t, string(code), text)
		require.NotContains(t, text, "%")
	}
	problem := roster.Problem{Row: 1, Code: roster.UnitUnknown, Value: "100%[2]s"}
	require.Contains(t, problem.Text(), "100%[2]s", "what a cell holds is never a format")
}
