package workflowtest

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"bangfu/models"
	"bangfu/models/modelstest"
)

// TermFrom and TermDue are the window of a whole term.
var (
	TermFrom = models.MustDate("2013-01-01")
	TermDue  = models.MustDate("2015-12-31")
)

// TermBudget is the greatest number of events that a term may cost over all runs:
// three records through three stages, eight rungs, two continue-as-new.
const TermBudget = 150

// TermRungs are the rungs that the term passes, in order.
var TermRungs = []models.RungCode{
	"schedule-1", "schedule-2", "due-180", "due-90", "due-30", "due-7", models.RungOverdue, models.RungTalk,
}

// Step is one command of a scenario and the instant at which it is given.
type Step struct {
	At   time.Time
	Make func(ctx context.Context) (models.Command, error)
}

// Term is a whole term in twelve commands, at such instants that all eight rungs
// of the ladder are passed between them: a record in the second year, one in the
// third, and the last when it is overdue. Give each command when its instant has
// come; the rungs come by themselves.
func (d *Duty) Term() []Step {
	var steps []Step
	claims := []struct {
		day    string
		record models.RecordID
		kind   models.Kind
	}{
		{"2014-03-03", "first", models.Introduce},
		{"2015-02-02", "second", models.Found},
		{"2016-02-08", "third", models.Transform},
	}
	for i, claim := range claims {
		at := Noon(claim.day)
		record := models.RecordID(string(d.ID.Cadre) + "-" + string(claim.record))
		enterprise := modelstest.Enterprise(i + 1)
		steps = append(steps, Step{At: at, Make: func(ctx context.Context) (models.Command, error) {
			return d.Draft(ctx, at, record, claim.kind, enterprise)
		}})
		for n, stage := range Stages() {
			accepted := at.AddDate(0, 0, 2*(n+1))
			steps = append(steps, Step{At: accepted, Make: func(context.Context) (models.Command, error) {
				return d.Accept(accepted, record, stage), nil
			}})
		}
	}
	return steps
}

// Noon is 12:00 in Shanghai of a day.
func Noon(day string) time.Time { return models.MustDate(day).Start().Add(12 * time.Hour) }

// Cost counts the events and the continue-as-new of a workflow over all its runs,
// from the run that is given.
func Cost(ctx context.Context, temporal client.Client, workflowID, firstRun string) (events, continued int, err error) {
	for run := firstRun; run != ""; {
		next := ""
		iterator := temporal.GetWorkflowHistory(ctx, workflowID, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for iterator.HasNext() {
			event, err := iterator.Next()
			if err != nil {
				return 0, 0, fmt.Errorf("read the history of %s: %w", workflowID, err)
			}
			events++
			if attributes := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); attributes != nil {
				next = attributes.GetNewExecutionRunId()
				continued++
			}
		}
		run = next
	}
	return events, continued, nil
}
