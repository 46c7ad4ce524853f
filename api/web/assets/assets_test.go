package assets_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/web/assets"
)

func TestThePageWithMostFilesStaysUnderThreeHundredKilobytes(t *testing.T) {
	total := 0
	for _, name := range append(append(assets.Styles(), assets.Scripts()...), assets.Charts, "icons.svg") {
		size := assets.Compressed(name)
		require.NotZero(t, size, name)
		total += size
	}
	require.Less(t, total, 300_000)
}

func TestNothingIsLoadedFromElsewhereAndNothingNeedsEval(t *testing.T) {
	found, err := filepath.Glob("files/*")
	require.NoError(t, err)
	elsewhere := regexp.MustCompile(`@import|@font-face|url\(["']?(https?:)?//|\beval\(|new Function\(`)
	for _, name := range found {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Empty(t, elsewhere.FindString(string(content)), name)
	}
}

func TestFilesMayBeKeptForEverUnderTheirDigest(t *testing.T) {
	ask := func(path, encoding string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		request.Header.Set("Accept-Encoding", encoding)
		answered := httptest.NewRecorder()
		assets.Handler().ServeHTTP(answered, request)
		return answered
	}
	got := ask(assets.URL("bangfu.js"), "gzip")
	require.Equal(t, http.StatusOK, got.Code)
	require.Contains(t, got.Header().Get("Cache-Control"), "immutable")
	require.Equal(t, "gzip", got.Header().Get("Content-Encoding"))
	require.True(t, strings.HasPrefix(got.Header().Get("Content-Type"), "text/javascript"))

	plain := ask(assets.URL("bangfu.css"), "")
	require.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Contains(t, plain.Body.String(), "--bangfu-brand")
	require.NotContains(t, ask("/assets/0000/bangfu.css", "").Header().Get("Cache-Control"), "immutable")
	require.Equal(t, http.StatusNotFound, ask("/assets/x/../../secret", "").Code)
}
