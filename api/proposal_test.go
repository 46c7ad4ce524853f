package api

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// department is an office whose organization department has two people in Heping.
type department struct {
	*office
	first, second *visitor
	document      string
}

func aDepartment(t *testing.T) *department {
	o := anOffice(t)
	o.cadre("C-1", "120101")
	b := &department{office: o, first: o.officer(auth.RoleOrganization, "120101")}
	b.second = o.signedIn(o.account("second-organizer", auth.RoleOrganization, "120101", ""))
	filed := reads[EvidenceView](t, b.first.upload("/evidence?purpose=document", "批复.pdf", "", aPDF()), http.StatusCreated)
	b.document = string(filed.ID)
	return b
}

// proposed exempts by the first person, who needs the second.
func (b *department) proposed(cadre string) string {
	b.Helper()
	got := b.first.do(http.MethodPost, Prefix+"/obligations/tianjin-2013."+cadre+"/exempt",
		map[string]any{"kinds": []string{"found"}, "ground": "illness", "document": b.document, "remark": "长期病休"},
		key("exempt-"+cadre), ifMatch(`"1"`))
	require.Equal(b, http.StatusAccepted, got.status, got.body)
	require.Equal(b, "proposed", got.field(b.T, "state"))
	require.Equal(b, "obligation/tianjin-2013/"+cadre, got.field(b.T, "subject"))
	return got.header.Get("Location")
}

// decide gives a decision as somebody who has just looked.
func (v *visitor) decide(path, decision, name string, body any) answer {
	v.Helper()
	return v.do(http.MethodPost, path+"/"+decision, body, key(name), ifMatch(v.get(path).header.Get("ETag")))
}

func TestWhatOnePersonProposesTakesEffectOnlyByAnother(t *testing.T) {
	b := aDepartment(t)
	path := b.proposed("C-1")
	view := reads[ProposalView](t, b.second.get(path), http.StatusOK)
	require.Equal(t, "proposed", view.State.Code)
	require.True(t, view.MayDecide)
	require.Contains(t, view.Text, "免除")
	obligation := b.first.get(Prefix + "/obligations/tianjin-2013.C-1")
	require.Equal(t, `"1"`, obligation.header.Get("ETag"), "nothing has happened to the duty")

	b.first.decide(path, "approve", "own", map[string]string{}).isProblem(t, problem.Code(models.RefusedOwnProposal), 403)
	approved := b.second.decide(path, "approve", "a", map[string]string{"remark": "同意"})
	// The engine is down in this house: the approval stands and is carried out later.
	require.Equal(t, http.StatusAccepted, approved.status, approved.body)
	again := b.second.do(http.MethodPost, path+"/approve", map[string]string{"remark": "同意"}, key("a"), ifMatch(`"1"`))
	require.Equal(t, http.StatusAccepted, again.status, "given twice it is one decision: %s", again.body)
	view = reads[ProposalView](t, b.second.get(path), http.StatusOK)
	require.Equal(t, "approved", view.State.Code)
	require.EqualValues(t, 1, view.Pending)
	b.second.decide(path, "reject", "late", map[string]string{"remark": "不同意"}).isProblem(t, problem.ProposalDecided, 409)
	unfinished, err := b.archive.UnfinishedProposals(t.Context())
	require.NoError(t, err)
	require.Len(t, unfinished, 1, "the nightly reconcile finds it")
}

func TestTheSameRequestProposesOnceAndTheSameMatterIsNotProposedTwice(t *testing.T) {
	b := aDepartment(t)
	require.Equal(t, b.proposed("C-1"), b.proposed("C-1"))
	other := b.second.do(http.MethodPost, Prefix+"/obligations/tianjin-2013.C-1/exempt",
		map[string]any{"kinds": []string{"introduce"}, "ground": "illness", "document": b.document}, key("other"), ifMatch(`"1"`))
	other.isProblem(t, problem.ProposalOpen, 409)
	b.first.do(http.MethodPost, Prefix+"/obligations/tianjin-2013.C-1/exempt",
		map[string]any{"kinds": []string{"introduce"}, "ground": "illness", "document": b.document}, key("exempt-C-1"), ifMatch(`"1"`)).
		isProblem(t, problem.IdempotencyReused, 422)
}

func TestAProposalIsDecidedWithinReachByThoseWhoReadWhatItRestsOn(t *testing.T) {
	b := aDepartment(t)
	path := b.proposed("C-1")
	far := b.officer(auth.RoleOrganization, "120102")
	far.get(path).isProblem(t, problem.NotFound, 404)
	far.do(http.MethodPost, path+"/approve", map[string]string{}, key("x"), ifMatch(`"2"`)).isProblem(t, problem.NotFound, 404)
	b.officer(auth.RoleInspector, "120101").decide(path, "approve", "i", map[string]string{}).isProblem(t, problem.Forbidden, 403)
	concerned := b.signedIn(b.account("concerned", auth.RoleOrganization, "120101", "C-1"))
	concerned.decide(path, "approve", "c", map[string]string{}).isProblem(t, problem.Forbidden, 403)
	b.second.decide(path, "withdraw", "w", map[string]string{}).isProblem(t, problem.Forbidden, 403)
	b.second.decide(path, "reject", "r", map[string]string{}).isProblem(t, problem.RequestInvalid, 422)
	b.second.do(http.MethodPost, path+"/approve", map[string]string{}, key("stale"), ifMatch(`"1"`)).isProblem(t, problem.VersionConflict, 412)
	require.Equal(t, "proposed", reads[ProposalView](t, b.second.get(path), http.StatusOK).State.Code, "no refusal changes it")
	require.Equal(t, http.StatusOK, b.first.decide(path, "withdraw", "w", map[string]string{}).status)
	require.Contains(t, b.proposedAgain("C-1"), "/proposals/")
}

// proposedAgain proposes under another key what was withdrawn.
func (b *department) proposedAgain(cadre string) string {
	b.Helper()
	got := b.first.do(http.MethodPost, Prefix+"/obligations/tianjin-2013."+cadre+"/exempt",
		map[string]any{"kinds": []string{"found"}, "ground": "illness", "document": b.document}, key("again"), ifMatch(`"1"`))
	require.Equal(b, http.StatusAccepted, got.status, got.body)
	return got.header.Get("Location")
}

func TestApprovingRejectingAndWithdrawingAtOnceIsOneDecision(t *testing.T) {
	b := aDepartment(t)
	path := b.proposed("C-1")
	tag := b.first.get(path).header.Get("ETag")
	type attempt struct {
		who      *visitor
		decision string
	}
	var taken sync.Map
	var group sync.WaitGroup
	for i, one := range []attempt{{b.second, "approve"}, {b.second, "reject"}, {b.first, "withdraw"}} {
		group.Go(func() {
			got, err := one.who.send(t.Context(), http.MethodPost, path+"/"+one.decision, map[string]string{"remark": "同时"},
				key(fmt.Sprintf("at-once-%d", i)), ifMatch(tag))
			if err == nil && got.status < 300 {
				taken.Store(one.decision, true)
			}
		})
	}
	group.Wait()
	count := 0
	taken.Range(func(any, any) bool { count++; return true })
	require.Equal(t, 1, count)
}

func TestAClosedDutyKeepsTheProposalOpenWithItsReason(t *testing.T) {
	b := aDepartment(t)
	path := b.proposed("C-1")
	id := models.ObligationID{Plan: "tianjin-2013", Cadre: "C-1"}
	loaded, err := b.archive.LoadObligation(t.Context(), id)
	require.NoError(t, err)
	command := models.Command{
		ID: "close", At: b.clock.read(), Actor: models.Actor{Account: "somebody"}, Body: models.Close{Ground: "retirement", Document: "d"},
	}
	events, err := loaded.Obligation.Decide(command, loaded.Rules)
	require.NoError(t, err)
	_, err = b.archive.Append(t.Context(), store.Append{Command: command, Expected: 1, Now: b.clock.read(), Events: events})
	require.NoError(t, err)
	b.second.decide(path, "approve", "late", map[string]string{}).isProblem(t, problem.Code(models.RefusedClosed), 409)
	require.Equal(t, "proposed", reads[ProposalView](t, b.second.get(path), http.StatusOK).State.Code)
}

func TestABatchIsRehearsedRowByRowAndConfirmedAsItWasSeen(t *testing.T) {
	b := aDepartment(t)
	b.cadre("C-2", "120101")
	b.cadre("C-3", "120102")
	b.proposed("C-1")
	order := map[string]any{
		"kind": "exempt", "query": map[string]any{"plan": "tianjin-2013"},
		"kinds": []string{"found"}, "ground": "illness", "document": b.document,
	}
	got := b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", order)
	rehearsed := reads[struct {
		Scope                    string
		Total, Possible, Refused int
		SecondApproval           bool
		Rows                     []BatchRowView
	}](t, got, http.StatusOK)
	require.Equal(t, 2, rehearsed.Total, "what lies elsewhere is not chosen")
	require.Equal(t, 1, rehearsed.Possible)
	require.Equal(t, string(store.RefusedProposalOpen), rehearsed.Rows[0].Code, "what cannot be done comes first")
	require.True(t, rehearsed.SecondApproval)
	require.Contains(t, rehearsed.Scope, "全部帮扶责任；共 2 项")

	give := func(name, tag string) answer {
		return b.first.do(http.MethodPost, Prefix+"/batches", order, key(name), ifMatch(tag))
	}
	give("stale", `"1"`).isProblem(t, problem.VersionConflict, 412)
	kept := give("batch", got.header.Get("ETag"))
	require.Equal(t, http.StatusAccepted, kept.status, kept.body)
	require.Equal(t, kept.header.Get("Location"), give("batch", got.header.Get("ETag")).header.Get("Location"))
	view := reads[ProposalView](t, b.second.get(kept.header.Get("Location")), http.StatusOK)
	require.EqualValues(t, 1, view.Pending)
	require.EqualValues(t, 1, view.Refused)
	rows := reads[PageOf[ProposalRowView]](t, b.second.get(kept.header.Get("Location")+"/rows?outcome=refused"), http.StatusOK)
	require.Equal(t, "tianjin-2013.C-1", rows.Items[0].Obligation)
	require.NotEmpty(t, rows.Items[0].Reason)
}

func TestABatchBeyondItsSizeOrWithNothingToDoIsRefusedWhole(t *testing.T) {
	b := aDepartment(t)
	ids := make([]string, batchMost+1)
	for i := range ids {
		ids[i] = fmt.Sprintf("tianjin-2013.C-%d", i)
	}
	order := map[string]any{"kind": "resume", "on": "2014-03-01", "obligations": ids}
	b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", order).isProblem(t, problem.BatchTooLarge, 422)
	order["obligations"] = []string{"tianjin-2013.C-1", "tianjin-2013.absent"}
	b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", order).isProblem(t, problem.RequestInvalid, 422)
	order["obligations"] = []string{"tianjin-2013.C-1"}
	rehearsed := b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", order)
	require.Equal(t, http.StatusOK, rehearsed.status, rehearsed.body)
	b.first.do(http.MethodPost, Prefix+"/batches", order, key("nothing"), ifMatch(rehearsed.header.Get("ETag"))).
		isProblem(t, problem.BatchEmpty, 422)
	b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", map[string]any{"kind": "enrol"}).isProblem(t, problem.RequestInvalid, 422)
	b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", map[string]any{"kind": "resume"}).isProblem(t, problem.RequestInvalid, 422)
}
