package api

import (
	"cmp"
	"context"
	"strings"
	"time"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// inspectionOrder is a command to a subject of the inspection: a cycle, a unit's
// report, a sample, a finding.
type inspectionOrder struct {
	subject string
	body    inspection.CommandBody
	seen    int64
	// behalf is the cadre by whose right a deputy gives it; empty for one's own.
	behalf models.CadreID
}

func (o inspectionOrder) command(id models.CommandID, actor models.Actor, at time.Time) inspection.Command {
	return inspection.Command{ID: id, At: at, Actor: actor, Seen: o.seen, Body: o.body}
}

// inspectionCommand is a command of the inspection as its handler hands it over.
type inspectionCommand struct {
	// Key is the Idempotency-Key as it was sent.
	Key string
	// Kind names the command: that of the body that Prepare will make.
	Kind models.CommandKind
	// Content is what the caller asked for, as in order.
	Content any
	// Words stay in the archive: reasons, findings, answers, comments. At is the
	// place of the request where they stand; NeedWords asks for some.
	Words     string
	At        string
	NeedWords bool
	// Prepare checks rights and preconditions and says what to do.
	Prepare func(context.Context) (inspectionOrder, error)
}

// inspect gives a command to a subject of the inspection exactly once, as command
// does. The rules are asked here first: a command that they refuse must not start
// the workflow of a subject that is over.
func (s *server) inspect(ctx context.Context, c inspectionCommand) (*OrderedOutput, error) {
	words := strings.TrimSpace(c.Words)
	switch {
	case !plain(words):
		return nil, invalid(c.At, "含有无法识别的字符，请以 UTF-8 提交")
	case c.NeedWords && words == "":
		return nil, models.Refuse(models.RefusedNoReasons)
	}
	who := principal(ctx)
	o := order{Key: c.Key, Kind: c.Kind, Content: struct {
		Content any    `json:"content"`
		Words   string `json:"words"`
	}{c.Content, words}}
	answer, err := s.command(ctx, who, o, func(ctx context.Context) (prepared, error) {
		ready, err := c.Prepare(ctx)
		if err != nil {
			return prepared{}, err
		}
		aggregate, err := s.Archive.InspectionSubject(ctx, ready.subject)
		if err != nil {
			return prepared{}, err
		}
		if at := aggregate.Log().Sequence; ready.seen != 0 && ready.seen != at {
			return prepared{}, stale(problem.Code(inspection.RefusedChanged), ready.seen, at)
		}
		if _, err := aggregate.Decide(ready.command(commandID(who, c.Key), who.ActorFor(ready.behalf), s.now())); err != nil {
			return prepared{}, err
		}
		return prepared{Words: models.Words{Text: words}, For: ready.behalf, Inspection: &ready}, nil
	})
	if err != nil {
		return nil, err
	}
	return ordered(answer), nil
}

// ordered puts the new sequence of the subject into the answer's entity tag.
func ordered(answer *CommandOutput) *OrderedOutput {
	out := &OrderedOutput{Status: answer.Status, Location: answer.Location, RetryAfter: answer.RetryAfter, Body: answer.Body}
	if answer.Body.Sequence > 0 {
		out.ETag = etag(answer.Body.Sequence)
	}
	return out
}

// inspectionAt reads the cycle that a path or a body names.
func (s *server) inspectionAt(ctx context.Context, text string) (store.Inspection, error) {
	id, err := inspection.ParseID(text)
	if err != nil {
		return store.Inspection{}, store.ErrNotFound
	}
	return s.Archive.Inspection(ctx, id)
}

// cycleAt reads the aggregate of the cycle that a path or a body names.
func (s *server) cycleAt(ctx context.Context, text string) (*inspection.Inspection, error) {
	id, err := inspection.ParseID(text)
	if err != nil {
		return nil, store.ErrNotFound
	}
	return s.Archive.Cycle(ctx, id)
}

// right is whether somebody may do something, and by whose right: behalf is empty
// when their own is enough, otherwise the cadre for whom they stand in.
type right struct {
	may    bool
	behalf models.CadreID
}

// rightOver is the caller's right over one unit.
func (s *server) rightOver(ctx context.Context, permission auth.Permission, unitPath string) right {
	behalf, may := s.Policy.Behalf(principal(ctx), permission, unitPath, "")
	return right{may, behalf}
}

// overall is the caller's right over the whole tree: a cycle, its schedule and its
// bulletin are about all units at once.
func (s *server) overall(ctx context.Context, permission auth.Permission, tree models.UnitTree) right {
	whole := right{may: true}
	for _, unit := range tree.Units() {
		if unit.Parent != "" || unit.Path == "" {
			continue
		}
		part := s.rightOver(ctx, permission, unit.Path)
		if !part.may {
			return right{}
		}
		whole.behalf = cmp.Or(whole.behalf, part.behalf)
	}
	return whole
}

// requireOverall is overall as a precondition; it answers by whose right.
func (s *server) requireOverall(ctx context.Context, permission auth.Permission) (models.CadreID, error) {
	tree, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return "", err
	}
	whole := s.overall(ctx, permission, tree)
	if !whole.may {
		return "", forbidden("此事项涉及全部被督查单位，须由负责全市督查的人员办理。")
	}
	return whole.behalf, nil
}

// quarterOf reads the quarter of a list's query; empty is none.
func quarterOf(text, location string) (models.Quarter, error) {
	if text == "" {
		return models.Quarter{}, nil
	}
	quarter, err := models.ParseQuarter(text)
	if err != nil {
		return quarter, invalid(location, "应为季度，如 2013Q2")
	}
	return quarter, nil
}

func codedQuarter(quarter models.Quarter) Coded {
	return codedAs(models.PlanID(quarter.String()), inspection.QuarterText(quarter))
}
