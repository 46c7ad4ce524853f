package problem

import (
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

var install sync.Once

// Install makes the framework speak in problems and in Chinese. The framework
// keeps both in package variables; they are set once and never changed again.
func Install() {
	install.Do(func() {
		huma.NewError = func(status int, message string, causes ...error) huma.StatusError {
			return FromHuma(status, message, causes...)
		}
		huma.NewErrorWithContext = func(_ huma.Context, status int, message string, causes ...error) huma.StatusError {
			return FromHuma(status, message, causes...)
		}
		translateFormats()
		translateValues()
		translateSizes()
	})
}

// translateFormats leaves out what the framework appends from elsewhere (%.0s
// prints nothing): it is English, and repeats what was sent.
func translateFormats() {
	validation.MsgExpectedRFC3339DateTime = "应为 RFC 3339 的日期时间"
	validation.MsgExpectedRFC1123DateTime = "应为 RFC 1123 的日期时间"
	validation.MsgExpectedRFC3339Date = "应为 YYYY-MM-DD 的日期"
	validation.MsgExpectedRFC3339Time = "应为 RFC 3339 的时间"
	validation.MsgExpectedRFC5322Email = "应为电子邮件地址%.0s"
	validation.MsgExpectedRFC5890Hostname = "应为主机名"
	validation.MsgExpectedRFC2673IPv4 = "应为 IPv4 地址"
	validation.MsgExpectedRFC2373IPv6 = "应为 IPv6 地址"
	validation.MsgExpectedRFCIPAddr = "应为 IP 地址"
	validation.MsgExpectedRFC3986URI = "应为 URI%.0s"
	validation.MsgExpectedRFC4122UUID = "应为 UUID%.0s"
	validation.MsgExpectedRFC6570URITemplate = "应为 URI 模板"
	validation.MsgExpectedRFC6901JSONPointer = "应为 JSON 指针"
	validation.MsgExpectedRFC6901RelativeJSONPointer = "应为相对 JSON 指针"
	validation.MsgExpectedRegexp = "应为正则表达式%.0s"
	validation.MsgExpectedBase64String = "应为 base64 编码"
	validation.MsgExpectedDuration = "应为时长%.0s"
}

func translateValues() {
	validation.MsgUnexpectedProperty = "没有这个字段"
	validation.MsgExpectedMatchAtLeastOneSchema = "应符合所列格式之一，现均不符合"
	validation.MsgExpectedMatchExactlyOneSchema = "应恰好符合所列格式之一，现均不符合"
	validation.MsgExpectedNotMatchSchema = "不应符合该格式"
	validation.MsgExpectedPropertyNameInObject = "缺少用以区分的字段"
	validation.MsgExpectedBoolean = "应为 true 或 false"
	validation.MsgExpectedNumber = "应为数字"
	validation.MsgExpectedInteger = "应为整数"
	validation.MsgExpectedString = "应为文字"
	validation.MsgExpectedArray = "应为列表"
	validation.MsgExpectedObject = "应为对象"
	validation.MsgExpectedArrayItemsUnique = "列表中有重复的项"
	validation.MsgExpectedOneOf = "应为以下之一：“%s”"
	validation.MsgExpectedBePattern = "应为%s"
	validation.MsgExpectedMatchPattern = "应符合格式 %s"
}

func translateSizes() {
	validation.MsgExpectedMinimumNumber = "应不小于 %v"
	validation.MsgExpectedExclusiveMinimumNumber = "应大于 %v"
	validation.MsgExpectedMaximumNumber = "应不大于 %v"
	validation.MsgExpectedExclusiveMaximumNumber = "应小于 %v"
	validation.MsgExpectedNumberBeMultipleOf = "应为 %v 的倍数"
	validation.MsgExpectedMinLength = "长度应不少于 %d"
	validation.MsgExpectedMaxLength = "长度应不多于 %d"
	validation.MsgExpectedMinItems = "应不少于 %d 项"
	validation.MsgExpectedMaxItems = "应不多于 %d 项"
	validation.MsgExpectedMinProperties = "应不少于 %d 个字段"
	validation.MsgExpectedMaxProperties = "应不多于 %d 个字段"
	validation.MsgExpectedRequiredProperty = "缺少必填字段 %s"
	validation.MsgExpectedDependentRequiredProperty = "缺少字段 %s（填写 %s 时必填）"
}
