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
	var verdict api.CodeCheckView
	query := url.Values{"plan": {string(v.Plan())}}
	if _, err := v.Ask("/enterprise-codes/"+url.PathEscape(v.Query("text")), query, &verdict); err != nil {
		return err
	}
	if v.Query("registering") != "" && verdict.Valid && verdict.Enterprise == nil {
		return v.Part(freeCode(verdict))
	}
	return v.Part(codeVerdict(verdict))
}
