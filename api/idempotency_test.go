package api

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/workflows"
)

// desk is the part of the API that takes commands, with Temporal down.
type desk struct {
	*testing.T
	*server
	who auth.Principal
	// prepared counts how often a command was looked at anew.
	prepared int
}

func aDesk(t *testing.T) *desk {
	t.Helper()
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: quiet{}})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	s, err := newServer(Services{Archive: storetest.Open(t, store.SQLite), Engine: workflows.NewEngine(temporal), Policy: policy})
	require.NoError(t, err)
	return &desk{T: t, server: s, who: auth.Principal{Account: "zhang"}}
}

func (d *desk) suspend(key, content string) (*CommandOutput, error) {
	return d.command(d.Context(), d.who, order{Key: key, Content: content, Kind: models.CommandSuspend},
		func(context.Context) (prepared, error) {
			d.prepared++
			return prepared{
				Obligation: models.ObligationID{Plan: "demo", Cadre: "c1"}, Body: models.Suspend{Ground: "illness"},
				Words: models.Words{Text: content},
			}, nil
		})
}

// apply does what the worker would have done.
func (d *desk) apply(key string) {
	d.Helper()
	_, err := d.Archive.SQL().ExecContext(d.Context(), "UPDATE commands SET state = 'applied', sequence = 7 WHERE id = ?", string(d.who.Account)+":"+key)
	require.NoError(d, err)
}

func requireCode(t *testing.T, code problem.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, problem.Of(err).Code, err)
}

func TestACommandNeedsAKeyOfVisibleLetters(t *testing.T) {
	d := aDesk(t)
	_, err := d.suspend("", "x")
	requireCode(t, problem.IdempotencyMissing, err)
	require.Equal(t, 400, problem.Of(err).Status)
	for _, malformed := range []string{"a b", "键", "a\tb", strings.Repeat("k", 129)} {
		_, err = d.suspend(malformed, "x")
		requireCode(t, problem.IdempotencyMalformed, err)
	}
	require.Zero(t, d.prepared)
}

func TestWhileTemporalIsDownACommandIsToldToComeAgainAndItsKeyGoesOn(t *testing.T) {
	d := aDesk(t)
	_, err := d.suspend("k", "x")
	requireCode(t, problem.EngineUnavailable, err)
	require.Equal(t, 503, problem.Of(err).Status)
	require.NotEmpty(t, problem.Of(err).GetHeaders().Get("Retry-After"))
	_, err = d.suspend("k", "x")
	requireCode(t, problem.EngineUnavailable, err)
	require.Equal(t, 2, d.prepared, "a received command is given again")
}

func TestTheSameKeyWithOtherContentIsRefusedAndOtherPeoplesKeysDoNotMatter(t *testing.T) {
	d := aDesk(t)
	_, err := d.suspend("k", "x")
	requireCode(t, problem.EngineUnavailable, err)
	_, err = d.suspend("k", "y")
	requireCode(t, problem.IdempotencyReused, err)
	require.Equal(t, 422, problem.Of(err).Status)
	d.who.Account = "li"
	_, err = d.suspend("k", "y")
	requireCode(t, problem.EngineUnavailable, err)
}

func TestARepeatedCommandIsAnsweredFromTheArchiveWithoutLookingAtItAgain(t *testing.T) {
	d := aDesk(t)
	_, err := d.suspend("k", "x")
	requireCode(t, problem.EngineUnavailable, err)
	d.apply("k")
	for range 2 {
		answered, err := d.suspend("k", "x")
		require.NoError(t, err)
		require.Equal(t, 200, answered.Status)
		require.Equal(t, CommandAnswer{Key: "k", Kind: models.CommandSuspend, Subject: "obligation/demo/c1", Obligation: "demo.c1", State: "applied", Sequence: 7}, answered.Body)
	}
	require.Equal(t, 1, d.prepared)
}

func TestTwoRequestsAtOnceWithOneKeyAreNotBothGiven(t *testing.T) {
	d := aDesk(t)
	_, err := d.command(t.Context(), d.who, order{Key: "k", Kind: models.CommandSuspend}, func(context.Context) (prepared, error) {
		_, second := d.suspend("k", "x")
		requireCode(t, problem.IdempotencyBusy, second)
		return prepared{}, errors.New("enough")
	})
	require.ErrorContains(t, err, "enough")
	_, err = d.suspend("k", "x")
	requireCode(t, problem.EngineUnavailable, err)
}

func TestARefusedCommandLeavesItsKeyFree(t *testing.T) {
	d := aDesk(t)
	_, err := d.command(t.Context(), d.who, order{Key: "k", Kind: models.CommandSuspend, Content: "x"}, func(context.Context) (prepared, error) {
		return prepared{}, models.Refuse(models.RefusedNoDocument)
	})
	requireCode(t, problem.Code(models.RefusedNoDocument), err)
	_, err = d.Archive.Command(t.Context(), "zhang:k")
	require.ErrorIs(t, err, store.ErrNotFound, "what fails a check is not kept")
	row, _, err := d.Archive.ReceiveCommand(t.Context(), store.CommandRow{ID: "zhang:k2", Subject: "obligation/demo/c1"})
	require.NoError(t, err)
	_, err = d.settle(t.Context(), "k2", row, workflows.Receipt{}, models.Refuse(models.RefusedClosed))
	requireCode(t, problem.Code(models.RefusedClosed), err)
	_, err = d.Archive.Command(t.Context(), "zhang:k2")
	require.ErrorIs(t, err, store.ErrNotFound, "what the rules refuse is forgotten")
}

func TestACommandUnderWayIsAnsweredWithAnAddressToAskAgain(t *testing.T) {
	d := aDesk(t)
	row, _, err := d.Archive.ReceiveCommand(t.Context(), store.CommandRow{ID: "zhang:k/1", Subject: "obligation/demo/c1", Kind: models.CommandSuspend})
	require.NoError(t, err)
	got, err := d.settle(t.Context(), "k/1", row, workflows.Receipt{}, workflows.ErrPending)
	require.NoError(t, err)
	require.Equal(t, 202, got.Status)
	require.Equal(t, "pending", got.Body.State)
	d.apply("k/1")
	got, err = d.settle(t.Context(), "k/1", row, workflows.Receipt{}, workflows.ErrPending)
	require.NoError(t, err)
	require.Equal(t, 200, got.Status, "the archive has the last word")
	key := strings.TrimPrefix(func() string { p, _ := pending("k/1", row); return p.Location }(), Prefix+"/commands/")
	asked, err := d.outcome(auth.WithPrincipal(t.Context(), d.who), &OutcomeInput{Key: key})
	require.NoError(t, err)
	require.Equal(t, int64(7), asked.Body.Sequence)
	_, err = d.outcome(auth.WithPrincipal(t.Context(), auth.Principal{Account: "li"}), &OutcomeInput{Key: key})
	require.ErrorIs(t, err, store.ErrNotFound, "it is nobody else's")
}
