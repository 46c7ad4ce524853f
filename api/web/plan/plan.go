// Package plan holds the pages of the plan's tasks, the policy with its
// definitions, and the calendar of working days.
package plan

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/assets"
	"bangfu/api/web/page"
	"bangfu/api/web/words"
	"bangfu/models"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/plan", tasks, auth.PlanRead)
	site.Get("/plan/tasks/:number", task, auth.PlanRead)
	site.Get("/policies", policies, auth.PlanRead)
	site.Get("/policies/:version", policy, auth.PlanRead)
	site.Get("/workdays", workdays, auth.PlanRead)
	site.Get("/definitions", definitions, auth.SignedIn)
}

// definitions is open to everybody, as every page has figures.
func definitions(v *page.Visit) error {
	return v.Show(page.Sheet{Title: "数字释义"}, definitionsPage(v))
}

type itemsOf[T any] struct {
	Items []T `json:"items"`
}

// section is one of the plan's 重点任务 with its tasks.
type section struct {
	Title string
	Tasks []api.TaskView
}

// shown is what the page of all tasks shows.
type shown struct {
	progress api.ProgressBody
	sections []section
	// items are the indicators of each task, as far as the filters keep them.
	items         map[int][]api.TallyView
	total, chosen int
}

func tasks(v *page.Visit) error {
	at := "/plans/" + url.PathEscape(string(v.Plan()))
	var found itemsOf[api.TaskView]
	if _, err := v.Ask(at+"/tasks", nil, &found); err != nil {
		return err
	}
	query := url.Values{}
	for _, name := range []string{"quarter", "state"} {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	s := shown{items: map[int][]api.TallyView{}, total: len(found.Items)}
	if _, err := v.Ask(at+"/progress", query, &s.progress.Body); err != nil {
		return err
	}
	for _, item := range s.progress.Body.Items {
		s.items[item.Indicator.Task] = append(s.items[item.Indicator.Task], item)
	}
	chosen := slices.DeleteFunc(found.Items, func(one api.TaskView) bool {
		return !matches(v, one) || v.Query("state") != "" && len(s.items[one.Number]) == 0
	})
	s.sections, s.chosen = sections(chosen), len(chosen)
	return v.Show(page.Sheet{Title: "任务分解与进展", Wide: true, Scripts: []string{assets.Charts}}, tasksPage(v, s))
}

// matches reports whether a task is one that was looked for.
func matches(v *page.Visit, one api.TaskView) bool {
	if text := v.Query("text"); text != "" && !strings.Contains(one.Text+one.KeyWork+one.LeadText, text) {
		return false
	}
	unit := v.Query("unit")
	return unit == "" || slices.ContainsFunc(append(slices.Clone(one.Leads), one.Responsible...), func(lead api.UnitRef) bool {
		return string(lead.ID) == unit
	})
}

func sections(found []api.TaskView) []section {
	var all []section
	for _, one := range found {
		if len(all) == 0 || all[len(all)-1].Title != one.Section {
			all = append(all, section{Title: one.Section})
		}
		last := &all[len(all)-1]
		last.Tasks = append(last.Tasks, one)
	}
	return all
}

func task(v *page.Visit) error {
	var found api.TaskBody
	path := "/plans/" + url.PathEscape(string(v.Plan())) + "/tasks/" + url.PathEscape(v.Path("number"))
	if _, err := v.Ask(path, nil, &found.Body); err != nil {
		return err
	}
	var trends itemsOf[api.TrendView]
	if _, err := v.Ask(path+"/progress", nil, &trends); err != nil {
		return err
	}
	sheet := page.Sheet{
		Title: "任务 " + strconv.Itoa(found.Body.Task.Number), Here: "/plan",
		Trail: []page.Step{{Title: "任务分解与进展", Path: "/plan"}}, Scripts: []string{assets.Charts},
	}
	return v.Show(sheet, taskPage(found, trends.Items, v.May(auth.InspectionManage)))
}

func policies(v *page.Visit) error {
	var found itemsOf[api.PolicySummary]
	if _, err := v.Ask("/policies", nil, &found); err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "政策与释义"}, policiesPage(found.Items))
}

func policy(v *page.Visit) error {
	number, err := strconv.Atoi(v.Path("version"))
	if err != nil {
		number = -1 // answered by the API as any other version that does not exist
	}
	found, err := words.PolicyOf(v, models.PolicyVersion(number))
	if err != nil {
		return err
	}
	sheet := page.Sheet{Title: found.Title, Here: "/policies", Trail: []page.Step{{Title: "政策与释义", Path: "/policies"}}}
	return v.Show(sheet, policyPage(found))
}

func workdays(v *page.Visit) error {
	year := v.Query("year")
	if year == "" {
		year = strconv.Itoa(models.DateOf(v.Now()).Year())
	}
	var found api.WorkdayBody
	if _, err := v.Ask("/workdays", url.Values{"year": {year}}, &found.Body); err != nil {
		return err
	}
	sheet := page.Sheet{Title: "工作日历", Here: "/policies", Trail: []page.Step{{Title: "政策与释义", Path: "/policies"}}}
	return v.Show(sheet, workdaysPage(found))
}
