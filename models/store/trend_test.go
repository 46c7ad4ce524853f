package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// monthsOf are the ends of the months of some years.
func monthsOf(from, to int) (start time.Time, ends []time.Time) {
	for year := from; year <= to; year++ {
		for month := time.January; month <= time.December; month++ {
			ends = append(ends, models.NewDate(year, month+1, 1).Start())
		}
	}
	return models.NewDate(from, time.January, 1).Start(), ends
}

// TestTheTrendAgreesWithTheRules gives drawn lives to the archive and asks that
// each month's end counts what models.Standing says of that instant.
func TestTheTrendAgreesWithTheRules(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		start, ends := monthsOf(2012, 2020)
		enough := map[string]int{store.SQLite: 100, store.MySQL: 20}[archive.Driver()]
		lives, failing := 0, false
		rapid.Check(t, func(r *rapid.T) {
			if lives++; lives > enough && !failing {
				return
			}
			defer func() { failing = failing || r.Failed() }()
			plan := models.PlanID(fmt.Sprintf("plan-%d", lives))
			town.plan(plan)
			for _, table := range []string{"records", "record_evidence", "reviews", "disputes", "claims", "obligations", "goals"} {
				town.execute("DELETE FROM " + table)
			}
			builder := modelstest.AnObligation(r).Under(plan).Enrolled()
			_, err := archive.Enrol(t.Context(), []store.Enrolment{{Command: builder.Commands[0]}}, builder.Now)
			require.NoError(r, err)
			modelstest.Walk(r, builder, 25, func(command models.Command, events []models.Event, err error) {
				if err == nil {
					town.mirror(r, builder.Obligation.ID, command, events)
				}
			})
			// Drawn instants hit months that a calendar's ends seldom part.
			instants := slices.Clone(ends)
			for range 4 {
				instants = append(instants, modelstest.DrawInstant(r, builder).UTC().Truncate(time.Microsecond))
			}
			slices.SortFunc(instants, time.Time.Compare)
			instants = slices.DeleteFunc(instants, func(at time.Time) bool { return !at.After(start) })
			requireSameTrend(r, archive, builder, start, instants)
		})
	})
}

func requireSameTrend(r *rapid.T, archive *store.Archive, builder *modelstest.Builder, start time.Time, ends []time.Time) {
	o := &builder.Obligation
	trend, err := archive.Trend(r.Context(), store.Everything(), o.ID.Plan, start, ends)
	require.NoError(r, err)
	within, err := archive.Trend(r.Context(), store.Reach{Paths: []string{"/tj/"}}, o.ID.Plan, start, ends)
	require.NoError(r, err)
	require.Equal(r, trend, within)
	before := start
	for i, end := range ends {
		known := o.Known(end)
		standing := known.Standing(end, builder.Rules)
		for j, goal := range o.Goals {
			overdue, falls := int64(0), int64(0)
			if standing.Goals[j].State == models.GoalOverdue {
				overdue = 1
			}
			if due, comes := o.DueAt(goal); comes && due.After(before) && !due.After(end) {
				falls = 1
			}
			require.Equal(r, store.TrendPoint{Due: falls, Overdue: overdue}, trend[goal.Kind][i], "%s at %s", goal.Kind, end)
		}
		before = end
	}
}

func TestEachFigureOfTheTrendOpensItsRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		var enrolments []store.Enrolment
		for i := range 30 {
			enrolment := town.enrolment(models.CadreID(fmt.Sprintf("c-%02d", i)), []models.UnitID{"120101", "120102"}[i%2])
			body := enrolment.Command.Body.(models.Enrol)
			body.Due = models.MustDate("2013-12-31").AddDays(i % 7 * 30)
			enrolment.Command.Body = body
			enrolments = append(enrolments, enrolment)
		}
		_, err := archive.Enrol(t.Context(), enrolments, town.now)
		require.NoError(t, err)
		closed := &duty{town: town, id: models.ObligationID{Plan: townPlan, Cadre: "c-00"}}
		town.now = models.MustDate("2014-03-15").Start()
		closed.do(modelstest.Organizer(), models.Close{Ground: "death", Document: "d"})

		start, ends := monthsOf(2013, 2014)
		for _, reach := range []store.Reach{store.Everything(), {Paths: []string{"/tj/120101/"}}, {Cadres: []models.CadreID{"c-07"}}, {}} {
			trend, err := archive.Trend(t.Context(), reach, townPlan, start, ends)
			require.NoError(t, err)
			from := start
			for i, end := range ends {
				for _, kind := range models.Kinds {
					count := func(filter store.ObligationFilter) int64 {
						filter.Plan, filter.Kind = townPlan, kind
						counted, err := archive.CountObligations(t.Context(), reach, filter, town.now)
						require.NoError(t, err)
						return counted
					}
					require.Equal(t, count(store.ObligationFilter{OverdueAt: end}), trend[kind][i].Overdue)
					require.Equal(t, count(store.ObligationFilter{DueAfter: from.Add(time.Microsecond), DueBefore: end.Add(time.Microsecond)}), trend[kind][i].Due)
				}
				from = end
			}
		}
		trend, err := archive.Trend(t.Context(), store.Everything(), townPlan, start, ends)
		require.NoError(t, err)
		months := trend[models.Found]
		require.Equal(t, int64(5), months[11].Due, "24:00 of 31 December belongs to December")
		require.Equal(t, int64(5), months[11].Overdue)
		require.Equal(t, int64(29), months[23].Overdue, "one duty was closed")
	})
}

func TestAnArchiveOfAnOlderProgramLearnsWhenGoalsWereOverdue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		enrolment := town.enrolment("c-1", "120101")
		body := enrolment.Command.Body.(models.Enrol)
		body.Due = models.MustDate("2013-12-31")
		enrolment.Command.Body = body
		_, err := archive.Enrol(t.Context(), []store.Enrolment{enrolment}, town.now)
		require.NoError(t, err)
		overdue := func() int64 {
			counted, err := archive.CountObligations(t.Context(), store.Everything(),
				store.ObligationFilter{Plan: townPlan, OverdueAt: models.MustDate("2014-02-01").Start()}, town.now)
			require.NoError(t, err)
			return counted
		}
		require.Equal(t, int64(1), overdue())
		town.execute("UPDATE goals SET overdue_from = NULL")
		require.Zero(t, overdue())
		differences, err := archive.ReconcileObligation(t.Context(), enrolment.Command.Body.(models.Enrol).Obligation)
		require.NoError(t, err)
		require.Len(t, differences, 1, "a reconcile says what is not filled in")
		require.NoError(t, archive.Migrate(t.Context()), "migrating again goes on where it was cut off")
		require.Equal(t, int64(1), overdue())
		differences, err = archive.ReconcileObligation(t.Context(), enrolment.Command.Body.(models.Enrol).Obligation)
		require.NoError(t, err)
		require.Empty(t, differences)
	})
}

// BenchmarkTrend counts three years of months at 100,000 obligations, a tenth of
// them overdue.
func BenchmarkTrend(b *testing.B) {
	for _, driver := range storetest.Drivers {
		b.Run(driver, func(b *testing.B) {
			archive := storetest.Open(b, driver)
			fillObligations(b, archive)
			start, ends := monthsOf(2013, 2015)
			for name, reach := range map[string]store.Reach{"all": store.Everything(), "city": {Paths: []string{"/tj/"}}} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						_, err := archive.Trend(b.Context(), reach, townPlan, start, ends)
						require.NoError(b, err)
					}
				})
			}
		})
	}
}
