package workflows

import (
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"bangfu/activities"
)

// Register makes a worker able to run every workflow and activity of bangfu.
func Register(registry worker.Registry, acts *activities.Activities) {
	RegisterWorkflows(registry)
	registerActivities(registry, acts)
}

func registerActivities(registry worker.ActivityRegistry, acts *activities.Activities) {
	registry.RegisterActivityWithOptions(acts, activity.RegisterOptions{})
}

// RegisterWorkflows registers the workflows alone; a replayer needs no more.
func RegisterWorkflows(registry worker.WorkflowRegistry) {
	for name, hosted := range map[string]any{
		ObligationWorkflow: Obligation, AdjudicationWorkflow: Adjudication, EnrolmentWorkflow: Enrolment,
		DigestWorkflow: DailyDigest, ReconcileWorkflow: Reconcile, BatchWorkflow: Batch,
		InspectionWorkflow: Inspection, UnitInspectionWorkflow: UnitInspection, SampleWorkflow: Sample,
		FindingWorkflow: Finding, QuarterWorkflow: QuarterOpening,
	} {
		registry.RegisterWorkflowWithOptions(hosted, workflow.RegisterOptions{
			Name: name, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
		})
	}
}
