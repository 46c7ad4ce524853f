package duty

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/web/page"
	"bangfu/models"
)

// suggestion is one line below a text field, with the fields that it fills.
type suggestion struct {
	Value string            `json:"value"`
	Text  string            `json:"text"`
	Fill  map[string]string `json:"fill"`
}

// suggestEnterprises finds enterprises by name, pinyin initials or any code.
func suggestEnterprises(v *page.Visit) error {
	var found api.PageOf[api.EnterpriseView]
	if _, err := v.Ask("/enterprises", url.Values{"text": {v.Query("q")}, "size": {"8"}}, &found); err != nil {
		return err
	}
	items := []suggestion{}
	for _, one := range found.Items {
		fill := map[string]string{
			"enterprise": one.OrganizationCode, "address": one.Address, "legalPerson": one.LegalPerson, "phone": one.Phone,
			"established": dateText(one.Established),
		}
		items = append(items, suggestion{Value: one.Name, Text: one.Name + "（" + one.OrganizationCode + "）", Fill: fill})
	}
	return v.JSON(http.StatusOK, map[string]any{"items": items})
}

func dateText(date models.Date) string {
	if date.IsZero() {
		return ""
	}
	return date.String()
}

// judgeCode says what a code is, who stands behind it and who claimed it.
func judgeCode(v *page.Visit) error {
	verdict, err := judged(v, v.Query("text"))
	if err != nil {
		return err
	}
	if v.Query("registering") != "" && verdict.Valid && verdict.Enterprise == nil {
		return v.Part(freeCode(verdict))
	}
	return v.Part(codeVerdict(verdict, models.RecordID(v.Query("record"))))
}

// judged asks what a code is. Text that is no code of any kind (N/A, 待补) is not
// asked about: a slash is no part of an address either.
func judged(v *page.Visit, text string) (verdict api.CodeCheckView, err error) {
	if text != "" && !models.LooksLikeCode(text) {
		verdict.Faults = []api.CodeFaultView{{Fault: models.FaultCharacter, Text: "代码只由字母和数字组成，请照证照填写。"}}
		return verdict, nil
	}
	query := url.Values{"plan": {string(v.Plan())}}
	_, err = v.Ask("/enterprise-codes/"+url.PathEscape(text), query, &verdict)
	return verdict, err
}
