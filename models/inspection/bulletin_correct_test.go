package inspection_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

func TestRefreshingFromTheSameSnapshotChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := drawSnapshot(t)
		bulletin := inspection.Draft(snapshot)
		refreshed := inspection.Refresh(bulletin, snapshot)
		require.Equal(t, bulletin, refreshed.Bulletin)
		require.Empty(t, refreshed.Gone)
		require.Empty(t, refreshed.Untold)
	})
}

func TestRefreshingKeepsTheWordsAndReadsEveryFigureAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bulletin, other := inspection.Draft(drawSnapshot(t)), drawSnapshot(t)
		refreshed := inspection.Refresh(bulletin, other)
		require.Equal(t, bulletin.Sections, refreshed.Bulletin.Sections)
		require.Equal(t, inspection.Draft(other).Annexes, refreshed.Bulletin.Annexes)
		for id, figure := range refreshed.Bulletin.Figures {
			shown, known := inspection.Evaluate(other, figure.Query)
			if known {
				require.Equal(t, shown, figure.Shown, "%s", id)
			} else {
				require.Contains(t, refreshed.Gone, id, "told that it is gone")
				require.False(t, figure.Kept)
			}
		}
		again := inspection.Refresh(bulletin, other)
		require.Equal(t, refreshed, again)
	})
}

func TestAUnitThatBecomesLateAfterTheDraftIsReportedAsUntold(t *testing.T) {
	snapshot := aSnapshot()
	bulletin := inspection.Draft(snapshot)
	snapshot.Units = append(snapshot.Units[:0:0], snapshot.Units...)
	snapshot.Units[1].Overdue = 7
	refreshed := inspection.Refresh(bulletin, snapshot)
	require.Contains(t, inspection.Render(refreshed.Bulletin), "截止时逾期的目标13个")
	require.Len(t, refreshed.Untold, 1)
	require.Equal(t, inspection.SectionProblems, refreshed.Untold[0].Code)
	require.Len(t, refreshed.Untold[0].Paragraphs, 1)
	untold := refreshed.Untold[0].Paragraphs[0]
	require.Equal(t, "河东区：帮扶目标逾期7个。", refreshed.Bulletin.RenderParagraph(untold))
	edited, err := inspection.Edit(refreshed.Bulletin, with(refreshed.Bulletin, inspection.SectionProblems, untold))
	require.NoError(t, err)
	again := inspection.Refresh(edited, snapshot)
	require.Empty(t, again.Untold, "now it is told")
	require.Equal(t, edited, again.Bulletin)
}

func TestWhatIsUntoldCanBePutIntoTheTextAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		other := drawSnapshot(t)
		refreshed := inspection.Refresh(inspection.Draft(drawSnapshot(t)), other)
		require.Equal(t, len(refreshed.Bulletin.Figures), len(inspection.Refresh(refreshed.Bulletin, other).Bulletin.Figures),
			"figures that wait are taken again, not added again")
		sections := copied(refreshed.Bulletin)
		for _, untold := range refreshed.Untold {
			for i := range sections {
				if sections[i].Code == untold.Code {
					sections[i].Paragraphs = append(sections[i].Paragraphs, untold.Paragraphs...)
				}
			}
		}
		edited, err := inspection.Edit(refreshed.Bulletin, sections)
		require.NoError(t, err)
		require.Empty(t, inspection.Refresh(edited, other).Untold)
	})
}

func TestACorrectionIsANewBulletinWithATableOfWhatItReplaces(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Individuals = []inspection.IndividualFigures{{Name: "张三丰", Unit: "120221", UnitName: "宁河县", Kind: models.Found}}
	issued := inspection.Draft(snapshot)
	kept, err := issued.Digest()
	require.NoError(t, err)

	snapshot.Digest = strings.Repeat("b", 64)
	snapshot.Units = append(snapshot.Units[:0:0], snapshot.Units...)
	snapshot.Units[1].Met++
	snapshot.Individuals = nil
	correcting := inspection.Correct(issued, "津政督〔2015〕1号", snapshot).Bulletin
	correcting = inspection.WithCorrections(issued, inspection.WithCorrections(issued, correcting))

	require.Contains(t, correcting.Title(), "更正")
	require.Len(t, correcting.Annexes, 5, "one table of changes, however often it is made")
	table := correcting.Annexes[4].TextOf()
	require.Contains(t, table, "195个\t196个")
	require.Contains(t, table, "附表《区县、功能区干部帮扶完成情况》")
	require.NotContains(t, table, "张三丰", "who was named in a restricted table is not named in a public one")
	again, err := issued.Digest()
	require.NoError(t, err)
	require.Equal(t, kept, again, "an issued bulletin is never edited")
}
