package inspection_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

// aUnit is a unit of a district or zone with its goals of three kinds, each a
// third of what is required.
func aUnit(id, name string, kind models.UnitKind, required int, met ...int) inspection.UnitFigures {
	unit := inspection.UnitFigures{
		Unit: models.UnitID(id), Name: name, Kind: kind, Report: inspection.ReportConfirmed,
		Goals: map[models.Kind]inspection.GoalFigures{},
	}
	for i, number := range met {
		goals := inspection.GoalFigures{Required: required / len(models.Kinds), Met: number, Credits: number}
		unit.Goals[models.Kinds[i]] = goals
		unit.Required, unit.Met, unit.Credits = unit.Required+goals.Required, unit.Met+goals.Met, unit.Credits+goals.Credits
	}
	unit.Cadres = required / len(models.Kinds)
	return unit
}

// before is what the former quarter knew of the unit.
func before(unit inspection.UnitFigures, required, met, place int) inspection.UnitFigures {
	unit.LastQuarter, unit.LastQuarterPlace = &models.Outcome{Required: required, Met: met}, place
	return unit
}

// aSnapshot is the end of 2014, as it could have been: most units keep up, one is
// done, a few are late, and two questions of the plan stay open.
func aSnapshot() inspection.Snapshot {
	heping := before(aUnit("120101", "和平区", models.UnitDistrict, 36, 12, 12, 12), 36, 33, 1)
	heping.Credits += 3
	hedong := before(aUnit("120102", "河东区", models.UnitDistrict, 45, 9, 10, 13), 45, 29, 3)
	hexi := before(aUnit("120103", "河西区", models.UnitDistrict, 48, 8, 9, 16), 48, 34, 2)
	hexi.Overdue, hexi.Late = 2, true
	nankai := before(aUnit("120104", "南开区", models.UnitDistrict, 45, 9, 10, 13), 45, 25, 4)
	ninghe := before(aUnit("120221", "宁河县", models.UnitDistrict, 30, 2, 3, 6), 30, 9, 5)
	ninghe.Report, ninghe.Late, ninghe.Overdue = inspection.ReportMissing, true, 4
	kaifaqu := before(aUnit("120116-KFQ", "天津经济技术开发区", models.UnitZone, 30, 8, 9, 10), 30, 24, 1)
	gaoxinqu := before(aUnit("120116-GXQ", "天津滨海高新技术产业开发区", models.UnitZone, 27, 7, 7, 7), 27, 20, 2)
	lingang := aUnit("120116-LG", "天津临港经济区", models.UnitZone, 6, 1, 1, 1)
	department := func(id, name string) inspection.UnitFigures {
		return inspection.UnitFigures{Unit: models.UnitID(id), Name: name, Kind: models.UnitDepartment, Report: inspection.ReportConfirmed}
	}
	waiguoju := department("tj-wzj", "天津市外国专家局")
	waiguoju.Report, waiguoju.Late = inspection.ReportFiled, true
	return inspection.Snapshot{
		Plan: "tianjin-2013", PlanTitle: "天津市科技小巨人发展三年行动计划（2013—2015年）",
		Quarter: models.MustQuarter("2014Q4"), CutOff: models.MustQuarter("2014Q4").End(),
		Digest:  "3f2a" + strings.Repeat("0c", 30),
		Elapsed: 730, Window: 1095, Rules: inspection.StandardRules(),
		Units: []inspection.UnitFigures{
			heping, hedong, hexi, nankai, ninghe, kaifaqu, gaoxinqu, lingang,
			department("tj-kw", "天津市科学技术委员会"), waiguoju, department("tj-jrb", "天津市人民政府金融服务办公室"),
		},
		Indicators: someIndicators(),
		Findings:   someFindings(),
	}
}

func someIndicators() []inspection.IndicatorFigures {
	city := []inspection.IndicatorFigures{
		{Task: 1, Ordinal: 1, Name: "鼓励科技人员创办和衍生科技型中小企业", Target: "2000", Measure: "家", Reported: "2105", State: inspection.ProgressDone},
		{Task: 3, Ordinal: 1, Name: "引进海外先进适用技术", Target: "300", Measure: "项", Reported: "236", State: inspection.ProgressAhead},
		{Task: 3, Ordinal: 2, Name: "引进创业团队", Target: "100", Measure: "个", Reported: "41", State: inspection.ProgressBehind},
		{Task: 6, Ordinal: 1, Name: "引进科研院所和科技型中小企业", Target: "6000", Measure: "家", Reported: "4020", System: "3987", State: inspection.ProgressOnSchedule, Ambiguity: "科研院所与企业合并计数。"},
		{Task: 11, Ordinal: 1, Name: "组织科技金融对接活动", Target: "30", TargetText: "30场左右", Measure: "场", Reported: "21", State: inspection.ProgressOnSchedule},
		{Task: 53, Ordinal: 1, Name: "每季度开展一次督查", TargetText: "每季度一次", Measure: "次", State: inspection.ProgressUnmeasured},
	}
	share := func(of int, unit models.UnitID) inspection.IndicatorFigures {
		figures := city[of]
		figures.Unit = unit
		return figures
	}
	return append(city, share(0, "tj-kw"), share(1, "tj-kw"), share(2, "tj-kw"), share(1, "tj-wzj"), share(2, "tj-wzj"), share(4, "tj-jrb"))
}

func someFindings() []inspection.FindingFigures {
	return []inspection.FindingFigures{
		{
			ID: "q-2", Unit: "120221", UnitName: "宁河县", Severity: inspection.SeverityGrave, State: inspection.FindingOpen, Light: models.Red,
			Text: "2014年第三季度抽查的5条认定中有2条的企业已经注销", Quarter: models.MustQuarter("2014Q3"),
			RaisedOn: models.MustDate("2014-11-10"), DueOn: models.MustDate("2014-11-24"),
		},
		{
			ID: "q-1", Unit: "120103", UnitName: "河西区", Task: 6, Severity: inspection.SeveritySerious, State: inspection.FindingAnswered, Light: models.Blue,
			Text: "自报数比系统数多33家", Quarter: models.MustQuarter("2014Q4"),
			RaisedOn: models.MustDate("2015-01-06"), DueOn: models.MustDate("2015-01-27"),
		},
		{
			ID: "q-0", Unit: "120101", UnitName: "和平区", Severity: inspection.SeverityMinor, State: inspection.FindingClosed, Light: models.Green,
			Text: "迟报", Quarter: models.MustQuarter("2014Q3"), RaisedOn: models.MustDate("2014-10-10"), DueOn: models.MustDate("2014-11-10"),
		},
	}
}

// quietSnapshot has nothing amiss and nothing to praise.
func quietSnapshot() inspection.Snapshot {
	return inspection.Snapshot{
		Plan: "tianjin-2013", PlanTitle: "行动计划", Quarter: models.MustQuarter("2013Q1"), CutOff: models.MustQuarter("2013Q1").End(),
		Digest: strings.Repeat("0", 64), Rules: inspection.StandardRules(),
	}
}

// hugeSnapshot has far more of everything than any city.
func hugeSnapshot() inspection.Snapshot {
	snapshot := quietSnapshot()
	snapshot.Elapsed, snapshot.Window = 90, 1095
	kinds := []models.UnitKind{models.UnitDistrict, models.UnitZone, models.UnitDepartment}
	for i := range 400 {
		unit := aUnit(fmt.Sprintf("u%03d", i), fmt.Sprintf("第%d单位", i), kinds[i%len(kinds)], 30, i%11, i%7, i%5)
		if unit.Kind == models.UnitDepartment {
			unit = aUnit(string(unit.Unit), unit.Name, unit.Kind, 0)
		}
		unit.Overdue, unit.Late = i%4, i%9 == 0
		snapshot.Units = append(snapshot.Units, unit)
		snapshot.Findings = append(snapshot.Findings, inspection.FindingFigures{
			ID: inspection.FindingID(fmt.Sprintf("q%d", i)), Unit: unit.Unit, UnitName: unit.Name, Severity: inspection.Severities[i%3],
			State: inspection.FindingOpen, Text: fmt.Sprintf("问题%d", i), DueOn: models.MustDate("2013-04-01").AddDays(i), Quarter: snapshot.Quarter,
		})
	}
	for i := range 60 {
		for _, unit := range []models.UnitID{"", "u002", "u005"} {
			snapshot.Indicators = append(snapshot.Indicators, inspection.IndicatorFigures{
				Task: i + 1, Ordinal: 1, Name: fmt.Sprintf("指标%d", i), Unit: unit, Target: "100", Reported: fmt.Sprint(i), Measure: "家",
				State: inspection.ProgressStates[i%len(inspection.ProgressStates)],
			})
		}
	}
	return snapshot
}

// drawSnapshot draws a snapshot with everything that one can hold.
func drawSnapshot(t *rapid.T) inspection.Snapshot {
	quarter := models.NewQuarter(rapid.IntRange(2013, 2015).Draw(t, "year"), rapid.IntRange(1, 4).Draw(t, "quarter"))
	snapshot := inspection.Snapshot{
		Plan: "tianjin-2013", PlanTitle: "三年行动计划（2013—2015）", Quarter: quarter, CutOff: quarter.End(), Digest: strings.Repeat("a1", 32),
		Window: 1095, Elapsed: rapid.IntRange(0, 1095).Draw(t, "elapsed"), Rules: inspection.StandardRules(),
	}
	snapshot.Rules.RankLeast = rapid.IntRange(1, 12).Draw(t, "least")
	snapshot.Rules.KeptTopics = rapid.SliceOfDistinct(rapid.SampledFrom(inspection.Topics), rapid.ID[inspection.Topic]).Draw(t, "kept")
	snapshot.Units = rapid.SliceOfNDistinct(rapid.Custom(drawUnit), 0, 8, func(u inspection.UnitFigures) models.UnitID { return u.Unit }).Draw(t, "units")
	snapshot.Indicators = rapid.SliceOfNDistinct(rapid.Custom(drawIndicator), 0, 12, func(i inspection.IndicatorFigures) string {
		return fmt.Sprint(i.Task, i.Ordinal, i.Unit)
	}).Draw(t, "indicators")
	snapshot.Findings = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) inspection.FindingFigures {
		return drawFinding(t, quarter)
	}), 0, 8, func(f inspection.FindingFigures) inspection.FindingID { return f.ID }).Draw(t, "findings")
	return snapshot
}

func drawUnitID(t *rapid.T) models.UnitID {
	return models.UnitID(rapid.StringMatching(`1201[0-1][1-5]`).Draw(t, "unit"))
}

func drawUnit(t *rapid.T) inspection.UnitFigures {
	unit := inspection.UnitFigures{
		Unit: drawUnitID(t), Kind: rapid.SampledFrom([]models.UnitKind{
			models.UnitDistrict, models.UnitDistrict, models.UnitZone, models.UnitDepartment, models.UnitOffice,
		}).Draw(t, "kind"),
		Name:   rapid.SampledFrom([]string{"和平区", "第3开发区", "三一〇所", "", "<甲>{乙}", "河 西\n区"}).Draw(t, "name"),
		Report: rapid.SampledFrom([]inspection.ReportState{"due", "filed", "confirmed", "nothing", "missing"}).Draw(t, "report"),
		Late:   rapid.Bool().Draw(t, "late"), Goals: map[models.Kind]inspection.GoalFigures{},
	}
	if unit.Kind != models.UnitDepartment {
		for _, kind := range models.Kinds {
			required := rapid.IntRange(0, 8).Draw(t, "required")
			met := rapid.IntRange(0, required).Draw(t, "met")
			goals := inspection.GoalFigures{
				Required: required, Met: met, Credits: met + rapid.IntRange(0, 2).Draw(t, "over"), Overdue: rapid.IntRange(0, required-met).Draw(t, "overdue"),
			}
			unit.Goals[kind] = goals
			unit.Required, unit.Met = unit.Required+goals.Required, unit.Met+goals.Met
			unit.Credits, unit.Overdue = unit.Credits+goals.Credits, unit.Overdue+goals.Overdue
		}
	}
	if rapid.Bool().Draw(t, "known before") {
		required := rapid.IntRange(0, 20).Draw(t, "required before")
		unit.LastQuarter = &models.Outcome{Required: required, Met: rapid.IntRange(0, required).Draw(t, "met before")}
		unit.LastQuarterPlace = rapid.IntRange(0, 5).Draw(t, "place before")
	}
	return unit
}

func drawIndicator(t *rapid.T) inspection.IndicatorFigures {
	numbers := rapid.SampledFrom([]string{"", "0", "12.5", "12.50", "300"})
	indicator := inspection.IndicatorFigures{
		Task: rapid.IntRange(1, 56).Draw(t, "task"), Ordinal: rapid.IntRange(1, 3).Draw(t, "ordinal"),
		Name:   rapid.SampledFrom([]string{"引进企业6000家", "创业团队", "", "{{f1}}"}).Draw(t, "name"),
		Target: numbers.Draw(t, "target"), Reported: numbers.Draw(t, "reported"), System: numbers.Draw(t, "system"),
		TargetText: rapid.SampledFrom([]string{"", "30场左右"}).Draw(t, "text"), Measure: "家",
		State: rapid.SampledFrom(inspection.ProgressStates).Draw(t, "state"),
	}
	if rapid.Bool().Draw(t, "of a unit") {
		indicator.Unit = drawUnitID(t)
	}
	return indicator
}

func drawFinding(t *rapid.T, quarter models.Quarter) inspection.FindingFigures {
	finding := inspection.FindingFigures{
		ID: inspection.FindingID(rapid.StringMatching(`q[0-9]{1,2}`).Draw(t, "finding")), Unit: drawUnitID(t), UnitName: "某单位2",
		Severity: rapid.SampledFrom(inspection.Severities).Draw(t, "severity"),
		State:    rapid.SampledFrom([]inspection.FindingState{"open", "answered", "closed", "withdrawn"}).Draw(t, "state"),
		Light:    rapid.SampledFrom([]models.Light{models.Green, models.Blue, models.Yellow, models.Red}).Draw(t, "light"),
		Text:     rapid.SampledFrom([]string{"少报2家", "第三季度\n材料缺5份", ""}).Draw(t, "text"),
		Quarter:  quarter.Add(-rapid.IntRange(0, 2).Draw(t, "quarters ago")),
	}
	if rapid.Bool().Draw(t, "due") {
		finding.DueOn = quarter.Last().AddDays(rapid.IntRange(-30, 30).Draw(t, "due on"))
	}
	return finding
}

// shuffled is the same snapshot with its rows in another order.
func shuffled(t *rapid.T, snapshot inspection.Snapshot) inspection.Snapshot {
	snapshot.Units = rapid.Permutation(snapshot.Units).Draw(t, "other units")
	snapshot.Indicators = rapid.Permutation(snapshot.Indicators).Draw(t, "other indicators")
	snapshot.Findings = rapid.Permutation(snapshot.Findings).Draw(t, "other findings")
	return snapshot
}

func itoa(number int) string { return strconv.Itoa(number) }

func atoi(t require.TestingT, text string) int {
	number, err := strconv.Atoi(text)
	require.NoError(t, err)
	return number
}
