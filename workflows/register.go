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
	registry.RegisterWorkflowWithOptions(Obligation, workflow.RegisterOptions{
		Name: ObligationWorkflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	registry.RegisterWorkflowWithOptions(Adjudication, workflow.RegisterOptions{
		Name: AdjudicationWorkflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	registry.RegisterWorkflowWithOptions(Enrolment, workflow.RegisterOptions{
		Name: EnrolmentWorkflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	registry.RegisterWorkflowWithOptions(DailyDigest, workflow.RegisterOptions{
		Name: DigestWorkflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	registry.RegisterWorkflowWithOptions(Reconcile, workflow.RegisterOptions{
		Name: ReconcileWorkflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
	registry.RegisterWorkflowWithOptions(Batch, workflow.RegisterOptions{
		Name: BatchWorkflow, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
}
