// Package inspection holds the rules of the quarterly inspection (督查): the
// cycle of one quarter, the reports of its units, the sample of credits that is
// checked again, findings and their rectification, the ranking and the bulletin.
// Like all rules it is pure: no clock, no database, no engine.
package inspection
