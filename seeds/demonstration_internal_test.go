package seeds

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
)

func told(t *testing.T, today string) *demonstration {
	t.Helper()
	loaded, err := Load(Embedded())
	require.NoError(t, err)
	world, err := tellDemonstration(loaded, demonstrationPlan(models.MustDate(today), loaded.Policy.Version))
	require.NoError(t, err)
	return world
}

func TestEveryStateAndLightOccursInTheStories(t *testing.T) {
	world := told(t, "2026-11-23")
	records, obligations, lights, goals := map[models.RecordState]int{}, map[models.ObligationState]int{}, map[models.Light]int{}, map[models.GoalState]int{}
	stages := map[models.Stage]int{}
	rungs := map[models.RungCode]int{}
	for _, lived := range world.lives {
		standing := lived.obligation.Standing(world.asOf, world.rules)
		obligations[standing.State]++
		lights[standing.Light]++
		for _, goal := range standing.Goals {
			goals[goal.State]++
		}
		for _, record := range lived.obligation.Records {
			records[record.State]++
			if record.State == models.StateUnderReview {
				stages[record.Stage]++
			}
		}
		records[models.StateDraft] += len(lived.drafts)
		for _, done := range lived.acts {
			if rung, is := done.command.Body.(models.PassRung); is {
				rungs[models.RungCode(codeOf(rung.Rung))]++
			}
		}
	}
	t.Log(records, obligations, lights, goals, stages, rungs, len(world.acts()), len(world.documents), len(world.enterprises))
	for _, state := range models.RecordStates {
		require.NotZero(t, records[state], state)
	}
	for _, state := range models.ObligationStates {
		require.NotZero(t, obligations[state], state)
	}
	for _, light := range models.Lights {
		require.NotZero(t, lights[light], light)
	}
	for _, rule := range world.rules.Stages {
		require.NotZero(t, stages[rule.Stage], rule.Stage)
	}
	for _, code := range []models.RungCode{"schedule-1", models.RungOverdue, models.RungTalk, models.RungCorrectionLapsed, models.RungSuspensionEnds} {
		require.NotZero(t, rungs[code], code)
	}
	require.Len(t, world.lives, cadreCount)
	require.GreaterOrEqual(t, len(world.enterprises), enterpriseCount)
}

func codeOf(id models.RungID) string {
	for i, c := range string(id) {
		if c == '@' {
			return string(id)[:i]
		}
	}
	return string(id)
}

func TestAPaperIsAPDFThatReadersCanFollow(t *testing.T) {
	content := page("演示材料", "第二行")
	start := bytes.LastIndex(content, []byte("startxref\n"))
	var table int
	_, err := fmt.Sscanf(string(content[start:]), "startxref\n%d", &table)
	require.NoError(t, err)
	lines := strings.Split(string(content[table:]), "\n")
	require.Equal(t, "xref", lines[0])
	require.Equal(t, "0 8", lines[1])
	for number := 1; number <= 7; number++ {
		entry := lines[2+number]
		require.Len(t, entry, 19, "an entry has 20 bytes with its end of line")
		var offset int
		_, err := fmt.Sscanf(entry, "%010d", &offset)
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(content[offset:], fmt.Appendf(nil, "%d 0 obj", number)), "object %d", number)
	}
	require.Contains(t, string(content), "<6F14793A6750"+"6599>", "演示材料 in the font's codes")
}

func TestEveryPictureIsAFileOfItsOwn(t *testing.T) {
	first, err := picture("demo-evidence-00001")
	require.NoError(t, err)
	second, err := picture("demo-evidence-00002")
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	again, err := picture("demo-evidence-00001")
	require.NoError(t, err)
	require.Equal(t, first, again)
	decoded, err := png.Decode(bytes.NewReader(first))
	require.NoError(t, err)
	require.Positive(t, decoded.Bounds().Dx())
}
