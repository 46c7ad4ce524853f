package inspection

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/models"
)

// order is a command as its form asks for it. Every command has a page of its
// own, so that a refused one keeps what was typed, whatever page it came from.
type order struct {
	// Code is the last part of the address, here and in the API.
	Code, Title, Effect, Done string
	permission                auth.Permission
	fields                    []ui.Field
	// file is the value that an uploaded file becomes: document (one) or evidence
	// (several); none when empty.
	file, fileLabel string
	// checked commands are shown once more before they are given.
	checked bool
	// reread commands rest on what was read: after a refusal the form does not take
	// up the new state by itself.
	reread bool
	// path is the command's in the API when it is not below the thing's own.
	path func(subject) string
	// allowed is the API's word for the command where it is not the code.
	allowed string
}

// subject is what a command is about.
type subject struct {
	sheet page.Sheet
	// title names it; path is its own in the API, back the page that shows it, below
	// which its forms are.
	title, path, back string
	etag              string
	facts             []api.Coded
	// allowed are the commands that the API would take now.
	allowed []string
	// cycle is the inspection that it belongs to.
	cycle string
	unit  models.UnitID
	// choices are the options of questions that depend on the thing.
	choices map[string][]ui.Option
	// seen are values that go with every command about it, such as the digest of the
	// text that was read. A form keeps those it was first shown with.
	seen map[string]string
}

// fits reports whether the API would take the command now.
func (o order) fits(about subject) bool {
	return slices.Contains(about.allowed, cmp.Or(o.allowed, o.Code))
}

// orders are the commands of one kind of things, and how such a thing is read.
type orders struct {
	read func(*page.Visit) (subject, error)
	all  []order
}

// permissions are all that any of the commands asks for.
func (o orders) permissions() []auth.Permission {
	var all []auth.Permission
	for _, one := range o.all {
		if !slices.Contains(all, one.permission) {
			all = append(all, one.permission)
		}
	}
	return all
}

// mount registers the form of the commands below the thing's own address.
func (o orders) mount(site *page.Site, path string) {
	site.Get(path+"/commands/:command", o.form, o.permissions()...)
	site.Post(path+"/commands/:command", o.give, o.permissions()...)
}

// possible are the commands that the visitor may give to the thing as it is.
func (o orders) possible(v *page.Visit, about subject) []order {
	var found []order
	for _, one := range o.all {
		if v.May(one.permission) && one.fits(about) {
			found = append(found, one)
		}
	}
	return found
}

// asked is the form of one command.
type asked struct {
	order
	about  subject
	key    string
	values url.Values
	said   *problem.Problem
}

func (o orders) asked(v *page.Visit) (asked, error) {
	for _, one := range o.all {
		if one.Code == v.Path("command") && v.May(one.permission) {
			about, err := o.read(v)
			return asked{order: one, about: about, key: v.NewKey(), values: url.Values{}}, err
		}
	}
	return asked{}, problem.New(problem.NotFound)
}

func (a asked) sheet() page.Sheet {
	sheet := a.about.sheet
	sheet.Trail = append(slices.Clone(sheet.Trail), page.Step{Title: a.about.title, Path: a.about.back})
	sheet.Title = a.Title + "：" + a.about.title
	return sheet
}

func (a asked) address() string { return a.about.back + "/commands/" + a.Code }

func (o orders) form(v *page.Visit) error {
	form, err := o.asked(v)
	if err != nil {
		return err
	}
	if !form.fits(form.about) {
		return v.See(form.about.back, form.Title+"：现在不能办理，可能已经办过，或者不在您的职责范围内。")
	}
	return v.Show(form.sheet(), orderPage(form))
}

// give files what was attached, shows a command that cannot be undone once more,
// and gives it.
func (o orders) give(v *page.Visit) error {
	form, err := o.asked(v)
	if err != nil {
		return err
	}
	form.values = maps.Clone(v.Request.PostForm)
	if v.Form("back") != "" {
		return v.Show(form.sheet(), orderPage(form))
	}
	if err := form.upload(v); err != nil {
		return form.refused(v, err)
	}
	if said := form.missing(); said != nil {
		return form.refused(v, said)
	}
	if form.checked && v.Form("confirmed") == "" {
		return v.Show(form.sheet(), orderCheck(form))
	}
	status, err := v.Do(http.MethodPost, form.target(), form.body(), nil,
		page.Key(v.Form("key")), page.Match(v.Form("match")))
	if err != nil {
		return form.refused(v, err)
	}
	if status == http.StatusAccepted {
		return v.See(form.about.back, "已受理，正在办理；请稍后刷新查看结果，不必重复提交。")
	}
	return v.See(form.about.back, form.Done)
}

// refused shows the form again with what was typed.
func (a asked) refused(v *page.Visit, err error) error {
	a.said = page.Said(err)
	a.key = page.KeyAfter(v, a.said)
	return v.ShowStatus(a.said.Status, a.sheet(), orderPage(a))
}

// upload files what was chosen and keeps the numbers of what was filed before.
func (a asked) upload(v *page.Visit) error {
	if a.file == "" {
		return nil
	}
	query := url.Values{"purpose": {"document"}}
	if a.about.unit != "" {
		query.Set("unit", string(a.about.unit))
	}
	for _, header := range v.Files("file") {
		filed, err := v.Upload(header, maps.Clone(query))
		if err != nil {
			return err
		}
		if a.file == "document" {
			a.values.Del(a.file)
			a.values.Del(a.file + "Name")
		}
		a.values.Add(a.file, string(filed.ID))
		a.values.Add(a.file+"Name", filed.FileName)
	}
	return nil
}

// seen is a value that goes with the command, as the form was first shown.
func (a asked) seen(name string) string {
	if a.values.Has(name) {
		return a.values.Get(name)
	}
	return a.about.seen[name]
}

// match is the ETag that the form sends.
func (a asked) match() string {
	if a.reread && a.values.Has("match") {
		return a.values.Get("match")
	}
	return a.about.etag
}

// target is the command's path in the API.
func (a asked) target() string {
	if a.path != nil {
		return a.path(a.about)
	}
	return a.about.path + "/" + a.Code
}

// missing says which questions that must be answered were not.
func (a asked) missing() error {
	said := problem.New(problem.RequestInvalid)
	for _, field := range a.fields {
		if field.Required && a.values.Get(field.Name) == "" {
			said = said.At("body."+field.Name, "请填写"+field.Label)
		}
	}
	if len(said.Errors) == 0 {
		return nil
	}
	return said
}

// body is the form as the API takes it: what is empty is left out.
func (a asked) body() map[string]any {
	body := map[string]any{}
	for name := range a.about.seen {
		body[name] = a.seen(name)
	}
	for _, field := range a.fields {
		switch value := a.values.Get(field.Name); {
		case value == "":
		case field.Kind == "boolean":
			body[field.Name] = value == "yes"
		default:
			body[field.Name] = value
		}
	}
	switch {
	case a.file == "evidence" && len(a.values["evidence"]) > 0:
		body["evidence"] = a.values["evidence"]
	case a.file == "document" && a.values.Get("document") != "":
		body["document"] = a.values.Get("document")
	}
	return body
}

// inputs are the questions with what was typed and what is to be said of it.
func (a asked) inputs() []ui.Field {
	fields := slices.Clone(a.fields)
	for i := range fields {
		if options, depend := a.about.choices[fields[i].Name]; depend {
			fields[i].Options = options
		}
		if a.values.Has(fields[i].Name) {
			fields[i].Value = a.values.Get(fields[i].Name)
		}
	}
	return ui.With(a.said, fields...)
}

// answers are what was filled in, to be confirmed.
func (a asked) answers() []api.Coded {
	var list []api.Coded
	for _, field := range a.inputs() {
		value := a.values.Get(field.Name)
		for _, option := range field.Options {
			if option.Value == value {
				value = option.Text
			}
		}
		if day, err := models.ParseDate(value); err == nil && field.Kind == "date" {
			value = ui.Day(day)
		}
		if value != "" {
			list = append(list, api.Coded{Code: field.Label, Text: value})
		}
	}
	for _, name := range a.values[a.file+"Name"] {
		list = append(list, api.Coded{Code: a.fileLabel, Text: name})
	}
	return list
}

// remark is the question for reasons.
func remark(label string, required bool) ui.Field {
	return ui.Field{Name: "remark", Label: label, Rows: 3, Most: 2000, Required: required}
}
