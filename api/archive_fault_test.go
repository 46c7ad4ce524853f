package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/problem"
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
