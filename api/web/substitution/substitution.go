// Package substitution holds the pages on which an organization department
// arranges who stands in for whom.
package substitution

import (
	"net/http"
	"net/url"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/substitutes", substitutes, auth.SubstituteManage)
	site.Get("/substitutes/new", newSubstitute, auth.SubstituteManage)
	site.Post("/substitutes", arrange, auth.SubstituteManage)
	site.Get("/substitutes/:substitution", substitute, auth.SubstituteManage)
	site.Post("/substitutes/:substitution/end", end, auth.SubstituteManage)
	site.Get("/suggest/deputies", suggestDeputies, auth.SubstituteManage)
	site.Get("/suggest/cadres", suggestCadres, auth.SubstituteManage)
}

// board is the list, by where the substitutions are today.
type board struct {
	current, coming, past []api.SubstitutionView
	next                  string
}

func substitutes(v *page.Visit) error {
	var b board
	for state, items := range map[string]*[]api.SubstitutionView{"current": &b.current, "coming": &b.coming} {
		// What is in force or to come is shown whole.
		all, err := page.Everything[api.SubstitutionView](v, "/substitutions", url.Values{"state": {state}})
		if err != nil {
			return err
		}
		*items = all
	}
	var past api.PageOf[api.SubstitutionView]
	if _, err := v.Ask("/substitutions", url.Values{"state": {"past"}, "size": {"20"}, "after": v.Queries("after")}, &past); err != nil {
		return err
	}
	if b.past = past.Items; past.Next != "" {
		b.next = "/substitutes?after=" + url.QueryEscape(past.Next) + "#past"
	}
	return v.Show(page.Sheet{Title: "代理安排"}, boardPage(b))
}

func sheetOf(title string) page.Sheet {
	return page.Sheet{Title: title, Here: "/substitutes", Trail: []page.Step{{Title: "代理安排", Path: "/substitutes"}}}
}

var fields = []string{"cadre", "deputy", "from", "until", "reason"}

// form is the questions with what was typed.
type form struct {
	key    string
	values url.Values
	said   *problem.Problem
}

func newSubstitute(v *page.Visit) error {
	values := url.Values{"cadre": {v.Query("cadre")}}
	return v.Show(sheetOf("安排代理"), formPage(form{key: v.NewKey(), values: values}))
}

func arrange(v *page.Visit) error {
	values := url.Values{}
	for _, name := range fields {
		values.Set(name, v.Form(name))
	}
	made, err := give(v, values)
	if err != nil {
		said := fielded(page.Said(err))
		return v.ShowStatus(said.Status, sheetOf("安排代理"), formPage(form{key: page.KeyAfter(v, said), values: values, said: said}))
	}
	return v.See("/substitutes", "已安排"+made.Deputy+"代理"+made.Cadre.Name+"，自"+ui.Day(made.From)+"至"+ui.Day(made.Until)+"，到期自动失效。")
}

func give(v *page.Visit, values url.Values) (api.SubstitutionView, error) {
	var made api.SubstitutionView
	account, err := deputyOf(v, values.Get("deputy"))
	if err != nil {
		return made, err
	}
	cadre, err := cadreOf(v, values.Get("cadre"))
	if err != nil {
		return made, err
	}
	body := map[string]any{"account": account, "cadre": cadre, "reason": values.Get("reason")}
	for name, text := range map[string]string{"from": "请填开始日期", "until": "请填结束日期"} {
		if values.Get(name) == "" {
			return made, problem.New(problem.RequestInvalid).At("body."+name, text)
		}
		body[name] = values.Get(name)
	}
	_, err = v.Do(http.MethodPost, "/substitutions", body, &made, page.Key(v.Form("key")))
	return made, err
}

// fielded leads a fault of the API's account to the field of the page.
func fielded(said *problem.Problem) *problem.Problem {
	for i, fault := range said.Errors {
		if fault.Location == "body.account" {
			said.Errors[i].Location = "body.deputy"
		}
	}
	return said
}

// What a picker puts into its field is a number with a name behind it, "TJ-0001
// 张三"; what people type may be the number, the name or its initials alone.
func firstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return word
}

// deputyOf finds the account that a text means, if it means one alone.
func deputyOf(v *page.Visit, text string) (string, error) {
	word := firstWord(text)
	if word == "" {
		return "", problem.New(problem.RequestInvalid).At("body.deputy", "请填代理人")
	}
	found, err := deputies(v, word)
	if err != nil {
		return "", err
	}
	for _, one := range found {
		if string(one.Cadre) == word || one.Login == word {
			return string(one.Account), nil
		}
	}
	switch len(found) {
	case 0:
		return "", problem.New(problem.RequestInvalid).At("body.deputy", "职责范围内没有这个人的账号，或账号已停用，或是三员之一")
	case 1:
		return string(found[0].Account), nil
	default:
		return "", problem.New(problem.RequestInvalid).At("body.deputy", "有多人符合，请填编号或登录名："+strings.Join(choices(found), "、"))
	}
}

func choices(found []api.CandidateView) []string {
	var texts []string
	for _, one := range found {
		texts = append(texts, valueOf(one))
	}
	return texts
}

func valueOf(one api.CandidateView) string {
	if one.Cadre != "" {
		return string(one.Cadre) + " " + one.Name
	}
	return one.Login + " " + one.Name
}

func deputies(v *page.Visit, text string) ([]api.CandidateView, error) {
	var found struct {
		Items []api.CandidateView `json:"items"`
	}
	_, err := v.Ask("/deputies", url.Values{"text": {text}}, &found)
	return found.Items, err
}

func cadres(v *page.Visit, text string) ([]api.CadreView, error) {
	var found api.PageOf[api.CadreView]
	_, err := v.Ask("/cadres", url.Values{"text": {text}, "size": {"8"}}, &found)
	return found.Items, err
}

// cadreOf finds the cadre that a text means, if it means one alone.
func cadreOf(v *page.Visit, text string) (string, error) {
	word := firstWord(text)
	if word == "" {
		return "", problem.New(problem.RequestInvalid).At("body.cadre", "请填被代理的干部")
	}
	found, err := cadres(v, word)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, one := range found {
		if string(one.ID) == word {
			return word, nil
		}
		texts = append(texts, string(one.ID)+" "+one.Name)
	}
	switch len(found) {
	case 0:
		return "", problem.New(problem.RequestInvalid).At("body.cadre", "职责范围内没有这名干部")
	case 1:
		return string(found[0].ID), nil
	default:
		return "", problem.New(problem.RequestInvalid).At("body.cadre", "有多人符合，请填编号："+strings.Join(texts, "、"))
	}
}

// one is a substitution as its page shows it.
type one struct {
	api.SubstitutionView
	etag, last string
	said       *problem.Problem
}

func read(v *page.Visit) (one, error) {
	var shown one
	var err error
	shown.etag, err = v.Ask("/substitutions/"+url.PathEscape(v.Path("substitution")), nil, &shown.SubstitutionView)
	return shown, err
}

func (o one) title() string { return o.Deputy + "代理" + o.Cadre.Name }

func substitute(v *page.Visit) error {
	shown, err := read(v)
	if err != nil {
		return err
	}
	return v.Show(sheetOf(shown.title()), onePage(shown))
}

func end(v *page.Visit) error {
	body := map[string]any{}
	if v.Form("when") == "later" {
		if v.Form("last") == "" {
			return endAgain(v, problem.New(problem.RequestInvalid).At("body.last", "请填最后一日"))
		}
		body["last"] = v.Form("last")
	}
	var ended api.SubstitutionView
	path := "/substitutions/" + url.PathEscape(v.Path("substitution")) + "/end"
	if _, err := v.Do(http.MethodPost, path, body, &ended, page.Match(v.Form("match"))); err != nil {
		return endAgain(v, err)
	}
	if ended.EndedAt != nil {
		return v.See("/substitutes", "代理已终止，随即失效。")
	}
	return v.See("/substitutes", "代理改为到"+ui.Day(ended.Until)+"结束。")
}

// endAgain shows the substitution as it is now, with why it was not ended.
func endAgain(v *page.Visit, err error) error {
	said := page.Said(err)
	shown, readErr := read(v)
	if readErr != nil {
		return err
	}
	shown.said, shown.last = said, v.Form("last")
	return v.ShowStatus(said.Status, sheetOf(shown.title()), onePage(shown))
}

// suggestion is one line below a text field.
type suggestion struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

func suggestDeputies(v *page.Visit) error {
	found, err := deputies(v, firstWord(v.Query("q")))
	if err != nil {
		return err
	}
	items := []suggestion{}
	for _, one := range found {
		unit := one.Login
		if one.Unit != nil {
			unit = one.Unit.Name
		}
		items = append(items, suggestion{Value: valueOf(one), Text: valueOf(one) + "（" + unit + "）"})
	}
	return v.JSON(http.StatusOK, map[string]any{"items": items})
}

func suggestCadres(v *page.Visit) error {
	found, err := cadres(v, firstWord(v.Query("q")))
	if err != nil {
		return err
	}
	items := []suggestion{}
	for _, one := range found {
		value := string(one.ID) + " " + one.Name
		items = append(items, suggestion{Value: value, Text: value + "（" + one.Unit.Name + "）"})
	}
	return v.JSON(http.StatusOK, map[string]any{"items": items})
}
