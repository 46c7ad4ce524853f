package models

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// CommandKind names what a command asks for.
type CommandKind string

// Every command of the obligation.
const (
	CommandEnrol       CommandKind = "enrol"
	CommandSubmit      CommandKind = "submit"
	CommandWithdraw    CommandKind = "withdraw"
	CommandAccept      CommandKind = "accept"
	CommandReturn      CommandKind = "return"
	CommandReject      CommandKind = "reject"
	CommandDispute     CommandKind = "dispute"
	CommandAdjudicate  CommandKind = "adjudicate"
	CommandYield       CommandKind = "yield"
	CommandRevoke      CommandKind = "revoke"
	CommandSuspend     CommandKind = "suspend"
	CommandResume      CommandKind = "resume"
	CommandExtend      CommandKind = "extend"
	CommandExempt      CommandKind = "exempt"
	CommandTransfer    CommandKind = "transfer"
	CommandAdoptPolicy CommandKind = "adopt-policy"
	CommandPassRung    CommandKind = "pass-rung"
	CommandClose       CommandKind = "close"
)

// relieves reports whether the command decides on the duty itself, which nobody
// does for their own.
func (k CommandKind) relieves() bool {
	switch k {
	case CommandSuspend, CommandResume, CommandExtend, CommandExempt, CommandTransfer, CommandClose:
		return true
	default:
		return false
	}
}

// SystemAccount is the actor of rungs and other acts of the clock.
const SystemAccount AccountID = "system"

// Actor is who gives a command. Cadre is set when the account belongs to a
// cadre, SubstituteFor when it stands in for others on the command's day.
type Actor struct {
	Account       AccountID `json:"account"`
	Cadre         CadreID   `json:"cadre,omitempty"`
	SubstituteFor []CadreID `json:"substituteFor,omitempty"`
	// Proposer is who asked for what the actor, as the second person, approves.
	// It is set only where a proposal came first.
	Proposer AccountID `json:"proposer,omitempty"`
	// For is the one of SubstituteFor by whose right this very command is given;
	// empty when the actor's own right was enough. It comes last and is left out
	// when it is empty, so that entries without it keep their bytes and digests.
	For CadreID `json:"for,omitempty"`
}

// Right is the cadre by whose right the command is given: the actor's own, or
// that of the one for whom the actor stands in; empty for an account of no cadre.
func (a Actor) Right() CadreID {
	if a.For != "" {
		return a.For
	}
	return a.Cadre
}

// Repeats reports whether an act of an account by a cadre's right was this actor's
// own, or by a right that this actor has or uses: two such acts are not two people's.
func (a Actor) Repeats(account AccountID, right CadreID) bool {
	return a.Account == account || right != "" && (a.Cadre == right || a.For == right)
}

// actsFor reports whether the actor is the cadre or stands in for them.
func (a Actor) actsFor(cadre CadreID) bool {
	return a.Cadre == cadre || a.For == cadre || slices.Contains(a.SubstituteFor, cadre)
}

// claims reports whether the actor speaks as the claimant: the cadre, or a
// deputy who says that it is for them.
func (a Actor) claims(cadre CadreID) bool {
	return a.Cadre == cadre || a.For == cadre && slices.Contains(a.SubstituteFor, cadre)
}

// deputy is the account of whoever acts by another's right, and empty for
// those who act by their own.
func (a Actor) deputy() AccountID {
	if a.For == "" {
		return ""
	}
	return a.Account
}

// Seen is what the actor looked at when deciding. The archive refuses, in the
// transaction that would write, when it is not the present state; zero asks for
// nothing.
type Seen struct {
	// Record is the version of the command's record.
	Record int64 `json:"record,omitempty"`
	// Sequence is that of the obligation's last event.
	Sequence int64 `json:"sequence,omitempty"`
}

// Command is a request to change an obligation. It holds identifiers, codes
// and instants only; words (reasons, remarks) stay in the archive beside it,
// under its ID.
type Command struct {
	ID CommandID
	// At is the instant of the request by the server's clock.
	At    time.Time
	Actor Actor
	Seen  Seen
	Body  CommandBody
	// requested is At before Decide kept the order of events: what counts
	// against a deadline, even if a later act was recorded first.
	requested time.Time
}

// CommandBody is the part of a command that differs by kind.
type CommandBody interface {
	// CommandKind names the command.
	CommandKind() CommandKind
	// decide returns the facts that follow, or a refusal. It never changes o.
	decide(o *Obligation, rules Rules, c Command) ([]EventBody, error)
}

// Record is the record that the command is about, if it is about one.
func (c Command) Record() RecordID {
	if about, ok := c.Body.(interface{ record() RecordID }); ok {
		return about.record()
	}
	return ""
}

// Enrol gives a cadre the duty (责任书). The window of a cadre who joins in the
// middle of the plan starts with the posting.
type Enrol struct {
	Obligation ObligationID `json:"obligation"`
	Unit       UnitID       `json:"unit"`
	From       Date         `json:"from"`
	Due        Date         `json:"due"`
}

// Submit hands a saved draft, or a corrected record, to the reviewers.
type Submit struct {
	Record     RecordID      `json:"record"`
	Kind       Kind          `json:"kind"`
	Enterprise EnterpriseKey `json:"enterprise"`
	// Version is the draft's version that was shown when the cadre submitted.
	Version int64 `json:"version"`
	// OccurredOn is the day of the help, Established that of the enterprise.
	OccurredOn  Date               `json:"occurredOn"`
	Established Date               `json:"established,omitzero"`
	Evidence    []EvidenceCategory `json:"evidence"`
	// ReviewDue is when the next stage should have acted.
	ReviewDue time.Time `json:"reviewDue,omitzero"`
}

// Withdraw takes a claim back before it is decided.
type Withdraw struct {
	Record RecordID `json:"record"`
}

// Accept passes a record at a stage; at the last stage it becomes a credit.
type Accept struct {
	Record RecordID `json:"record"`
	Stage  Stage    `json:"stage"`
	// ReviewDue is when the next stage should have acted; zero at the last.
	ReviewDue time.Time `json:"reviewDue,omitzero"`
}

// Return sends a record back with reasons on the named fields.
type Return struct {
	Record        RecordID  `json:"record"`
	Stage         Stage     `json:"stage"`
	Fields        []string  `json:"fields"`
	CorrectionDue time.Time `json:"correctionDue"`
}

// Reject refuses a record for good. The reasons are in the archive.
type Reject struct {
	Record RecordID `json:"record"`
	Stage  Stage    `json:"stage"`
}

// Dispute submits a record whose enterprise another record already claims, and
// asks an adjudicator to decide between the two.
type Dispute struct {
	Submit
	Dispute          DisputeID    `json:"dispute"`
	Holder           RecordID     `json:"holder"`
	HolderObligation ObligationID `json:"holderObligation"`
}

// Adjudicate settles a dispute on the disputing record.
type Adjudicate struct {
	Record  RecordID  `json:"record"`
	Dispute DisputeID `json:"dispute"`
	Upheld  bool      `json:"upheld"`
	// ReviewDue is when the first stage should have acted, if upheld.
	ReviewDue time.Time `json:"reviewDue,omitzero"`
}

// Yield takes the claim from the record that held it, after an adjudicator
// upheld a dispute. The same transaction gives the enterprise to To.
type Yield struct {
	Record  RecordID  `json:"record"`
	Dispute DisputeID `json:"dispute"`
	To      RecordID  `json:"to"`
}

// Revoke takes a credit back (撤销认定) and re-opens its goal.
type Revoke struct {
	Record   RecordID   `json:"record"`
	Document EvidenceID `json:"document,omitempty"`
}

// Suspend stops the clock from the start of From. Until, if given, is the last
// suspended day.
type Suspend struct {
	From     Date       `json:"from"`
	Until    Date       `json:"until,omitzero"`
	Ground   Ground     `json:"ground"`
	Document EvidenceID `json:"document"`
}

// Resume starts the clock again at the start of On.
type Resume struct {
	On Date `json:"on"`
}

// Extend moves the due date of the named goals.
type Extend struct {
	Kinds    []Kind     `json:"kinds"`
	Due      Date       `json:"due"`
	Ground   Ground     `json:"ground"`
	Document EvidenceID `json:"document"`
}

// Exempt frees the cadre of the named goals.
type Exempt struct {
	Kinds    []Kind     `json:"kinds"`
	Ground   Ground     `json:"ground"`
	Document EvidenceID `json:"document"`
}

// Transfer moves the obligation, with its open records and its clock, to the
// cadre's new unit. Credits stay with the cadre.
type Transfer struct {
	To       UnitID     `json:"to"`
	On       Date       `json:"on"`
	Document EvidenceID `json:"document"`
}

// AdoptPolicy moves the obligation to a newer policy version.
type AdoptPolicy struct {
	Version  PolicyVersion `json:"version"`
	Document EvidenceID    `json:"document"`
}

// PassRung records that a step of the ladder was reached. Only the clock gives it.
type PassRung struct {
	Rung RungID `json:"rung"`
}

// Close ends the obligation.
type Close struct {
	Ground   Ground     `json:"ground"`
	Document EvidenceID `json:"document,omitempty"`
}

func (Enrol) CommandKind() CommandKind       { return CommandEnrol }
func (Submit) CommandKind() CommandKind      { return CommandSubmit }
func (Withdraw) CommandKind() CommandKind    { return CommandWithdraw }
func (Accept) CommandKind() CommandKind      { return CommandAccept }
func (Return) CommandKind() CommandKind      { return CommandReturn }
func (Reject) CommandKind() CommandKind      { return CommandReject }
func (Dispute) CommandKind() CommandKind     { return CommandDispute }
func (Adjudicate) CommandKind() CommandKind  { return CommandAdjudicate }
func (Yield) CommandKind() CommandKind       { return CommandYield }
func (Revoke) CommandKind() CommandKind      { return CommandRevoke }
func (Suspend) CommandKind() CommandKind     { return CommandSuspend }
func (Resume) CommandKind() CommandKind      { return CommandResume }
func (Extend) CommandKind() CommandKind      { return CommandExtend }
func (Exempt) CommandKind() CommandKind      { return CommandExempt }
func (Transfer) CommandKind() CommandKind    { return CommandTransfer }
func (AdoptPolicy) CommandKind() CommandKind { return CommandAdoptPolicy }
func (PassRung) CommandKind() CommandKind    { return CommandPassRung }
func (Close) CommandKind() CommandKind       { return CommandClose }

func (b Submit) record() RecordID     { return b.Record }
func (b Withdraw) record() RecordID   { return b.Record }
func (b Accept) record() RecordID     { return b.Record }
func (b Return) record() RecordID     { return b.Record }
func (b Reject) record() RecordID     { return b.Record }
func (b Adjudicate) record() RecordID { return b.Record }
func (b Yield) record() RecordID      { return b.Record }
func (b Revoke) record() RecordID     { return b.Record }

// UpdateKinds are the commands that people give to a running obligation, each
// an update of the workflow under the same name.
var UpdateKinds = []CommandKind{
	CommandSubmit, CommandWithdraw, CommandAccept, CommandReturn, CommandReject,
	CommandDispute, CommandAdjudicate, CommandYield, CommandRevoke,
	CommandSuspend, CommandResume, CommandExtend, CommandExempt,
	CommandTransfer, CommandAdoptPolicy, CommandClose,
}

type commandForm struct {
	ID    CommandID       `json:"id"`
	Kind  CommandKind     `json:"kind"`
	At    time.Time       `json:"at"`
	Actor Actor           `json:"actor"`
	Seen  Seen            `json:"seen,omitzero"`
	Body  json.RawMessage `json:"body"`
}

// MarshalJSON writes the command with its kind.
func (c Command) MarshalJSON() ([]byte, error) {
	if c.Body == nil {
		return nil, fmt.Errorf("write command %s: %w", c.ID, Refuse(RefusedUnknownCommand))
	}
	body, err := json.Marshal(c.Body)
	if err != nil {
		return nil, fmt.Errorf("write command %s: %w", c.ID, err)
	}
	return json.Marshal(commandForm{ID: c.ID, Kind: c.Body.CommandKind(), At: c.At.UTC(), Actor: c.Actor, Seen: c.Seen, Body: body})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Command) UnmarshalJSON(data []byte) error {
	var form commandForm
	if err := json.Unmarshal(data, &form); err != nil {
		return fmt.Errorf("read command: %w", err)
	}
	body, err := decodeBody(commandBodies, form.Kind, form.Body)
	if err != nil {
		return err
	}
	*c = Command{ID: form.ID, At: form.At.UTC(), Actor: form.Actor, Seen: form.Seen, Body: body}
	return nil
}

var commandBodies = map[CommandKind]func(json.RawMessage) (CommandBody, error){
	CommandEnrol: bodyOf[Enrol, CommandBody], CommandSubmit: bodyOf[Submit, CommandBody],
	CommandWithdraw: bodyOf[Withdraw, CommandBody], CommandAccept: bodyOf[Accept, CommandBody],
	CommandReturn: bodyOf[Return, CommandBody], CommandReject: bodyOf[Reject, CommandBody],
	CommandDispute: bodyOf[Dispute, CommandBody], CommandAdjudicate: bodyOf[Adjudicate, CommandBody],
	CommandYield: bodyOf[Yield, CommandBody], CommandRevoke: bodyOf[Revoke, CommandBody],
	CommandSuspend: bodyOf[Suspend, CommandBody], CommandResume: bodyOf[Resume, CommandBody],
	CommandExtend: bodyOf[Extend, CommandBody], CommandExempt: bodyOf[Exempt, CommandBody],
	CommandTransfer: bodyOf[Transfer, CommandBody], CommandAdoptPolicy: bodyOf[AdoptPolicy, CommandBody],
	CommandPassRung: bodyOf[PassRung, CommandBody], CommandClose: bodyOf[Close, CommandBody],
}

func decodeBody[K ~string, B any](bodies map[K]func(json.RawMessage) (B, error), kind K, data json.RawMessage) (B, error) {
	read, known := bodies[kind]
	if !known {
		var none B
		return none, Refuse(RefusedUnknownCommand, "kind", string(kind))
	}
	return read(data)
}

func bodyOf[T, B any](data json.RawMessage) (B, error) {
	var body T
	var none B
	if err := json.Unmarshal(data, &body); err != nil {
		return none, fmt.Errorf("read body: %w", err)
	}
	return any(body).(B), nil
}
