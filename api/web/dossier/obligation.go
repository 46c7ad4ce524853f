// Package dossier holds the page of one duty, the commands of its clock, and
// the dossier (帮扶档案) on screen and on paper.
package dossier

import (
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/page"
	"bangfu/api/web/words"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/obligations/:obligation", obligation, auth.ObligationRead)
	site.Get("/obligations/:obligation/dossier", dossier, auth.ObligationRead)
	site.Get("/obligations/:obligation/commands/:command", commandForm, clockPermissions()...)
	site.Get("/batches", batchForm, clockPermissions()...)
	site.Post("/batches", giveBatch, clockPermissions()...)
	site.Post("/obligations/:obligation/commands/:command", giveCommand, clockPermissions()...)
}

// one is a duty with what its page shows.
type one struct {
	api.ObligationBody
	etag   string
	policy words.Policy
	events []api.TimelineView
	next   string
	names  map[string]string
	// waiting are the proposals for it that a second person has not decided on.
	waiting []api.ProposalView
}

func pathOf(id string) string { return "/obligations/" + url.PathEscape(id) }

func read(v *page.Visit) (one, error) {
	var found one
	var err error
	at := pathOf(v.Path("obligation"))
	if found.etag, err = v.Ask(at, nil, &found.Body); err != nil {
		return found, err
	}
	if found.policy, err = words.PolicyOf(v, found.Body.Obligation.Policy); err != nil {
		return found, err
	}
	found.names, err = enterprises(v, found)
	return found, err
}

// enterprises names the companies of the duty's records.
func enterprises(v *page.Visit, found one) (map[string]string, error) {
	var records api.PageOf[api.RecordView]
	query := url.Values{
		"plan": {string(found.Body.Obligation.Plan)}, "cadre": {string(found.Body.Obligation.Cadre.ID)}, "size": {"200"},
	}
	if _, err := v.Ask("/records", query, &records); err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, record := range records.Items {
		names[string(record.ID)] = record.EnterpriseName
	}
	return names, nil
}

// title names the cadre.
func (o one) title() string { return page.NameOf(o.Body.Obligation.Cadre) }

func sheetOf(v *page.Visit, o one, title string) page.Sheet {
	if cadre := o.Body.Obligation.Cadre.ID; v.ActsFor(cadre) && cadre != v.Me.Cadre {
		return page.Sheet{Title: title, Here: "/duty", Trail: []page.Step{{Title: o.title() + "的帮扶（代理）", Path: page.DutyOf(cadre)}}}
	} else if v.ActsFor(cadre) {
		return page.Sheet{Title: title, Here: "/duty", Trail: []page.Step{{Title: "我的帮扶", Path: "/duty"}}}
	}
	return page.Sheet{Title: title, Here: "/obligations", Trail: []page.Step{{Title: "责任台账", Path: "/obligations"}}}
}

func obligation(v *page.Visit) error {
	found, err := read(v)
	if err != nil {
		return err
	}
	var events api.PageOf[api.TimelineView]
	query := url.Values{"size": {"30"}, "after": v.Queries("after")}
	if _, err := v.Ask(pathOf(v.Path("obligation"))+"/timeline", query, &events); err != nil {
		return err
	}
	found.events = events.Items
	if events.Next != "" {
		found.next = pathOf(v.Path("obligation")) + "?after=" + url.QueryEscape(events.Next) + "#timeline"
	}
	if v.MayAny(clockPermissions()...) {
		var waiting api.PageOf[api.ProposalView]
		query := url.Values{"obligation": {found.Body.Obligation.ID}, "state": {"proposed"}}
		if _, err := v.Ask("/proposals", query, &waiting); err != nil {
			return err
		}
		found.waiting = waiting.Items
	}
	return v.Show(sheetOf(v, found, found.title()+"的帮扶责任"), obligationPage(v, found))
}

// filed is a whole dossier.
type filed struct {
	one
	records []api.RecordDetail
	entries []api.EntryView
	verdict *api.VerdictBody
	// closed says why the chained entries are not shown.
	closed bool
}

// dossier gathers everything about one cadre's term that the visitor may read.
func dossier(v *page.Visit) error {
	var f filed
	var err error
	if f.one, err = read(v); err != nil {
		return err
	}
	at := pathOf(v.Path("obligation"))
	for _, claim := range f.Body.Records {
		var detail api.RecordDetail
		if _, err := v.Ask("/records/"+url.PathEscape(string(claim.ID)), nil, &detail); err != nil {
			if page.Beyond(err) {
				continue
			}
			return err
		}
		f.records = append(f.records, detail)
	}
	if f.events, err = page.Everything[api.TimelineView](v, at+"/timeline", url.Values{"oldest": {"true"}}); err != nil {
		return err
	}
	if f.closed = !v.May(auth.EventRead); !f.closed {
		f.entries, err = page.Everything[api.EntryView](v, at+"/events", nil)
		if f.closed = page.Beyond(err); err != nil && !f.closed {
			return err
		}
	}
	if v.May(auth.EventVerify) {
		var verdict api.VerdictBody
		if _, err := v.Ask(at+"/events/verdict", nil, &verdict.Body); err == nil {
			f.verdict = &verdict
		} else if !page.Beyond(err) {
			return err
		}
	}
	return v.Show(sheetOf(v, f.one, "帮扶档案："+f.title()), dossierPage(v, f))
}
