// Package models holds the rules of the assistance duty: plain types and pure
// functions, without a database, a clock or an engine. Whatever can be right or
// wrong about the duty is decided here, once, and is the same for a workflow,
// a page, a list query and a report.
//
// All instants are UTC with microseconds at most; all dates are days in
// Asia/Shanghai (see Date).
package models
