package roster

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// Field is one thing that a roster may say about its subject.
type Field string

// The fields of rosters of cadres and of enterprises.
const (
	FieldNumber       Field = "number"
	FieldName         Field = "name"
	FieldRank         Field = "rank"
	FieldUnit         Field = "unit"
	FieldTitle        Field = "title"
	FieldFrom         Field = "from"
	FieldUnifiedCode  Field = "unified-code"
	FieldOrganization Field = "organization-code"
	FieldRegistration Field = "registration-number"
	FieldFormerNames  Field = "former-names"
	FieldAddress      Field = "address"
	FieldLegalPerson  Field = "legal-person"
	FieldPhone        Field = "phone"
	FieldEstablished  Field = "established"
)

// column says how a field is found and what it may hold.
type column struct {
	field    Field
	title    string
	synonyms []string
	required bool
	longest  int
}

// cadreColumns are the columns of a roster of cadres (干部名册).
var cadreColumns = []column{
	{FieldNumber, "干部编号", []string{"人员编号", "工号", "编号", "职工编号", "人事编号"}, true, longestNumber},
	{FieldName, "姓名", []string{"干部姓名", "名字"}, true, 50},
	{FieldRank, "职级", []string{"级别", "职务级别", "行政级别", "职务层次"}, true, 30},
	{FieldUnit, "单位", []string{"单位代码", "单位名称", "工作单位", "所在单位", "所属单位", "任职单位", "区县", "区县功能区"}, true, 100},
	{FieldTitle, "职务", []string{"现任职务", "职位", "岗位"}, false, 100},
	{FieldFrom, "任职时间", []string{"任职日期", "任现职时间", "任现职日期", "到任时间", "到任日期", "任职起始日期"}, false, 30},
}

// enterpriseColumns are the columns of a roster of enterprises (企业名册).
var enterpriseColumns = []column{
	{FieldName, "企业名称", []string{"名称", "单位名称", "公司名称", "企业全称"}, true, 200},
	{FieldUnifiedCode, "统一社会信用代码", []string{"信用代码", "社会信用代码", "统一信用代码", "统一代码"}, false, 40},
	{FieldOrganization, "组织机构代码", []string{"机构代码", "组织代码", "组织机构代码证号"}, false, 40},
	{FieldRegistration, "注册号", []string{"工商注册号", "营业执照注册号", "营业执照号", "工商登记号"}, false, 40},
	{FieldFormerNames, "曾用名", []string{"原名称", "曾用名称", "历史名称"}, false, 500},
	{FieldAddress, "住所", []string{"地址", "注册地址", "企业地址", "注册地", "经营地址"}, false, 300},
	{FieldLegalPerson, "法定代表人", []string{"法人", "法人代表", "法定代表人姓名", "负责人"}, false, 100},
	{FieldPhone, "联系电话", []string{"电话", "手机", "联系方式", "电话号码"}, false, 60},
	{FieldEstablished, "成立日期", []string{"成立时间", "注册日期", "注册时间", "设立日期"}, false, 30},
	{FieldUnit, "所属单位", []string{"单位", "单位代码", "区县", "所属区县", "所在区县", "区县功能区", "功能区", "所在地"}, false, 100},
}

// identityHeaders are titles of a column that the archive must never take in.
var identityHeaders = []string{"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码"}

// headerSearch is how many rows may stand above the header: titles, notes.
const headerSearch = 20

// layout is what the header row says: where each field stands and under which
// title.
type layout struct {
	positions map[Field]int
	titles    map[Field]string
	longest   map[Field]int
}

// columnLetter is the letter that a spreadsheet shows over a column.
func columnLetter(position int) string {
	name, err := excelize.ColumnNumberToName(position + 1)
	if err != nil {
		return ""
	}
	return name
}

// plainTitle drops what people add to column titles: spaces, line breaks,
// marks of required columns, hints in brackets.
func plainTitle(title string) string {
	title = tidy(title)
	for _, opening := range []string{"(", "（", "[", "【"} {
		if at := strings.Index(title, opening); at > 0 {
			title = title[:at]
		}
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n*＊：:、/／", c) {
			return -1
		}
		return c
	}, title)
}

// findHeader looks for the row that names the most fields and reads it.
func findHeader(lines []line, columns []column) (int, layout, []Problem) {
	best, most := -1, 1
	for i, candidate := range lines[:min(len(lines), headerSearch)] {
		known := 0
		for _, cell := range candidate.cells {
			if _, found := columnOf(plainTitle(cell), columns); found {
				known++
			}
		}
		if known > most {
			best, most = i, known
		}
	}
	if best < 0 {
		return -1, layout{}, []Problem{{Code: HeaderNotFound, Detail: requiredTitles(columns)}}
	}
	read, problems := readHeader(lines[best], columns)
	return best, read, problems
}

func readHeader(header line, columns []column) (layout, []Problem) {
	read := layout{positions: map[Field]int{}, titles: map[Field]string{}, longest: map[Field]int{}}
	var problems []Problem
	for position, cell := range header.cells {
		title := plainTitle(cell)
		place := Problem{Row: header.number, Column: columnLetter(position), Header: shorten(tidy(cell)), Value: shorten(tidy(cell))}
		for _, forbidden := range identityHeaders {
			if title == forbidden {
				place.Code = HeaderIdentityNumber
				problems = append(problems, place)
			}
		}
		found, known := columnOf(title, columns)
		if !known {
			continue
		}
		if first, taken := read.positions[found.field]; taken {
			place.Code, place.Detail = HeaderDuplicate, columnLetter(first)
			problems = append(problems, place)
			continue
		}
		read.positions[found.field] = position
		read.titles[found.field] = shorten(tidy(cell))
		read.longest[found.field] = found.longest
	}
	for _, wanted := range columns {
		if _, present := read.positions[wanted.field]; wanted.required && !present {
			problems = append(problems, Problem{Row: header.number, Code: HeaderMissing, Detail: wanted.title})
		}
	}
	return read, problems
}

func columnOf(title string, columns []column) (column, bool) {
	if title == "" {
		return column{}, false
	}
	for _, candidate := range columns {
		if candidate.title == title {
			return candidate, true
		}
	}
	for _, candidate := range columns {
		for _, synonym := range candidate.synonyms {
			if synonym == title {
				return candidate, true
			}
		}
	}
	return column{}, false
}

func requiredTitles(columns []column) string {
	var titles []string
	for _, wanted := range columns {
		if wanted.required {
			titles = append(titles, wanted.title)
		}
	}
	return strings.Join(titles, "、")
}
