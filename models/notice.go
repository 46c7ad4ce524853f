package models

// Audience says whom a notice is for. Who that is, is asked when it is read or
// sent, so that a change of office also changes who is told.
type Audience string

// The audiences of an obligation's notices.
const (
	ToClaimant     Audience = "claimant"     // the cadre of the obligation
	ToReviewers    Audience = "reviewers"    // those who act at Stage for the unit
	ToOrganization Audience = "organization" // 组织部 over the unit
	ToAdjudicators Audience = "adjudicators"
)

// The audiences of the inspection's notices, over the unit that they are about.
const (
	ToContacts   Audience = "contacts"   // 联络员
	ToLeaders    Audience = "leaders"    // 单位领导
	ToInspectors Audience = "inspectors" // 督查员
	ToSigners    Audience = "signers"    // 签发人
)

// NoticeCode names what a notice tells. The words belong to pages and mails.
type NoticeCode string

// Notice is one message that follows from an event.
type Notice struct {
	Audience Audience   `json:"audience"`
	Code     NoticeCode `json:"code"`
	Stage    Stage      `json:"stage,omitempty"`
	Record   RecordID   `json:"record,omitempty"`
	Kinds    []Kind     `json:"kinds,omitempty"`
	Rung     RungCode   `json:"rung,omitempty"`
}

// RungNotice is the code of every notice that a rung gives rise to.
const RungNotice NoticeCode = "rung"

// ProposalNotice says that something waits for a second person's approval. It
// follows from a proposal, not from an event.
const ProposalNotice NoticeCode = "proposal-waiting"

// NoticesOf lists the notices that follow from an event of the obligation, in a
// fixed order. Code is the event's kind, or RungNotice.
func NoticesOf(e Event) []Notice {
	code := NoticeCode(e.Body.EventKind())
	claimant := Notice{Audience: ToClaimant, Code: code}
	organization := Notice{Audience: ToOrganization, Code: code}
	switch body := e.Body.(type) {
	case Enrolled, Suspended, Resumed, Extended, Exempted, PolicyAdopted:
		return []Notice{claimant}
	case RecordSubmitted:
		return []Notice{{Audience: ToReviewers, Code: code, Stage: body.Stage, Record: body.Record}}
	case RecordAccepted:
		if body.Next == "" {
			return nil
		}
		return []Notice{{Audience: ToReviewers, Code: code, Stage: body.Next, Record: body.Record}}
	case RecordCredited:
		claimant.Record = body.Record
	case RecordReturned:
		claimant.Record = body.Record
	case RecordRejected:
		claimant.Record = body.Record
	case RecordDisputed:
		return []Notice{{Audience: ToAdjudicators, Code: code, Record: body.Record}}
	case DisputeUpheld:
		claimant.Record = body.Record
		return []Notice{claimant, {Audience: ToReviewers, Code: code, Stage: body.Stage, Record: body.Record}}
	case DisputeDismissed:
		claimant.Record = body.Record
	case RecordYielded:
		claimant.Record, organization.Record = body.Record, body.Record
		return []Notice{claimant, organization}
	case CreditRevoked:
		claimant.Record, organization.Record = body.Record, body.Record
		return []Notice{claimant, organization}
	case Transferred, Closed:
		return []Notice{claimant, organization}
	case RungPassed:
		return rungNotices(body)
	case RecordWithdrawn:
		return nil
	}
	return []Notice{claimant}
}

// rungNotices: reminders go to the cadre, overdue ones to 组织部 as well.
func rungNotices(body RungPassed) []Notice {
	notice := Notice{Audience: ToClaimant, Code: RungNotice, Rung: body.Code, Kinds: body.Kinds, Record: body.Record}
	switch body.Code {
	case RungFulfilledClose:
		return nil
	case RungOverdue, RungTalk, RungSuspensionEnds:
		above := notice
		above.Audience = ToOrganization
		return []Notice{notice, above}
	default:
		return []Notice{notice}
	}
}
