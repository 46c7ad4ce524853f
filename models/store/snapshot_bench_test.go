package store_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

const frozenUnits = 40

// aCity is a town of forty districts with so many duties, evenly spread, and a
// credit for one in fifty. Nothing happened to them since the cut-off.
func aCity(t testing.TB, archive *store.Archive, obligations int) *town {
	t.Helper()
	w := aTown(t, archive)
	w.execute("DELETE FROM units")
	units := make([]models.Unit, frozenUnits)
	for i := range units {
		id := models.UnitID(fmt.Sprintf("d-%02d", i))
		units[i] = models.Unit{ID: id, Path: fmt.Sprintf("/tj/%s/", id), Name: string(id), Kind: models.UnitDistrict, Parent: "tj"}
	}
	require.NoError(t, archive.SaveUnits(t.Context(), units))
	w.enrolMore(0, obligations)
	for number := 0; number < min(obligations, 2000); number += 50 {
		duty := &duty{town: w, id: models.ObligationID{Plan: townPlan, Cadre: models.CadreID(fmt.Sprintf("c-%06d", number))}}
		duty.credited(models.RecordID(fmt.Sprintf("r-%06d", number)), models.Found, modelstest.Enterprise(number))
	}
	if archive.Driver() == store.MySQL {
		w.execute("ANALYZE TABLE obligations, goals, records")
	}
	return w
}

// enrolMore enrols the cadres of the numbers, one district after the other.
func (w *town) enrolMore(from, to int) {
	w.t.Helper()
	const batch = 2000
	for ; from < to; from += batch {
		enrolments := make([]store.Enrolment, min(batch, to-from))
		for i := range enrolments {
			number := from + i
			enrolments[i] = w.enrolment(models.CadreID(fmt.Sprintf("c-%06d", number)), models.UnitID(fmt.Sprintf("d-%02d", number%frozenUnits)))
		}
		_, err := w.archive.Enrol(w.t.Context(), enrolments, w.now)
		require.NoError(w.t, err)
	}
}

// thaw takes a frozen cycle away, so that it can be frozen again.
func (w *town) thaw() {
	empty := "DELETE FROM "
	if w.archive.Driver() == store.MySQL {
		// A deleted row is purged later, which would slow down what is measured next.
		empty = "TRUNCATE TABLE "
	}
	for _, table := range []string{"snapshot_goals", "snapshot_credits", "snapshot_units"} {
		w.execute(empty + table)
	}
}

// bareCopy is the least that a freeze must do: the same rows by one statement.
func (w *town) bareCopy(id inspection.ID, cutOff time.Time) {
	w.execute(`INSERT INTO snapshot_goals
 (plan, quarter, unit, cadre, kind, office, required, met, credits, exempted, due, light, closed, head)
 SELECT g.plan, ?, o.unit, g.cadre, g.kind, o.unit, g.required, CASE WHEN g.credits < g.required THEN g.credits ELSE g.required END,
 g.credits, g.exempted, g.due, CASE WHEN g.red_at <= ? THEN 'red' WHEN g.yellow_at <= ? THEN 'yellow' WHEN g.blue_at <= ? THEN 'blue' ELSE 'green' END,
 o.closed, o.head
 FROM goals g JOIN obligations o ON o.plan = g.plan AND o.cadre = g.cadre WHERE g.plan = ?`,
		id.Quarter.String(), cutOff, cutOff, cutOff, string(id.Plan))
}

// BenchmarkFreeze freezes a cycle over forty units and 100,000 obligations beside
// its floor, a bare INSERT … SELECT of the same rows, in turns. The metric
// floor/freeze is 1 when the pages, and what makes them resumable, cost nothing;
// floor/sealed counts the reading of every row for the digest as well.
func BenchmarkFreeze(b *testing.B) {
	for _, driver := range storetest.Drivers {
		b.Run(driver, func(b *testing.B) {
			w := aCity(b, storetest.Open(b, driver), benchmarkObligations)
			id := cycle("2013Q2")
			cutOff := id.Quarter.End()
			var freezing, sealing, floor time.Duration
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				w.thaw()
				start := time.Now()
				w.bareCopy(id, cutOff)
				floor += time.Since(start)
				w.thaw()
				b.StartTimer()
				start = time.Now()
				w.freeze(b, id, cutOff)
				freezing += time.Since(start)
				start = time.Now()
				sealed, err := w.archive.SealSnapshot(b.Context(), id, cutOff, "", func(string) {})
				sealing += time.Since(start)
				require.NoError(b, err)
				require.Equal(b, benchmarkObligations, sealed.Obligations)
			}
			rate := func(spent time.Duration) float64 { return float64(benchmarkObligations*b.N) / spent.Seconds() }
			b.ReportMetric(rate(freezing), "frozen/s")
			b.ReportMetric(rate(floor), "floor/s")
			b.ReportMetric(float64(floor)/float64(freezing), "floor/freeze")
			b.ReportMetric(float64(floor)/float64(freezing+sealing), "floor/sealed")
		})
	}
}

// TestTheMemoryOfAFreezeDoesNotGrowWithTheObligations freezes a city, and one ten
// times as large, and compares the greatest use of the heap on the way. One duty
// in ten changed after the cut-off, so that its log is asked.
func TestTheMemoryOfAFreezeDoesNotGrowWithTheObligations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		w := aCity(t, archive, 2_000)
		few := w.peakOfFreeze(cycle("2013Q2"), 2_000)
		w.enrolMore(2_000, 20_000)
		many := w.peakOfFreeze(cycle("2013Q3"), 20_000)
		// One page of a thousand, read and written, takes a few megabytes.
		require.Less(t, many, few+16<<20, "%d kB for 2,000, %d kB for 20,000", few>>10, many>>10)
	})
}

// peakOfFreeze freezes and seals a cycle, and answers the greatest use of the heap
// beyond what was used before.
func (w *town) peakOfFreeze(id inspection.ID, obligations int) uint64 {
	w.t.Helper()
	w.execute("UPDATE obligations SET changed_at = ? WHERE cadre LIKE '%5'", id.Quarter.End().Add(time.Hour))
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	before := heapInUse()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		highest := before
		for {
			select {
			case <-ticker.C:
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				highest = max(highest, stats.HeapInuse)
			case <-stop:
				peak <- highest
				return
			}
		}
	}()
	sealed := w.frozen(w.t, id, id.Quarter.End())
	close(stop)
	require.Equal(w.t, obligations, sealed.Obligations)
	return <-peak - before
}

func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse
}
