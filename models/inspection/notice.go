package inspection

import (
	"strings"

	"bangfu/models"
)

// Notice is one message that follows from an event, for those who hold an office
// over a unit.
type Notice struct {
	Audience models.Audience
	// Unit is empty for those who answer for the whole city, and for a notice about
	// a sampled credit.
	Unit models.UnitID
	// Record and Cadre are the sampled credit's that the notice is about. It goes to
	// the unit under which the archive keeps that.
	Record models.RecordID
	Cadre  models.CadreID
	Code   models.NoticeCode
}

// NoticesOf lists the notices that follow from an event, in a fixed order. after
// is the subject as the event left it.
func NoticesOf(event Event, after Aggregate) []Notice {
	code := models.NoticeCode(event.Body.EventKind())
	switch subject := after.(type) {
	case *Inspection:
		return cycleNotices(event.Body, subject, code)
	case *UnitReport:
		return reportNotices(event.Body, subject, code)
	case *Finding:
		return findingNotices(event.Body, subject.Unit, code)
	case *Sample:
		return sampleNotices(event.Body, subject)
	}
	return nil
}

// cycleNotices: units are told when they may comment and when the bulletin is
// out, signers when they are waited for.
func cycleNotices(body EventBody, cycle *Inspection, code models.NoticeCode) []Notice {
	switch fact := body.(type) {
	case CommentsOpened, Issued:
		var notices []Notice
		for _, unit := range cycle.Units {
			notices = append(notices, told(code, unit, models.ToContacts, models.ToLeaders)...)
		}
		return notices
	case SignaturesAsked:
		return told(code, "", models.ToSigners)
	case Recalled:
		return told(code, "", models.ToSigners, models.ToInspectors)
	case TalkPrompted:
		var notices []Notice
		for _, unit := range fact.Units {
			notices = append(notices, told(code, unit, models.ToOrganization)...)
		}
		return notices
	}
	return nil
}

// reportNotices: a unit that has nothing to report is not told to report.
func reportNotices(body EventBody, report *UnitReport, code models.NoticeCode) []Notice {
	unit := report.Unit
	switch fact := body.(type) {
	case Asked:
		if fact.Nothing {
			return nil
		}
		return told(code, unit, models.ToContacts)
	case SentBack, Extended:
		return told(code, unit, models.ToContacts)
	case StepPassed:
		if strings.HasPrefix(string(fact.Step), stepRemind) {
			return told(ReminderNotice, unit, reminded(report.State)...)
		}
		return told(OverdueNotice, unit, models.ToContacts, models.ToLeaders)
	case Filed:
		return told(code, unit, models.ToLeaders)
	case Confirmed:
		return told(code, unit, models.ToInspectors)
	}
	return nil
}

// reminded are those whom the report still waits for: once it is filed, the leader.
func reminded(state ReportState) []models.Audience {
	if state == ReportFiled {
		return []models.Audience{models.ToContacts, models.ToLeaders}
	}
	return []models.Audience{models.ToContacts}
}

// The notices of a report's clock; all other codes are those of events.
const (
	ReminderNotice models.NoticeCode = "unit-report-reminder"
	OverdueNotice  models.NoticeCode = "unit-report-overdue"
)

func findingNotices(body EventBody, unit models.UnitID, code models.NoticeCode) []Notice {
	switch fact := body.(type) {
	case Raised, Settled, Reopened, Dropped:
		return told(code, unit, models.ToContacts, models.ToLeaders)
	case Answered:
		return told(code, unit, models.ToInspectors)
	case StepPassed:
		return ladderNotices(fact.Step, unit)
	}
	return nil
}

// The notices of a finding's ladder, one a colour.
const (
	BlueNotice   models.NoticeCode = "finding-blue"
	YellowNotice models.NoticeCode = "finding-yellow"
	RedNotice    models.NoticeCode = "finding-red"
)

// ladderNotices: the light turns for the unit; a red one is the inspectors' too,
// who order what follows.
func ladderNotices(step StepID, unit models.UnitID) []Notice {
	colour, _, _ := strings.Cut(string(step), "-")
	switch colour {
	case stepBlue:
		return told(BlueNotice, unit, models.ToContacts, models.ToLeaders)
	case stepYellow:
		return told(YellowNotice, unit, models.ToContacts, models.ToLeaders)
	case stepRed:
		return told(RedNotice, unit, models.ToContacts, models.ToLeaders, models.ToInspectors)
	}
	return nil
}

// The notices of a sampled credit: that the cadre and the unit are heard, and what
// was decided then.
const (
	HearingNotice models.NoticeCode = "sample-hearing"
	FalseNotice   models.NoticeCode = "sample-false"
	KeptNotice    models.NoticeCode = "sample-kept"
)

// sampleNotices: a credit that seems false is heard of by everybody whose word is
// asked and by those who decide then. What was drawn, and what is true or only
// doubtful, stays with the inspectors.
func sampleNotices(body EventBody, sample *Sample) []Notice {
	switch fact := body.(type) {
	case Checked:
		if fact.Result == ResultFalse {
			return sample.toldOf(fact.Record, HearingNotice)
		}
	case HearingDecided:
		if fact.False {
			return sample.toldOf(fact.Record, FalseNotice)
		}
		return sample.toldOf(fact.Record, KeptNotice)
	}
	return nil
}

func (s *Sample) toldOf(record models.RecordID, code models.NoticeCode) []Notice {
	notices := told(code, "", models.ToClaimant, models.ToContacts, models.ToLeaders, models.ToAdjudicators)
	for i := range notices {
		notices[i].Record, notices[i].Cadre = record, s.Items[s.index(record)].Obligation.Cadre
	}
	return notices
}

func told(code models.NoticeCode, unit models.UnitID, audiences ...models.Audience) []Notice {
	notices := make([]Notice, len(audiences))
	for i, audience := range audiences {
		notices[i] = Notice{Audience: audience, Unit: unit, Code: code}
	}
	return notices
}
