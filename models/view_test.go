package models_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

func TestAViewMeansEachDayWhatItsTermsSay(t *testing.T) {
	terms, err := models.ViewTerms{
		"light": {"yellow,red", "red"}, "dueAfter": {"today"}, "dueBefore": {"quarter-end"}, "text": {""},
	}.Checked()
	require.NoError(t, err)
	require.Equal(t, models.ViewTerms{"light": {"red", "yellow"}, "dueAfter": {"today"}, "dueBefore": {"quarter-end"}}, terms)
	require.Equal(t, url.Values{"light": {"red,yellow"}, "dueAfter": {"2014-03-31"}, "dueBefore": {"2014-03-31"}}, terms.On(models.MustDate("2014-03-31")))
	require.Equal(t, url.Values{"light": {"red,yellow"}, "dueAfter": {"2014-04-01"}, "dueBefore": {"2014-06-30"}}, terms.On(models.MustDate("2014-04-01")))
}

func TestCheckedTermsStayAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := models.ViewTerms{}
		for _, filter := range rapid.SliceOf(rapid.SampledFrom(append([]string{"page", "plan", ""}, models.ViewFilters...))).Draw(t, "filters") {
			terms[filter] = rapid.SliceOfN(rapid.OneOf(
				rapid.SampledFrom([]string{"red", "active", "found", "true", "today+3", "month-end", "2014-05-06", "", "120101"}), rapid.String(),
			), 0, 3).Draw(t, "values")
		}
		checked, err := terms.Checked()
		if err != nil {
			var term *models.TermError
			require.ErrorAs(t, err, &term)
			return
		}
		again, err := checked.Checked()
		require.NoError(t, err)
		require.Equal(t, checked, again)
		for filter, values := range checked.On(models.MustDate("2014-05-06")) {
			require.Contains(t, models.ViewFilters, filter)
			require.NotContains(t, values, "", "a term of a view means something")
		}
	})
}

func TestUnknownTermsAreRefusedByName(t *testing.T) {
	for filter, value := range map[string]string{
		"plan": "tianjin-2013", "after": "x", "light": "purple", "state": "late", "kind": "all", "dueAfter": "soon", "undated": "no",
	} {
		_, err := models.ViewTerms{filter: {value}}.Checked()
		var term *models.TermError
		require.ErrorAs(t, err, &term)
		require.Equal(t, filter, term.Filter)
	}
	_, err := models.ViewTerms{"kind": {"found", "introduce"}}.Checked()
	require.Error(t, err, "a goal has one kind")
}
