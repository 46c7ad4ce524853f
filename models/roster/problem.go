package roster

import (
	"fmt"
	"strings"
)

// Code names what is wrong with a file, a header or a cell.
type Code string

// Problems of a whole file. Their Row is 0.
const (
	FileEmpty       Code = "file-empty"
	FileTooLarge    Code = "file-too-large"
	FileTooManyRows Code = "file-too-many-rows"
	FileExtension   Code = "file-extension"
	FileOldFormat   Code = "file-old-format"
	FileEncrypted   Code = "file-encrypted"
	FileMacro       Code = "file-macro"
	FileDamaged     Code = "file-damaged"
	FileExpands     Code = "file-expands"
	FileEncoding    Code = "file-encoding"
	FileMismatch    Code = "file-content-mismatch"
)

// Problems of headers.
const (
	HeaderMissing        Code = "header-missing"
	HeaderDuplicate      Code = "header-duplicate"
	HeaderNotFound       Code = "header-not-found"
	HeaderIdentityNumber Code = "header-identity-number"
)

// Problems of single cells and rows.
const (
	ValueMissing        Code = "value-missing"
	ValueTooLong        Code = "value-too-long"
	ValueFormula        Code = "value-formula"
	ValueControl        Code = "value-control-character"
	ValueIdentityNumber Code = "value-identity-number"
	ValueSpoilt         Code = "value-spoilt-by-spreadsheet"
	NumberInvalid       Code = "personnel-number-invalid"
	RankUnknown         Code = "rank-unknown"
	DateInvalid         Code = "date-invalid"
	DateWithoutDay      Code = "date-without-day"
	RowBroken           Code = "row-broken"
)

// Problems that only the archive can find.
const (
	UnitUnknown          Code = "unit-unknown"
	UnitAmbiguous        Code = "unit-ambiguous"
	UnitEnded            Code = "unit-ended"
	NumberDuplicate      Code = "personnel-number-duplicate"
	CadreOtherName       Code = "cadre-other-name"
	CadreOtherUnit       Code = "cadre-other-unit"
	PostingOutsidePlan   Code = "posting-outside-plan"
	PostingFuture        Code = "posting-in-future"
	CodeMissing          Code = "enterprise-code-missing"
	CodeInvalid          Code = "enterprise-code-invalid"
	CodesDisagree        Code = "enterprise-codes-disagree"
	EnterpriseDuplicate  Code = "enterprise-duplicate"
	EnterpriseOtherName  Code = "enterprise-other-name"
	RegistrationTaken    Code = "registration-number-taken"
	EstablishedInFuture  Code = "established-in-future"
	EnterpriseOtherCodes Code = "enterprise-other-codes"
)

// Problem is one thing that is wrong, where, and with which value.
type Problem struct {
	// Row is the row as a spreadsheet counts it, from 1; 0 means the whole file.
	Row int `json:"row"`
	// Column is the letter a spreadsheet shows, empty when a whole row is meant.
	Column string `json:"column,omitempty"`
	// Header is the column's title as the file writes it.
	Header string `json:"header,omitempty"`
	Code   Code   `json:"code"`
	// Value is the cell's text, shortened.
	Value string `json:"value,omitempty"`
	// Detail completes the text: a limit, another row, what the archive holds.
	Detail string `json:"detail,omitempty"`
}

// texts are the words officials read, one for each code. %[1]s is the value,
// %[2]s the detail.
var texts = map[Code]string{
	FileEmpty:       "文件中没有数据",
	FileTooLarge:    "文件过大，上限为 %[2]s",
	FileTooManyRows: "数据行过多，每个文件上限为 %[2]s 行，请拆分后导入",
	FileExtension:   "不支持此文件类型“%[1]s”，请使用 .xlsx 或 .csv",
	FileOldFormat:   "这是旧版 Excel（.xls）文件，请另存为 .xlsx 后再导入",
	FileEncrypted:   "文件已加密，请取消密码后再导入",
	FileMacro:       "文件含有宏，请另存为不含宏的 .xlsx 后再导入",
	FileDamaged:     "文件已损坏，无法读取（%[2]s）",
	FileExpands:     "文件解压后过大（上限 %[2]s），已拒绝读取",
	FileEncoding:    "文字编码无法识别，请另存为 UTF-8 或 GB18030（GBK）",
	FileMismatch:    "文件内容与扩展名“%[1]s”不符",

	HeaderMissing:        "缺少“%[2]s”列",
	HeaderDuplicate:      "“%[1]s”列重复，%[2]s 列已有同样内容",
	HeaderNotFound:       "没有找到表头行，应有的列：%[2]s",
	HeaderIdentityNumber: "请勿导入身份证号，请删除此列",

	ValueMissing:        "必填项为空",
	ValueTooLong:        "内容过长，上限为 %[2]s 个字",
	ValueFormula:        "内容以 = + - @ 开头，可能被电子表格当作公式，请改为普通文字",
	ValueControl:        "内容含有不可见的控制字符",
	ValueIdentityNumber: "疑似身份证号，请改用干部编号",
	ValueSpoilt:         "编号已被电子表格改成科学计数，末位已失真，请将该列设为文本后重新填写",
	NumberInvalid:       "干部编号只能含字母、数字、短横和下划线，最长 %[2]s 位",
	RankUnknown:         "职级“%[1]s”无法识别",
	DateInvalid:         "日期“%[1]s”无效，请写成 2013-01-05 的形式",
	DateWithoutDay:      "日期“%[1]s”没有写到日，请写成 2013-01-05 的形式",
	RowBroken:           "此行格式有误，无法读取（%[2]s）",

	UnitUnknown:          "没有名称或代码为“%[1]s”的单位",
	UnitAmbiguous:        "“%[1]s”对应多个单位（%[2]s），请改填单位代码",
	UnitEnded:            "单位“%[1]s”在该日期不存在（%[2]s）",
	NumberDuplicate:      "干部编号“%[1]s”与第 %[2]s 行重复",
	CadreOtherName:       "干部编号已登记为另一姓名“%[2]s”",
	CadreOtherUnit:       "该干部现任职单位为“%[2]s”，调动请走移交程序",
	PostingOutsidePlan:   "任职时间“%[1]s”晚于行动计划截止日 %[2]s",
	PostingFuture:        "任职时间“%[1]s”晚于今天",
	CodeMissing:          "统一社会信用代码与组织机构代码至少填写一项",
	CodeInvalid:          "代码“%[1]s”有误（%[2]s）",
	CodesDisagree:        "统一社会信用代码与组织机构代码不一致，前者第 9–17 位应为后者",
	EnterpriseDuplicate:  "与第 %[2]s 行是同一企业",
	EnterpriseOtherName:  "该企业已登记为“%[2]s”，更名请在企业页面办理",
	RegistrationTaken:    "注册号已属于另一企业“%[2]s”",
	EstablishedInFuture:  "成立日期“%[1]s”晚于今天",
	EnterpriseOtherCodes: "该企业已登记的代码为“%[2]s”，与此处不同",
}

// Codes are all problem codes that have words.
func Codes() []Code {
	codes := make([]Code, 0, len(texts))
	for code := range texts {
		codes = append(codes, code)
	}
	return codes
}

// Text says in Chinese what is wrong, without the place.
func (p Problem) Text() string {
	format, known := texts[p.Code]
	if !known {
		return string(p.Code)
	}
	return strings.NewReplacer("%[1]s", p.Value, "%[2]s", p.Detail).Replace(format)
}

// String is the place and the text, such as "第 3 行 C 列（职级）：必填项为空".
func (p Problem) String() string {
	switch {
	case p.Row == 0:
		return p.Text()
	case p.Column == "":
		return fmt.Sprintf("第 %d 行：%s", p.Row, p.Text())
	case p.Header == "":
		return fmt.Sprintf("第 %d 行 %s 列：%s", p.Row, p.Column, p.Text())
	default:
		return fmt.Sprintf("第 %d 行 %s 列（%s）：%s", p.Row, p.Column, p.Header, p.Text())
	}
}

const longestShownValue = 60

// shorten keeps a problem readable whatever a cell holds.
func shorten(value string) string {
	runes := []rune(value)
	if len(runes) <= longestShownValue {
		return value
	}
	return string(runes[:longestShownValue]) + "…"
}
