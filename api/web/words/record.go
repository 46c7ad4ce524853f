package words

import (
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/models"
)

// Kinds of help, in the plan's order.
var Kinds = []api.Coded{
	{Code: "introduce", Text: "引进"}, {Code: "found", Text: "创办"}, {Code: "transform", Text: "转型"},
}

// Fields of a record in the order of its form, as people call them.
var Fields = []api.Coded{
	{Code: "kind", Text: "指标项"},
	{Code: "enterprise", Text: "企业代码"},
	{Code: "enterpriseName", Text: "企业名称"},
	{Code: "occurredOn", Text: "帮扶日期"},
	{Code: "established", Text: "企业成立日期"},
	{Code: "address", Text: "住所"},
	{Code: "legalPerson", Text: "法定代表人"},
	{Code: "phone", Text: "联系电话"},
	{Code: "summary", Text: "帮扶情况"},
	{Code: "result", Text: "帮扶成效"},
}

// Field is what people call a field of a record's form.
func Field(code string) string {
	for _, field := range Fields {
		if field.Code == code {
			return field.Text
		}
	}
	return code
}

// Policy is one version of the policy with its words.
type Policy struct{ api.PolicyView }

// PolicyOf reads a version of the policy.
func PolicyOf(v *page.Visit, version models.PolicyVersion) (Policy, error) {
	var policy Policy
	_, err := v.Ask("/policies/"+strconv.Itoa(int(version)), nil, &policy.PolicyView)
	return policy, err
}

// Name is what the policy calls a code.
func (p Policy) Name(code string) string {
	for _, term := range p.Terms {
		if term.Code == code {
			return term.Name
		}
	}
	return code
}

// Field is what people call a field that a reviewer speaks of: one of the form,
// or a category of evidence such as "evidence.licence".
func (p Policy) Field(code string) string {
	if category, found := strings.CutPrefix(code, "evidence."); found {
		return "材料：" + p.Name(category)
	}
	if code == "evidence" {
		return "证据材料"
	}
	return Field(code)
}

// Asked are the categories of evidence that the policy asks for a kind.
func (p Policy) Asked(kind string) []api.Coded {
	var asked []api.Coded
	for _, goal := range p.Rules.Goals {
		if string(goal.Kind) == kind {
			for _, category := range goal.EvidenceAsked {
				asked = append(asked, api.Coded{Code: string(category), Text: p.Name(string(category))})
			}
		}
	}
	return asked
}

// Choices are codes as the options of a list.
func (p Policy) Choices(codes []models.Ground) []ui.Option {
	var options []ui.Option
	for _, code := range codes {
		options = append(options, ui.Option{Value: string(code), Text: p.Name(string(code))})
	}
	return options
}
