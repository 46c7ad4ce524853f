package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// contested is an office where C-2 of Hedong holds the enterprise that C-1 of
// Heping claims, too.
type contested struct {
	*office
	key              models.EnterpriseKey
	claimant, holder *visitor
	mine, theirs     string
}

func aContest(t *testing.T) *contested {
	t.Helper()
	o := anOffice(t)
	c := &contested{office: o, key: o.enterprise("A1234567")}
	c.claimant, c.holder = o.cadre("C-1", "120101"), o.cadre("C-2", "120102")
	c.mine, _ = c.claimant.draft("C-1", c.key)
	c.theirs, _ = c.holder.draft("C-2", c.key)
	c.execute("INSERT INTO claims (plan, kind, enterprise_key, record, cadre, state) VALUES (?, 'found', ?, ?, 'C-2', 'credited')",
		string(testPlan), string(c.key), c.theirs)
	return c
}

func (o *office) execute(statement string, values ...any) {
	o.Helper()
	_, err := o.archive.SQL().ExecContext(o.Context(), statement, values...)
	require.NoError(o, err)
}

// opened puts the dispute into the archive as the projection of its event would.
func (c *contested) opened() string {
	c.Helper()
	c.execute(`INSERT INTO disputes (id, plan, kind, enterprise_key, record, cadre, unit_path, holder_record, holder_plan,
		holder_cadre, state, opened_at, decided_by) VALUES ('dispute', ?, 'found', ?, ?, 'C-1', ?, ?, ?, 'C-2', 'open', ?, '')`,
		string(testPlan), string(c.key), c.mine, hepingPath, c.theirs, string(testPlan), c.clock.read())
	return Prefix + "/disputes/dispute"
}

func TestAnEnterpriseShowsWhichUnitHoldsItAndNotWho(t *testing.T) {
	c := aContest(t)
	got := c.claimant.get(Prefix + "/enterprises/" + string(c.key))
	view := reads[EnterpriseView](t, got, http.StatusOK)
	require.Len(t, view.Claims, 1)
	require.Equal(t, "河东区", view.Claims[0].Unit.Name)
	require.True(t, view.Claims[0].Credited)
	require.False(t, view.Claims[0].Own)
	require.NotContains(t, got.body, "C-2")
	own := reads[EnterpriseView](t, c.holder.get(Prefix+"/enterprises/"+string(c.key)), http.StatusOK)
	require.True(t, own.Claims[0].Own)
}

func TestADisputeIsTheClaimantsAndNeedsAHolder(t *testing.T) {
	c := aContest(t)
	path := Prefix + "/records/" + c.mine + "/dispute"
	reason := map[string]string{"reason": "我先到的"}
	c.claimant.do(http.MethodPost, path, reason, ifMatch(`"1"`)).isProblem(t, problem.IdempotencyMissing, 400)
	c.claimant.do(http.MethodPost, path, reason, key("a")).isProblem(t, problem.PreconditionRequired, 428)
	c.claimant.do(http.MethodPost, path, reason, key("a"), ifMatch(`"9"`)).isProblem(t, problem.VersionConflict, 412)
	c.holder.do(http.MethodPost, path, reason, key("a"), ifMatch(`"1"`)).isProblem(t, problem.NotFound, 404)
	c.claimant.do(http.MethodPost, path, map[string]string{"reason": "　　"}, key("a"), ifMatch(`"1"`)).
		isProblem(t, problem.Code(models.RefusedNoReasons), 422)
	c.claimant.do(http.MethodPost, path, reason, key("a"), ifMatch(`"1"`)).isProblem(t, problem.EngineUnavailable, 503)
	c.claimant.do(http.MethodPost, path, map[string]string{"reason": "另有理由"}, key("a"), ifMatch(`"1"`)).
		isProblem(t, problem.IdempotencyReused, 422)

	c.execute("DELETE FROM claims")
	free := c.claimant.do(http.MethodPost, path, reason, key("b"), ifMatch(`"1"`))
	free.isProblem(t, problem.Code(models.RefusedRecordState), 409)
	require.Contains(t, free.body, "请直接提交")
}

func TestADisputeIsReadByItsSideAndTheAdjudicatorOfItsUnit(t *testing.T) {
	c := aContest(t)
	path := c.opened()
	got := c.claimant.get(path)
	view := reads[DisputeView](t, got, http.StatusOK)
	require.Equal(t, "待裁定", view.State.Text)
	require.Equal(t, "河东区", view.HolderUnit.Name)
	require.Equal(t, `"1"`, got.header.Get("ETag"))
	adjudicator := c.officer(auth.RoleAdjudicator, "120101")
	list := Prefix + "/disputes?state="
	require.Len(t, reads[PageOf[DisputeView]](t, adjudicator.get(list+"open"), http.StatusOK).Items, 1)
	require.Empty(t, reads[PageOf[DisputeView]](t, adjudicator.get(list+"upheld"), http.StatusOK).Items)
	c.officer(auth.RoleAdjudicator, "120102").get(path).isProblem(t, problem.NotFound, 404)
}

func TestNobodyDecidesADisputeOfTheirOwn(t *testing.T) {
	c := aContest(t)
	path := c.opened() + "/adjudicate"
	verdict := map[string]any{"upheld": true, "reason": "证据充分"}
	holder := c.signedIn(c.account("both", auth.RoleAdjudicator, "tj", "C-2"))
	holder.do(http.MethodPost, path, verdict, key("a"), ifMatch(`"1"`)).isProblem(t, problem.Code(models.RefusedOwnClaim), 403)
	adjudicator := c.officer(auth.RoleAdjudicator, "tj")
	adjudicator.do(http.MethodPost, path, verdict, key("a")).isProblem(t, problem.PreconditionRequired, 428)
	adjudicator.do(http.MethodPost, path, verdict, key("a"), ifMatch(`"9"`)).isProblem(t, problem.VersionConflict, 412)
	adjudicator.do(http.MethodPost, path, verdict, key("a"), ifMatch(`"1"`)).isProblem(t, problem.EngineUnavailable, 503)
	row, err := c.archive.Command(t.Context(), "account-adjudicator-tj:a")
	require.NoError(t, err)
	require.Equal(t, "证据充分", row.Words.Text, "the reason waits to be sealed with the decision")
	require.Equal(t, store.CommandReceived, row.State)
	verdict["upheld"] = false
	adjudicator.do(http.MethodPost, path, verdict, key("a"), ifMatch(`"1"`)).isProblem(t, problem.IdempotencyReused, 422)
}
