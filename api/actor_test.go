package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/models/inspection"
)

func TestWhoActedIsNamedInEveryViewOfTheInspection(t *testing.T) {
	q := anInspection(t)
	record, _ := q.sampled()
	listed := reads[struct{ Items []InspectionView }](t, q.inspector.get(Prefix+"/inspections?plan="+string(testPlan)), http.StatusOK)
	require.Equal(t, systemText, listed.Items[0].OpenedByName)
	require.Equal(t, systemText, reads[InspectionDetail](t, q.inspector.get(q.base), http.StatusOK).OpenedByName)
	require.Equal(t, "甲", q.inspector.do(http.MethodPost, Prefix+"/inspection-schedule/pause", nil).field(t, "byName"))

	q.inspector.acts(q.base+"/sample/"+record+"/check", map[string]string{"result": "doubtful", "remark": "待查"}, "check", `"0"`)
	item, _ := q.item(q.inspector)
	require.Equal(t, "甲", item.CheckedByName)
	require.Empty(t, item.DecidedByName, "nobody decided yet")

	raised := q.inspector.acts(Prefix+"/findings", q.finding("120101"), "raise", "").field(t, "subject").(string)
	one := Prefix + "/findings/" + strings.TrimPrefix(raised, "finding/")
	q.gives(raised, "left-long-ago", inspection.Answer{})
	found := reads[struct {
		Finding FindingView
		Words   []FindingWordView
	}](t, q.inspector.get(one), http.StatusOK)
	require.Equal(t, "甲", found.Finding.RaisedByName)
	require.Equal(t, "left-long-ago", found.Words[len(found.Words)-1].AccountName, "an account that is nowhere keeps its number")
	require.Equal(t, "甲", reads[PageOf[FindingView]](t, q.inspector.get(Prefix+"/findings?plan="+string(testPlan)), http.StatusOK).Items[0].RaisedByName)

	contact, leader := q.officer(auth.RoleContact, "120101"), q.officer(auth.RoleLeader, "120101")
	path := q.base + "/reports/120101"
	saved := contact.do(http.MethodPut, path+"/text", ReportForm{Measures: "做法"}, ifMatch(`"0"`))
	require.Equal(t, "甲", saved.field(t, "accountName"))
	contact.acts(path+"/file", map[string]int{"version": 1}, "file", `"1"`)
	leader.acts(path+"/confirm", nil, "confirm", `"2"`)
	shown := reads[struct {
		Report      UnitReportView
		Text, Filed ReportTextView
		History     []RemarkView
	}](t, leader.get(path), http.StatusOK)
	require.Equal(t, []string{"甲", "甲", "甲", "甲"}, []string{
		shown.Report.FiledByName, shown.Report.ConfirmedByName, shown.Text.AccountName, shown.Filed.AccountName,
	})
	require.Equal(t, []string{systemText, "甲", "甲"}, []string{
		shown.History[0].AccountName, shown.History[1].AccountName, shown.History[2].AccountName,
	})
	reports := reads[struct{ Items []UnitReportView }](t, q.inspector.get(Prefix+"/unit-reports?plan="+string(testPlan)), http.StatusOK)
	require.Equal(t, "甲", reports.Items[0].FiledByName)
}
