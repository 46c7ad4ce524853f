package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// serverLogger hands the server's lines to slog. Fatal does not end the
// process, as the server's own logger would: it reports the failure and ends
// the goroutine that met it, so that the program can drain and say one clear
// line.
type serverLogger struct {
	logger *slog.Logger
	fatal  chan error
}

var (
	_ log.Logger     = (*serverLogger)(nil)
	_ log.WithLogger = (*serverLogger)(nil)
)

func newServerLogger(logger *slog.Logger) *serverLogger {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &serverLogger{logger: logger, fatal: make(chan error, 1)}
}

// Debug is dropped: a server writes several debug lines a command.
func (l *serverLogger) Debug(string, ...tag.Tag) {}

// Info goes out as debug: what is news to a cluster's operator is noise to
// somebody who runs one program.
func (l *serverLogger) Info(message string, tags ...tag.Tag) { l.write(slog.LevelDebug, message, tags) }

// Warn goes out as info: the server warns of every connection that a stop cuts.
func (l *serverLogger) Warn(message string, tags ...tag.Tag) { l.write(slog.LevelInfo, message, tags) }

func (l *serverLogger) Error(message string, tags ...tag.Tag) {
	l.write(slog.LevelError, message, tags)
}

func (l *serverLogger) DPanic(message string, tags ...tag.Tag) {
	l.write(slog.LevelError, message, tags)
}

func (l *serverLogger) Panic(message string, tags ...tag.Tag) {
	l.write(slog.LevelError, message, tags)
	panic(failure(message, tags))
}

func (l *serverLogger) Fatal(message string, tags ...tag.Tag) {
	select {
	case l.fatal <- failure(message, tags):
	default: // one failure is enough to stop for
	}
	runtime.Goexit()
}

// With implements log.WithLogger.
func (l *serverLogger) With(tags ...tag.Tag) log.Logger {
	return &serverLogger{logger: slog.New(l.logger.Handler().WithAttrs(attributes(tags))), fatal: l.fatal}
}

func (l *serverLogger) write(level slog.Level, message string, tags []tag.Tag) {
	if !l.logger.Enabled(context.Background(), level) {
		return
	}
	l.logger.LogAttrs(context.Background(), level, message, attributes(tags)...) //nolint:sloglint // the messages are the server's own
}

func attributes(tags []tag.Tag) []slog.Attr {
	converted := make([]slog.Attr, 0, len(tags))
	for _, one := range tags {
		converted = append(converted, slog.Any(one.Key(), one.Value()))
	}
	return converted
}

func failure(message string, tags []tag.Tag) error {
	for _, one := range tags {
		if cause, isError := one.Value().(error); isError {
			return fmt.Errorf("%s: %w", message, cause)
		}
	}
	return errors.New(message)
}
