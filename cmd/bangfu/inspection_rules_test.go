package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rulesIn writes a file of rules.
func rulesIn(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rules.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestTheInspectionsRulesAreShownChangedAndSavedAsTheNextVersion(t *testing.T) {
	archive := trialArchive(t)
	does := func(arguments ...string) string {
		status, out, errOut := bangfu(t, append(arguments, archive...)...)
		require.Zero(t, status, errOut)
		return out
	}
	does("migrate")
	shown := does("inspection-rules", "show")
	require.Contains(t, shown, "version 0")
	require.Contains(t, does("inspection-rules", "save", rulesIn(t, shown)), "version 0 already", "what is shown is what is taken")

	changed := strings.NewReplacer("sharePercent: 5", "sharePercent: 20", "word: 津政督", "word: 津督").Replace(shown)
	require.Contains(t, does("inspection-rules", "save", "--dry-run", rulesIn(t, changed)), "nothing was changed")
	require.Equal(t, shown, does("inspection-rules", "show"))
	require.Contains(t, does("inspection-rules", "save", rulesIn(t, changed)), "version 1 is saved")
	again := does("inspection-rules", "show")
	require.Equal(t, strings.Replace(changed, "version 0", "version 1", 1), again)
	require.Contains(t, does("inspection-rules", "save", rulesIn(t, again)), "version 1 already", "saved twice it is one version")
}

func TestRulesThatCannotBeAreRefusedInOneLineAndNothingIsSaved(t *testing.T) {
	archive := trialArchive(t)
	status, _, errOut := bangfu(t, append([]string{"migrate"}, archive...)...)
	require.Zero(t, status, errOut)
	_, shown, _ := bangfu(t, append([]string{"inspection-rules", "show"}, archive...)...)
	for name, given := range map[string]struct{ old, replaced, said string }{
		"a share of more than all": {"sharePercent: 5", "sharePercent: 101", "101 %"},
		"strata nobody knows":      {"strata: unit-kind", "strata: street", "street"},
		"nobody signs":             {"signatures: 2", "signatures: 0", "signatures"},
		"a misspelt rule":          {"signatures: 2", "signature: 2", "signature"},
		"a rule left out":          {"signatures: 2\n", "", "signatures is left out"},
		"a part left out":          {"    aheadPoints: ", "    # ", "schedule.aheadPoints is left out"},
		"a word for a number":      {"signatures: 2", "signatures: two", "two"},
		"no number's word":         {"word: 津政督", `word: ""`, "word"},
		"two documents":            {"signatures: 2", "signatures: 2\n---\nsignatures: 3", ""},
	} {
		require.Contains(t, shown, given.old, name)
		file := rulesIn(t, strings.Replace(shown, given.old, given.replaced, 1))
		status, _, errOut := bangfu(t, append([]string{"inspection-rules", "save", file}, archive...)...)
		require.Equal(t, 1, status, name)
		require.Contains(t, errOut, given.said, name)
		require.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
	}
	for _, empty := range []string{"", "{}", "[]"} {
		status, _, _ := bangfu(t, append([]string{"inspection-rules", "save", rulesIn(t, empty)}, archive...)...)
		require.Equal(t, 1, status, empty)
	}
	_, after, _ := bangfu(t, append([]string{"inspection-rules", "show"}, archive...)...)
	require.Equal(t, shown, after)
}
