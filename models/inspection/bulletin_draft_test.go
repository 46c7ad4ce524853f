package inspection_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

var update = flag.Bool("update", false, "write the golden bulletin again")

// whole is a bulletin with its tables as plain text.
func whole(bulletin inspection.Bulletin) string {
	text := inspection.Render(bulletin)
	for _, annex := range bulletin.Annexes {
		text += "\n" + annex.TextOf()
	}
	return text
}

func TestTheBulletinOfARealisticQuarterReadsAsItIsKept(t *testing.T) {
	for name, snapshot := range map[string]inspection.Snapshot{"bulletin-2014Q4": aSnapshot(), "bulletin-empty": quietSnapshot()} {
		path := filepath.Join("testdata", name+".txt")
		text := whole(inspection.Draft(snapshot))
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		}
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(kept), text)
	}
}

func TestADraftIsAFunctionOfTheRowsAndNotOfTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		first, err := inspection.Draft(snapshot).Canonical()
		require.NoError(t, err)
		again, err := inspection.Draft(shuffled(t, snapshot)).Canonical()
		require.NoError(t, err)
		require.Equal(t, string(first), string(again))
	})
}

func TestEveryFigureIsWhatItsQueryGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		for id, figure := range inspection.Draft(snapshot).Figures {
			shown, known := inspection.Evaluate(snapshot, figure.Query)
			require.True(t, known, "%s", id)
			require.Equal(t, shown, figure.Shown, "%s", id)
			require.NotEmpty(t, figure.Value, "%s", id)
			require.NotEmpty(t, figure.Definition, "%s", id)
			require.Contains(t, inspection.Topics, figure.Topic)
		}
	})
}

func TestTheWordsOfADraftHoldNoNumbersAndEveryFigureStandsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bulletin := inspection.Draft(drawSnapshot(t))
		seen := map[inspection.FigureID]int{}
		for _, section := range bulletin.Sections {
			require.NotEmpty(t, section.Paragraphs, "a chapter without news says so")
			for _, paragraph := range section.Paragraphs {
				for _, segment := range bulletin.Segments(paragraph) {
					if segment.Figure == "" {
						require.Empty(t, inspection.FreeNumbers(segment.Text), segment.Text)
						require.NotContains(t, segment.Text, "{{")
						require.NotContains(t, segment.Text, "数据缺")
						continue
					}
					seen[segment.Figure]++
				}
			}
		}
		require.Len(t, seen, len(bulletin.Figures))
		for id, times := range seen {
			require.Equal(t, 1, times, "%s", id)
		}
	})
}

func TestADraftIsItsOwnEditAlsoAsAnEditorIsShownIt(t *testing.T) {
	check := func(t require.TestingT, snapshot inspection.Snapshot) {
		bulletin := inspection.Draft(snapshot)
		edited, err := inspection.Edit(bulletin, bulletin.Sections)
		require.NoError(t, err)
		require.Equal(t, bulletin, edited)
		edited, err = inspection.Edit(bulletin, asEditor(bulletin))
		require.NoError(t, err)
		require.Equal(t, bulletin, edited)
	}
	for _, snapshot := range []inspection.Snapshot{aSnapshot(), quietSnapshot(), hugeSnapshot()} {
		check(t, snapshot)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, drawSnapshot(t)) })
}

// asEditor is what the form of an editor sends back unchanged.
func asEditor(bulletin inspection.Bulletin) []inspection.Section {
	var sections []inspection.Section
	for _, section := range bulletin.Sections {
		shown := inspection.Section{Code: section.Code}
		for _, paragraph := range section.Paragraphs {
			shown.Paragraphs = append(shown.Paragraphs, "　　"+bulletin.Editable(paragraph)+"\r\n", "")
		}
		sections = append(sections, shown)
	}
	return sections
}

func TestEveryUnitWithSomethingAmissIsNamedWithItsFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		bulletin := inspection.Draft(snapshot)
		told := map[models.UnitID]map[inspection.Measure]string{}
		for _, section := range bulletin.Sections {
			for _, paragraph := range section.Paragraphs {
				for _, segment := range bulletin.Segments(paragraph) {
					query := bulletin.Figures[segment.Figure].Query
					if section.Code == inspection.SectionProblems && query.Unit != "" {
						if told[query.Unit] == nil {
							told[query.Unit] = map[inspection.Measure]string{}
						}
						told[query.Unit][query.Measure] = segment.Text
					}
				}
			}
		}
		for _, unit := range snapshot.Units {
			if unit.Overdue > 0 {
				require.Equal(t, inspection.Shown{Value: told[unit.Unit][inspection.MeasureOverdue]}.String(),
					inspection.Shown{Value: itoa(unit.Overdue), Unit: "个"}.String())
			}
			if unit.Report == inspection.ReportMissing || unit.Late && unit.Report != inspection.ReportNothing {
				require.NotEmpty(t, told[unit.Unit][inspection.MeasureName], "named for its report")
			}
		}
	})
}

func TestNamesOfPeopleStandInARestrictedTableAlone(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Individuals = []inspection.IndividualFigures{{
		Obligation: models.ObligationID{Plan: "tianjin-2013", Cadre: "TJ0001"}, Name: "张三丰", Unit: "120221", UnitName: "宁河县",
		Kind: models.Found, DueOn: models.MustDate("2014-12-31"),
	}}
	bulletin := inspection.Draft(snapshot)
	restricted := bulletin.Annexes[len(bulletin.Annexes)-1]
	require.True(t, restricted.Restricted)
	require.Contains(t, restricted.TextOf(), "张三丰")
	require.Contains(t, inspection.Render(bulletin), "限内部")
	text, err := bulletin.Public().Canonical()
	require.NoError(t, err)
	require.NotContains(t, string(text), "张三丰")
	require.NotContains(t, string(text), "TJ0001")
	require.Equal(t, inspection.Draft(aSnapshot()), bulletin.Public())
	require.Len(t, bulletin.Annexes, 5, "the whole bulletin still has it")
}

func TestTheTablesSumWhatTheTextTells(t *testing.T) {
	bulletin := inspection.Draft(hugeSnapshot())
	annex := bulletin.Annexes[0]
	column := func(title string) int {
		for i, head := range annex.Columns {
			if strings.HasPrefix(head.Title, title) {
				return i
			}
		}
		t.Fatalf("no column %s", title)
		return 0
	}
	for title, measure := range map[string]inspection.Measure{
		"应完成": inspection.MeasureRequired, "计入完成": inspection.MeasureMet, "已认定": inspection.MeasureCredits, "逾期": inspection.MeasureOverdue,
	} {
		rows, totals := 0, 0
		for _, row := range annex.Rows {
			require.True(t, row.Heading || len(row.Cells) == len(annex.Columns))
			switch {
			case row.Total:
				totals += atoi(t, row.Cells[column(title)])
			case !row.Heading:
				rows += atoi(t, row.Cells[column(title)])
			}
		}
		require.Equal(t, rows, totals)
		all := 0
		for _, group := range []models.UnitKind{models.UnitDistrict, models.UnitZone} {
			shown, known := inspection.Evaluate(hugeSnapshot(), inspection.Query{Table: inspection.TableUnits, Measure: measure, Group: group})
			require.True(t, known)
			all += atoi(t, shown.Value)
		}
		require.Equal(t, all, totals, title)
	}
}

func TestTheDigestIsThatOfTheWholeBulletin(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	first, err := bulletin.Digest()
	require.NoError(t, err)
	require.Len(t, first, 64)
	bulletin.Sections[1].Paragraphs = append(bulletin.Sections[1].Paragraphs, "加强调度。")
	second, err := bulletin.Digest()
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

func TestABulletinIsTheSameAfterAJourneyThroughTheArchive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		snapshot.CutOff = snapshot.CutOff.In(models.Shanghai)
		bulletin := inspection.Draft(snapshot)
		text, err := bulletin.Canonical()
		require.NoError(t, err)
		var read inspection.Bulletin
		require.NoError(t, json.Unmarshal(text, &read))
		again, err := read.Canonical()
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
		require.Equal(t, inspection.Render(bulletin), inspection.Render(read))
	})
}

func TestASnapshotThatWasKeptGivesTheSameBulletin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		text, err := json.Marshal(snapshot)
		require.NoError(t, err)
		var read inspection.Snapshot
		require.NoError(t, json.Unmarshal(text, &read))
		require.Equal(t, inspection.Draft(snapshot), inspection.Draft(read))
	})
}

func TestRowsThatWereFrozenWithoutRulesFallUnderTheStandardOnes(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Rules = inspection.Rules{}
	require.Equal(t, inspection.Draft(aSnapshot()), inspection.Draft(snapshot))
}

func BenchmarkADraftOfFourHundredUnits(b *testing.B) {
	snapshot := hugeSnapshot()
	for b.Loop() {
		inspection.Draft(snapshot)
	}
}
