package journey

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"bangfu/api/auth"
	"bangfu/cmd/internal/process/processtest"
	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
	"bangfu/workflows"

	"go.temporal.io/sdk/client"
)

const submissions = 300

// TestNothingAcknowledgedIsLostWhateverIsKilled submits 300 records at once
// through the real API while the worker, the API and the Temporal server are
// killed with SIGKILL in the middle and started again. Callers repeat what was
// not acknowledged, under the same key.
func TestNothingAcknowledgedIsLostWhateverIsKilled(t *testing.T) {
	city := startCity(t)
	claims := city.prepareClaims(submissions)
	var acknowledged atomic.Int64
	hunt := make(chan struct{})
	go func() {
		defer close(hunt)
		for i, prey := range []*victim{city.worker, city.api, city.temporal, city.worker} {
			for acknowledged.Load() < int64((i+1)*submissions/6) {
				if t.Context().Err() != nil {
					return
				}
				time.Sleep(time.Millisecond)
			}
			prey.kill()
			prey.start()
		}
	}()
	// Nobody's acknowledgement may be that long in coming; how long all of them
	// take is the machine's affair.
	moving, stop := context.WithCancel(t.Context())
	defer stop()
	stood := time.AfterFunc(patience, stop)
	callers, ctx := errgroup.WithContext(moving)
	for _, claim := range claims {
		callers.Go(func() error {
			if err := city.submitUntilAcknowledged(ctx, claim); err != nil {
				return err
			}
			stood.Reset(patience)
			acknowledged.Add(1)
			return nil
		})
	}
	require.NoError(t, callers.Wait())
	<-hunt
	for _, claim := range claims {
		require.Equal(t, 1, city.timesSubmitted(claim), "record %s is in the archive once", claim.record.ID)
	}
	city.reconciles()
}

// city is the production program in its parts, each a process of its own.
type city struct {
	t                     *testing.T
	archive               *store.Archive
	temporal, worker, api *victim
	url, temporalAddress  string
	temporalFolder        string
	// files is the folder of evidence, imports and issued papers.
	files string
}

func startCity(t *testing.T) *city {
	t.Helper()
	c := newCity(t)
	for _, part := range []*victim{c.temporal, c.worker, c.api} {
		part.start()
		t.Cleanup(part.kill)
	}
	return c
}

// newCity is a city whose parts are not started yet.
func newCity(t *testing.T) *city {
	t.Helper()
	settings := storetest.Settings(t, store.MySQL)
	archive := storetest.OpenSettings(t, settings)
	require.NoError(t, archive.Migrate(t.Context()))
	prepareArchive(t, archive)
	temporalAt, apiAt, workerAt := processtest.FreePort(t), processtest.FreePort(t), processtest.FreePort(t)
	binary, files := program(t, "bangfu"), t.TempDir()
	environment := []string{
		"BANGFU_ARCHIVE_DSN=" + settings.DSN, "BANGFU_TEMPORAL_NAMESPACE=default",
		"BANGFU_TEMPORAL_ADDRESS=127.0.0.1:" + strconv.Itoa(temporalAt), "BANGFU_FILES_URL=file://" + files,
		"BANGFU_HTTP_LISTEN=127.0.0.1:" + strconv.Itoa(apiAt), "BANGFU_WORKER_LISTEN=127.0.0.1:" + strconv.Itoa(workerAt),
		"BANGFU_HTTP_COMMAND_LIMIT=-1", "BANGFU_HTTP_REQUEST_LIMIT=-1", "BANGFU_LOG_LEVEL=error",
	}
	self, err := os.Executable()
	require.NoError(t, err)
	c := &city{
		t: t, archive: archive, url: "http://127.0.0.1:" + strconv.Itoa(apiAt),
		temporalAddress: "127.0.0.1:" + strconv.Itoa(temporalAt), temporalFolder: t.TempDir(), files: files,
	}
	c.temporal = &victim{
		t: t, name: "temporal", path: self, ready: c.temporalAddress,
		env: []string{temporalFolder + "=" + c.temporalFolder, temporalPort + "=" + strconv.Itoa(temporalAt)},
	}
	c.worker = &victim{
		t: t, name: "worker", path: binary, args: []string{"worker"}, env: environment,
		ready: "http://127.0.0.1:" + strconv.Itoa(workerAt) + "/healthz",
	}
	c.api = &victim{t: t, name: "api", path: binary, args: []string{"api"}, env: environment, ready: c.url + "/healthz"}
	return c
}

// readyClaim is a draft whose cadre holds a token.
type readyClaim struct {
	record store.Record
	token  string
}

func (c *city) prepareClaims(count int) []readyClaim {
	c.t.Helper()
	now := time.Now()
	today := models.DateOf(now)
	w := &world{t: c.t, archive: c.archive}
	cadres := make([]models.CadreID, count)
	for i := range cadres {
		cadres[i] = models.CadreID(fmt.Sprintf("C-%d", i))
	}
	w.enrol(today, today.AddDays(3*365), now, cadres...)
	claims := make([]readyClaim, count)
	for i, cadre := range cadres {
		account := models.AccountID(cadre)
		require.NoError(c.t, c.archive.CreateAccount(c.t.Context(), store.Account{
			ID: account, Login: string(cadre), Name: "演示干部", Cadre: cadre, State: store.AccountActive,
		}, now))
		require.NoError(c.t, c.archive.AddGrant(c.t.Context(), store.Grant{
			ID: "G-" + string(cadre), Account: account, Role: string(auth.RoleCadre), Unit: "120101", Path: "/tj/120101/",
			By: models.SystemAccount, At: now,
		}, 1))
		token, err := c.archive.IssueToken(c.t.Context(), store.Token{
			ID: "T-" + string(cadre), Account: account, Name: "演示程序", CreatedAt: now, ExpiresAt: now.Add(time.Hour),
			Scopes: []string{string(auth.RecordSubmit), string(auth.RecordRead)},
		})
		require.NoError(c.t, err)
		key := modelstest.Enterprise(i)
		require.NoError(c.t, c.archive.SaveEnterprises(c.t.Context(), []models.Enterprise{{
			Key: key, Name: "演示科技有限公司", Established: today, Unit: "120101",
		}}))
		record := w.draft(cadre, models.RecordID("R-"+string(cadre)), models.Introduce, key, now)
		claims[i] = readyClaim{record: record, token: token}
	}
	return claims
}

// submitUntilAcknowledged repeats one submission under one key, as a program
// should that gets no answer, a 503 or a 202.
func (c *city) submitUntilAcknowledged(ctx context.Context, claim readyClaim) error {
	last := "no answer"
	for {
		status, answer := c.submitOnce(ctx, claim)
		switch {
		case status == http.StatusOK:
			return nil
		case status >= 400 && status != http.StatusServiceUnavailable && status != http.StatusConflict && status != http.StatusTooManyRequests:
			return fmt.Errorf("record %s: %d %s", claim.record.ID, status, answer)
		case status != 0:
			last = fmt.Sprintf("%d %s", status, answer)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("record %s was never acknowledged: %s", claim.record.ID, last)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *city) submitOnce(ctx context.Context, claim readyClaim) (status int, answer string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/api/v1/records/"+string(claim.record.ID)+"/submit", nil)
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("Authorization", "Bearer "+claim.token)
	request.Header.Set("Idempotency-Key", "submit-"+string(claim.record.ID))
	request.Header.Set("If-Match", `"`+strconv.FormatInt(claim.record.Version, 10)+`"`)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

func (c *city) timesSubmitted(claim readyClaim) int {
	c.t.Helper()
	entries, err := c.archive.Entries(c.t.Context(), claim.record.Obligation.Subject())
	require.NoError(c.t, err)
	require.NoError(c.t, models.VerifyChain(entries))
	count := 0
	for _, entry := range entries {
		if entry.Kind == models.EventRecordSubmitted {
			count++
		}
	}
	return count
}

// reconciles compares logs, projections and running workflows: no difference.
func (c *city) reconciles() {
	c.t.Helper()
	temporal, err := client.Dial(workflows.ClientOptions(c.temporalAddress, "default", quiet()))
	require.NoError(c.t, err)
	defer temporal.Close()
	engine := workflows.NewEngine(temporal)
	var differences []store.Difference
	_, err = c.archive.Reconcile(c.t.Context(), engine.Hosted, func(difference store.Difference) error {
		differences = append(differences, difference)
		return nil
	})
	require.NoError(c.t, err)
	require.Empty(c.t, differences)
}
