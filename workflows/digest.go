package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
	"bangfu/models"
)

// DigestResult counts one day's digests.
type DigestResult struct {
	Day      models.Date `json:"day"`
	Prepared int         `json:"prepared"`
	Sent     int         `json:"sent"`
}

// DailyDigest gathers the notices of the day into one digest a person, then sends
// them by mail. It is started by a schedule; the day is that of the schedule's
// instant, so a run that was caught up later still belongs to its day. Nothing is
// sent on days that are not working days; their notices wait for the next one.
//
// The in-app notices do not depend on it: a mail server that is down delays mail
// and nothing else.
func DailyDigest(ctx workflow.Context) (DigestResult, error) {
	day := models.DateOf(scheduledInstant(ctx))
	result := DigestResult{Day: day}
	var prepared activities.DigestsPrepared
	scan := workflow.WithActivityOptions(ctx, archiveScan("prepare digests"))
	err := workflow.ExecuteActivity(scan, steps.PrepareDigests, activities.DigestDay{Day: day, Now: workflow.Now(ctx)}).Get(ctx, &prepared)
	if err != nil {
		return result, fmt.Errorf("prepare digests of %s: %w", day, err)
	}
	result.Prepared = prepared.Prepared
	if !prepared.Mail {
		return result, nil
	}
	for {
		var batch activities.DigestsSent
		send := workflow.WithActivityOptions(ctx, noticeSend("send digests"))
		err := workflow.ExecuteActivity(send, steps.SendDigests, activities.DigestDay{Day: day, Now: workflow.Now(ctx)}).Get(ctx, &batch)
		if err != nil {
			return result, fmt.Errorf("send digests of %s: %w", day, err)
		}
		result.Sent += batch.Sent
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("- day: %s, prepared: %d, sent: %d\n", day, result.Prepared, result.Sent))
		if batch.Done {
			return result, nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return result, workflow.NewContinueAsNewError(ctx, DigestWorkflow)
		}
	}
}
