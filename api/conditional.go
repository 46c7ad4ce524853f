package api

import (
	"strconv"
	"strings"

	"bangfu/api/problem"
)

// etag is the entity tag of a version that the archive's optimistic lock counts.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// conditional is embedded, as Guarded, in the input of edits and decisions. It is not marked
// as required: a missing header is answered with 428, not with 422.
type conditional struct {
	IfMatch string `header:"If-Match" doc:"所见内容的 ETag，必填；缺少时答 428，已被更改时答 412"`
}

// seen reads the version that the caller saw. Hand it to the archive, whose
// optimistic lock answers store.ErrVersion (412) when it is not the present one.
func (c conditional) seen() (int64, error) {
	tag := strings.TrimSpace(c.IfMatch)
	if tag == "" {
		return 0, problem.New(problem.PreconditionRequired)
	}
	number, quoted := strings.CutPrefix(tag, `"`)
	number, closed := strings.CutSuffix(number, `"`)
	version, err := strconv.ParseInt(number, 10, 64)
	if !quoted || !closed || err != nil || version < 0 {
		return 0, problem.New(problem.PreconditionInvalid).At("header.If-Match", "应为 ETag，如 \"3\"")
	}
	return version, nil
}

// matches compares the version that the caller saw with the present one, for
// decisions that the archive does not lock by version itself.
func (c conditional) matches(current int64) error {
	seen, err := c.seen()
	if err != nil {
		return err
	}
	if seen != current {
		return stale(problem.VersionConflict, seen, current)
	}
	return nil
}

// stale says that what the caller saw has changed, and which version it has now.
func stale(code problem.Code, seen, current int64) *problem.Problem {
	return problem.New(code, "shown", strconv.FormatInt(seen, 10), "current", strconv.FormatInt(current, 10)).With("ETag", etag(current))
}
