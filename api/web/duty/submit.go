package duty

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
)

// record shows a record to whoever may read it; after a submission with the
// receipt on top.
func record(v *page.Visit) error {
	detail, etag, policy, err := recordOf(v)
	if err != nil {
		return err
	}
	own := v.ActsFor(detail.Record.Cadre.ID)
	sheet := page.Sheet{Title: detail.Record.Kind.Text + "：" + ui.Named(detail.Record.EnterpriseName), Here: "/obligations"}
	if own {
		sheet = sheetOf(v, detail.Record, sheet.Title)
	}
	return v.Show(sheet, recordPage(shownRecord{
		detail: detail, etag: etag, key: v.NewKey(), policy: policy, own: own, receipt: v.Query("receipt") != "", raise: v.May(auth.InspectionManage),
		revocable: revocable(v, detail.Record),
	}))
}

// check is the step before submitting: everything once more, what is missing,
// and who else claimed the enterprise.
func check(v *page.Visit) error {
	detail, etag, policy, err := recordOf(v)
	if err != nil {
		return err
	}
	if !detail.Record.Editable {
		return v.See(pathOf(detail.Record.ID))
	}
	return showCheck(v, http.StatusOK, checked{detail: detail, etag: etag, key: v.NewKey(), policy: policy})
}

func showCheck(v *page.Visit, status int, c checked) error {
	if code := string(c.detail.Record.Enterprise); code != "" {
		verdict, err := judged(v, code)
		if err != nil {
			return err
		}
		c.code = &verdict
	}
	steps := page.Step{Title: ui.Named(c.detail.Record.EnterpriseName), Path: pathOf(c.detail.Record.ID) + "/edit"}
	return v.ShowStatus(status, sheetOf(v, c.detail.Record, "核对提交", steps), checkPage(c))
}

// submit hands the draft over. What is refused is said on the page to check,
// under the same key when it is not known whether it took effect.
func submit(v *page.Visit) error {
	id := url.PathEscape(v.Path("record"))
	var receipt api.ReceiptView
	status, err := v.Do(http.MethodPost, "/records/"+id+"/submit", nil, &receipt, page.Key(v.Form("key")), page.Match(v.Form("match")))
	if err != nil {
		said := page.Said(err)
		detail, etag, policy, readErr := recordOf(v)
		if readErr != nil || !detail.Record.Editable {
			return err
		}
		return showCheck(v, said.Status, checked{detail: detail, etag: etag, key: page.KeyAfter(v, said), policy: policy, said: said})
	}
	if status == http.StatusAccepted {
		return v.See("/records/"+id, "已受理，正在办理；请稍后刷新查看结果，不必重复提交。")
	}
	return v.See("/records/" + id + "?receipt=1")
}

func withdraw(v *page.Visit) error {
	id := url.PathEscape(v.Path("record"))
	if _, err := v.Do(http.MethodPost, "/records/"+id+"/withdraw", nil, nil, page.Key(v.Form("key")), page.Match(v.Form("match"))); err != nil {
		return err
	}
	return v.See("/records/"+id, "已撤回。企业随即可由他人申报；修改后可以重新提交。")
}

func disputeForm(v *page.Visit) error {
	detail, etag, _, err := recordOf(v)
	if err != nil {
		return err
	}
	return v.Show(sheetOf(v, detail.Record, "提出异议"), disputePage(detail, etag, v.NewKey(), "", nil))
}

func dispute(v *page.Visit) error {
	id := url.PathEscape(v.Path("record"))
	reason := v.Form("reason")
	_, err := v.Do(http.MethodPost, "/records/"+id+"/dispute", map[string]string{"reason": reason}, nil,
		page.Key(v.Form("key")), page.Match(v.Form("match")))
	if err != nil {
		said := page.Said(err)
		detail, etag, _, readErr := recordOf(v)
		if readErr != nil {
			return err
		}
		return v.ShowStatus(said.Status, sheetOf(v, detail.Record, "提出异议"), disputePage(detail, etag, page.KeyAfter(v, said), reason, said))
	}
	return v.See("/records/"+id, "异议已提出，等待裁定。裁定以前不计逾期，结果会通知您。")
}

// taken reports whether a refusal says that somebody else claimed the enterprise.
func taken(said *problem.Problem) bool {
	return said != nil && said.Params["dispute"] != ""
}
