package roster

import (
	"strconv"
	"strings"

	"bangfu/models"
)

// faults are the words for what is wrong with a code of an enterprise. P and E
// stand for the position and for what would be right.
var faults = map[models.CodeFault]string{
	models.FaultMissing:     "未填写",
	models.FaultLength:      "应为 E 位",
	models.FaultCharacter:   "第 P 位不是允许的字符",
	models.FaultCheckDigit:  "校验位应为 E，如证照确实如此，请先办理双人核准",
	models.FaultSelfDefined: "PDY 开头为自编代码，不是登记机关赋码",
	models.FaultCategory:    "第 P 位表明不是企业的代码，应为 E",
	models.FaultRegion:      "第 3–8 位应为行政区划代码",
	models.FaultEmbedded:    "第 17 位应为 E，如证照确实如此，请先办理双人核准",
	models.FaultDisagree:    "与统一社会信用代码中的 E 不一致",
}

// FaultText says in Chinese what is wrong with a code.
func FaultText(problem *models.CodeProblem) string {
	return strings.NewReplacer(" P ", " "+strconv.Itoa(problem.Position)+" ", "E", problem.Expected).Replace(faults[problem.Fault])
}

// FieldOf is the field of a roster that holds the code.
func FieldOf(code models.EnterpriseCode) Field {
	switch code {
	case models.CodeUnified:
		return FieldUnifiedCode
	case models.CodeRegistration:
		return FieldRegistration
	default:
		return FieldOrganization
	}
}
