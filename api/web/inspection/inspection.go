// Package inspection holds the pages of the quarterly inspection: the cycles and
// their board, units' reports, the sample, findings, the ranking and the bulletin.
package inspection

import (
	"net/http"
	"net/url"
	"slices"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/inspections", cycles, auth.InspectionRead)
	site.Post("/inspections", openCycle, auth.InspectionManage)
	site.Post("/inspections/schedule/pause", pauseSchedule, auth.InspectionManage)
	site.Post("/inspections/schedule/resume", resumeSchedule, auth.InspectionManage)
	site.Get("/inspections/:inspection", board, auth.InspectionRead)
	site.Get("/inspections/:inspection/board/events", boardEvents, auth.InspectionRead)
	cycleOrders().mount(site, "/inspections/:inspection")
	site.Get("/inspections/:inspection/units/:unit", unit, auth.InspectionRead)
	site.Get("/inspections/:inspection/ranking", ranking, auth.InspectionRead)
	mountReports(site)
	mountSample(site)
	mountFindings(site)
	mountBulletins(site)
}

// overview is the page of all quarters.
type overview struct {
	cycles []api.InspectionView
	// current is the latest cycle that goes on; nil when there is none.
	current  *cycle
	schedule *api.InspectionScheduleBody
	// quarters are those that may be opened, the latest first.
	quarters []models.Quarter
	key      string
	chosen   string
	said     *problem.Problem
}

func cycles(v *page.Visit) error {
	found, err := readOverview(v)
	if err != nil {
		return err
	}
	return v.Show(page.Sheet{Title: "督查"}, overviewPage(v, found))
}

func readOverview(v *page.Visit) (overview, error) {
	found := overview{key: v.NewKey()}
	var listed api.ListOf[api.InspectionView]
	if _, err := v.Ask("/inspections", url.Values{"plan": {string(v.Plan())}}, &listed.Body); err != nil {
		return found, err
	}
	found.cycles = listed.Body.Items
	if err := found.readCurrent(v); err != nil {
		return found, err
	}
	if !v.May(auth.InspectionManage) {
		return found, nil
	}
	// The schedule lives in the engine; the page is of use without it.
	var schedule api.InspectionScheduleBody
	if _, err := v.Ask("/inspection-schedule", nil, &schedule.Body); err == nil {
		found.schedule = &schedule
	}
	plan := v.PlanView()
	now := models.QuarterOf(models.DateOf(v.Now()))
	for _, quarter := range slices.Backward(quartersOf(plan)) {
		opened := slices.ContainsFunc(found.cycles, func(one api.InspectionView) bool { return one.Quarter.Code == quarter.String() })
		if !opened && !now.Before(quarter) {
			found.quarters = append(found.quarters, quarter)
		}
	}
	return found, nil
}

// readCurrent reads what waits in the latest cycle that goes on.
func (o *overview) readCurrent(v *page.Visit) error {
	for _, one := range o.cycles {
		found := cycle{InspectionDetail: api.InspectionDetail{InspectionView: one}}
		if found.over() {
			continue
		}
		o.current = &found
		_, err := v.Ask("/inspections/"+url.PathEscape(one.ID), nil, &found.InspectionDetail)
		return err
	}
	return nil
}

// openCycle opens a quarter that the schedule did not: a past one, or the
// running one before its end.
func openCycle(v *page.Visit) error {
	plan, quarter := string(v.Plan()), v.Form("quarter")
	status, err := v.Do(http.MethodPost, "/inspections", map[string]string{"plan": plan, "quarter": quarter}, nil, page.Key(v.Form("key")))
	if err != nil {
		said := page.Said(err)
		found, readErr := readOverview(v)
		if readErr != nil {
			return err
		}
		found.said, found.key, found.chosen = said, page.KeyAfter(v, said), quarter
		return v.ShowStatus(said.Status, page.Sheet{Title: "督查"}, overviewPage(v, found))
	}
	if status == http.StatusAccepted {
		return v.See("/inspections", "已受理，正在开启；请稍后刷新查看结果，不必重复提交。")
	}
	return v.See(pathOf(plan+"."+quarter), "督查已开启，正在固化数据。")
}

func pauseSchedule(v *page.Visit) error {
	return setSchedule(v, "pause", "定时开启已暂停；恢复以后，错过的季度会补开。")
}

func resumeSchedule(v *page.Visit) error { return setSchedule(v, "resume", "定时开启已恢复。") }

func setSchedule(v *page.Visit, what, done string) error {
	if _, err := v.Do(http.MethodPost, "/inspection-schedule/"+what, nil, nil, page.Key(v.Form("key"))); err != nil {
		return err
	}
	return v.See("/inspections", done)
}
