package activities

import (
	"context"
	"fmt"
	"time"

	"gocloud.dev/gcerrors"

	"bangfu/models/store"
)

// RosterSummary counts the sheets that were removed.
type RosterSummary struct {
	Removed int `json:"removed"`
	// Missing are expired sheets that were not among the files, as when this
	// process looks into another place than the API: people have to look.
	Missing int `json:"missing"`
}

// ExpireRosters removes the sheets of imports that are older than they are kept
// for. Their entries, with digest and counts, stay. Without files, or with a
// setting that keeps them for ever, nothing is removed.
func (a *Activities) ExpireRosters(ctx context.Context, now time.Time) (RosterSummary, error) {
	var summary RosterSummary
	if a.files == nil || a.keepRosters < 0 {
		return summary, nil
	}
	alive := heartbeat(ctx, reconcileHeartbeat)
	defer alive()
	before, after := now.Add(-a.keepRosters), ""
	for {
		expired, err := a.archive.ExpiredRosters(ctx, before, after)
		if err != nil || len(expired) == 0 {
			return summary, err
		}
		for _, roster := range expired {
			removed, err := a.expireRoster(ctx, roster, before, now)
			if err != nil {
				return summary, fmt.Errorf("remove roster %s: %w", roster.FileDigest, err)
			}
			switch {
			case removed:
				summary.Removed++
			case roster.Kept:
				summary.Missing++
			}
			after = roster.FileDigest
		}
	}
}

// expireRoster removes the bytes and notes it. A sheet that is imported again in
// between gets its bytes back: whoever imports looks for them afterwards, and
// this looks for imports afterwards, so one of the two sees the other.
func (a *Activities) expireRoster(ctx context.Context, roster store.ExpiredRoster, before, now time.Time) (bool, error) {
	key := store.RosterKey(roster.FileDigest)
	content, err := a.files.ReadAll(ctx, key)
	missing := gcerrors.Code(err) == gcerrors.NotFound
	switch {
	case missing && roster.Kept:
		a.logger.WarnContext(ctx, "an expired roster is not among the files", "roster", roster.FileDigest)
		return false, nil
	case err != nil && !missing:
		return false, err
	}
	if !missing {
		if err := a.files.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return false, err
		}
	}
	noted, err := a.archive.RosterRemoved(ctx, roster.FileDigest, before, now)
	if (err != nil || !noted) && !missing {
		if back := a.files.WriteAll(context.WithoutCancel(ctx), key, content, nil); back != nil {
			return false, back
		}
	}
	return noted && !missing, err
}
