// Package workflows hosts the rules of the duty durably: one execution of
// Obligation per plan and cadre, and its kin (Adjudication, Enrolment,
// DailyDigest, Reconcile, Batch). The archive is the truth and Temporal the engine: a
// run holds nothing that could not be read again, so a lost cluster is rebuilt
// by starting each workflow once more.
//
// # What enters a history
//
// Identifiers, codes and instants, never a name, a text or a file. Data is
// converted by the default JSON converter.
//
// # How the code of an open obligation changes
//
// An obligation lives for years and auto-upgrades to the newest worker. There is
// no version guard in the first release. A later change that alters the order of
// commands takes a change ID in names.go, an integer and never a flag, asked once
// a run in setup, before anything else, and is dropped when every run has
// continued as new since (a year at most, at once after Engine.Refresh). A change
// ID that is first met inside a loop remembers the old branch for the whole run.
// The golden histories in testdata/histories prove that old runs still replay;
// they are written by released code, never by the change under test:
//
//	go test ./cmd/standalone/journey -run TestWriteGoldenHistories -write-histories
//
// # What a step costs
//
// Start 6 events, update 6, rung 6, continuing as new 12 with its rung, moving
// the timer 2, a refused update none. One timer stands for rungs and for the
// yearly continue-as-new alike; the yearly one prefers to ride on another step.
package workflows
