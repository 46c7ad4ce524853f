package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/modelstest"
)

// toldTo are the notices of an event for one audience.
func toldTo(event models.Event, audience models.Audience) []models.Notice {
	var told []models.Notice
	for _, notice := range models.NoticesOf(event) {
		if notice.Audience == audience {
			told = append(told, notice)
		}
	}
	return told
}

func TestTheClaimantNeverMissesADecision(t *testing.T) {
	decisions := map[models.EventKind]bool{
		models.EventRecordCredited: true, models.EventRecordReturned: true, models.EventRecordRejected: true,
		models.EventDisputeUpheld: true, models.EventDisputeDismissed: true, models.EventRecordYielded: true,
		models.EventCreditRevoked: true,
	}
	relief := map[models.EventKind]bool{
		models.EventEnrolled: true, models.EventSuspended: true, models.EventResumed: true, models.EventExtended: true,
		models.EventExempted: true, models.EventTransferred: true, models.EventPolicyAdopted: true, models.EventClosed: true,
	}
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, obligation, walkSteps, func(command models.Command, events []models.Event, _ error) {
			for _, event := range events {
				kind := event.Body.EventKind()
				told := toldTo(event, models.ToClaimant)
				if decisions[kind] || relief[kind] {
					require.Len(t, told, 1, kind)
					require.Equal(t, models.NoticeCode(kind), told[0].Code)
				}
				if decisions[kind] {
					require.Equal(t, command.Record(), told[0].Record, kind)
				}
			}
		})
	})
}

func TestWhoeverMustActNextIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obligation := modelstest.AnObligation(t).Enrolled()
		modelstest.Walk(t, obligation, walkSteps, func(command models.Command, events []models.Event, _ error) {
			for _, event := range events {
				record, _ := obligation.Obligation.Record(command.Record())
				switch event.Body.(type) {
				case models.RecordSubmitted, models.DisputeUpheld:
					require.Equal(t, record.Stage, toldTo(event, models.ToReviewers)[0].Stage)
				case models.RecordAccepted:
					if record.State == models.StateUnderReview {
						require.Equal(t, record.Stage, toldTo(event, models.ToReviewers)[0].Stage)
					}
				case models.RecordDisputed:
					require.Equal(t, record.ID, toldTo(event, models.ToAdjudicators)[0].Record)
				case models.RungPassed:
					rung := event.Body.(models.RungPassed)
					if rung.Code == models.RungFulfilledClose {
						require.Empty(t, models.NoticesOf(event))
						continue
					}
					told := toldTo(event, models.ToClaimant)
					require.Len(t, told, 1)
					require.Equal(t, models.RungNotice, told[0].Code)
					require.Equal(t, rung.Code, told[0].Rung)
					require.Equal(t, rung.Record, told[0].Record)
					above := rung.Code == models.RungOverdue || rung.Code == models.RungTalk || rung.Code == models.RungSuspensionEnds
					require.Equal(t, above, len(toldTo(event, models.ToOrganization)) == 1)
				}
			}
		})
	})
}

func TestNoNoticeIsGivenTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, event := range lifeOf(t).Events {
			seen := map[string]bool{}
			for _, notice := range models.NoticesOf(event) {
				text := textOf(t, notice)
				require.False(t, seen[text], "%s", text)
				seen[text] = true
			}
		}
	})
}

func TestNoWordsEnterTheFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, event := range lifeOf(t).Events {
			entry, err := models.Seal(event, models.Words{Text: "内容完整，同意认定", Fields: map[string]string{"established": "日期不符"}}, "")
			require.NoError(t, err)
			require.NotContains(t, entry.Payload, "同意")
			require.NotContains(t, entry.Payload, "日期不符")
			require.True(t, strings.HasPrefix(entry.Words, "{"))
			for _, letter := range entry.Payload + textOf(t, models.NoticesOf(event)) {
				require.Less(t, letter, rune(128), "facts are identifiers, codes and instants")
			}
		}
	})
}
