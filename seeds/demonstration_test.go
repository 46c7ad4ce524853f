package seeds_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/seeds"
)

var opened = time.Date(2026, 11, 23, 10, 0, 0, 0, models.Shanghai)

// TestTheDemonstration looks at one demonstration from all sides.
func TestTheDemonstration(t *testing.T) {
	for _, driver := range storetest.Drivers {
		t.Run(driver, func(t *testing.T) { theDemonstration(t, driver) })
	}
}

func theDemonstration(t *testing.T, driver string) {
	archive, bucket := storetest.Open(t, driver), memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, bucket.Close()) })
	require.NoError(t, load(t).Apply(t.Context(), archive))
	accounts, err := seeds.Demonstration(t.Context(), archive, bucket, opened)
	require.NoError(t, err)

	t.Run("proves itself", func(t *testing.T) { provesItself(t, archive) })
	t.Run("shows every state and light in its lists", func(t *testing.T) { showsEveryState(t, archive) })
	t.Run("agrees with its log", func(t *testing.T) { agreesWithItsLog(t, archive) })
	t.Run("has an account of every role", func(t *testing.T) { hasEveryRole(t, archive, accounts) })
	t.Run("has a chain of review", func(t *testing.T) { hasAChainOfReview(t, archive, accounts) })
	t.Run("has reports of progress in every state", func(t *testing.T) { hasProgress(t, archive) })
	t.Run("has files that say what they are", func(t *testing.T) { hasMarkedFiles(t, archive, bucket) })
	t.Run("opens its log-in links", func(t *testing.T) { opensItsLinks(t, archive, bucket, accounts) })
	t.Run("is left alone by a second run", func(t *testing.T) { isLeftAlone(t, archive, accounts) })
}

func provesItself(t *testing.T, archive *store.Archive) {
	subjects, err := archive.VerifyAll(t.Context(), func(broken models.BrokenChain) error { return &broken })
	require.NoError(t, err)
	require.Equal(t, 200+count(t, archive, "progress_sheets"), subjects)
	summary, err := archive.Reconcile(t.Context(), nil, func(found store.Difference) error {
		t.Errorf("%s: %s: %s", found.Subject, found.Kind, found.Detail)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, store.Reconciled{Obligations: 200}, summary)
}

func everyObligation(t *testing.T, archive *store.Archive) []models.ObligationID {
	t.Helper()
	ids, err := archive.Unstarted(t.Context(), seeds.DemonstrationPlan, models.ObligationID{}, 1000)
	require.NoError(t, err)
	require.Len(t, ids, 200, "the enrolment workflow has all of them to start")
	return ids
}

func showsEveryState(t *testing.T, archive *store.Archive) {
	seen := map[string]int{}
	for _, id := range everyObligation(t, archive) {
		found, err := archive.LoadObligation(t.Context(), id)
		require.NoError(t, err)
		standing := found.Obligation.Standing(opened, found.Rules)
		seen[string(standing.State)]++
		seen[string(standing.Light)]++
		for _, record := range found.Obligation.Records {
			seen[string(record.State)]++
		}
	}
	for _, state := range models.RecordStates {
		records, err := archive.Records(t.Context(), store.Everything(),
			store.RecordFilter{Plan: seeds.DemonstrationPlan, States: []models.RecordState{state}}, store.Page{})
		require.NoError(t, err)
		require.NotEmpty(t, records.Items, state)
	}
	for _, state := range models.ObligationStates {
		require.NotZero(t, seen[string(state)], state)
	}
	for _, light := range models.Lights {
		require.NotZero(t, seen[string(light)], light)
	}
}

// agreesWithItsLog rebuilds every obligation from its events and compares it
// with what the archive answers, and asks whether the clock is owed a rung.
func agreesWithItsLog(t *testing.T, archive *store.Archive) {
	for _, id := range everyObligation(t, archive) {
		entries, err := archive.Entries(t.Context(), id.Subject())
		require.NoError(t, err)
		events := make([]models.Event, len(entries))
		for i, entry := range entries {
			events[i], err = entry.Event()
			require.NoError(t, err)
			require.True(t, i == 0 || !events[i].At.Before(events[i-1].At), "%s goes back at %d", id, i+1)
			require.True(t, events[i].At.Before(opened))
		}
		found, err := archive.LoadObligation(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, models.Rebuild(events), found.Obligation)
		midnight := models.DateOf(opened).Start()
		if rung, comes := found.Obligation.NextRung(midnight, found.Rules); comes {
			require.False(t, rung.At.Before(midnight), "%s was never reminded of %s", id, rung.ID)
		}
	}
}

// count is the number of rows of a table.
func count(t *testing.T, archive *store.Archive, table string) int {
	t.Helper()
	var rows int
	require.NoError(t, archive.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&rows))
	return rows
}

var everyTable = []string{
	"events", "commands", "obligations", "goals", "records", "record_evidence", "claims", "reviews", "disputes",
	"notices", "plans", "tasks", "indicators", "units", "cadres", "postings", "enterprises", "enterprise_names",
	"evidence", "accounts", "grants", "policies", "workdays", "answering", "progress_sheets", "progress_entries",
}

func isLeftAlone(t *testing.T, archive *store.Archive, first seeds.DemonstrationAccounts) {
	drafts, err := archive.Records(t.Context(), store.Everything(),
		store.RecordFilter{Plan: seeds.DemonstrationPlan, States: []models.RecordState{models.StateDraft}}, store.Page{Size: 200})
	require.NoError(t, err)
	for _, draft := range drafts.Items {
		require.NoError(t, archive.DeleteDraft(t.Context(), draft.ID, draft.Version), "a visitor throws it away")
	}
	before := map[string]int{}
	for _, table := range everyTable {
		before[table] = count(t, archive, table)
		require.NotZero(t, before[table], table)
	}
	require.NoError(t, load(t).Apply(t.Context(), archive))
	again, err := seeds.Demonstration(t.Context(), archive, nil, opened.AddDate(0, 3, 0))
	require.NoError(t, err)
	require.Equal(t, first, again)
	for _, table := range everyTable {
		require.Equal(t, before[table], count(t, archive, table), table)
	}
}

// digests are those of all events in order.
func digests(t *testing.T, archive *store.Archive) []string {
	t.Helper()
	rows, err := archive.SQL().QueryContext(t.Context(), "SELECT sha256 FROM events ORDER BY subject, sequence")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var found []string
	for rows.Next() {
		var digest string
		require.NoError(t, rows.Scan(&digest))
		found = append(found, digest)
	}
	require.NoError(t, rows.Err())
	return found
}

// interrupted is a context that ends after it was asked so many times.
type interrupted struct {
	context.Context
	cancel context.CancelFunc
	asked  atomic.Int64
	limit  int64
}

func newInterrupted(t *testing.T, limit int64) *interrupted {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return &interrupted{Context: ctx, cancel: cancel, limit: limit}
}

func (c *interrupted) Done() <-chan struct{} {
	if c.asked.Add(1) == c.limit {
		c.cancel()
	}
	return c.Context.Done()
}

func TestAnInterruptedDemonstrationIsCompletedToTheSameBytes(t *testing.T) {
	furnish := func(ctx context.Context, archive *store.Archive, now time.Time) error {
		_, err := seeds.Demonstration(ctx, archive, nil, now)
		return err
	}
	whole, broken := storetest.Open(t, store.SQLite), storetest.Open(t, store.SQLite)
	require.NoError(t, load(t).Apply(t.Context(), whole))
	require.NoError(t, load(t).Apply(t.Context(), broken))
	patient := newInterrupted(t, -1)
	require.NoError(t, furnish(patient, whole, opened))

	require.Error(t, furnish(newInterrupted(t, patient.asked.Load()*3/4), broken, opened))
	require.NotZero(t, count(t, broken, "events"))
	require.Less(t, count(t, broken, "events"), count(t, whole, "events"))
	require.NoError(t, furnish(t.Context(), broken, opened.AddDate(0, 0, 1)))
	for _, table := range everyTable {
		require.Equal(t, count(t, whole, table), count(t, broken, table), table)
	}
	require.Equal(t, digests(t, whole), digests(t, broken))
}

func hasMarkedFiles(t *testing.T, archive *store.Archive, bucket *blob.Bucket) {
	records, err := archive.Records(t.Context(), store.Everything(), store.RecordFilter{}, store.Page{Size: 50})
	require.NoError(t, err)
	require.NotEmpty(t, records.Items)
	kinds := map[string]bool{}
	for _, record := range records.Items {
		require.Contains(t, record.Content.EnterpriseName, "演示")
		for _, use := range record.Content.Evidence {
			described, err := archive.Evidence(t.Context(), store.Everything(), use.Evidence)
			require.NoError(t, err)
			require.Contains(t, described.FileName, "演示")
			content, err := bucket.ReadAll(t.Context(), "sha256/"+described.SHA256[:2]+"/"+described.SHA256[2:])
			require.NoError(t, err)
			require.Len(t, content, int(described.Size))
			kinds[mimetype.Detect(content).String()] = true
			require.Equal(t, described.MediaType, mimetype.Detect(content).String())
		}
	}
	require.Equal(t, map[string]bool{"application/pdf": true, "image/png": true}, kinds)
}

func hasEveryRole(t *testing.T, archive *store.Archive, accounts seeds.DemonstrationAccounts) {
	for _, role := range auth.Roles() {
		account, found := accounts.Of(string(role))
		require.True(t, found, role)
		saved, err := archive.Account(t.Context(), account.Account)
		require.NoError(t, err)
		require.Empty(t, saved.PasswordHash, "nobody gets in by a password")
		require.Contains(t, account.Title, "演示")
		_, err = archive.IssueLoginLink(t.Context(), account.Account, account.Opens, time.Hour)
		require.NoError(t, err)
	}
}

func hasAChainOfReview(t *testing.T, archive *store.Archive, accounts seeds.DemonstrationAccounts) {
	cadre, _ := accounts.Of(string(auth.RoleCadre))
	saved, err := archive.Account(t.Context(), cadre.Account)
	require.NoError(t, err)
	found, err := archive.LoadObligation(t.Context(), models.ObligationID{Plan: seeds.DemonstrationPlan, Cadre: saved.Cadre})
	require.NoError(t, err)
	for _, role := range []auth.Role{auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience} {
		reviewer, _ := accounts.Of(string(role))
		grants, err := archive.Grants(t.Context(), reviewer.Account)
		require.NoError(t, err)
		require.Len(t, grants, 1)
		require.Equal(t, string(role), grants[0].Role)
		require.Contains(t, found.UnitPath, grants[0].Path)
		queue, err := archive.ReviewQueue(t.Context(), store.Reach{Paths: []string{grants[0].Path}},
			store.QueueFilter{Plan: seeds.DemonstrationPlan, Stages: []models.Stage{models.Stage(role)}}, store.Page{})
		require.NoError(t, err)
		require.NotEmpty(t, queue.Items, "a visitor finds something to review as %s", role)
	}
}

// hasProgress adds the last quarter up as the pages do.
func hasProgress(t *testing.T, archive *store.Archive) {
	plan, err := archive.Plan(t.Context(), seeds.DemonstrationPlan)
	require.NoError(t, err)
	quarter := models.QuarterOf(models.DateOf(opened)).Previous()
	entries, err := archive.AllProgress(t.Context(), store.ProgressFilter{Plan: plan.ID, Quarters: []models.Quarter{quarter, quarter.Previous()}})
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	states := map[inspection.ProgressState]int{}
	loaded := load(t)
	for i, item := range inspection.Items(loaded.Tasks, loaded.Indicators) {
		var own, before []inspection.Entry
		for _, entry := range entries {
			switch {
			case entry.Task != item.Task || entry.Ordinal != item.Ordinal:
			case entry.Quarter == quarter:
				own = append(own, entry.Entry)
			default:
				before = append(before, entry.Entry)
			}
		}
		tally := inspection.Count{
			Plan: plan, Quarter: quarter, Day: quarter.Last(), Indicator: item, Answering: loaded.Answering[i], Tree: loaded.Tree(),
			Entries: own, Schedule: inspection.StandardSchedule,
		}.Tally()
		states[tally.State]++
		require.Len(t, tally.Entries, len(own), "only those report who answer: %d.%d", item.Task, item.Ordinal)
		for _, entry := range own {
			answerer, _ := inspection.AnswersFor(tally.Answerers, entry.Unit)
			former := inspection.FormerOf(tally.Basis, answerer, loaded.Tree(), quarter.Last(), before)
			require.Empty(t, inspection.CheckEntry(item, entry, former), "%d.%d by %s", item.Task, item.Ordinal, entry.Unit)
		}
	}
	for _, state := range []inspection.ProgressState{
		inspection.ProgressAhead, inspection.ProgressOnSchedule, inspection.ProgressBehind, inspection.ProgressDone, inspection.ProgressUnmeasured,
	} {
		require.NotZero(t, states[state], "%s of %v", state, states)
	}
}
