package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
)

func TestCodesThatRegistersGaveAreAccepted(t *testing.T) {
	for text, key := range map[string]models.EnterpriseKey{
		"D2143569-X": "D2143569X",
		"19220382-1": "192203821",
		"085948158":  "085948158",
	} {
		got, err := models.ParseOrganizationCode(text)
		require.NoError(t, err, text)
		require.Equal(t, key, got)
	}
	for text, key := range map[string]models.EnterpriseKey{
		"91350100M000100Y43": "M000100Y4",
		"914403001922038216": "192203821",
		"91440300085948158H": "085948158",
	} {
		code, got, err := models.ParseUnifiedCode(text)
		require.NoError(t, err, text)
		require.Equal(t, text, code)
		require.Equal(t, key, got)
	}
	for _, text := range []string{"110108000000016", "440301108548379"} {
		number, err := models.ParseRegistrationNumber(text)
		require.NoError(t, err, text)
		require.Equal(t, text, number)
	}
}

func TestCodesArriveAsPeopleTypeThem(t *testing.T) {
	for _, text := range []string{" d2143569-x ", "Ｄ２１４３５６９－Ｘ", "D2143569—X", "D21 435 69 X", "D2143569　X", "D2143569–X"} {
		key, err := models.ParseOrganizationCode(text)
		require.NoError(t, err, text)
		require.Equal(t, models.EnterpriseKey("D2143569X"), key)
	}
	code, _, err := models.ParseUnifiedCode("91350100 m000100y-4 ３")
	require.NoError(t, err)
	require.Equal(t, "91350100M000100Y43", code)
}

func TestWrongCodesSayWhatIsWrong(t *testing.T) {
	unified := func(text string) error { _, _, err := models.ParseUnifiedCode(text); return err }
	organization := func(text string) error { _, err := models.ParseOrganizationCode(text); return err }
	registration := func(text string) error { _, err := models.ParseRegistrationNumber(text); return err }
	for _, c := range []struct {
		text     string
		parse    func(string) error
		fault    models.CodeFault
		position int
		expected string
	}{
		{"91350100M000100Y4Z", unified, models.FaultCharacter, 18, ""},
		{"91350200M000000510", unified, models.FaultCheckDigit, 18, ""},
		{"91350128M00000019A", unified, models.FaultCheckDigit, 18, ""},
		{"91350100M000100Y44", unified, models.FaultCheckDigit, 18, "3"},
		{"92350100M000100Y43", unified, models.FaultCategory, 2, "91"},
		{"9135O100M000100Y43", unified, models.FaultCharacter, 5, ""},
		{"91350100M000100Y4", unified, models.FaultLength, 0, "18"},
		{"", unified, models.FaultMissing, 0, ""},
		{"D2143569-1", organization, models.FaultCheckDigit, 9, "X"},
		{"D2143569", organization, models.FaultLength, 0, "9"},
		{"PDY00001-9", organization, models.FaultSelfDefined, 0, ""},
		{"津2143569-X", organization, models.FaultCharacter, 1, ""},
		{"110108000000017", registration, models.FaultCheckDigit, 15, "6"},
		{"110108600000016", registration, models.FaultCategory, 7, "0-5"},
		{"11010800000001X", registration, models.FaultCharacter, 15, ""},
	} {
		var problem *models.CodeProblem
		require.ErrorAs(t, c.parse(c.text), &problem, c.text)
		require.Equal(t, c.fault, problem.Fault, c.text)
		require.Equal(t, c.position, problem.Position, c.text)
		if c.expected != "" {
			require.Equal(t, c.expected, problem.Expected, c.text)
		}
	}
}

func TestUnifiedCodeMustHoldAValidOrganizationCode(t *testing.T) {
	// The outer check digit is right, the one inside is not.
	_, _, err := models.ParseUnifiedCode(withUnifiedCheck(t, "91350100M000100Y5"))
	var problem *models.CodeProblem
	require.ErrorAs(t, err, &problem)
	require.Equal(t, models.FaultEmbedded, problem.Fault)
	require.Equal(t, "4", problem.Expected)
}

// withUnifiedCheck finds the check digit by asking which one is accepted.
func withUnifiedCheck(t *testing.T, body string) string {
	t.Helper()
	_, _, err := models.ParseUnifiedCode(body + "0")
	var problem *models.CodeProblem
	require.ErrorAs(t, err, &problem)
	if problem.Fault != models.FaultCheckDigit {
		return body + "0"
	}
	return body + problem.Expected
}

func TestGeneratedCodesAreValidAndReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := organizationBody(t)
		key, err := models.NewOrganizationCode(body)
		if err != nil {
			t.Fatalf("organization code from %s: %v", body, err)
		}
		again, err := models.ParseOrganizationCode(models.FormatOrganizationCode(key))
		if err != nil || again != key {
			t.Fatalf("%s read back as %s: %v", key, again, err)
		}
		code, err := models.NewUnifiedCode("120101", key)
		if err != nil {
			t.Fatalf("unified code from %s: %v", key, err)
		}
		canonical, inner, err := models.ParseUnifiedCode(strings.ToLower(code))
		if err != nil || canonical != code || inner != key {
			t.Fatalf("%s read back as %s with %s: %v", code, canonical, inner, err)
		}
	})
}

// organizationBody draws eight characters that a unified code can hold too.
func organizationBody(t *rapid.T) string {
	body := rapid.StringMatching(`[0-9A-HJ-NPQRTUWXY]{8}`).Draw(t, "body")
	if strings.HasPrefix(body, "PDY") {
		return "0" + body[1:]
	}
	return body
}

func TestAChangedCharacterOfAUnifiedCodeIsAlwaysFound(t *testing.T) {
	// Weights and modulus 31 (a prime) make every single change show.
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	rapid.Check(t, func(t *rapid.T) {
		key, err := models.NewOrganizationCode(organizationBody(t))
		if err != nil {
			t.Fatal(err)
		}
		code, err := models.NewUnifiedCode("120116", key)
		if err != nil {
			t.Fatal(err)
		}
		position := rapid.IntRange(0, 17).Draw(t, "position")
		other := rapid.SampledFrom(strings.Split(strings.ReplaceAll(alphabet, code[position:position+1], ""), "")).Draw(t, "other")
		if _, _, err := models.ParseUnifiedCode(code[:position] + other + code[position+1:]); err == nil {
			t.Fatalf("%s with %s at %d was accepted", code, other, position+1)
		}
	})
}

func TestAChangedDigitOfARegistrationNumberIsAlwaysFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, err := models.NewRegistrationNumber("120101" + rapid.StringMatching(`[0-5][0-9]{7}`).Draw(t, "body"))
		if err != nil {
			t.Fatal(err)
		}
		position := rapid.IntRange(0, 14).Draw(t, "position")
		other := rapid.SampledFrom(strings.Split(strings.ReplaceAll("0123456789", number[position:position+1], ""), "")).Draw(t, "other")
		if _, err := models.ParseRegistrationNumber(number[:position] + other + number[position+1:]); err == nil {
			t.Fatalf("%s with %s at %d was accepted", number, other, position+1)
		}
	})
}

func TestAChangedDigitOfANumericOrganizationCodeIsAlwaysFound(t *testing.T) {
	// Between digits the modulus 11 shows every change; between a letter and a
	// character 11 or 22 away (0 and B) it cannot.
	rapid.Check(t, func(t *rapid.T) {
		key, err := models.NewOrganizationCode(rapid.StringMatching(`[0-9]{8}`).Draw(t, "body"))
		if err != nil {
			t.Fatal(err)
		}
		position := rapid.IntRange(0, 7).Draw(t, "position")
		other := rapid.SampledFrom(strings.Split(strings.ReplaceAll("0123456789", string(key[position]), ""), "")).Draw(t, "other")
		if _, err := models.ParseOrganizationCode(string(key[:position]) + other + string(key[position+1:])); err == nil {
			t.Fatalf("%s with %s at %d was accepted", key, other, position+1)
		}
	})
}

func TestParsingNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		_, _ = models.ParseOrganizationCode(text)
		_, _, _ = models.ParseUnifiedCode(text)
		_, _ = models.ParseRegistrationNumber(text)
		models.NormalName(text)
	})
}
