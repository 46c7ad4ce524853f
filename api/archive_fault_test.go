package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// What the archive cannot answer is a fault of the server. It must not be told as
// a fault of the request, nor take the request down before it is told at all.

// batchOf rehearses an order of the first person and gives the tag to confirm it by.
func (b *department) batchOf(kind string) (order map[string]any, tag string) {
	b.Helper()
	order = map[string]any{
		"kind": kind, "query": map[string]any{"plan": "tianjin-2013"}, "kinds": []string{"found"}, "ground": "illness", "document": b.document,
	}
	got := b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", order)
	require.Equal(b, http.StatusOK, got.status, got.body)
	return order, got.header.Get("ETag")
}

func TestWhoseProposalCannotBeShownIsToldSoAndNothingPanics(t *testing.T) {
	b := aDepartment(t)
	order, tag := b.batchOf("exempt")
	give := func() answer {
		return b.first.do(http.MethodPost, Prefix+"/batches", order, key("batch"), ifMatch(tag))
	}
	require.Equal(t, http.StatusAccepted, give().status)
	b.cadre("C-2", "120101")
	path := b.proposed("C-2")
	seen := b.second.get(path).header.Get("ETag")

	b.execute("ALTER TABLE policies RENAME TO policies_away")
	give().isProblem(t, problem.Internal, 500)
	approve := func() answer {
		return b.second.do(http.MethodPost, path+"/approve", map[string]string{}, key("a"), ifMatch(seen))
	}
	approve().isProblem(t, problem.Internal, 500)
	require.NotContains(t, b.log.String(), "request panicked")

	b.execute("ALTER TABLE policies_away RENAME TO policies")
	require.Equal(t, http.StatusAccepted, approve().status, "the approval stood")
	require.Equal(t, http.StatusAccepted, give().status)
}

func TestACommandThatCannotBeLookedUpIsNotCalledUsedBefore(t *testing.T) {
	b := aDepartment(t)
	order, tag := b.batchOf("exempt")
	b.execute("ALTER TABLE commands RENAME TO commands_away")
	b.first.do(http.MethodPost, Prefix+"/batches", order, key("batch"), ifMatch(tag)).isProblem(t, problem.Internal, 500)
}

func TestAProposerWhoCannotBeReadForbidsNobodyToDecide(t *testing.T) {
	b := aDepartment(t)
	path := b.proposed("C-1")
	seen := b.second.get(path).header.Get("ETag")
	b.execute("UPDATE accounts SET created_at = 'never' WHERE account_id = 'account-organization-120101'")
	b.second.do(http.MethodPost, path+"/approve", map[string]string{}, key("a"), ifMatch(seen)).isProblem(t, problem.Internal, 500)
}

func TestAPolicyThatCannotBeReadIsNotAdopted(t *testing.T) {
	b := aDepartment(t)
	b.execute("INSERT INTO policies (version, title, rules, words, content_digest, saved_at) SELECT 9, title, 'x', words, content_digest, saved_at FROM policies WHERE version = 1")
	adopt := func(version int) answer {
		return b.first.do(http.MethodPost, Prefix+"/obligations/tianjin-2013.C-1/adopt-policy",
			map[string]any{"version": version, "document": b.document}, key("adopt"), ifMatch(`"1"`))
	}
	adopt(9).isProblem(t, problem.Internal, 500)
	adopt(99).isProblem(t, problem.RequestInvalid, 422)
	b.first.do(http.MethodPost, Prefix+"/batches/rehearsal", map[string]any{
		"kind": "adopt-policy", "version": 99, "document": b.document, "obligations": []string{"tianjin-2013.C-1"},
	}).isProblem(t, problem.RequestInvalid, 422)
}

func TestAnEntryThatCannotBeReadIsNotCalledAbsent(t *testing.T) {
	h := aPlannedHouse(t)
	s := &server{Services: Services{Archive: h.archive}}
	entry := inspection.Entry{Quarter: models.MustQuarter("2013Q4"), Task: 6, Ordinal: 1, Unit: "120101"}
	away, leave := context.WithCancel(auth.WithPrincipal(t.Context(), auth.Principal{}))
	leave()
	require.ErrorIs(t, s.reportFault(away, &board{}, entry, store.ErrVersion), context.Canceled)
	said := problem.Of(s.reportFault(t.Context(), &board{}, entry, store.ErrVersion))
	require.Equal(t, problem.VersionConflict, said.Code)
	require.Equal(t, "0", said.Params["current"], "nothing is there, so the caller saw what never was")
}
