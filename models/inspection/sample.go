package inspection

import (
	"slices"
	"time"

	"bangfu/models"
)

// ItemState is how one sampled credit stands.
type ItemState string

// The states of a sampled credit.
const (
	ItemDrawn     ItemState = "drawn"     // 待核
	ItemConfirmed ItemState = "confirmed" // 属实
	ItemDoubtful  ItemState = "doubtful"  // 存疑
	ItemHearing   ItemState = "hearing"   // 拟认定不实，听取陈述
	ItemDismissed ItemState = "dismissed" // 陈述成立，维持认定
	ItemFalse     ItemState = "false"     // 不实
)

// ItemStates are all states of a sampled credit.
var ItemStates = []ItemState{ItemDrawn, ItemConfirmed, ItemDoubtful, ItemHearing, ItemDismissed, ItemFalse}

// CheckResult is what an inspector found.
type CheckResult string

// The results of a check.
const (
	ResultConfirmed CheckResult = "confirmed" // 属实
	ResultDoubtful  CheckResult = "doubtful"  // 存疑
	ResultFalse     CheckResult = "false"     // 不实
)

// Sample is the draw of credits of one cycle that are checked again (抽查).
type Sample struct {
	Position
	ID    ID           `json:"id"`
	Seed  string       `json:"seed"`
	Items []SampleItem `json:"items"`
}

// SampleItem is one sampled credit.
type SampleItem struct {
	Record     models.RecordID     `json:"record"`
	Obligation models.ObligationID `json:"obligation"`
	State      ItemState           `json:"state"`
	// CheckedBy found it; whoever decides after the hearing is somebody else.
	CheckedBy models.AccountID `json:"checkedBy,omitempty"`
	// CheckedRight is the cadre by whose right it was checked.
	CheckedRight models.CadreID `json:"checkedRight,omitempty"`
	CheckedAt    time.Time      `json:"checkedAt,omitzero"`
	// HearingDue is until when the cadre and the unit may be heard.
	HearingDue time.Time `json:"hearingDue,omitzero"`
	// Document is the decision that the revocation rests on.
	Document models.EvidenceID `json:"document,omitempty"`
	// DecidedBy and DecidedAt are the decision's after the hearing.
	DecidedBy models.AccountID `json:"decidedBy,omitempty"`
	DecidedAt time.Time        `json:"decidedAt,omitzero"`
	// Revocation is what became of the credit of a false item.
	Revocation Revocation `json:"revocation,omitempty"`
}

// Revocation is what became of the credit of a false item.
type Revocation string

// The answers of the obligation to a revocation.
const (
	RevocationPending Revocation = "pending" // 待撤销
	RevocationTaken   Revocation = "taken"   // 已撤销
	RevocationRefused Revocation = "refused" // 撤销未成
)

// The commands of the sample.
type (
	// DrawSample records the draw. Anyone can draw again from the frozen credits, the
	// seed and the policy.
	DrawSample struct {
		Inspection ID           `json:"inspection"`
		Seed       string       `json:"seed"`
		Items      []SampleItem `json:"items"`
	}
	// Check records what an inspector found. A false credit opens a hearing until
	// HearingDue.
	Check struct {
		Record     models.RecordID `json:"record"`
		Result     CheckResult     `json:"result"`
		HearingDue time.Time       `json:"hearingDue,omitzero"`
	}
	// DecideHearing settles, after the hearing, whether the credit is false.
	DecideHearing struct {
		Record   models.RecordID   `json:"record"`
		False    bool              `json:"false"`
		Document models.EvidenceID `json:"document,omitempty"`
	}
	// AnswerRevocation records what the obligation said to the revocation.
	AnswerRevocation struct {
		Record models.RecordID    `json:"record"`
		Taken  bool               `json:"taken"`
		Code   models.RefusalCode `json:"code,omitempty"`
	}
)

// The facts of the sample.
type (
	// SampleDrawn says that the sample was drawn.
	SampleDrawn struct{ DrawSample }
	// Checked says what was found.
	Checked struct{ Check }
	// HearingDecided says what was decided after the hearing.
	HearingDecided struct{ DecideHearing }
	// RevocationAnswered says whether the obligation took the revocation.
	RevocationAnswered struct{ AnswerRevocation }
)

func (DrawSample) CommandKind() models.CommandKind       { return "draw-sample" }
func (Check) CommandKind() models.CommandKind            { return "check-item" }
func (DecideHearing) CommandKind() models.CommandKind    { return "decide-hearing" }
func (AnswerRevocation) CommandKind() models.CommandKind { return "answer-revocation" }

func (SampleDrawn) EventKind() models.EventKind        { return "sample-drawn" }
func (Checked) EventKind() models.EventKind            { return "item-checked" }
func (HearingDecided) EventKind() models.EventKind     { return "hearing-decided" }
func (RevocationAnswered) EventKind() models.EventKind { return "revocation-answered" }

// Decide turns a command into events.
func (s *Sample) Decide(c Command) ([]Event, error) {
	subject := s.Subject
	if draw, first := c.Body.(DrawSample); first {
		subject = draw.Inspection.SampleSubject()
	}
	body, err := s.decide(c)
	if err != nil {
		return nil, err
	}
	return numbered(s.Position, subject, c, body), nil
}

func (s *Sample) decide(c Command) (EventBody, error) {
	if _, draws := c.Body.(DrawSample); draws == (s.Sequence > 0) {
		return nil, models.Refuse(RefusedItemState)
	}
	switch body := c.Body.(type) {
	case DrawSample:
		if !body.Inspection.Valid() || body.Seed == "" {
			return nil, models.Refuse(models.RefusedUnknownCommand)
		}
		return SampleDrawn{body}, nil
	case Check:
		return s.check(body, c.At)
	case DecideHearing:
		return s.decideHearing(body, c)
	case AnswerRevocation:
		item, err := s.item(body.Record)
		if err == nil && item.Revocation != RevocationPending {
			err = item.wrongState()
		}
		return RevocationAnswered{body}, err
	default:
		return nil, models.Refuse(models.RefusedUnknownCommand)
	}
}

// check may be given again while nothing hangs on it: a doubtful credit is looked
// at once more.
func (s *Sample) check(body Check, at time.Time) (EventBody, error) {
	item, err := s.item(body.Record)
	switch {
	case err != nil:
		return nil, err
	case item.State != ItemDrawn && item.State != ItemDoubtful:
		return nil, item.wrongState()
	case !slices.Contains([]CheckResult{ResultConfirmed, ResultDoubtful, ResultFalse}, body.Result):
		return nil, models.Refuse(models.RefusedUnknownCommand)
	case body.Result == ResultFalse && !body.HearingDue.After(at):
		return nil, models.Refuse(RefusedDeadline)
	}
	return Checked{body}, nil
}

// decideHearing waits for the end of the hearing when it goes against the cadre,
// and is never given by whoever found the credit false.
func (s *Sample) decideHearing(body DecideHearing, c Command) (EventBody, error) {
	item, err := s.item(body.Record)
	switch {
	case err != nil:
		return nil, err
	case item.State != ItemHearing:
		return nil, item.wrongState()
	case c.Actor.Repeats(item.CheckedBy, item.CheckedRight):
		return nil, models.Refuse(RefusedSameChecker)
	case c.Actor.Cadre != "" && c.Actor.Cadre == item.Obligation.Cadre, slices.Contains(c.Actor.SubstituteFor, item.Obligation.Cadre):
		return nil, models.Refuse(models.RefusedOwnClaim)
	case body.False && c.At.Before(item.HearingDue):
		return nil, models.Refuse(RefusedHearing, "until", models.DateOf(item.HearingDue.Add(-time.Second)).String())
	case body.False && body.Document == "":
		return nil, models.Refuse(models.RefusedNoDocument)
	}
	return HearingDecided{body}, nil
}

// CheckedRight is the cadre by whose right a credit was checked, if it was by one's.
func (s *Sample) CheckedRight(record models.RecordID) models.CadreID {
	item, err := s.item(record)
	if err != nil {
		return ""
	}
	return item.CheckedRight
}

func (s *Sample) item(record models.RecordID) (SampleItem, error) {
	if i := s.index(record); i >= 0 {
		return s.Items[i], nil
	}
	return SampleItem{}, models.Refuse(RefusedItem, "record", string(record))
}

func (s *Sample) index(record models.RecordID) int {
	return slices.IndexFunc(s.Items, func(item SampleItem) bool { return item.Record == record })
}

func (i SampleItem) wrongState() error {
	return models.Refuse(RefusedItemState, "state", string(i.State))
}

// Apply evolves the sample by one event.
func (s *Sample) Apply(e Event) {
	s.Items = slices.Clone(s.Items)
	switch body := e.Body.(type) {
	case SampleDrawn:
		s.ID, s.Seed, s.Items = body.Inspection, body.Seed, slices.Clone(body.Items)
		for i := range s.Items {
			s.Items[i].State = ItemDrawn
		}
	case Checked:
		item := &s.Items[s.index(body.Record)]
		item.CheckedBy, item.CheckedRight, item.CheckedAt = e.Actor.Account, e.Actor.Right(), e.At
		switch body.Result {
		case ResultConfirmed:
			item.State = ItemConfirmed
		case ResultDoubtful:
			item.State = ItemDoubtful
		case ResultFalse:
			item.State, item.HearingDue = ItemHearing, body.HearingDue
		}
	case HearingDecided:
		item := &s.Items[s.index(body.Record)]
		item.DecidedBy, item.DecidedAt, item.Document = e.Actor.Account, e.At, body.Document
		item.State = ItemDismissed
		if body.False {
			item.State, item.Revocation = ItemFalse, RevocationPending
		}
	case RevocationAnswered:
		item := &s.Items[s.index(body.Record)]
		item.Revocation = RevocationRefused
		if body.Taken {
			item.Revocation = RevocationTaken
		}
	}
	s.advance(e)
}

// Pending are the false items whose credit is not taken back yet.
func (s *Sample) Pending() []SampleItem {
	var pending []SampleItem
	for _, item := range s.Items {
		if item.Revocation == RevocationPending {
			pending = append(pending, item)
		}
	}
	return pending
}

// NextStep: a sample waits for people, never for the clock.
func (s *Sample) NextStep() (Step, bool) { return Step{}, false }

// Over reports whether every credit is settled.
func (s *Sample) Over() bool {
	return s.Sequence > 0 && !slices.ContainsFunc(s.Items, func(item SampleItem) bool {
		return item.State == ItemDrawn || item.State == ItemDoubtful || item.State == ItemHearing || item.Revocation == RevocationPending
	})
}
