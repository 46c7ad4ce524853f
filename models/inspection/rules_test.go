package inspection_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"bangfu/models"
	"bangfu/models/inspection"
)

func TestTheStandardRulesHoldTogetherAndEachNumberIsExplained(t *testing.T) {
	rules := inspection.StandardRules()
	require.NoError(t, rules.Check())
	seen := map[string]bool{}
	for _, figure := range rules.Figures() {
		require.False(t, seen[figure.Key], "explained twice: %s", figure.Key)
		seen[figure.Key] = true
		require.Equal(t, models.FromSetting, figure.Source, "the plan states none of them: %s", figure.Key)
		require.NotEmpty(t, figure.Value, figure.Key)
		require.NotEmpty(t, figure.Note, figure.Key)
	}
	require.Len(t, seen, 19)
}

func TestTheRulesAreTheSameAfterAJourneyThroughJSONAndYAML(t *testing.T) {
	rules := inspection.StandardRules()
	text, err := json.Marshal(rules)
	require.NoError(t, err)
	var again inspection.Rules
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, rules, again)
	text, err = yaml.Marshal(rules)
	require.NoError(t, err)
	again = inspection.Rules{}
	require.NoError(t, yaml.Unmarshal(text, &again))
	require.Equal(t, rules, again)
}

func TestRulesThatCannotBeFollowedAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*inspection.Rules){
		"no time to report":         func(r *inspection.Rules) { r.ReportWorkingDays = 0 },
		"no time to comment":        func(r *inspection.Rules) { r.CommentWorkingDays = 0 },
		"a reminder at the opening": func(r *inspection.Rules) { r.ReminderWorkingDays = []int{10, 1} },
		"reminders out of order":    func(r *inspection.Rules) { r.ReminderWorkingDays = []int{1, 3} },
		"a severity without limit":  func(r *inspection.Rules) { delete(r.SeverityWorkingDays, inspection.SeverityGrave) },
		"a severity unheard of":     func(r *inspection.Rules) { r.SeverityWorkingDays["mild"] = 3 },
		"nobody signs":              func(r *inspection.Rules) { r.Signatures = 0 },
		"most below least":          func(r *inspection.Rules) { r.Sample.Most = 9 },
		"more than all":             func(r *inspection.Rules) { r.Sample.SharePercent = 101 },
		"strata unheard of":         func(r *inspection.Rules) { r.Sample.Strata = "district" },
		"everyone ranked":           func(r *inspection.Rules) { r.RankLeast = 0 },
		"a negative tolerance":      func(r *inspection.Rules) { r.Schedule.AheadPoints = -1 },
		"a topic unheard of":        func(r *inspection.Rules) { r.KeptTopics = append(r.KeptTopics, "log-ins") },
	} {
		t.Run(name, func(t *testing.T) {
			rules := inspection.StandardRules()
			spoil(&rules)
			require.Error(t, rules.Check())
		})
	}
}

func TestAnExtensionRemindsBeforeItsDayAndNeverInThePast(t *testing.T) {
	rules, calendar := inspection.StandardRules(), models.Calendar{}
	at := models.MustDate("2013-07-15").Start().Add(10 * time.Hour)
	due, reminders := rules.ExtendedTimes(calendar, models.MustDate("2013-07-26"), at)
	require.Equal(t, models.MustDate("2013-07-26").End(), due)
	require.Equal(t, []models.Date{models.MustDate("2013-07-23"), models.MustDate("2013-07-25")},
		[]models.Date{models.DateOf(reminders[0]), models.DateOf(reminders[1])}, "three and one working days before")
	_, late := rules.ExtendedTimes(calendar, models.MustDate("2013-07-16"), at)
	require.Empty(t, late, "this morning has passed")
}
