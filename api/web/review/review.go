// Package review holds the pages of reviewers and adjudicators.
package review

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// reviewers hold a stage of the review somewhere.
var reviewers = []auth.Permission{auth.ReviewDistrictScience, auth.ReviewDistrictOrganization, auth.ReviewCityScience}

// Mount registers the pages.
func Mount(site *page.Site) {
	site.Get("/reviews", queue, reviewers...)
	site.Get("/reviews/:record", claim, reviewers...)
	site.Post("/reviews/:record/accept", accept, reviewers...)
	site.Post("/reviews/:record/return", giveBack, reviewers...)
	site.Post("/reviews/:record/reject", reject, reviewers...)
	mountDisputes(site)
}

// filter is what the address says of the queue: every address of a claim keeps
// it, so that the next one is of the same queue.
func filter(v *page.Visit) url.Values {
	query := url.Values{}
	for _, name := range []string{"kind", "text"} {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	return query
}

func filtered(v *page.Visit) url.Values {
	query := filter(v)
	query.Set("plan", string(v.Plan()))
	return query
}

// under is an address of the queue with the filter in it.
func under(filter url.Values, path string) string {
	if len(filter) == 0 {
		return path
	}
	return path + "?" + filter.Encode()
}

func claimPath(filter url.Values, id string) string {
	return under(filter, "/reviews/"+url.PathEscape(id))
}

func ask(v *page.Visit, query url.Values) (api.PageOf[api.RecordView], error) {
	var found api.PageOf[api.RecordView]
	_, err := v.Ask("/reviews/queue", query, &found)
	return found, err
}

func queue(v *page.Visit) error {
	query := filtered(v)
	if after := v.Query("after"); after != "" {
		query.Set("after", after)
	}
	found, err := ask(v, query)
	if err != nil {
		return err
	}
	next := v.Onward("/reviews", found.Next)
	return v.Show(page.Sheet{Title: "待审核"}, queuePage(v, found.Items, next))
}

// opened is everything that a reviewer sees of one claim.
type opened struct {
	detail    api.RecordDetail
	etag, key string
	policy    words.Policy
	files     []api.EvidenceView
	hints     []api.HintView
	code      api.CodeCheckView
	next      string
	// filter is that of the queue which the claim was opened from.
	filter url.Values
	// refused is the decision that was refused, typed what it said; it stays in its
	// fields.
	refused string
	typed   url.Values
	said    *problem.Problem
	own     bool
}

func claim(v *page.Visit) error {
	shown, err := open(v)
	if err != nil {
		return err
	}
	return v.Show(claimSheet(shown), claimPage(shown))
}

func claimSheet(o opened) page.Sheet {
	return page.Sheet{
		Title: o.detail.Record.Kind.Text + "：" + ui.Named(o.detail.Record.EnterpriseName), Here: "/reviews", Wide: true,
		Trail: []page.Step{{Title: "待审核", Path: under(o.filter, "/reviews")}},
	}
}

func open(v *page.Visit) (opened, error) {
	var o opened
	var err error
	at := "/records/" + url.PathEscape(v.Path("record"))
	if o.etag, err = v.Ask(at, nil, &o.detail); err != nil {
		return o, err
	}
	record := o.detail.Record
	o.own = v.ActsFor(record.Cadre.ID)
	o.key, o.filter = v.NewKey(), filter(v)
	var obligation api.ObligationBody
	if _, err = v.Ask("/obligations/"+url.PathEscape(record.Obligation), nil, &obligation.Body); err != nil {
		return o, err
	}
	if o.policy, err = words.PolicyOf(v, obligation.Body.Obligation.Policy); err != nil {
		return o, err
	}
	for _, use := range record.Evidence {
		var file api.EvidenceView
		if _, err = v.Ask("/evidence/"+url.PathEscape(string(use.Evidence)), nil, &file); err != nil {
			return o, err
		}
		o.files = append(o.files, file)
	}
	if !o.own {
		var hints struct {
			Items []api.HintView `json:"items"`
		}
		if _, err = v.Ask(at+"/hints", nil, &hints); err != nil {
			return o, err
		}
		o.hints = hints.Items
	}
	if record.Enterprise != "" {
		if _, err = v.Ask("/enterprise-codes/"+url.PathEscape(string(record.Enterprise)), nil, &o.code); err != nil {
			return o, err
		}
	}
	o.next, err = following(v, string(record.ID))
	return o, err
}

// following is the claim that comes after one in the queue; the first one when
// it is not in it (any more).
func following(v *page.Visit, id string) (string, error) {
	found, err := ask(v, filtered(v))
	if err != nil {
		return "", err
	}
	for i, one := range found.Items {
		if string(one.ID) == id {
			if i+1 < len(found.Items) {
				return string(found.Items[i+1].ID), nil
			}
			return "", nil
		}
	}
	if len(found.Items) > 0 {
		return string(found.Items[0].ID), nil
	}
	return "", nil
}

// decide gives a decision and opens the next claim. A stale or refused decision
// is shown on the claim as it is now, with what was typed.
func decide(v *page.Visit, verb string, body map[string]any, done string) error {
	var receipt api.ReceiptView
	at := "/records/" + url.PathEscape(v.Path("record")) + "/" + verb
	_, err := v.Do(http.MethodPost, at, body, &receipt, page.Key(keyOf(v, verb)), page.Match(v.Form("match")))
	if err != nil {
		said := page.Said(err)
		shown, readErr := open(v)
		if readErr != nil {
			return err
		}
		shown.key = page.KeyAfter(v, said)
		shown.refused, shown.typed, shown.said = verb, v.Request.PostForm, said
		if verb == "reject" {
			shown.said = about(said, "remark", rejectRemark)
		}
		return v.ShowStatus(said.Status, claimSheet(shown), claimPage(shown))
	}
	next, err := following(v, v.Path("record"))
	if err != nil || next == "" {
		return v.See(under(filter(v), "/reviews"), done, receipt.Text)
	}
	return v.See(claimPath(filter(v), next), done, receipt.Text, "下面是下一条。")
}

// keyOf names one decision of a claim's page. Who decides otherwise after an
// outage gives another command.
func keyOf(v *page.Visit, verb string) string {
	if key := v.Form("key"); key != "" {
		return key + "-" + verb
	}
	return ""
}

// about says of a field of the page what a refusal says of the API's.
func about(said *problem.Problem, theirs, ours string) *problem.Problem {
	moved := *said
	moved.Errors = slices.Clone(said.Errors)
	for i := range moved.Errors {
		if moved.Errors[i].Location == "body."+theirs {
			moved.Errors[i].Location = "body." + ours
		}
	}
	return &moved
}

func accept(v *page.Visit) error {
	return decide(v, "accept", remark(v), "已通过。")
}

func remark(v *page.Visit) map[string]any {
	body := map[string]any{}
	if text := v.Form("remark"); text != "" {
		body["remark"] = text
	}
	return body
}

// giveBack returns a claim with a reason for each field that is ticked or
// written about.
func giveBack(v *page.Visit) error {
	reasons := map[string]string{}
	for name := range v.Request.PostForm {
		if field, asked := strings.CutPrefix(name, "reason."); asked && v.Form(name) != "" {
			reasons[field] = v.Form(name)
		}
	}
	body := remark(v)
	body["reasons"] = reasons
	return decide(v, "return", body, "已退回。")
}

// rejectRemark is the field of the reason of a rejection: one page holds it and
// the remark of an acceptance.
const rejectRemark = "reject-remark"

func reject(v *page.Visit) error {
	return decide(v, "reject", map[string]any{"remark": v.Form(rejectRemark)}, "已作不予认定。")
}

// inPage reports whether a file is shown in the page.
func inPage(file api.EvidenceView) bool {
	return file.MediaType == "application/pdf" || isPicture(file)
}

func isPicture(file api.EvidenceView) bool { return strings.HasPrefix(file.MediaType, "image/") }

// reviewed are the fields about which a reviewer may give a reason.
func reviewed(o opened) []api.Coded {
	fields := slices.Clone(words.Fields)
	for _, category := range o.policy.Asked(o.detail.Record.Kind.Code) {
		fields = append(fields, api.Coded{Code: "evidence." + category.Code, Text: "材料：" + category.Text})
	}
	return fields
}

// underReview reports whether there is anything to decide.
func underReview(o opened) bool {
	return o.detail.Record.State.Code == string(models.StateUnderReview) && !o.own
}
