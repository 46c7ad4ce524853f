// Package duty holds the pages of a cadre: the three goals, the records of the
// companies helped, and the notices.
package duty

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/page"
	"bangfu/api/web/words"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/duty", duty, auth.RecordSubmit)
	site.Get("/duty/timeline", timeline, auth.RecordSubmit)
	site.Get("/records/new", newRecord, auth.RecordDraft)
	site.Post("/records", createRecord, auth.RecordDraft)
	site.Get("/records/:record", record, auth.RecordRead)
	site.Get("/records/:record/edit", editRecord, auth.RecordDraft)
	site.Post("/records/:record/edit", saveRecord, auth.RecordDraft)
	site.Post("/records/:record/delete", deleteRecord, auth.RecordDraft)
	site.Post("/records/:record/evidence", attach, auth.RecordDraft)
	site.Post("/records/:record/evidence/:evidence/detach", detach, auth.RecordDraft)
	site.Get("/records/:record/check", check, auth.RecordSubmit)
	site.Post("/records/:record/submit", submit, auth.RecordSubmit)
	site.Post("/records/:record/withdraw", withdraw, auth.RecordSubmit)
	site.Get("/records/:record/dispute", disputeForm, auth.DisputeOpen)
	site.Post("/records/:record/dispute", dispute, auth.DisputeOpen)
	site.Get("/records/:record/revoke", revokeForm, auth.RecordRevoke)
	site.Post("/records/:record/revoke", revoke, auth.RecordRevoke)
	site.Get("/suggest/enterprises", suggestEnterprises, auth.EnterpriseRead)
	site.Get("/suggest/code", judgeCode, auth.EnterpriseRead)
	site.Get("/notices", notices, auth.SignedIn)
	site.Post("/notices/read", readNotices, auth.SignedIn)
}

// own is everything that the cadre's page shows.
type own struct {
	obligation api.ObligationBody
	records    []api.RecordView
	events     []api.TimelineView
	policy     words.Policy
	whose      whose
}

// ownObligation finds the duty of whom the page is about: the visitor, or a
// cadre for whom they stand in. There is none, which is nil, before the
// responsibility is enrolled.
func ownObligation(v *page.Visit) (*api.ObligationView, whose, error) {
	who, err := represented(v)
	if err != nil || who.id == "" {
		return nil, who, err
	}
	var found api.PageOf[api.ObligationView]
	query := url.Values{"plan": {string(v.Plan())}, "cadre": {string(who.id)}, "size": {"1"}}
	if _, err := v.Ask("/obligations", query, &found); err != nil || len(found.Items) == 0 {
		return nil, who, err
	}
	return &found.Items[0], who, nil
}

func duty(v *page.Visit) error {
	mine, whose, err := ownObligation(v)
	if err != nil {
		return err
	}
	sheet := page.Sheet{Title: whose.title(), Here: "/duty"}
	if mine == nil {
		return v.Show(sheet, noDuty(v, whose))
	}
	shown, err := gather(v, *mine)
	if err != nil {
		return err
	}
	shown.whose = whose
	return v.Show(sheet, dutyPage(v, shown))
}

func gather(v *page.Visit, mine api.ObligationView) (own, error) {
	var shown own
	if _, err := v.Ask("/obligations/"+url.PathEscape(mine.ID), nil, &shown.obligation.Body); err != nil {
		return own{}, err
	}
	var records api.PageOf[api.RecordView]
	if _, err := v.Ask("/records", url.Values{"cadre": {string(mine.Cadre.ID)}, "plan": {string(mine.Plan)}, "size": {"200"}}, &records); err != nil {
		return own{}, err
	}
	var events api.PageOf[api.TimelineView]
	if _, err := v.Ask("/obligations/"+url.PathEscape(mine.ID)+"/timeline", url.Values{"size": {"6"}}, &events); err != nil {
		return own{}, err
	}
	var err error
	shown.records, shown.events = records.Items, events.Items
	shown.policy, err = words.PolicyOf(v, mine.Policy)
	return shown, err
}

// of are the records of one goal, newest first.
func (o own) of(kind string) []api.RecordView {
	var found []api.RecordView
	for _, one := range o.records {
		if one.Kind.Code == kind {
			found = append(found, one)
		}
	}
	return found
}

// names are the enterprises of the cadre's records.
func (o own) names() map[string]string {
	names := map[string]string{}
	for _, one := range o.records {
		names[string(one.ID)] = one.EnterpriseName
	}
	return names
}

// waiting are the records on which the cadre has to act.
func (o own) waiting() []api.RecordView {
	var found []api.RecordView
	for _, one := range o.records {
		if one.Editable {
			found = append(found, one)
		}
	}
	return found
}

func timeline(v *page.Visit) error {
	mine, whose, err := ownObligation(v)
	if err != nil {
		return err
	}
	sheet := page.Sheet{Title: "办理经过", Here: "/duty", Trail: []page.Step{{Title: whose.title(), Path: whose.path("/duty")}}}
	if mine == nil {
		return v.Show(sheet, noDuty(v, whose))
	}
	var events api.PageOf[api.TimelineView]
	query := url.Values{"after": v.Queries("after"), "size": {"50"}}
	if _, err := v.Ask("/obligations/"+url.PathEscape(mine.ID)+"/timeline", query, &events); err != nil {
		return err
	}
	next := ""
	if events.Next != "" {
		next = whose.path("/duty/timeline", "after", events.Next)
	}
	var records api.PageOf[api.RecordView]
	if _, err := v.Ask("/records", url.Values{"cadre": {string(mine.Cadre.ID)}, "plan": {string(mine.Plan)}, "size": {"200"}}, &records); err != nil {
		return err
	}
	return v.Show(sheet, timelinePage(events.Items, own{records: records.Items}.names(), next))
}

func notices(v *page.Visit) error {
	var found api.PageOf[api.NoticeView]
	query := url.Values{"after": v.Queries("after"), "size": {"50"}}
	if _, err := v.Ask("/notices", query, &found); err != nil {
		return err
	}
	next := ""
	if found.Next != "" {
		next = "/notices?after=" + url.QueryEscape(found.Next)
	}
	return v.Show(page.Sheet{Title: "通知"}, noticesPage(v, found.Items, next))
}

func readNotices(v *page.Visit) error {
	body := map[string]any{}
	if ids := v.Forms("notice"); len(ids) > 0 {
		body["notices"] = ids
	}
	if _, err := v.Do(http.MethodPost, "/notices/read", body, nil); err != nil {
		return err
	}
	return v.See("/notices", "已标为已读。")
}
