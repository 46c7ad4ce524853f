package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// inspected is one subject of the inspection of a town.
type inspected struct {
	*town
	subject string
}

func (w *town) inspected(subject string) *inspected { return &inspected{town: w, subject: subject} }

// openedCycle is a cycle that was opened and frozen, and asks the units.
func (w *town) openedCycle(quarter string) *inspected {
	w.t.Helper()
	id := cycle(quarter)
	w.now = id.Quarter.End().Add(9 * time.Hour)
	open, err := w.archive.PrepareInspection(w.t.Context(), id, w.now)
	require.NoError(w.t, err)
	c := w.inspected(id.Subject()).does("inspector", open)
	sealed := w.frozen(w.t, id, open.CutOff)
	c.does("system", inspection.Freeze{Snapshot: sealed.Digest, Obligations: sealed.Obligations, Goals: sealed.Goals, Credits: sealed.Credits})
	return c.does("system", inspection.AskReports{Due: w.now.AddDate(0, 0, 14)})
}

// draftedCycle has a bulletin whose text waits for signatures.
func (w *town) draftedCycle(quarter string) *inspected {
	w.t.Helper()
	c := w.openedCycle(quarter)
	text, err := w.archive.DraftBulletin(w.t.Context(), cycle(quarter), 1, "system", w.now)
	require.NoError(w.t, err)
	return c.does("system", inspection.DraftBulletin{Digest: text.Digest}).does("inspector", inspection.AskSignatures{Version: 1})
}

func (s *inspected) command(account models.AccountID, body inspection.CommandBody) inspection.Command {
	s.given++
	return inspection.Command{
		ID: models.CommandID(fmt.Sprintf("%s/%d", s.subject, s.given)), At: s.now, Actor: models.Actor{Account: account}, Body: body,
	}
}

// decides has a command decided on what the archive holds.
func (s *inspected) decides(ctx context.Context, t require.TestingT, command inspection.Command) store.InspectionAppend {
	aggregate, err := s.archive.InspectionSubject(ctx, s.subject)
	require.NoError(t, err)
	events, err := aggregate.Decide(command)
	require.NoError(t, err)
	return store.InspectionAppend{Command: command, Expected: aggregate.Log().Sequence, Events: events, Now: s.now}
}

func (s *inspected) appends(in store.InspectionAppend) (store.AppendResult, []inspection.Event) {
	s.t.Helper()
	result, events, err := s.archive.AppendInspection(s.t.Context(), in)
	require.NoError(s.t, err)
	return result, events
}

// does has a command decided and written.
func (s *inspected) does(account models.AccountID, body inspection.CommandBody) *inspected {
	s.t.Helper()
	result, _ := s.appends(s.decides(s.t.Context(), s.t, s.command(account, body)))
	require.Equal(s.t, store.Appended, result.Outcome, "%s: %v", body.CommandKind(), result.Refusal)
	return s
}

func (s *inspected) sequence() int64 {
	s.t.Helper()
	aggregate, err := s.archive.InspectionSubject(s.t.Context(), s.subject)
	require.NoError(s.t, err)
	return aggregate.Log().Sequence
}

// provesItself requires a whole chain, whose events rebuild the snapshot.
func (s *inspected) provesItself() {
	s.t.Helper()
	entries, err := s.archive.Entries(s.t.Context(), s.subject)
	require.NoError(s.t, err)
	require.NoError(s.t, models.VerifyChain(entries))
	rebuilt := inspection.New(s.subject)
	for _, entry := range entries {
		event, err := inspection.EventOf(entry)
		require.NoError(s.t, err)
		rebuilt.Apply(event)
	}
	kept, err := s.archive.InspectionSubject(s.t.Context(), s.subject)
	require.NoError(s.t, err)
	require.Equal(s.t, kept, rebuilt)
}

func TestACommandOfTheInspectionIsWrittenOnceHoweverOftenItComes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		cycle := aTown(t, archive).openedCycle("2013Q2")
		command := cycle.command("inspector", inspection.Cancel{})
		decided := cycle.decides(t.Context(), t, command)
		first, events := cycle.appends(decided)
		require.Equal(t, store.AppendResult{Outcome: store.Appended, Sequence: decided.Expected + 1}, first)
		require.Equal(t, decided.Events, events)
		for range 3 {
			repeated, events := cycle.appends(decided)
			require.Equal(t, store.AppendResult{Outcome: store.Repeated, Sequence: first.Sequence}, repeated, "the receipt is that of then")
			require.Empty(t, events)
		}
		require.Equal(t, first.Sequence, cycle.sequence())
		cycle.provesItself()
	})
}

func TestADecisionOnAnOlderStateIsStaleAndOneThatSawItIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		cycle := aTown(t, archive).draftedCycle("2013Q2")
		late := cycle.decides(t.Context(), t, cycle.command("inspector", inspection.Recall{}))
		cycle.does("inspector", inspection.Recall{})
		stale, events := cycle.appends(late)
		require.Equal(t, store.AppendResult{Outcome: store.Stale, Sequence: late.Expected + 1}, stale)
		require.Empty(t, events)

		seen := cycle.command("inspector", inspection.Cancel{})
		seen.Seen = late.Expected
		refused, _ := cycle.appends(cycle.decides(t.Context(), t, seen))
		require.Equal(t, store.Refused, refused.Outcome)
		require.Equal(t, inspection.RefusedChanged, refused.Refusal.Code)
		require.Equal(t, late.Expected+1, cycle.sequence(), "neither left a trace")
		seen.Seen = cycle.sequence()
		taken, _ := cycle.appends(cycle.decides(t.Context(), t, seen))
		require.Equal(t, store.Appended, taken.Outcome, "the key of a refused command is free")
		cycle.provesItself()
	})
}

func TestACommandReceivedForAnotherSubjectIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		cycle := town.openedCycle("2013Q2")
		command := cycle.command("inspector", inspection.Cancel{})
		_, fresh, err := archive.ReceiveCommand(t.Context(), store.CommandRow{
			ID: command.ID, Subject: "finding/another", Kind: command.Body.CommandKind(), Account: "inspector", ReceivedAt: town.now,
		})
		require.NoError(t, err)
		require.True(t, fresh)
		refused, _ := cycle.appends(cycle.decides(t.Context(), t, command))
		require.Equal(t, store.Refused, refused.Outcome)
		require.Equal(t, models.RefusedUnknownCommand, refused.Refusal.Code)
	})
}

func TestWordsOfTheInspectionAreSealedBesideTheFactsThatTheyBelongTo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.openedCycle("2013Q2")
		finding := town.inspected(inspection.FindingSubject("finding-1"))
		command := finding.command("inspector", inspection.Raise{
			Finding: "finding-1", Inspection: cycle("2013Q2"), Unit: "120101", Severity: inspection.SeveritySerious,
			Deadline: inspection.StandardRules().DeadlineOn(models.Calendar{}, models.MustDate("2013-07-22")),
		})
		_, _, err := archive.ReceiveCommand(t.Context(), store.CommandRow{
			ID: command.ID, Subject: finding.subject, Kind: command.Body.CommandKind(), Account: "inspector",
			Words: models.Words{Text: "抽查的五条认定中有两条不实"}, ReceivedAt: town.now,
		})
		require.NoError(t, err)
		result, _ := finding.appends(finding.decides(t.Context(), t, command))
		require.Equal(t, store.Appended, result.Outcome)
		entries, err := archive.Entries(t.Context(), finding.subject)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Contains(t, entries[0].Words, "抽查的五条认定中有两条不实")
		require.NotContains(t, entries[0].Payload, "抽查", "facts hold no words")
		item, err := archive.Finding(t.Context(), store.Everything(), "finding-1")
		require.NoError(t, err)
		require.Equal(t, "抽查的五条认定中有两条不实", item.Text)
		received, err := archive.Command(t.Context(), command.ID)
		require.NoError(t, err)
		require.Equal(t, store.CommandApplied, received.State)
		require.Equal(t, int64(1), received.Sequence)
		finding.provesItself()
	})
}

func TestConcurrentCommandsToOneSubjectAreAllWrittenOneAfterTheOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		cycle := town.draftedCycle("2013Q2").does("inspector", inspection.Recall{})
		cycle.does("inspector", inspection.OpenComments{Version: 1, Due: town.now.AddDate(0, 0, 3)})
		before := cycle.sequence()
		commands := make([]inspection.Command, 8)
		for i := range commands {
			commands[i] = cycle.command("contact", inspection.Comment{Unit: "120101"})
		}
		var appended atomic.Int64
		writers, ctx := errgroup.WithContext(t.Context())
		for i := range 2 * len(commands) {
			// Each command comes twice, as from a double click.
			command := commands[i/2]
			writers.Go(func() error {
				for {
					result, _, err := archive.AppendInspection(ctx, cycle.decides(ctx, t, command))
					if err != nil {
						return err
					}
					switch result.Outcome {
					case store.Appended:
						appended.Add(1)
						return nil
					case store.Repeated:
						return nil
					case store.Stale:
					case store.Refused:
						return result.Refusal
					}
				}
			})
		}
		require.NoError(t, writers.Wait())
		require.Equal(t, int64(len(commands)), appended.Load())
		require.Equal(t, before+int64(len(commands)), cycle.sequence())
		cycle.provesItself()
	})
}

func TestBulletinsOfManyCyclesTakeNumbersWithoutGapsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		var cycles []*inspected
		for _, quarter := range []string{"2013Q1", "2013Q2", "2013Q3", "2013Q4"} {
			cycles = append(cycles, town.draftedCycle(quarter))
		}
		town.now = models.MustDate("2014-01-20").Start().Add(9 * time.Hour)
		for _, cycle := range cycles {
			cycle.signs("signer-1")
		}
		writers, ctx := errgroup.WithContext(t.Context())
		for _, cycle := range cycles {
			command := cycle.command("signer-2", inspection.Sign{Digest: cycle.current().Digest})
			writers.Go(func() error {
				result, events, err := archive.AppendInspection(ctx, cycle.decides(ctx, t, command))
				if err == nil && result.Outcome != store.Appended {
					return fmt.Errorf("%s: %s", command.ID, result.Outcome)
				}
				if err == nil && events[len(events)-1].Body.(inspection.Issued).Number == 0 {
					return fmt.Errorf("%s: no number was given", command.ID)
				}
				return err
			})
		}
		require.NoError(t, writers.Wait())
		issued, err := archive.Bulletins(t.Context(), townPlan, inspection.BulletinIssued)
		require.NoError(t, err)
		var numbers []int
		for _, bulletin := range issued {
			require.Equal(t, 2014, bulletin.Year, "the register is that of the year of issue")
			numbers = append(numbers, bulletin.Number)
		}
		require.ElementsMatch(t, []int{1, 2, 3, 4}, numbers)
		for _, cycle := range cycles {
			cycle.provesItself()
		}
	})
}

func (s *inspected) current() inspection.BulletinState {
	s.t.Helper()
	aggregate, err := s.archive.InspectionSubject(s.t.Context(), s.subject)
	require.NoError(s.t, err)
	current, open := aggregate.(*inspection.Inspection).Current()
	require.True(s.t, open)
	return current
}

func (s *inspected) signs(account models.AccountID) *inspected {
	s.t.Helper()
	return s.does(account, inspection.Sign{Digest: s.current().Digest})
}

func TestVerifyAllFindsWhatWasTamperedWithInAnInspection(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.draftedCycle("2013Q2").signs("signer-1").signs("signer-2")
		broken := func() (chains []models.BrokenChain) {
			_, err := archive.VerifyAll(t.Context(), func(chain models.BrokenChain) error {
				chains = append(chains, chain)
				return nil
			})
			require.NoError(t, err)
			return chains
		}
		require.Empty(t, broken())
		town.execute("DROP TRIGGER events_keep_update")
		town.execute("UPDATE events SET payload = REPLACE(payload, '\"number\":1', '\"number\":7') WHERE kind = 'bulletin-issued'")
		chains := broken()
		require.Len(t, chains, 1)
		require.Equal(t, cycle("2013Q2").Subject(), chains[0].Subject)
		require.Equal(t, "sha256", chains[0].Fault)
	})
}
