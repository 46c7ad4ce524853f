package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/workflows"
)

// Idempotency, decided: the key, under the account's name, is the command's ID
// in the archive and the update's ID in Temporal. Commands are kept as long as
// the archive. "In progress" is said only while a request of this process
// holds the key; a command that was received but whose process died is simply
// given again under the same update ID, so Temporal answers it once.

// idempotent is embedded, as Keyed, in the input of every command. The header is not
// marked as required: a missing one is answered with 400, not with 422.
type idempotent struct {
	Key string `header:"Idempotency-Key" doc:"每一事项一个新的值（1 至 128 个可见 ASCII 字符），重试时用同一个值"`
}

// order is a command as a handler hands it over.
type order struct {
	// Key is the Idempotency-Key as it was sent.
	Key string
	// Content is what the caller asked for: the IDs of the path and the body,
	// and nothing that the server computed. The same key with other content is
	// refused.
	Content any
	// Kind is what the command asks for.
	Kind models.CommandKind
}

// prepared is a command that passed the checks of its handler.
type prepared struct {
	Obligation models.ObligationID
	Body       models.CommandBody
	Words      models.Words
	// Seen is what the caller's If-Match named: it is checked once more where the
	// command takes effect.
	Seen models.Seen
	// For is the cadre by whose right a deputy gives it; empty for one's own.
	For models.CadreID
	// Inspection is set, instead of Obligation, Body and Seen, when the command is
	// about a subject of the inspection.
	Inspection *inspectionOrder
}

// subject is what the command is about, as the archive names it.
func (p prepared) subject() string {
	if p.Inspection != nil {
		return p.Inspection.subject
	}
	return p.Obligation.Subject()
}

// execute gives a command that the archive has received to the engine.
func (s *server) execute(ctx context.Context, who auth.Principal, id models.CommandID, p prepared) (workflows.Receipt, error) {
	if p.Inspection != nil {
		return s.Engine.ExecuteInspection(ctx, p.Inspection.subject, p.Inspection.command(id, who.ActorFor(p.For), s.now()))
	}
	return s.Engine.Execute(ctx, p.Obligation, models.Command{ID: id, At: s.now(), Actor: who.ActorFor(p.For), Seen: p.Seen, Body: p.Body})
}

// CommandAnswer is the body of every answer to a command.
type CommandAnswer struct {
	Key  string             `json:"key" doc:"Idempotency-Key"`
	Kind models.CommandKind `json:"kind" doc:"事项"`
	// Subject is what the command is about, Obligation the duty if it is one.
	Subject    string            `json:"subject" doc:"办理的对象，如 obligation/…、inspection/…、unit-report/…、sample/…、finding/…"`
	Obligation string            `json:"obligation,omitempty" doc:"帮扶责任；督查的事项没有"`
	State      string            `json:"state" enum:"applied,pending,proposed" doc:"applied 已办结，pending 已受理，proposed 已提出、待第二人批准，尚未生效"`
	Sequence   int64             `json:"sequence,omitempty" doc:"办结后对象的事件序号"`
	Proposal   models.ProposalID `json:"proposal,omitempty" doc:"待批事项的编号"`
}

// CommandOutput answers 200 when the command took effect, 202 with a Location
// to ask again when its outcome is not known yet.
type CommandOutput struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	Body       CommandAnswer
}

// command gives a command to its subject exactly once. A command that took
// effect before is answered from the archive, without preparing it again;
// otherwise prepare checks rights and preconditions and says what to do.
func (s *server) command(ctx context.Context, p auth.Principal, o order,
	prepare func(context.Context) (prepared, error),
) (*CommandOutput, error) {
	id, digest, err := identify(p, o)
	if err != nil {
		return nil, err
	}
	if !s.inFlight.take(id) {
		return nil, problem.New(problem.IdempotencyBusy)
	}
	defer s.inFlight.release(id)
	answer, err := s.give(ctx, p, o, id, digest, prepare)
	s.Metrics.command(o.Kind, err)
	return answer, err
}

func (s *server) give(ctx context.Context, p auth.Principal, o order, id models.CommandID, digest string,
	prepare func(context.Context) (prepared, error),
) (*CommandOutput, error) {
	stored, err := s.Archive.Command(ctx, id)
	switch {
	case err == nil && stored.ContentDigest != digest:
		return nil, problem.New(problem.IdempotencyReused)
	case err == nil && stored.State == store.CommandApplied:
		return applied(o.Key, stored)
	case err == nil:
		// It was received before: perhaps it is under way, and what it does must
		// not be mistaken for a change by somebody else when it is prepared anew.
		if answer, err := s.progress(ctx, o.Key, stored); !errors.Is(err, errNotUnderWay) {
			return answer, err
		}
	case !errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("look for command %s: %w", id, err)
	}
	ready, err := prepare(ctx)
	if err != nil {
		// It may have taken effect meanwhile, and be in its own way now.
		if stored, look := s.Archive.Command(ctx, id); look == nil && stored.State == store.CommandApplied && stored.ContentDigest == digest {
			return applied(o.Key, stored)
		}
		return nil, err
	}
	row, fresh, err := s.Archive.ReceiveCommand(ctx, store.CommandRow{
		ID: id, Subject: ready.subject(), Kind: o.Kind, Account: p.Account,
		ContentDigest: digest, Words: ready.Words, ReceivedAt: s.now(),
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("receive command %s: %w", id, err)
	case !fresh && row.ContentDigest != digest:
		return nil, problem.New(problem.IdempotencyReused)
	case !fresh && row.State == store.CommandApplied:
		return applied(o.Key, row)
	}
	receipt, err := s.execute(ctx, p, id, ready)
	return s.settle(ctx, o.Key, row, receipt, err)
}

// errNotUnderWay: the engine does not know the command, or cannot be asked.
var errNotUnderWay = errors.New("the command is not under way")

// progress asks the engine for a command that was received.
func (s *server) progress(ctx context.Context, key string, row store.CommandRow) (*CommandOutput, error) {
	receipt, err := s.outcomeOf(ctx, row)
	answer, settled := s.settle(ctx, key, row, receipt, err)
	if errors.Is(settled, workflows.ErrUnavailable) || errors.Is(settled, workflows.ErrClosed) {
		return nil, fmt.Errorf("%w: %w", errNotUnderWay, settled)
	}
	return answer, settled
}

func (s *server) outcomeOf(ctx context.Context, row store.CommandRow) (workflows.Receipt, error) {
	switch {
	case inspection.New(row.Subject) != nil:
		return s.Engine.InspectionOutcome(ctx, row.Subject, row.ID)
	case row.Kind == models.CommandAdjudicate:
		return s.adjudicationReceipt(ctx, row.ID, s.Engine.AdjudicationOutcome(ctx, row.ID))
	}
	obligation, err := models.ParseSubject(row.Subject)
	if err != nil {
		return workflows.Receipt{}, fmt.Errorf("read command %s: %w", row.ID, err)
	}
	return s.Engine.Outcome(ctx, obligation, row.ID)
}

// settle turns the engine's word into an answer. The archive has the last word:
// an answer may be lost on its way while the command took effect. A refused
// command is forgotten, so that its key may be used again.
func (s *server) settle(ctx context.Context, key string, row store.CommandRow, receipt workflows.Receipt, err error) (*CommandOutput, error) {
	if err == nil {
		row.Sequence = receipt.Sequence
		return applied(key, row)
	}
	if stored, look := s.Archive.Command(ctx, row.ID); look == nil && stored.State == store.CommandApplied {
		return applied(key, stored)
	}
	if _, refused := models.AsRefusal(err); refused {
		if forget := s.Archive.ForgetCommand(ctx, row.ID); forget != nil {
			return nil, errors.Join(fmt.Errorf("forget refused command %s: %w", row.ID, forget), err)
		}
		return nil, err
	}
	if errors.Is(err, workflows.ErrPending) {
		return pending(key, row)
	}
	return nil, fmt.Errorf("give command %s: %w", row.ID, err)
}

func applied(key string, row store.CommandRow) (*CommandOutput, error) {
	answer, err := answerOf(key, row)
	answer.State, answer.Sequence = "applied", row.Sequence
	return &CommandOutput{Status: http.StatusOK, Body: answer}, err
}

func pending(key string, row store.CommandRow) (*CommandOutput, error) {
	answer, err := answerOf(key, row)
	answer.State = "pending"
	return &CommandOutput{
		Status: http.StatusAccepted, RetryAfter: "2", Body: answer,
		Location: Prefix + "/commands/" + base64.RawURLEncoding.EncodeToString([]byte(key)),
	}, err
}

func answerOf(key string, row store.CommandRow) (CommandAnswer, error) {
	answer := CommandAnswer{Key: key, Kind: row.Kind, Subject: row.Subject}
	if inspection.New(row.Subject) != nil {
		return answer, nil
	}
	obligation, err := models.ParseSubject(row.Subject)
	if err != nil {
		return CommandAnswer{}, fmt.Errorf("read command %s: %w", row.ID, err)
	}
	answer.Obligation = obligation.String()
	return answer, nil
}

// identify makes the command's ID of account and key, and the digest of what
// was asked. Two people who choose the same key do not meet.
func identify(p auth.Principal, o order) (models.CommandID, string, error) {
	if o.Key == "" {
		return "", "", problem.New(problem.IdempotencyMissing)
	}
	if !validKey(o.Key) {
		return "", "", problem.New(problem.IdempotencyMalformed)
	}
	content, err := json.Marshal(o.Content)
	if err != nil {
		return "", "", fmt.Errorf("digest the content of a command: %w", err)
	}
	sum := sha256.Sum256(append([]byte(string(o.Kind)+"\n"), content...))
	return commandID(p, o.Key), hex.EncodeToString(sum[:]), nil
}

func commandID(p auth.Principal, key string) models.CommandID {
	return models.CommandID(string(p.Account) + ":" + key)
}

func validKey(key string) bool {
	return len(key) <= 128 && !strings.ContainsFunc(key, func(letter rune) bool { return letter < '!' || letter > '~' })
}

// keysInFlight are the commands that this process is giving right now.
type keysInFlight struct {
	mutex sync.Mutex
	taken map[models.CommandID]bool
}

func newKeysInFlight() *keysInFlight { return &keysInFlight{taken: map[models.CommandID]bool{}} }

func (k *keysInFlight) take(id models.CommandID) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.taken[id] {
		return false
	}
	k.taken[id] = true
	return true
}

func (k *keysInFlight) release(id models.CommandID) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	delete(k.taken, id)
}

// OutcomeInput names the outcome that is asked for.
type OutcomeInput struct {
	Key string `path:"key" maxLength:"180" doc:"Idempotency-Key 的 base64url 编码"`
}

func registerCommands(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-command", Method: http.MethodGet, Path: "/commands/{key}", Tags: []string{"事项"},
		Summary: "查看本人事项的办理结果", Description: "答 202 的事项在此查看结果。",
	}, auth.SignedIn, ReachSelf), s.outcome)
}

// outcome answers what became of one's own command.
func (s *server) outcome(ctx context.Context, input *OutcomeInput) (*CommandOutput, error) {
	key, err := base64.RawURLEncoding.DecodeString(input.Key)
	if err != nil || !validKey(string(key)) || len(key) == 0 {
		return nil, store.ErrNotFound
	}
	row, err := s.Archive.Command(ctx, commandID(principal(ctx), string(key)))
	if err != nil {
		return nil, err
	}
	if row.State == store.CommandApplied {
		return applied(string(key), row)
	}
	answer, err := s.progress(ctx, string(key), row)
	if errors.Is(err, workflows.ErrClosed) {
		return nil, problem.New(problem.CommandNotAccepted).Because(err)
	}
	return answer, err
}
