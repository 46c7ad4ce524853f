package web_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/auth"
	"bangfu/api/web/assets"
)

// mostOfAPage bounds what the scripts, styles and icons of a page weigh on the
// way, in bytes.
const mostOfAPage = 300_000

var linked = regexp.MustCompile(`(?:src|href)="` + assets.Prefix + `[0-9a-f]+/([^"#?]+)`)

func TestWhatAnyPageLinksTravelsInLessThanThreeHundredKilobytes(t *testing.T) {
	w := aWalk(t)
	table := rows()
	for _, name := range slices.Sorted(maps.Keys(table)) {
		method, path, _ := strings.Cut(name, " ")
		page := table[name]
		if method != http.MethodGet || partial[name] || page.status == http.StatusSeeOther {
			continue
		}
		role := auth.Roles()[slices.IndexFunc(auth.Roles(), page.opens)]
		answered := w.visitors[role].Get(w.address(t, role, path, page))
		found := map[string]bool{}
		for _, link := range linked.FindAllStringSubmatch(answered.Body, -1) {
			found[link[1]] = true
		}
		total := 0
		for file := range found {
			size := assets.Compressed(file)
			require.NotZero(t, size, "%s links %s, which does not exist", name, file)
			total += size
		}
		require.GreaterOrEqual(t, len(found), len(assets.Styles())+len(assets.Scripts()), name)
		require.Less(t, total, mostOfAPage, name)
	}
}
