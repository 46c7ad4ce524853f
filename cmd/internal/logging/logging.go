// Package logging makes the programs' loggers.
package logging

import (
	"fmt"
	"io"
	"log/slog"

	"bangfu/cmd/internal/settings"
)

// New makes a logger that writes to w as the settings ask.
func New(w io.Writer, log settings.Log) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(log.Level)); err != nil {
		return nil, fmt.Errorf("reading the log level: %w", err)
	}
	options := &slog.HandlerOptions{Level: level}
	if log.Format == "text" {
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return slog.New(slog.NewJSONHandler(w, options)), nil
}

// Quiet is a logger for libraries that write a line a call: it drops whatever
// is less severe than a warning, whatever the program's own level.
func Quiet(logger *slog.Logger) *slog.Logger {
	return slog.New(atLeast{Handler: logger.Handler(), level: slog.LevelWarn})
}

// Info is a logger for Temporal's client and workers: never their debug lines,
// of which there is one a command and which cost four fifths of the throughput.
func Info(logger *slog.Logger) *slog.Logger {
	return slog.New(atLeast{Handler: logger.Handler(), level: slog.LevelInfo})
}
