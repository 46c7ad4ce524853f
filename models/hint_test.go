package models_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

func hintCodes(hints []models.Hint) []models.HintCode {
	var codes []models.HintCode
	for _, hint := range hints {
		codes = append(codes, hint.Code)
	}
	return codes
}

func TestClaimsOfDifferentEnterprisesThatShareAnAddressAreRemarkable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.SampledFrom([]string{"", "甲路1号", "甲路１号", "乙路2号"})
		claim := func(number int) models.ClaimFacts {
			return models.ClaimFacts{
				Record: models.RecordID(rune('a' + number)), Enterprise: models.EnterpriseKey(rapid.SampledFrom([]string{"A", "B"}).Draw(t, "enterprise")),
				Kind: models.Introduce, Address: few.Draw(t, "address"), Phone: rapid.SampledFrom([]string{"", "022-1", "0221", "2"}).Draw(t, "phone"),
			}
		}
		mine := claim(0)
		others := []models.ClaimFacts{claim(1), claim(2)}
		hints := models.Hints(mine, append(others, mine))
		for _, hint := range hints {
			require.NotContains(t, hint.Records, mine.Record, "a claim does not resemble itself")
			for _, record := range hint.Records {
				i := slices.IndexFunc(others, func(o models.ClaimFacts) bool { return o.Record == record })
				require.NotEqual(t, mine.Enterprise, others[i].Enterprise)
			}
		}
		// Resemblance is mutual.
		for _, other := range others {
			back := models.Hints(other, []models.ClaimFacts{mine})
			require.Equal(t, slices.Contains(hintCodes(models.Hints(mine, []models.ClaimFacts{other})), models.HintSameAddress),
				slices.Contains(hintCodes(back), models.HintSameAddress))
		}
	})
}

func TestAnEnterpriseThatIsAWeekOldWhenItIsTransformedIsRemarkable(t *testing.T) {
	help, err := models.ParseDate("2013-09-10")
	require.NoError(t, err)
	claim := models.ClaimFacts{Kind: models.Transform, OccurredOn: help, Established: help.AddDays(-7), SubmittedAt: help.Start()}
	require.Equal(t, []models.HintCode{models.HintYoungEnterprise}, hintCodes(models.Hints(claim, nil)))
	claim.Kind = models.Found
	require.Empty(t, models.Hints(claim, nil), "who founds a company helps it young")
	claim.Established = help.AddDays(-30)
	claim.Kind = models.Transform
	require.Empty(t, models.Hints(claim, nil))
	claim.SubmittedAt = help.AddDays(181).Start()
	require.Equal(t, []models.HintCode{models.HintLateEntry}, hintCodes(models.Hints(claim, nil)))
}

func TestATelephoneIsTheSameHoweverItIsWritten(t *testing.T) {
	mine := models.ClaimFacts{Record: "a", Enterprise: "A", Kind: models.Introduce, Phone: "022-27300001"}
	for _, phone := range []string{"02227300001", "(022) 2730 0001", "０２２－２７３００００１"} {
		other := models.ClaimFacts{Record: "b", Enterprise: "B", Kind: models.Introduce, Phone: phone}
		require.Equal(t, []models.HintCode{models.HintSamePhone}, hintCodes(models.Hints(mine, []models.ClaimFacts{other})), phone)
	}
}
