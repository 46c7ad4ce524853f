package workflows

import (
	"context"
	"log/slog"
)

// atLeastInfo drops what is below Info before it is formatted.
type atLeastInfo struct{ slog.Handler }

// Enabled reports whether the level is wanted.
func (h atLeastInfo) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the bound on the level.
func (h atLeastInfo) WithAttrs(attributes []slog.Attr) slog.Handler {
	return atLeastInfo{h.Handler.WithAttrs(attributes)}
}

// WithGroup keeps the bound on the level.
func (h atLeastInfo) WithGroup(name string) slog.Handler {
	return atLeastInfo{h.Handler.WithGroup(name)}
}
