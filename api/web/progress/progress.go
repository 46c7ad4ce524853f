// Package progress holds the pages on which units report how the plan's tasks
// come along, a quarter at a time.
package progress

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models"
	"bangfu/models/inspection"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/progress", sheets, auth.ProgressRead)
	site.Get("/progress/:unit", sheet, auth.ProgressRead)
	site.Post("/progress/:unit", report, auth.ProgressReport)
}

func apiPath(v *page.Visit) string {
	return "/plans/" + url.PathEscape(string(v.Plan())) + "/progress/sheets"
}

func pathOf(unit, quarter string) string {
	return "/progress/" + url.PathEscape(unit) + "?quarter=" + url.QueryEscape(quarter)
}

// sheets lists the units that report; whoever reports for one only goes on to
// its form at once.
func sheets(v *page.Visit) error {
	var found api.SheetListBody
	if _, err := v.Ask(apiPath(v), quarterOf(v), &found.Body); err != nil {
		return err
	}
	items := found.Body.Items
	if len(items) == 1 && items[0].Editable && v.Query("quarter") == "" {
		return v.See(pathOf(string(items[0].Unit.ID), found.Body.Quarter.String()))
	}
	return v.Show(page.Sheet{Title: "任务进展填报"}, sheetsPage(v, found))
}

func quarterOf(v *page.Visit) url.Values {
	query := url.Values{}
	if quarter := v.Query("quarter"); quarter != "" {
		query.Set("quarter", quarter)
	}
	return query
}

// form is a unit's sheet with what was typed and what is to be said about it.
type form struct {
	api.SheetBody
	key   string
	items []formItem
	// said is what the whole form was refused for.
	said *problem.Problem
}

// formItem is one indicator of the form.
type formItem struct {
	api.SheetItemView
	figures         []string
	milestone, note string
	// same: the figure of the quarter before is reported as it is.
	same bool
	said *problem.Problem
}

// id names the item in the form's fields.
func (i formItem) id() string {
	return strconv.Itoa(i.Indicator.Task) + "-" + strconv.Itoa(i.Indicator.Ordinal)
}

// reported: the unit has reported the item before.
func (i formItem) reported() bool { return i.Entry.ReportedAt != nil }

// carried are the figures that the form begins with: what was reported, else the
// quarter's before where it goes on counting.
func carried(item api.SheetItemView) []string {
	switch {
	case len(item.Entry.Figures) > 0:
		return slices.Clone(item.Entry.Figures)
	case item.Entry.ReportedAt != nil || len(item.Former) != len(item.Parts) || !goesOn(item):
		return make([]string, len(item.Parts))
	default:
		return slices.Clone(item.Former)
	}
}

// goesOn: last quarter's figure is where this one starts from.
func goesOn(item api.SheetItemView) bool {
	switch inspection.Basis(item.Basis.Code) {
	case inspection.BasisCumulative, inspection.BasisStock, inspection.BasisRatio:
		return true
	case inspection.BasisYearToDate:
		return item.Entry.Quarter.Number() > 1
	case inspection.BasisQuarter, inspection.BasisMonths, inspection.BasisMilestone:
		return false
	default:
		return false
	}
}

func formOf(v *page.Visit, found api.SheetBody) form {
	shown := form{SheetBody: found, key: v.NewKey()}
	for _, item := range found.Body.Items {
		shown.items = append(shown.items, formItem{
			SheetItemView: item, figures: carried(item), milestone: item.Entry.Milestone, note: item.Entry.Note,
		})
	}
	return shown
}

func ask(v *page.Visit, query url.Values) (api.SheetBody, error) {
	var found api.SheetBody
	_, err := v.Ask(apiPath(v)+"/"+url.PathEscape(v.Path("unit")), query, &found.Body)
	return found, err
}

func sheet(v *page.Visit) error {
	found, err := ask(v, quarterOf(v))
	if err != nil {
		return err
	}
	return v.Show(frame(found), formPage(formOf(v, found)))
}

func frame(found api.SheetBody) page.Sheet {
	return page.Sheet{
		Title: found.Body.Unit.Name + " " + inspection.QuarterText(found.Body.Quarter) + "任务进展", Here: "/progress",
		Trail: []page.Step{{Title: "任务进展填报", Path: "/progress"}},
	}
}

// report keeps every item that was changed, each by itself: what can be kept is,
// and what cannot comes back with what was typed.
func report(v *page.Visit) error {
	found, err := ask(v, url.Values{"quarter": {v.Form("quarter")}})
	if err != nil {
		return err
	}
	typed := formOf(v, found)
	typed.key = v.Form("key")
	kept, refused := 0, 0
	for i := range typed.items {
		item := &typed.items[i]
		changed, err := typed.read(v, item)
		if err == nil && changed {
			err = typed.put(v, item)
		}
		switch {
		case err != nil:
			item.said = page.Said(err)
			refused++
		case changed:
			kept++
		}
	}
	if refused == 0 {
		return v.See(pathOf(string(found.Body.Unit.ID), found.Body.Quarter.String()), "已填报 "+strconv.Itoa(kept)+" 项。")
	}
	return showAgain(v, typed, kept, refused)
}

// read takes over what was typed and says whether it differs from what stands.
func (f form) read(v *page.Visit, item *formItem) (bool, error) {
	id, begun := item.id(), carried(item.SheetItemView)
	if !v.Request.PostForm.Has("match-" + id) {
		return false, nil
	}
	for i := range item.figures {
		item.figures[i] = v.Form("figure-" + id + "-" + strconv.Itoa(i))
	}
	item.milestone, item.note = v.Form("milestone-"+id), v.Form("note-"+id)
	item.same = v.Form("same-"+id) != ""
	// A file that was filed with a refused item is none of the item's yet: what
	// the form still names counts.
	evidence := []models.EvidenceID{}
	for _, one := range v.Forms("keep-" + id) {
		evidence = append(evidence, models.EvidenceID(one))
	}
	changed := item.same || !slices.Equal(item.figures, begun) || item.milestone != item.Entry.Milestone ||
		item.note != item.Entry.Note || !slices.Equal(evidence, item.Entry.Evidence)
	item.Entry.Evidence = evidence
	for _, header := range v.Files("file-" + id) {
		filed, err := v.Upload(header, url.Values{"purpose": {"progress"}, "unit": {string(f.Body.Unit.ID)}})
		if err != nil {
			return true, err
		}
		item.Entry.Evidence, changed = append(item.Entry.Evidence, filed.ID), true
	}
	return changed, nil
}

// put gives one item to the API under a key of its own.
func (f form) put(v *page.Visit, item *formItem) error {
	asked := map[string]any{"milestone": item.milestone, "note": item.note, "evidence": item.Entry.Evidence}
	if slices.ContainsFunc(item.figures, func(figure string) bool { return figure != "" }) {
		asked["figures"] = item.figures
	}
	path := apiPath(v) + "/" + url.PathEscape(string(f.Body.Unit.ID)) + "/" + f.Body.Quarter.String() + "/" +
		strconv.Itoa(item.Indicator.Task) + "/" + strconv.Itoa(item.Indicator.Ordinal)
	_, err := v.Do(http.MethodPut, path, asked, nil, page.Key(f.key+"-"+item.id()), page.Match(v.Form("match-"+item.id())))
	return err
}

// showAgain shows what was refused with what was typed, and the rest as it is
// kept by now.
func showAgain(v *page.Visit, typed form, kept, refused int) error {
	fresh, err := ask(v, url.Values{"quarter": {typed.Body.Quarter.String()}})
	if err != nil {
		return err
	}
	again := formOf(v, fresh)
	status := http.StatusUnprocessableEntity
	for i := range again.items {
		if i >= len(typed.items) || typed.items[i].said == nil {
			continue
		}
		was := typed.items[i]
		status = was.said.Status
		if again.said == nil {
			again.said, again.key = was.said, page.KeyAfter(v, was.said)
		}
		again.items[i].figures, again.items[i].milestone, again.items[i].note = was.figures, was.milestone, was.note
		again.items[i].same, again.items[i].said = was.same, was.said
		again.items[i].Entry.Evidence = evidenceAgain(was, again.items[i])
	}
	again.said = gathered(again, kept, refused)
	return v.ShowStatus(status, frame(fresh), formPage(again))
}

// evidenceAgain are the files that a refused item names when it is shown again:
// those that were typed, and after somebody else's change theirs as well, which
// whoever saves next has not seen and would take off without a word.
func evidenceAgain(was, now formItem) []models.EvidenceID {
	if was.said.Code != problem.VersionConflict {
		return was.Entry.Evidence
	}
	both := slices.Clone(now.Entry.Evidence)
	for _, one := range was.Entry.Evidence {
		if !slices.Contains(both, one) {
			both = append(both, one)
		}
	}
	return both
}

// gathered heads the form with every fault, each leading to its item.
func gathered(f form, kept, refused int) *problem.Problem {
	whole := *f.said
	whole.Detail = "已填报 " + strconv.Itoa(kept) + " 项，" + strconv.Itoa(refused) + " 项没有保存，请按提示修改后再保存。"
	whole.Errors = nil
	for _, item := range f.items {
		if item.said != nil {
			whole.Errors = append(whole.Errors, problem.Detail{
				Location: "item-" + item.id(), Message: "任务 " + strconv.Itoa(item.Indicator.Task) + "“" + item.Indicator.Name + "”：" + faultText(item.said),
			})
		}
	}
	return &whole
}

// faultText is why one item was refused.
func faultText(said *problem.Problem) string {
	text := ""
	for _, fault := range said.Errors {
		text += fault.Message
	}
	if text == "" {
		return said.Detail
	}
	return text
}
