package inspection_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models/inspection"
)

func TestACorrectionShowsWhatChangedAndNothingElse(t *testing.T) {
	issued := inspection.Draft(aSnapshot())
	require.Empty(t, inspection.Difference(issued, issued))

	snapshot := aSnapshot()
	snapshot.Digest = strings.Repeat("b", 64)
	snapshot.Units[1].Met++
	corrected := inspection.Draft(snapshot)
	changes := inspection.Difference(issued, corrected)
	require.Contains(t, changes, inspection.Change{What: inspection.ChangeBasis, Old: issued.SnapshotDigest, New: snapshot.Digest})
	require.Contains(t, changes, inspection.Change{
		What: inspection.ChangeFigure, Name: "计入完成的帮扶目标数，每一目标至多计到应完成数", Old: "195个", New: "196个",
	})
	var lines []string
	for _, change := range changes {
		if change.What == inspection.ChangeAnnex {
			lines = append(lines, change.New)
		}
	}
	require.Contains(t, strings.Join(lines, "\n"), "河东区\t45\t32\t33")
	require.NotContains(t, strings.Join(lines, "\n"), "和平区", "its row is what it was")
}

func TestAnEditOfWordsIsADifferenceOfWordsAlone(t *testing.T) {
	issued := inspection.Draft(aSnapshot())
	sections := copied(issued)
	sections[3].Paragraphs[0] = "未销号的问题限期整改。"
	sections[3].Paragraphs = append(sections[3].Paragraphs, "各单位抓紧落实。")
	edited, err := inspection.Edit(issued, sections)
	require.NoError(t, err)
	require.Equal(t, []inspection.Change{
		{What: inspection.ChangeWords, Section: inspection.SectionNext, Old: "未销号的问题按以下期限整改，期限当日终了时到期。", New: "未销号的问题限期整改。"},
		{What: inspection.ChangeWords, Section: inspection.SectionNext, New: "各单位抓紧落实。"},
	}, inspection.Difference(issued, edited))
}

// TestADifferenceLeadsFromOneTextToTheOther: what is gone and what is new account
// for every line that the two do not share.
func TestADifferenceLeadsFromOneTextToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"甲。", "乙。", "丙。", "丁。"}), 0, 8)
		one, two := inspection.Draft(quietSnapshot()), inspection.Draft(quietSnapshot())
		one.Sections, two.Sections = copied(one), copied(two)
		one.Sections[1].Paragraphs, two.Sections[1].Paragraphs = lines.Draw(t, "old"), lines.Draw(t, "new")
		counts := map[string]int{}
		for _, line := range one.Sections[1].Paragraphs {
			counts[line]--
		}
		for _, line := range two.Sections[1].Paragraphs {
			counts[line]++
		}
		for _, change := range inspection.Difference(one, two) {
			require.Equal(t, inspection.ChangeWords, change.What)
			require.NotEqual(t, change.Old, change.New)
			counts[change.Old]++
			counts[change.New]--
		}
		delete(counts, "")
		for line, left := range counts {
			require.Zero(t, left, line)
		}
	})
}

func TestACorrectionNamesWhatItCorrects(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	bulletin.Corrects = "津政督〔2015〕1号"
	require.Contains(t, bulletin.Title(), "更正2014年第四季度")
	require.Contains(t, bulletin.Note(), "更正津政督〔2015〕1号，原通报不作改动")
}
