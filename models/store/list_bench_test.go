package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

const benchmarkObligations = 100_000

// BenchmarkOverdueList reads the first page of the overdue list at 100,000
// obligations, a tenth of them overdue, beside its floor: the bare indexed
// query of the same rows. The metric floor/list is 1 when the list costs nothing
// more.
func BenchmarkOverdueList(b *testing.B) {
	for _, driver := range storetest.Drivers {
		b.Run(driver, func(b *testing.B) {
			archive := storetest.Open(b, driver)
			asOf := fillObligations(b, archive)
			filter := store.ObligationFilter{Plan: townPlan, States: []models.ObligationState{models.ObligationOverdue}}
			var list, floor time.Duration
			for b.Loop() {
				start := time.Now()
				page, err := archive.Obligations(b.Context(), store.Everything(), filter, asOf, store.Page{Size: 50})
				list += time.Since(start)
				require.NoError(b, err)
				require.Len(b, page.Items, 50)
				start = time.Now()
				rows := bareOverdue(b, archive.SQL(), asOf)
				floor += time.Since(start)
				require.Equal(b, 50, rows)
			}
			b.ReportMetric(float64(list.Microseconds())/float64(b.N), "list-µs")
			b.ReportMetric(float64(floor.Microseconds())/float64(b.N), "floor-µs")
			b.ReportMetric(float64(floor)/float64(list), "floor/list")
		})
	}
}

// bareOverdue is the least that any overdue list must do: one index range, the
// rows read.
func bareOverdue(b *testing.B, pool *sql.DB, asOf time.Time) (count int) {
	rows, err := pool.QueryContext(b.Context(), "SELECT plan, cadre, unit_path, red_at, aggregate FROM obligations"+
		" WHERE plan = ? AND urgent_at <= ? ORDER BY urgent_at, cadre LIMIT 50", string(townPlan), asOf)
	require.NoError(b, err)
	defer func() { require.NoError(b, rows.Close()) }()
	for rows.Next() {
		var plan, cadre, path, aggregate string
		var red time.Time
		require.NoError(b, rows.Scan(&plan, &cadre, &path, &red, &aggregate))
		count++
	}
	require.NoError(b, rows.Err())
	return count
}

// BenchmarkEnrol enrols cadres in batches and reports how many a second.
func BenchmarkEnrol(b *testing.B) {
	for _, driver := range storetest.Drivers {
		b.Run(driver, func(b *testing.B) {
			town := aTown(b, storetest.Open(b, driver))
			enrolled := 0
			for b.Loop() {
				enrolled += enrolBatch(b.Context(), b, town, enrolled, 500)
			}
			b.ReportMetric(float64(enrolled)/b.Elapsed().Seconds(), "enrolments/s")
		})
	}
}

func enrolBatch(ctx context.Context, b *testing.B, town *town, from, count int) int {
	batch := make([]store.Enrolment, count)
	for i := range batch {
		batch[i] = town.enrolment(models.CadreID(fmt.Sprintf("c-%06d", from+i)), "120101")
		body := batch[i].Command.Body.(models.Enrol)
		if (from+i)%10 == 0 {
			body.Due = models.MustDate("2013-12-31")
		}
		batch[i].Command.Body = body
	}
	enrolled, err := town.archive.Enrol(ctx, batch, town.now)
	require.NoError(b, err)
	return enrolled
}

func fillObligations(b *testing.B, archive *store.Archive) (asOf time.Time) {
	b.Helper()
	town := aTown(b, archive)
	for from := 0; from < benchmarkObligations; from += 2500 {
		enrolBatch(b.Context(), b, town, from, 2500)
	}
	if archive.Driver() == store.MySQL {
		town.execute("ANALYZE TABLE obligations")
	}
	return models.MustDate("2014-06-01").Start()
}

// BenchmarkAppend appends a submission, the widest of all commands, beside its
// floor on the same archive: an update of one row by a transaction of its own.
func BenchmarkAppend(b *testing.B) {
	for _, driver := range storetest.Drivers {
		b.Run(driver, func(b *testing.B) {
			town := aTown(b, storetest.Open(b, driver))
			var appending, floor time.Duration
			number := 0
			for b.Loop() {
				number++
				duty := town.enrolled(models.CadreID(fmt.Sprintf("c-%06d", number)), "120101")
				draft := duty.draft(models.RecordID(fmt.Sprintf("r-%06d", number)), models.Found, modelstest.Enterprise(number))
				decided := duty.decided(duty.command(duty.cadre(), submission(draft, duty.now)))
				start := time.Now()
				result, err := town.archive.Append(b.Context(), decided)
				appending += time.Since(start)
				require.NoError(b, err)
				require.Equal(b, store.Appended, result.Outcome)
				start = time.Now()
				town.execute("UPDATE records SET updated_at = ? WHERE id = ?", town.now.Add(time.Duration(number)*time.Second), string(draft.ID))
				floor += time.Since(start)
			}
			b.ReportMetric(float64(appending.Microseconds())/float64(b.N), "append-µs")
			b.ReportMetric(float64(floor.Microseconds())/float64(b.N), "update-µs")
		})
	}
}
