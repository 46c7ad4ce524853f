package duty

import (
	"cmp"
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/api/web/words"
	"bangfu/models"
)

// revocation is the order to take a credit back (撤销认定) as its form asks for it.
type revocation struct {
	detail api.RecordDetail
	// etag is the obligation's: it is what the order changes.
	etag, key              string
	policy                 words.Policy
	remark                 string
	document, documentName string
	said                   *problem.Problem
}

// revocable reports whether the visitor may take the record's credit back.
// Nobody does so on their own claim.
func revocable(v *page.Visit, record api.RecordView) bool {
	return v.May(auth.RecordRevoke) && record.State.Code == string(models.StateCredited) && !v.ActsFor(record.Cadre.ID)
}

func (r revocation) path() string { return pathOf(r.detail.Record.ID) + "/revoke" }

func (r revocation) show(v *page.Visit, status int) error {
	return v.ShowStatus(status, r.sheet(), revokePage(r))
}

func (r revocation) sheet() page.Sheet {
	record := r.detail.Record
	name := ui.Named(record.EnterpriseName)
	return page.Sheet{
		Title: "撤销认定：" + name, Here: "/obligations",
		Trail: []page.Step{{Title: record.Kind.Text + "：" + name, Path: pathOf(record.ID)}},
	}
}

// prepareRevocation reads what the order is about. The order keeps its key from
// the first form to the last: it is one command.
func prepareRevocation(v *page.Visit) (revocation, error) {
	form := revocation{
		key: cmp.Or(v.Form("key"), v.NewKey()), remark: v.Form("remark"),
		document: v.Form("document"), documentName: v.Form("documentName"),
	}
	var err error
	if form.detail, _, form.policy, err = recordOf(v); err != nil {
		return form, err
	}
	var obligation api.ObligationBody
	form.etag, err = v.Ask("/obligations/"+url.PathEscape(form.detail.Record.Obligation), nil, &obligation.Body)
	return form, err
}

func revokeForm(v *page.Visit) error {
	form, err := prepareRevocation(v)
	if err != nil {
		return err
	}
	if !revocable(v, form.detail.Record) {
		return v.See(pathOf(form.detail.Record.ID))
	}
	return form.show(v, http.StatusOK)
}

// revoke first files the document and shows everything once more; only the
// confirmed form gives the order.
func revoke(v *page.Visit) error {
	form, err := prepareRevocation(v)
	if err != nil {
		return err
	}
	if v.Form("back") != "" {
		return form.show(v, http.StatusOK)
	}
	if v.Form("confirmed") == "" {
		return form.check(v)
	}
	record := form.detail.Record
	order := "/obligations/" + url.PathEscape(record.Obligation) + pathOf(record.ID) + "/revoke"
	body := map[string]string{"document": form.document, "remark": form.remark}
	var answer api.CommandAnswer
	status, err := v.Do(http.MethodPost, order, body, &answer, page.Key(v.Form("key")), page.Match(v.Form("match")))
	switch {
	case err != nil:
		form.said = page.Said(err)
		form.key = page.KeyAfter(v, form.said)
		return form.show(v, form.said.Status)
	case answer.Proposal != "":
		return v.See("/approvals/"+url.PathEscape(string(answer.Proposal)), "撤销认定已提出，还没有生效：须由另一名有此职责的人员批准。")
	case status == http.StatusAccepted:
		return v.See(pathOf(record.ID), "已受理，正在办理；请稍后刷新查看结果，不必重复提交。")
	default:
		return v.See(pathOf(record.ID), "认定已撤销，相应指标重新计算，经过记入档案。")
	}
}

// check files the document, if one was chosen, and asks to confirm.
func (r revocation) check(v *page.Visit) error {
	if files := v.Files("file"); len(files) > 0 {
		filed, err := v.Upload(files[0], url.Values{"purpose": {"document"}, "unit": {string(r.detail.Record.Unit.ID)}})
		if err != nil {
			r.said = page.Said(err)
			return r.show(v, r.said.Status)
		}
		r.document, r.documentName = string(filed.ID), filed.FileName
	}
	missing := problem.New(problem.RequestInvalid)
	if r.remark == "" {
		missing = missing.At("body.remark", "请写明撤销的理由")
	}
	if r.document == "" {
		missing = missing.At("body.document", "请附上文件依据")
	}
	if len(missing.Errors) > 0 {
		r.said = missing
		return r.show(v, missing.Status)
	}
	return v.Show(r.sheet(), confirmRevocation(r))
}

// second reports whether a second person has to approve.
func (r revocation) second() bool {
	return r.policy.Rules.WantsSecondApproval(models.CommandRevoke)
}
