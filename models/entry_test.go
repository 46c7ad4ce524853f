package models_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

// sealed chains events as the archive does.
func sealed(t require.TestingT, events []models.Event) []models.Entry {
	entries := make([]models.Entry, 0, len(events))
	previous := ""
	for _, event := range events {
		entry, err := models.Seal(event, models.Words{Text: "同意", Fields: map[string]string{"b": "二", "a": "一"}}, previous)
		require.NoError(t, err)
		previous = entry.SHA256
		entries = append(entries, entry)
	}
	return entries
}

// someEntries is a life with at least four events.
func someEntries(t *rapid.T) []models.Entry {
	obligation := modelstest.AnObligation(t).Enrolled().On("2014-05-01").Submitted("r-1", models.Found, modelstest.Enterprise(1)).
		Accepted("r-1").Returned("r-1")
	modelstest.Walk(t, obligation, 30, nil)
	return sealed(t, obligation.Events)
}

func requireBroken(t *rapid.T, entries []models.Entry, at int, faults ...string) {
	var broken *models.BrokenChain
	err := models.VerifyChain(entries)
	if !errors.As(err, &broken) {
		t.Fatalf("the change at %d was not found: %v", at+1, err)
	}
	require.Equal(t, int64(at)+1, broken.Sequence, broken.Fault)
	require.Contains(t, faults, broken.Fault)
}

func TestAnUntouchedChainProvesItself(t *testing.T) {
	require.NoError(t, models.VerifyChain(nil))
	rapid.Check(t, func(t *rapid.T) { require.NoError(t, models.VerifyChain(someEntries(t))) })
}

func TestAnyChangedByteOfAnyEntryIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := someEntries(t)
		at := rapid.IntRange(0, len(entries)-1).Draw(t, "entry")
		entry := &entries[at]
		parts := []*string{
			(*string)(&entry.Kind), (*string)(&entry.Command), (*string)(&entry.Actor.Account), &entry.Payload, &entry.Words,
			&entry.SHA256, &entry.SM3,
		}
		if at > 0 {
			parts = append(parts, &entry.Previous)
		}
		part := rapid.SampledFrom(parts).Draw(t, "part")
		bytes := []byte(*part)
		place := rapid.IntRange(0, len(bytes)-1).Draw(t, "place")
		bytes[place] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		*part = string(bytes)
		requireBroken(t, entries, at, "sha256", "sm3", "link")
	})
}

func TestAnyOtherChangeOfAnEntryIsFound(t *testing.T) {
	changes := map[string]func(*models.Entry){
		"sequence":    func(e *models.Entry) { e.Sequence += 7 },
		"subject":     func(e *models.Entry) { e.Subject += "x" },
		"instant":     func(e *models.Entry) { e.At = e.At.Add(time.Microsecond) },
		"cadre":       func(e *models.Entry) { e.Actor.Cadre += "x" },
		"substitutes": func(e *models.Entry) { e.Actor.SubstituteFor = append(e.Actor.SubstituteFor, "c") },
		"truncation":  func(e *models.Entry) { e.Payload = e.Payload[:len(e.Payload)-1] },
		"addition":    func(e *models.Entry) { e.Words += " " },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				entries := someEntries(t)
				at := rapid.IntRange(1, len(entries)-1).Draw(t, "entry")
				change(&entries[at])
				requireBroken(t, entries, at, "sha256", "gap")
			})
		})
	}
}

func TestAForgedEntryWithFreshDigestsBreaksTheLinkAfterIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := someEntries(t)
		at := rapid.IntRange(0, len(entries)-2).Draw(t, "entry")
		event, err := entries[at].Event()
		require.NoError(t, err)
		entries[at], err = models.Seal(event, models.Words{Text: "伪造"}, entries[at].Previous)
		require.NoError(t, err)
		requireBroken(t, entries, at+1, "link")
	})
}

func TestASwappedMissingOrRepeatedEntryIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := someEntries(t)
		at := rapid.IntRange(0, len(entries)-2).Draw(t, "entry")
		swapped := slices.Clone(entries)
		swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
		requireBroken(t, swapped, at, "gap")
		requireBroken(t, slices.Delete(slices.Clone(entries), at, at+1), at, "gap")
		requireBroken(t, slices.Insert(slices.Clone(entries), at, entries[at]), at+1, "gap")
	})
}

func TestAnEntryOfAnotherSubjectIsFound(t *testing.T) {
	mine := sealed(t, modelstest.AnObligation(t).Enrolled().On("2014-01-01").Fulfilled().Events)
	theirs := sealed(t, modelstest.AnObligation(t).Of("c-0002").Enrolled().On("2014-01-01").Fulfilled().Events)
	mine[3] = theirs[3]
	var broken *models.BrokenChain
	require.ErrorAs(t, models.VerifyChain(mine), &broken)
	require.Equal(t, int64(4), broken.Sequence)
	require.Equal(t, "obligation/tianjin-2013/c-0001", broken.Subject)
	require.ErrorContains(t, broken, "broken at 4: gap")
}

func TestDigestsDoNotDependOnTheZoneOfTheInstant(t *testing.T) {
	entries := sealed(t, modelstest.AnObligation(t).Enrolled().Events)
	entries[0].At = entries[0].At.In(models.Shanghai)
	require.NoError(t, models.VerifyChain(entries))
}

func TestWordsThatCannotBeWrittenAreRefused(t *testing.T) {
	event := modelstest.AnObligation(t).Enrolled().Events[0]
	_, err := models.Seal(event, models.Words{Claim: json.RawMessage("{")}, "")
	require.ErrorContains(t, err, "write words")
}

func TestAnEntryOfAnUnknownKindIsNotRead(t *testing.T) {
	entries := sealed(t, modelstest.AnObligation(t).Enrolled().Events)
	entries[0].Kind = "forgotten"
	_, err := entries[0].Event()
	require.ErrorContains(t, err, "obligation/tianjin-2013/c-0001/1")
}

// TestTheFormOfTheArchiveDoesNotChange pins the bytes that digests are taken
// over: entries written years ago must still prove themselves.
func TestTheFormOfTheArchiveDoesNotChange(t *testing.T) {
	entries := sealed(t, modelstest.AnObligation(t).Enrolled().On("2014-05-01").
		Submitted("r-1", models.Found, modelstest.Enterprise(1)).Events)
	require.Equal(t, `{"record":"r-1","kind":"found","enterprise":"000000019","version":1,`+
		`"occurredOn":"2014-05-01","established":"2013-01-01",`+
		`"evidence":["licence","recognition","confirmation","relocation","founder","comparison","route-map"],`+
		`"reviewDue":"2014-05-08T04:00:00Z","stage":"district-science","counted":"2014-05-01T04:00:00Z"}`, entries[1].Payload)
	require.Equal(t, `{"text":"同意","fields":{"a":"一","b":"二"}}`, entries[1].Words)
	require.Equal(t, "36fa316526beb0027b9ac89a7ce2c0778124301405428932b87e6e7af2e806d5", entries[1].SHA256)
}
