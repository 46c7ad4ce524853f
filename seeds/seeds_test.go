package seeds_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/seeds"
	"bangfu/seeds/internal/workdays"
)

func load(t *testing.T) *seeds.Seeds {
	t.Helper()
	loaded, err := seeds.Load(seeds.Embedded())
	require.NoError(t, err)
	return loaded
}

// table reads a source table without its heading.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("source", name))
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comma, reader.LazyQuotes = '\t', true
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

func TestTasksAreThePlansWordForWord(t *testing.T) {
	loaded := load(t)
	rows := table(t, "plan-tasks.tsv")
	require.Len(t, rows, 56)
	require.Len(t, loaded.Tasks, 56)
	document, err := os.ReadFile(filepath.Join("source", "action-plan-2013-2015.txt"))
	require.NoError(t, err)
	text := withoutSpace(string(document))
	for i, task := range loaded.Tasks {
		require.Equal(t, rows[i], []string{
			itoa(task.Number), task.Section, task.KeyWork, task.Text, task.LeadText,
		})
		require.Contains(t, text, withoutSpace(itoa(task.Number)+"."+task.Text+task.LeadText),
			"task %d and its leads stand in the document as they stand here", task.Number)
	}
}

func itoa(number int) string { return strconv.Itoa(number) }

func withoutSpace(text string) string { return strings.Join(strings.Fields(text), "") }

func TestThePlanHasTheCountsThatWereFound(t *testing.T) {
	loaded := load(t)
	sections, works, leads := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, task := range loaded.Tasks {
		sections[task.Section] = true
		works[task.Section+task.KeyWork] = true
		for _, lead := range strings.Split(task.LeadText, "、") {
			leads[lead]++
		}
		require.Len(t, task.Leads, len(strings.Split(task.LeadText, "、")), "task %d", task.Number)
	}
	require.Len(t, sections, 5)
	require.Len(t, works, 21)
	require.Len(t, leads, 24)
	require.Equal(t, 36, leads["市科委"])
	require.Equal(t, 17, leads["各区县人民政府"])

	numeric, withNumbers, withAny := 0, map[int]bool{}, map[int]bool{}
	for _, indicator := range loaded.Indicators {
		withAny[indicator.Task] = true
		if indicator.Numeric() {
			numeric++
			withNumbers[indicator.Task] = true
		}
	}
	require.Len(t, loaded.Indicators, 60)
	require.Equal(t, 55, numeric)
	require.Len(t, withNumbers, 33)
	require.Len(t, withAny, 37)
	for _, task := range []int{13, 45, 53, 55} {
		require.True(t, withAny[task] && !withNumbers[task], "task %d has a cadence only", task)
	}
}

func TestIndicatorsAreThoseOfTheSource(t *testing.T) {
	loaded := load(t)
	rows := table(t, "plan-indicators.tsv")
	require.Len(t, rows, 60)
	for i, row := range rows {
		indicator := loaded.Indicators[i]
		require.Equal(t, []string{row[0], row[1], row[3], row[6], row[7]},
			[]string{itoa(indicator.Task), indicator.Name, indicator.Unit, indicator.Verbatim, indicator.LeadText})
		if indicator.Target != "" {
			require.Equal(t, row[2], indicator.Target)
		}
		require.Equal(t, strings.HasPrefix(row[4], "stock"), indicator.Period == models.PeriodStock, "%d", indicator.Task)
		require.Equal(t, strings.HasPrefix(row[5], "at least"), indicator.Qualifier == models.TargetAtLeast)
	}
	for _, task := range []int{41, 52, 11, 17} {
		require.True(t, slices.ContainsFunc(loaded.Indicators, func(i models.Indicator) bool {
			return i.Task == task && i.Ambiguity != ""
		}), "what task %d leaves open is written down", task)
	}
}

func TestUnitsOf2013AreSixteenAndBecomeSixteen(t *testing.T) {
	loaded := load(t)
	districts := func(day models.Date) []string {
		var names []string
		for _, unit := range loaded.Units {
			if unit.Kind == models.UnitDistrict && unit.ValidOn(day) {
				names = append(names, unit.Name)
			}
		}
		return names
	}
	require.Len(t, districts(models.MustDate("2013-06-01")), 16)
	require.Contains(t, districts(models.MustDate("2013-06-01")), "宁河县")
	require.Len(t, districts(models.MustDate("2017-01-01")), 16)
	require.Contains(t, districts(models.MustDate("2017-01-01")), "蓟州区")

	tree := loaded.Tree()
	require.Len(t, tree.Members("tj-qxzf", models.MustDate("2013-06-01")), 16)
	require.Contains(t, tree.Members("tj-qxzf", models.MustDate("2017-01-01")), models.UnitID("120117-zf"))
	require.Empty(t, tree.Members("tj-xgqx", models.MustDate("2013-06-01")), "the plan does not say which")
}

func TestEveryDistrictAndZoneHasItsThreeOffices(t *testing.T) {
	loaded := load(t)
	for _, unit := range loaded.Units {
		if unit.Kind != models.UnitDistrict && unit.Kind != models.UnitZone {
			continue
		}
		var kinds []models.UnitKind
		for _, child := range loaded.Units {
			if child.Parent == unit.ID {
				kinds = append(kinds, child.Kind)
				require.Equal(t, unit.ValidTo, child.ValidTo, child.ID)
			}
		}
		require.ElementsMatch(t, []models.UnitKind{
			models.UnitGovernment, models.UnitOrganization, models.UnitScience,
		}, kinds, unit.ID)
	}
}

func TestEveryNumberOfThePolicyIsMarkedWithItsSource(t *testing.T) {
	policy := load(t).Policy
	figures := map[string]models.Figure{}
	for _, figure := range policy.Figures {
		require.Contains(t, []models.FigureSource{models.FromPlan, models.FromSetting}, figure.Source, figure.Key)
		require.NotEmpty(t, figure.Note, figure.Key)
		figures[figure.Key] = figure
	}
	require.Len(t, figures, len(policy.Figures), "no key twice")
	expect := map[string]string{
		"correctionWorkingDays":  itoa(policy.CorrectionWorkingDays),
		"returnLimit":            itoa(policy.ReturnLimit),
		"lights.blueDays":        itoa(policy.Lights.BlueDays),
		"lights.yellowDays":      itoa(policy.Lights.YellowDays),
		"suspensionBackdateDays": itoa(policy.SuspensionBackdateDays),
		"extensionLimitDays":     itoa(policy.ExtensionLimitDays),
		"closeAfterDays":         itoa(policy.CloseAfterDays),
	}
	for _, goal := range policy.Goals {
		expect["goals."+string(goal.Kind)+".required"] = itoa(goal.Required)
		require.Equal(t, models.FromPlan, figures["goals."+string(goal.Kind)+".required"].Source)
	}
	for _, stage := range policy.Stages {
		expect["stages."+string(stage.Stage)+".workingDays"] = itoa(stage.WorkingDays)
	}
	for _, rung := range policy.Rungs {
		value := itoa(rung.Days)
		if rung.Anchor == models.AnchorShare {
			value = itoa(rung.Numerator) + "/" + itoa(rung.Denominator)
		}
		expect["rungs."+string(rung.Code)] = value
	}
	expect["secondApproval"] = "suspend extend exempt"
	for key, value := range expect {
		require.Equal(t, value, figures[key].Value, key)
	}
}

func TestThePolicyIsTheOneThatRulesAreTestedWith(t *testing.T) {
	rules := modelstest.Rules()
	// The builders' organizer acts alone; what a second person adds is tested by itself.
	rules.SecondApproval = []models.CommandKind{models.CommandSuspend, models.CommandExtend, models.CommandExempt}
	require.Equal(t, rules, load(t).Policy.Rules)
}

func TestThePolicysLadderIsTheOneAgreed(t *testing.T) {
	policy := load(t).Policy
	var codes []models.RungCode
	for _, rung := range policy.Rungs {
		codes = append(codes, rung.Code)
	}
	require.Equal(t, []models.RungCode{
		"schedule-1", "schedule-2", "due-180", "due-90", "due-30", "due-7", models.RungOverdue, models.RungTalk,
	}, codes)
	require.Equal(t, models.StageDistrictScience, policy.FirstStage())
}

func TestTheCalendarIsThatOfTheHolidayTable(t *testing.T) {
	written, err := os.ReadFile("workdays.yaml")
	require.NoError(t, err)
	require.Equal(t, string(workdays.Write(2012, 2026)), string(written),
		"a correction belongs in workdays-override.yaml")
}

func TestTheCalendarKnowsTheYearsOfThePlan(t *testing.T) {
	calendar := load(t).Calendar()
	for year := 2012; year <= 2026; year++ {
		require.True(t, calendar.Covers(year), year)
	}
	require.False(t, calendar.Covers(2027))
	for text, working := range map[string]bool{
		"2013-02-16": true,  // 春节调休, a Saturday
		"2013-10-07": false, // 国庆
		"2015-09-03": false, // 抗战胜利70周年
		"2015-09-06": true,  // worked in exchange, a Sunday
		"2015-12-31": true,
	} {
		require.Equal(t, working, calendar.IsWorkday(models.MustDate(text)), text)
	}
	for year := 2012; year <= 2026; year++ {
		count := calendar.WorkdaysBetween(models.NewDate(year-1, time.December, 31), models.NewDate(year, time.December, 31))
		require.InDelta(t, 250, count, 3, "working days of %d", year)
	}
}

func TestATypingErrorInAFileIsFound(t *testing.T) {
	change := func(name, from, to string) error {
		files := fstest.MapFS{}
		for _, file := range []string{
			"plan.yaml", "tasks.yaml", "indicators.yaml", "units.yaml", "leads.yaml", "policy-1.yaml",
			"workdays.yaml", "workdays-override.yaml", "answering.yaml",
		} {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			if file == name {
				require.Contains(t, string(data), from)
				data = []byte(strings.Replace(string(data), from, to, 1))
			}
			files[file] = &fstest.MapFile{Data: data}
		}
		_, err := seeds.Load(files)
		return err
	}
	require.NoError(t, change("plan.yaml", "policy: 1", "policy: 1"))
	for name, mistake := range map[string][3]string{
		"a misspelt key":              {"policy-1.yaml", "returnLimit: 3", "returnLimits: 3"},
		"a ground without a name":     {"policy-1.yaml", "[illness, maternity", "[sickness, maternity"},
		"a unit off its parent":       {"units.yaml", "'/tj/120102/zf/'", "'/tj/120101/zfx/'"},
		"an unknown successor":        {"units.yaml", "['120117-zf']", "['120199-zf']"},
		"a lead that nobody is":       {"leads.yaml", "'市科委'", "'市科技委'"},
		"a passage not in the task":   {"indicators.yaml", "verbatim: '创业团队100个'", "verbatim: '创业团队200个'"},
		"a missing task":              {"tasks.yaml", "number: 2\n", "number: 3\n"},
		"a date that is none":         {"workdays.yaml", "2013-01-01", "2013-13-01"},
		"a plan with another policy":  {"plan.yaml", "policy: 1", "policy: 2"},
		"an answerer who leads not":   {"answering.yaml", "units: ['市人力社保局']", "units: ['市财政局']"},
		"an answer without a reason":  {"answering.yaml", "reason: '监督考核由市委组织部负责。'", "reason: ''"},
		"an answer for no indicator":  {"answering.yaml", "task: 53", "task: 5"},
		"an indicator in wrong order": {"indicators.yaml", "ordinal: 2", "ordinal: 3"},
	} {
		require.Error(t, change(mistake[0], mistake[1], mistake[2]), name)
	}
}
