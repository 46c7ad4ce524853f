package review

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models"
)

func mountDisputes(site *page.Site) {
	site.Get("/disputes", disputes, auth.DisputeRead)
	site.Get("/disputes/:dispute", dispute, auth.DisputeRead)
	site.Post("/disputes/:dispute/adjudicate", adjudicate, auth.DisputeAdjudicate)
}

func disputes(v *page.Visit) error {
	query := url.Values{"plan": {string(v.Plan())}}
	for _, name := range []string{"state", "after"} {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	var found api.PageOf[api.DisputeView]
	if _, err := v.Ask("/disputes", query, &found); err != nil {
		return err
	}
	next := v.Onward("/disputes", found.Next)
	return v.Show(page.Sheet{Title: "企业归属争议"}, disputesPage(v, found.Items, next))
}

// contest is a dispute with both claims, as far as the visitor may read them.
type contest struct {
	dispute   api.DisputeView
	etag, key string
	claimant  *api.RecordDetail
	holder    *api.RecordDetail
	// reason is why the claimant says that the enterprise is theirs.
	reason string
	typed  url.Values
	said   *problem.Problem
}

func both(v *page.Visit) (contest, error) {
	var c contest
	var err error
	if c.etag, err = v.Ask("/disputes/"+url.PathEscape(v.Path("dispute")), nil, &c.dispute); err != nil {
		return c, err
	}
	c.key = v.NewKey()
	if c.claimant, err = side(v, string(c.dispute.Record)); err != nil {
		return c, err
	}
	if c.holder, err = side(v, string(c.dispute.Holder)); err != nil {
		return c, err
	}
	c.reason, err = reasonOf(v, c)
	return c, err
}

// reasonOf reads the words with which the dispute was opened.
func reasonOf(v *page.Visit, c contest) (string, error) {
	if c.claimant == nil || !v.May(auth.ObligationRead) {
		return "", nil
	}
	var events api.PageOf[api.TimelineView]
	query := url.Values{"kind": {string(models.EventRecordDisputed)}, "size": {"200"}}
	if _, err := v.Ask("/obligations/"+url.PathEscape(c.dispute.Obligation)+"/timeline", query, &events); err != nil {
		return "", err
	}
	for _, event := range events.Items {
		if event.Record == c.dispute.Record {
			return event.Remark, nil
		}
	}
	return "", nil
}

// side is one of the two claims; nil when it is out of the visitor's reach.
func side(v *page.Visit, record string) (*api.RecordDetail, error) {
	var detail api.RecordDetail
	_, err := v.Ask("/records/"+url.PathEscape(record), nil, &detail)
	if err == nil {
		return &detail, nil
	}
	if page.Said(err).Status == http.StatusNotFound {
		return nil, nil
	}
	return nil, err
}

func disputeSheet(c contest) page.Sheet {
	return page.Sheet{
		Title: "归属争议：" + c.dispute.Kind.Text + " " + string(c.dispute.Enterprise), Here: "/disputes",
		Trail: []page.Step{{Title: "企业归属争议", Path: "/disputes"}},
	}
}

func dispute(v *page.Visit) error {
	shown, err := both(v)
	if err != nil {
		return err
	}
	return v.Show(disputeSheet(shown), disputePage(v, shown))
}

func adjudicate(v *page.Visit) error {
	at := "/disputes/" + url.PathEscape(v.Path("dispute"))
	body := map[string]any{"upheld": v.Form("upheld") == "yes", "reason": v.Form("reason")}
	err := error(problem.New(problem.RequestInvalid).At("body.upheld", "请选择异议是否成立"))
	if v.Form("upheld") != "" {
		_, err = v.Do(http.MethodPost, at+"/adjudicate", body, nil, page.Key(v.Form("key")), page.Match(v.Form("match")))
	}
	if err != nil {
		said := page.Said(err)
		shown, readErr := both(v)
		if readErr != nil {
			return err
		}
		shown.typed, shown.said, shown.key = v.Request.PostForm, said, page.KeyAfter(v, said)
		return v.ShowStatus(said.Status, disputeSheet(shown), disputePage(v, shown))
	}
	return v.See(at, "裁定已作出，正由流程办到双方的责任上，结果会通知双方。")
}
