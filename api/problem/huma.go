package problem

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// FromHuma makes a problem of what the framework found wrong with a request
// or of an error that a handler returned as it was.
func FromHuma(status int, message string, causes ...error) *Problem {
	if message == "unexpected error occurred" && len(causes) > 0 {
		return Of(causes[0])
	}
	built := New(codeOfStatus(status))
	if built.Status != status && status >= http.StatusBadRequest {
		built.Status = status
	}
	for _, cause := range causes {
		if cause == nil {
			continue
		}
		var detailed huma.ErrorDetailer
		if errors.As(cause, &detailed) {
			detail := detailed.ErrorDetail()
			built = built.At(detail.Location, inChinese(detail.Message))
			continue
		}
		built = built.At("", inChinese(cause.Error()))
	}
	if len(causes) == 0 && status < http.StatusInternalServerError && status != http.StatusNotFound && message != "" {
		built = built.At("", inChinese(message))
	}
	return built
}

func codeOfStatus(status int) Code {
	switch status {
	case http.StatusBadRequest:
		return RequestMalformed
	case http.StatusUnauthorized:
		return SignInRequired
	case http.StatusForbidden:
		return Forbidden
	case http.StatusNotFound:
		return NotFound
	case http.StatusMethodNotAllowed:
		return MethodNotAllowed
	case http.StatusNotAcceptable:
		return NotAcceptable
	case http.StatusRequestTimeout:
		return RequestTimeout
	case http.StatusPreconditionFailed:
		return VersionConflict
	case http.StatusRequestEntityTooLarge:
		return RequestTooLarge
	case http.StatusUnsupportedMediaType:
		return MediaType
	case http.StatusUnprocessableEntity:
		return RequestInvalid
	default:
		return Internal
	}
}

// fixedMessages are the framework's own texts that are no exported variables.
var fixedMessages = []struct{ begins, text string }{
	{"validation failed", "内容有误"},
	{"request body is required", "缺少请求内容"},
	{"request body is too large", "请求内容过大"},
	{"request body read timeout", "接收请求内容超时"},
	{"unknown content type", "不支持的内容类型"},
	{"cannot read request body", "无法读取请求内容"},
	{"cannot read multipart form", "无法读取上传的表单"},
	{"required ", "缺少必填的参数"},
	{"invalid integer", "应为整数"},
	{"invalid float", "应为数字"},
	{"invalid boolean", "应为 true 或 false"},
	{"invalid date", "日期或时间格式有误"},
	{"invalid url", "地址格式有误"},
	{"invalid value", "值有误"},
	{"unexpected end of JSON", "JSON 不完整"},
	{"invalid character", "JSON 格式有误"},
	{"json:", "JSON 中有类型不符的值"},
	{"unmarshal", "JSON 中有类型不符的值"},
}

func inChinese(message string) string {
	for _, known := range fixedMessages {
		if strings.HasPrefix(message, known.begins) {
			return known.text
		}
	}
	for _, letter := range message {
		if letter >= 0x4e00 && letter <= 0x9fff {
			return message
		}
	}
	return "不符合要求"
}
