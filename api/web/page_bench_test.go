package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/seeds"
	"bangfu/workflows"
)

const benchmarkPlan models.PlanID = "tianjin-2013"

// BenchmarkLedgerPage opens the ledger's page at 100,000 obligations as somebody
// who oversees all of them, beside its floor: the bare query of the same rows.
// p95-ms is the time to the first byte; a page is written whole.
func BenchmarkLedgerPage(b *testing.B) {
	for _, driver := range storetest.Drivers {
		b.Run(driver, func(b *testing.B) {
			archive := storetest.Open(b, driver)
			fillPlan(b, archive)
			open := aBrowser(b, archive)
			for _, path := range []string{"/obligations", "/obligations?light=red", "/obligations?unit=120101"} {
				b.Run(path, func(b *testing.B) { measure(b, archive, open, path) })
			}
		})
	}
}

func measure(b *testing.B, archive *store.Archive, open func(string) time.Duration, path string) {
	var pages []time.Duration
	var floor time.Duration
	for b.Loop() {
		pages = append(pages, open(path))
		start := time.Now()
		rows, err := archive.SQL().QueryContext(b.Context(),
			"SELECT plan, cadre, aggregate FROM obligations WHERE plan = ? ORDER BY urgent_at, cadre LIMIT 50", string(benchmarkPlan))
		require.NoError(b, err)
		for rows.Next() {
			var plan, cadre, aggregate string
			require.NoError(b, rows.Scan(&plan, &cadre, &aggregate))
		}
		require.NoError(b, rows.Err())
		require.NoError(b, rows.Close())
		floor += time.Since(start)
	}
	slices.Sort(pages)
	b.ReportMetric(float64(pages[len(pages)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(floor.Microseconds())/1000/float64(len(pages)), "floor-ms")
}

// districts are those of the city at the time.
var districts = []models.UnitID{
	"120101", "120102", "120103", "120104", "120105", "120106", "120110", "120111",
	"120112", "120113", "120114", "120115", "120116", "120221", "120223", "120225",
}

// fillPlan enrols 100,000 cadres in all districts, a tenth of them long overdue.
func fillPlan(b *testing.B, archive *store.Archive) {
	b.Helper()
	content, err := seeds.Load(seeds.Embedded())
	require.NoError(b, err)
	require.NoError(b, content.Apply(b.Context(), archive))
	const all, batch = 100_000, 2500
	now := models.MustDate("2013-01-02").Start()
	for from := 0; from < all; from += batch {
		enrolments := make([]store.Enrolment, batch)
		for i := range enrolments {
			number := from + i
			unit := districts[number%len(districts)]
			due := models.MustDate("2027-12-31")
			if number%10 == 0 {
				due = models.MustDate("2015-12-31")
			}
			id := models.ObligationID{Plan: benchmarkPlan, Cadre: models.CadreID(fmt.Sprintf("c-%06d", number))}
			enrolments[i] = anEnrolment(id, unit, due, now)
		}
		_, err := archive.Enrol(b.Context(), enrolments, now)
		require.NoError(b, err)
	}
	if archive.Driver() == store.MySQL {
		_, err := archive.SQL().ExecContext(b.Context(), "ANALYZE TABLE obligations")
		require.NoError(b, err)
	}
}

// aBrowser is somebody who oversees the whole city, in process.
func aBrowser(b *testing.B, archive *store.Archive) func(path string) time.Duration {
	b.Helper()
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	require.NoError(b, err)
	b.Cleanup(temporal.Close)
	policy, err := auth.NewPolicy()
	require.NoError(b, err)
	handler, err := api.New(api.Services{
		Archive: archive, Engine: workflows.NewEngine(temporal), Policy: policy, Pages: web.New(),
		Settings: api.Settings{PublicURL: "http://127.0.0.1", LoginLimit: -1, CommandLimit: -1, RequestLimit: -1},
	})
	require.NoError(b, err)
	require.NoError(b, archive.CreateAccount(b.Context(), store.Account{ID: "bench", Login: "bench", Name: "测试"}, time.Now()))
	require.NoError(b, archive.AddGrant(b.Context(), store.Grant{
		ID: "bench", Account: "bench", Role: string(auth.RoleOrganization), Unit: "tj", Path: "/tj/", By: models.SystemAccount, At: time.Now(),
	}, 1))
	secret, err := archive.IssueLoginLink(b.Context(), "bench", "/", time.Hour)
	require.NoError(b, err)
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(b.Context(), http.MethodPost, api.Prefix+"/login-link/"+secret, nil))
	cookie := answer.Result().Cookies()[0]
	return func(path string) time.Duration {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
		request.AddCookie(cookie)
		answer := httptest.NewRecorder()
		start := time.Now()
		handler.ServeHTTP(answer, request)
		took := time.Since(start)
		require.Equal(b, http.StatusOK, answer.Code, answer.Body.String())
		return took
	}
}

func anEnrolment(id models.ObligationID, unit models.UnitID, due models.Date, now time.Time) store.Enrolment {
	return store.Enrolment{Command: models.Command{
		ID: models.CommandID("enrol:" + id.String()), At: now, Actor: models.Actor{Account: models.SystemAccount},
		Body: models.Enrol{Obligation: id, Unit: unit, From: models.MustDate("2013-01-01"), Due: due},
	}}
}
