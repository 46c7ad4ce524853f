package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/roster"
	"bangfu/models/store"
)

const cadreTitles = "干部编号,姓名,职级,单位,职务,任职时间\n"

func cadresOf(t testing.TB, text string) ([]roster.Cadre, store.Import) {
	t.Helper()
	rows, problems, err := roster.ReadCadres(strings.NewReader(text), "名册.csv")
	require.NoError(t, err)
	return rows, anImport(problems)
}

func enterprisesOf(t testing.TB, text string) ([]roster.Enterprise, store.Import) {
	t.Helper()
	rows, problems, err := roster.ReadEnterprises(strings.NewReader(text), "企业.csv")
	require.NoError(t, err)
	return rows, anImport(problems)
}

func anImport(problems []roster.Problem) store.Import {
	return store.Import{
		Plan: registryPlan, FileName: "名册.csv", FileDigest: strings.Repeat("0", 64), Problems: problems, By: clerk, Now: registryNow,
	}
}

func problemPlaces(problems []roster.Problem) []string {
	found := []string{}
	for _, problem := range problems {
		found = append(found, fmt.Sprintf("%d%s %s", problem.Row, problem.Column, problem.Code))
	}
	return found
}

// counts are the rows of the tables that an import may touch.
func counts(ctx context.Context, t *testing.T, archive *store.Archive) map[string]int {
	t.Helper()
	found := map[string]int{}
	for _, table := range []string{"cadres", "postings", "obligations", "goals", "events", "commands", "enterprises", "audit_entries", "imports"} {
		var count int
		require.NoError(t, archive.SQL().QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&count))
		found[table] = count
	}
	return found
}

func TestARosterEnrolsThoseWhomThePlanAddresses(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		text := cadreTitles +
			"A1,张三,正处级,和平区,局长,2010-05-06\n" + // in scope from the plan's first day
			"A2,李四,副处级,120101-zzb,副部长,2014-03-01\n" + // below a district, joined later
			"A3,王五,正局级,开发区,主任,2013-01-01\n" + // a functional zone
			"A4,赵六,正处级,市科委,处长,2013-01-01\n" + // a city department is not in scope
			"A5,钱七,正科级,和平区,科长,2013-01-01\n" // below division rank
		rows, in := cadresOf(t, text)
		report, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Empty(t, report.Problems)
		require.Equal(t, store.ImportImported, report.State)
		require.Equal(t, [5]int{5, 0, 0, 3, 2}, [5]int{report.New, report.Changed, report.Unchanged, report.Enrolled, report.WithoutDuty})

		first, err := archive.LoadObligation(ctx, models.ObligationID{Plan: registryPlan, Cadre: "A1"})
		require.NoError(t, err)
		require.Equal(t, models.MustDate("2013-01-01"), first.Obligation.From)
		require.Equal(t, models.MustDate("2015-12-31"), first.Obligation.PlanDue)
		later, err := archive.LoadObligation(ctx, models.ObligationID{Plan: registryPlan, Cadre: "A2"})
		require.NoError(t, err)
		require.Equal(t, models.MustDate("2014-03-01"), later.Obligation.From)
		require.Equal(t, models.UnitID("120101-zzb"), later.Obligation.Unit)
		for _, cadre := range []models.CadreID{"A4", "A5"} {
			_, err = archive.LoadObligation(ctx, models.ObligationID{Plan: registryPlan, Cadre: cadre})
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		unstarted, err := archive.Unstarted(ctx, registryPlan, models.ObligationID{}, 10)
		require.NoError(t, err)
		require.Len(t, unstarted, 3, "the workflows are started later, at a bounded rate")

		before := counts(ctx, t, archive)
		again, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, [4]int{0, 0, 5, 0}, [4]int{again.New, again.Changed, again.Unchanged, again.Enrolled})
		before["imports"]++
		before["audit_entries"]++
		require.Equal(t, before, counts(ctx, t, archive), "a second time only the import itself is remembered")
	})
}

func TestAPromotionIsAChangeAndEnrols(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		rows, in := cadresOf(t, cadreTitles+"A5,钱七,正科级,和平区,科长,2013-01-01\n")
		_, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		rows, in = cadresOf(t, cadreTitles+"A5,钱 七,副处级,120101,副局长,2013-01-01\n")
		report, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, [4]int{0, 1, 0, 1}, [4]int{report.New, report.Changed, report.Unchanged, report.Enrolled})
		entry, err := archive.Cadre(ctx, store.Everything(), "A5")
		require.NoError(t, err)
		require.Equal(t, models.RankDivisionDeputy, entry.Rank)
		postings, err := archive.Postings(ctx, "A5")
		require.NoError(t, err)
		require.Len(t, postings, 1)
		require.Equal(t, "副局长", postings[0].Title)
	})
}

func TestARosterWithProblemsChangesNothingAndNamesThemAll(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		rows, in := cadresOf(t, cadreTitles+"A1,张三,正处级,和平区,局长,2013-01-01\n")
		_, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		before := counts(ctx, t, archive)

		text := cadreTitles +
			"A1,张叁,正处级,河东区,局长,2013-01-01\n" +
			"B1,好人,正处级,和平区,局长,2013-01-01\n" +
			"B2,李四,正处级,火星区,局长,2013-01-01\n" +
			"B2,王五,无此级,各区县,局长,2014-12-01\n" +
			"B3,赵六,正处级,宁河区,局长,2013-01-01\n" +
			"B4,钱七,正处级,宁河,局长,2013-01-01\n" // the short name of two, of which one exists then
		rows, in = cadresOf(t, text)
		expected := []string{
			"2B cadre-other-name", "2D cadre-other-unit", "4D unit-unknown",
			"5A personnel-number-duplicate", "5C rank-unknown", "5D unit-unknown", "5F posting-in-future", "6D unit-ended",
		}
		in.DryRun = true
		report, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, expected, problemPlaces(report.Problems))
		require.Equal(t, before, counts(ctx, t, archive), "a rehearsal changes nothing")

		in.DryRun = false
		report, err = archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, store.ImportRefused, report.State)
		require.Equal(t, expected, problemPlaces(report.Problems))
		require.Equal(t, "干部编号“B2”与第 4 行重复", report.Problems[3].Text())
		before["imports"]++
		before["audit_entries"]++
		require.Equal(t, before, counts(ctx, t, archive), "not even the good row is in")

		remembered, err := archive.Import(ctx, report.ID)
		require.NoError(t, err)
		require.Equal(t, report, remembered.ImportReport)
		listed, err := archive.Imports(ctx, "", store.Page{})
		require.NoError(t, err)
		require.Equal(t, []store.ImportState{store.ImportRefused, store.ImportImported}, []store.ImportState{listed.Items[0].State, listed.Items[1].State})
	})
}

func TestALateRosterMeetsThePlansEnd(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		rows, in := cadresOf(t, cadreTitles+"A1,张三,正处级,和平区,局长,2016-01-01\nA2,李四,正处级,和平区,局长,2015-12-31\n")
		in.Now, in.DryRun = models.MustDate("2016-03-01").Start(), true
		report, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, []string{"2F posting-outside-plan"}, problemPlaces(report.Problems))
	})
}

// manyCadres is a roster of so many cadres.
func manyCadres(count int) string {
	var text strings.Builder
	text.WriteString(cadreTitles)
	for i := range count {
		fmt.Fprintf(&text, "M%05d,张%c,正处级,和平区,局长,2013-01-01\n", i, rune('一'+i%5000))
	}
	return text.String()
}

func TestTenThousandCadresComeInOnce(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		rows, in := cadresOf(t, manyCadres(10_000))
		var last, calls int
		in.Progress = func(done, total int) {
			require.Greater(t, done, last)
			require.Equal(t, 10_000, total)
			last, calls = done, calls+1
		}
		report, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, [2]int{10_000, 10_000}, [2]int{report.New, report.Enrolled})
		require.Equal(t, 10_000, last)
		require.GreaterOrEqual(t, calls, 20)
		in.Progress = nil
		report, err = archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, [3]int{0, 10_000, 0}, [3]int{report.New, report.Unchanged, report.Enrolled})
		require.Equal(t, 10_000, counts(ctx, t, archive)["obligations"])
	})
}

func TestAnImportThatIsStoppedHalfwayLeavesNothing(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		before := counts(ctx, t, archive)
		rows, in := cadresOf(t, manyCadres(1_000))
		stopped, stop := context.WithCancelCause(ctx)
		in.Progress = func(done, total int) {
			if done >= total/2 {
				stop(errors.New("the program was stopped"))
			}
		}
		_, err := archive.ImportCadres(stopped, in, rows)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, before, counts(ctx, t, archive))

		in.Progress = nil
		report, err := archive.ImportCadres(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, 1_000, report.New, "and the file can be imported afterwards")
	})
}

func TestTheSameRosterFromTwoSidesComesInOnce(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		rows, in := cadresOf(t, manyCadres(300))
		type answer struct {
			report store.ImportReport
			err    error
		}
		answers := make(chan answer, 2)
		for range 2 {
			go func() {
				report, err := archive.ImportCadres(ctx, in, rows)
				answers <- answer{report, err}
			}()
		}
		first, second := <-answers, <-answers
		require.NoError(t, first.err)
		require.NoError(t, second.err)
		require.Equal(t, 300, first.report.New+second.report.New)
		require.Equal(t, 300, first.report.Unchanged+second.report.Unchanged)
		require.Equal(t, 300, first.report.Enrolled+second.report.Enrolled)
		found := counts(ctx, t, archive)
		require.Equal(t, [4]int{300, 300, 300, 302}, [4]int{found["cadres"], found["postings"], found["obligations"], found["audit_entries"]})
	})
}

const enterpriseTitles = "企业名称,统一社会信用代码,组织机构代码,注册号,地址,成立日期,单位,曾用名\n"

func TestEnterprisesComeInOnceAndGainWhatTheyLacked(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		rows, in := enterprisesOf(t, enterpriseTitles+
			"海河公司,,M000100Y-4,,,2011-03-04,和平区,渤海厂\n"+
			"华为公司,,19220382-1,,深圳,,,\n")
		report, err := archive.ImportEnterprises(ctx, in, rows)
		require.NoError(t, err)
		require.Empty(t, report.Problems)
		require.Equal(t, 2, report.New)
		report, err = archive.ImportEnterprises(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, [3]int{0, 0, 2}, [3]int{report.New, report.Changed, report.Unchanged})

		rows, in = enterprisesOf(t, enterpriseTitles+
			"渤海厂,91350100M000100Y43,,,新地址,2011-03-04,和平区,\n"+ // by its former name
			"华为公司,914403001922038216,,,深圳,,,\n")
		report, err = archive.ImportEnterprises(ctx, in, rows)
		require.NoError(t, err)
		require.Empty(t, report.Problems)
		require.Equal(t, [3]int{0, 2, 0}, [3]int{report.New, report.Changed, report.Unchanged})
		entry, err := archive.Enterprise(ctx, "M000100Y4")
		require.NoError(t, err)
		require.Equal(t, "海河公司", entry.Name)
		require.Equal(t, "91350100M000100Y43", entry.UnifiedCode)
		require.Equal(t, "新地址", entry.Address)
		require.Equal(t, int64(2), entry.Version)
	})
}

func TestProblemsOfEnterprisesAreNamedByRowAndColumn(t *testing.T) {
	inRegistry(t, func(t *testing.T, ctx context.Context, archive *store.Archive) {
		require.NoError(t, archive.SaveEnterprises(ctx, []models.Enterprise{
			{Key: "192203821", RegistrationNumber: "440301108548379", UnifiedCode: "914403001922038216", Name: "华为公司"},
		}))
		licence, err := archive.AddEvidence(ctx, anUpload("a", store.EvidenceDocument))
		require.NoError(t, err)
		override, err := archive.RequestOverride(ctx, "D21435692", licence.ID, "证照如此", clerk, registryNow)
		require.NoError(t, err)
		_, err = archive.ApproveOverride(ctx, override.ID, chief, registryNow)
		require.NoError(t, err)

		rows, in := enterprisesOf(t, enterpriseTitles+
			"甲,91350100M000100Y4Z,,,,,,\n"+ // a letter that no unified code has
			"乙,,D2143569-1,,,2099-01-01,火星区,\n"+
			"丙,,,440301108548379,,,,\n"+
			"丁,91350100M000100Y43,D2143569-X,,,,,\n"+
			"戊,,M000100Y4,440301108548379,,,,\n"+ // twice in the file; the number is another's
			"己,,192203821,,,,,\n"+
			",,D2143569X,440301108548370,,,,\n"+
			"庚,,D2143569-2,,,,宁河县,\n") // admitted by two people
		in.DryRun = true
		report, err := archive.ImportEnterprises(ctx, in, rows)
		require.NoError(t, err)
		require.Equal(t, []string{
			"2B enterprise-code-invalid",
			"3C enterprise-code-invalid", "3F established-in-future", "3G unit-unknown",
			"4B enterprise-code-missing",
			"5C enterprise-codes-disagree",
			"6C enterprise-duplicate", "6D registration-number-taken",
			"7A enterprise-other-name",
			"8A value-missing", "8D enterprise-code-invalid",
		}, problemPlaces(report.Problems))
		require.Contains(t, report.Problems[1].Text(), "校验位应为 X")

		var marked bytes.Buffer
		text := enterpriseTitles + "乙,,D2143569-1,,,,,\n"
		require.NoError(t, roster.WriteProblems(&marked, strings.NewReader(text), "企业.csv", report.Problems[1:2]))
		require.Contains(t, marked.String(), "错误")
	})
}
