package seeds_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/models/store"
	"bangfu/seeds"
	"bangfu/workflows"
)

// opensItsLinks clicks the log-in link of every role as a visitor does, and
// looks at the page that it leads to. Temporal is not needed for looking: its
// address is a port where nobody listens.
func opensItsLinks(t *testing.T, archive *store.Archive, bucket *blob.Bucket, accounts seeds.DemonstrationAccounts) {
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	policy, err := auth.NewPolicy()
	require.NoError(t, err)
	handler, err := api.New(api.Services{
		Archive: archive, Engine: workflows.NewEngine(temporal), Policy: policy, Blobs: bucket, Pages: web.New(),
		Settings: api.Settings{PublicURL: "http://127.0.0.1", LoginLimit: -1, RequestLimit: -1},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	for _, role := range auth.Roles() {
		account, found := accounts.Of(string(role))
		require.True(t, found, role)
		secret, err := archive.IssueLoginLink(t.Context(), account.Account, account.Opens, time.Hour)
		require.NoError(t, err)
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+api.Prefix+"/login-link/"+secret, nil)
		require.NoError(t, err)
		answer, err := (&http.Client{Jar: jar}).Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, "%s opens %s: %s", role, account.Opens, body)
		require.Equal(t, account.Opens, answer.Request.URL.RequestURI())
	}
}
