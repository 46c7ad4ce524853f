package inspection_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

// aFrame is a frame of distinct records in a few units.
func aFrame(t *rapid.T) []inspection.Credit {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) inspection.Credit {
		return inspection.Credit{
			Record: models.RecordID(rapid.StringMatching(`r[0-9]{1,3}`).Draw(t, "record")),
			Unit:   models.UnitID(rapid.StringMatching(`12010[1-9]`).Draw(t, "unit")),
			Kind:   rapid.SampledFrom(models.Kinds).Draw(t, "kind"),
		}
	}), 0, 80, func(c inspection.Credit) models.RecordID { return c.Record }).Draw(t, "frame")
}

func aSampleRule(t *rapid.T) inspection.SampleRule {
	least := rapid.IntRange(0, 30).Draw(t, "least")
	return inspection.SampleRule{
		SharePercent: rapid.IntRange(0, 100).Draw(t, "share"), Least: least,
		Most: least + rapid.IntRange(0, 60).Draw(t, "more"), Strata: rapid.SampledFrom(inspection.AllStrata).Draw(t, "strata"),
	}
}

func TestTheSameSeedDrawsTheSameSampleInWhateverOrderTheFrameCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frame, rule := aFrame(t), aSampleRule(t)
		seed := rapid.String().Draw(t, "seed")
		shuffled := rapid.Permutation(append(slices.Clone(frame), frame...)).Draw(t, "shuffled, each listed twice")
		require.Equal(t, inspection.Draw(seed, frame, rule), inspection.Draw(seed, shuffled, rule))
	})
}

func TestADrawKeepsItsBoundsAndDrawsNoCreditTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frame, rule := aFrame(t), aSampleRule(t)
		drawn := inspection.Draw("seed", frame, rule)
		require.Len(t, drawn.Credits, rule.Size(len(frame)))
		require.LessOrEqual(t, len(drawn.Credits), rule.Most)
		require.GreaterOrEqual(t, len(drawn.Credits), min(rule.Least, len(frame)))
		seen := map[models.RecordID]bool{}
		for _, credit := range drawn.Credits {
			require.Contains(t, frame, credit)
			require.False(t, seen[credit.Record])
			seen[credit.Record] = true
		}
		frames, sizes := 0, 0
		for _, part := range drawn.Parts {
			frames, sizes = frames+part.Frame, sizes+part.Size
			require.LessOrEqual(t, part.Size, part.Frame)
			require.Positive(t, part.Size, "each stratum yields at least one")
		}
		require.Equal(t, len(drawn.Credits), sizes)
		if sizes > 0 {
			require.Equal(t, len(frame), frames)
		}
	})
}

func TestStrataAreDrawnFromInProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := inspection.Draw("seed", aFrame(t), aSampleRule(t))
		rest, left := len(drawn.Credits)-len(drawn.Parts), drawn.Frame-len(drawn.Parts)
		for _, part := range drawn.Parts {
			if left == 0 {
				require.Equal(t, 1, part.Size)
				continue
			}
			quota := float64(rest*(part.Frame-1)) / float64(left)
			require.InDelta(t, quota, float64(part.Size-1), 1, "never a whole credit away from its quota")
		}
	})
}

func TestWithinAStratumThoseOfTheSmallestLotAreDrawnSoThatAnyoneCanDrawAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frame, rule := aFrame(t), aSampleRule(t)
		rule.Strata = inspection.StrataNone
		type lot struct {
			text   string
			record models.RecordID
		}
		var lots []lot
		for _, credit := range frame {
			// The hash of a tool, not the function under test.
			lots = append(lots, lot{fmt.Sprintf("%x", sha256.Sum256([]byte("2013-04-01/"+string(credit.Record)))), credit.Record})
		}
		slices.SortFunc(lots, func(a, b lot) int { return strings.Compare(a.text, b.text) })
		drawn := inspection.Draw("2013-04-01", frame, rule)
		for i, credit := range drawn.Credits {
			require.Equal(t, lots[i].record, credit.Record)
			require.Equal(t, lots[i].text, inspection.Lot(drawn.Seed, string(credit.Record)))
		}
	})
}

// TestEveryCreditOfAStratumHasTheSameChance counts over fixed seeds, so that it
// gives the same answer on every run: the bound is that of one in a million.
func TestEveryCreditOfAStratumHasTheSameChance(t *testing.T) {
	const draws = 1500
	var frame []inspection.Credit
	for i := range 60 {
		unit := models.UnitID("120101")
		if i >= 20 {
			unit = "120102"
		}
		frame = append(frame, inspection.Credit{Record: models.RecordID(fmt.Sprintf("r%02d", i)), Unit: unit, Kind: models.Found})
	}
	rule := inspection.SampleRule{SharePercent: 20, Least: 1, Most: 100, Strata: inspection.StrataUnit}
	hits := map[models.RecordID]int{}
	var parts []inspection.Stratum
	for i := range draws {
		drawn := inspection.Draw(fmt.Sprintf("seed-%d", i), frame, rule)
		parts = drawn.Parts
		for _, credit := range drawn.Credits {
			hits[credit.Record]++
		}
	}
	require.Equal(t, []inspection.Stratum{{Unit: "120101", Frame: 20, Size: 4}, {Unit: "120102", Frame: 40, Size: 8}}, parts)
	for _, part := range parts {
		chance := float64(part.Size) / float64(part.Frame)
		expected, square := draws*chance, 0.0
		for _, credit := range frame {
			if credit.Unit == part.Unit {
				off := float64(hits[credit.Record]) - expected
				square += off * off / expected
			}
		}
		// Draws without replacement vary less by the share that is not drawn.
		square /= 1 - chance
		bound := map[int]float64{20: 63.2, 40: 95.5}[part.Frame] // chi-square, 19 and 39 degrees, p = 1e-6
		require.Less(t, square, bound, "stratum of %d", part.Frame)
	}
}

func TestASampleTooSmallForItsStrataIsDividedMoreCoarsely(t *testing.T) {
	var frame []inspection.Credit
	for i := range 48 {
		frame = append(frame, inspection.Credit{
			Record: models.RecordID(fmt.Sprintf("r%d", i)), Unit: models.UnitID(fmt.Sprintf("1201%02d", i%16)),
			Kind: models.Kinds[i/16],
		})
	}
	rule := inspection.SampleRule{SharePercent: 100, Least: 1, Strata: inspection.StrataUnitKind}
	for most, strata := range map[int]inspection.Strata{
		48: inspection.StrataUnitKind, 47: inspection.StrataUnit, 16: inspection.StrataUnit,
		15: inspection.StrataKind, 3: inspection.StrataKind, 2: inspection.StrataNone,
	} {
		rule.Most = most
		drawn := inspection.Draw("seed", frame, rule)
		require.Equal(t, strata, drawn.Strata, "%d of 48", most)
		require.Len(t, drawn.Credits, most)
	}
}

func TestADrawIsExplainedSoThatAPersonCanRepeatIt(t *testing.T) {
	var frame []inspection.Credit
	for i := range 30 {
		frame = append(frame, inspection.Credit{Record: models.RecordID(fmt.Sprintf("r%d", i)), Unit: models.UnitID(fmt.Sprintf("1201%02d", i%16)), Kind: models.Found})
	}
	text := strings.Join(inspection.Draw("3f2a", frame, inspection.StandardRules().Sample).Explain(), "\n")
	for _, word := range []string{
		"已认定的记录30条", "本次抽取10条", "不足每层一条，改为按指标项（引进、创办、转型）分层抽查。", "种子：3f2a", "SHA-256", "sha256sum",
	} {
		require.Contains(t, text, word)
	}
	none := inspection.Draw("3f2a", nil, inspection.StandardRules().Sample)
	require.Empty(t, none.Credits)
	require.Contains(t, strings.Join(none.Explain(), "\n"), "没有可以抽查的记录")
}
