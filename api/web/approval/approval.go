// Package approval holds what waits for a second person (待批事项), and the
// progress of what was given to many duties at once.
package approval

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
)

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/approvals", list, auth.ObligationRead)
	site.Get("/approvals/:proposal", proposal, auth.ObligationRead)
	site.Post("/approvals/:proposal/:decision", decide, deciding...)
}

// deciding are the permissions of the commands that can be proposed.
var deciding = []auth.Permission{
	auth.ObligationSuspend, auth.ObligationResume, auth.ObligationExtend, auth.ObligationExempt,
	auth.ObligationTransfer, auth.ObligationClose, auth.ObligationAdoptPolicy,
}

// tab is one part of the list.
type tab struct {
	Name, Path string
	Current    bool
}

func pathOf(id string) string { return "/approvals/" + url.PathEscape(id) }

func list(v *page.Visit) error {
	state, mine := v.Query("state"), v.Query("mine")
	query := url.Values{"plan": {string(v.Plan())}}
	for name, value := range map[string]string{"state": state, "mine": mine, "after": v.Query("after")} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if state == "" && mine == "" {
		query.Set("state", "proposed")
	}
	if state == "all" {
		query.Del("state")
	}
	var found api.PageOf[api.ProposalView]
	if _, err := v.Ask("/proposals", query, &found); err != nil {
		return err
	}
	next := v.Onward("/approvals", found.Next)
	tabs := []tab{
		{"待批准", "/approvals", state == "" && mine == ""},
		{"我提出的", "/approvals?mine=true", mine != ""},
		{"已批准", "/approvals?state=approved", state == "approved"},
		{"不批准", "/approvals?state=rejected", state == "rejected"},
		{"已撤回", "/approvals?state=withdrawn", state == "withdrawn"},
		{"全部", "/approvals?state=all", state == "all"},
	}
	return v.Show(page.Sheet{Title: "待批事项"}, listPage(v, tabs, found.Items, next))
}

// whole is a proposal with what its page shows.
type whole struct {
	api.ProposalView
	etag, key      string
	refused, rows  []api.ProposalRowView
	next, document string
	typed          url.Values
	said           *problem.Problem
}

func apiPath(v *page.Visit) string { return "/proposals/" + url.PathEscape(v.Path("proposal")) }

// read is a proposal and how far it has come, which is all that its progress
// shows.
func read(v *page.Visit) (whole, error) {
	var w whole
	var err error
	if w.etag, err = v.Ask(apiPath(v), nil, &w.ProposalView); err != nil || w.Refused == 0 {
		return w, err
	}
	var refused api.PageOf[api.ProposalRowView]
	_, err = v.Ask(apiPath(v)+"/rows", url.Values{"outcome": {"refused"}, "size": {"200"}}, &refused)
	w.refused = refused.Items
	return w, err
}

// readWhole is read with everything else that its page shows.
func readWhole(v *page.Visit) (whole, error) {
	w, err := read(v)
	if err != nil {
		return w, err
	}
	w.key = v.NewKey()
	var rows api.PageOf[api.ProposalRowView]
	if _, err := v.Ask(apiPath(v)+"/rows", url.Values{"size": {"50"}, "after": v.Queries("after")}, &rows); err != nil {
		return w, err
	}
	w.rows = rows.Items
	if rows.Next != "" {
		w.next = pathOf(string(w.ID)) + "?after=" + url.QueryEscape(rows.Next)
	}
	w.document, err = documentName(v, string(w.Document))
	return w, err
}

// documentName is the file's name; empty where it may not be read.
func documentName(v *page.Visit, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	var filed api.EvidenceView
	if _, err := v.Ask("/evidence/"+url.PathEscape(id), nil, &filed); err != nil {
		if page.Beyond(err) {
			return "", nil
		}
		return "", err
	}
	return filed.FileName, nil
}

func sheetOf(w whole) page.Sheet {
	return page.Sheet{
		Title: w.Kind.Text + "：" + about(w.ProposalView), Here: "/approvals",
		Trail: []page.Step{{Title: "待批事项", Path: "/approvals"}},
	}
}

func proposal(v *page.Visit) error {
	if v.Partial() {
		found, err := read(v)
		if err != nil {
			return err
		}
		return v.Part(progressPart(found))
	}
	found, err := readWhole(v)
	if err != nil {
		return err
	}
	return v.Show(sheetOf(found), proposalPage(found))
}

// decided is what is said once after a decision.
var decided = map[string]string{
	"approve":  "已批准，两人的姓名都记入档案。",
	"reject":   "未予批准，理由已告知提出人。",
	"withdraw": "已撤回，没有生效。",
}

func decide(v *page.Visit) error {
	decision := v.Path("decision")
	said, known := decided[decision]
	if !known {
		return problem.New(problem.NotFound)
	}
	status, err := v.Do(http.MethodPost, apiPath(v)+"/"+decision, map[string]string{"remark": v.Form("remark")}, nil,
		page.Key(v.Form("key")), page.Match(v.Form("match")))
	if err == nil {
		if status == http.StatusAccepted {
			said += "正在逐项办理，进度见下。"
		}
		return v.See(pathOf(v.Path("proposal")), said)
	}
	refusal := page.Said(err)
	found, readErr := readWhole(v)
	if readErr != nil {
		return err
	}
	found.said, found.typed, found.key = refusal, v.Request.PostForm, page.KeyAfter(v, refusal)
	return v.ShowStatus(refusal.Status, sheetOf(found), proposalPage(found))
}
