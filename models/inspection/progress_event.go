package inspection

import "bangfu/models"

// EventProgressReported names the fact that a unit said how an indicator stands.
const EventProgressReported models.EventKind = "progress-reported"

const progressPrefix = "progress/"

// ProgressSubject is the name in the event log of what one unit reported in one
// quarter: progress/<plan>/<quarter>/<unit>.
func (id ID) ProgressSubject(unit models.UnitID) string {
	return progressPrefix + id.path() + "/" + string(unit)
}

// ProgressReported says that a unit reported an entry, or corrected it: Version
// counts from 1. Its words are in it whole; it never enters a Temporal history.
type ProgressReported struct {
	Entry
	Version int64 `json:"version"`
}

// EventKind names the fact.
func (ProgressReported) EventKind() models.EventKind { return EventProgressReported }
