package seeds

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"bangfu/models"
	"bangfu/models/store"
)

// life is one invented obligation from its enrolment to the day of the
// demonstration. Every act in it is decided by the rules.
type life struct {
	world      *demonstration
	person     *person
	index      int
	due        models.Date
	enrolment  models.Command
	obligation models.Obligation
	acts       []*act
	// drafts are claims that were never submitted.
	drafts []*claim
	claims int
	// district is where the duty lies now; its offices review.
	district models.UnitID
	// err is the first refusal: a story that the rules do not allow.
	err error
}

// act is one command of a life with its words. content is set when the cadre
// saved the form before, as one does before submitting.
type act struct {
	life    *life
	command models.Command
	words   models.Words
	content *store.Content
	record  models.RecordID
}

// claim is one invented claim.
type claim struct {
	record  models.RecordID
	kind    models.Kind
	content store.Content
	savedAt time.Time
}

// enrol begins the life: the letter of duty is signed a few days after the
// plan, or the cadre's own window, begins.
func (l *life) enrol(from, due models.Date) {
	at := l.world.workingInstant(from.AddDays(2 + l.index%9))
	l.due = due
	l.enrolment = models.Command{
		ID: l.commandID("enrol"), At: at, Actor: models.Actor{Account: accountOf(roleOrganization, l.person.district)},
		Body: models.Enrol{
			Obligation: models.ObligationID{Plan: l.world.plan.ID, Cadre: l.person.cadre.ID},
			Unit:       l.person.office.ID, From: from, Due: due,
		},
	}
	l.apply(l.enrolment)
}

func (l *life) commandID(what string) models.CommandID {
	return models.CommandID(fmt.Sprintf("demo/%s/%s", l.person.cadre.ID, what))
}

// apply decides a command and lives on with its events.
func (l *life) apply(command models.Command) {
	if l.err != nil {
		return
	}
	events, err := l.obligation.Decide(command, l.world.rules)
	if err != nil {
		l.err = fmt.Errorf("story of %s, %s at %s: %w", l.person.cadre.ID, command.Body.CommandKind(), command.At, err)
		return
	}
	for _, event := range events {
		l.obligation.Apply(event)
	}
}

// do gives a command on a day of the plan, after the clock has passed the rungs
// that came before it, and never earlier than the act before.
func (l *life) do(day int, actor models.Actor, words models.Words, body models.CommandBody) *act {
	return l.doAt(l.when(day), actor, words, body)
}

// when is a working instant on a day of the plan, after the last act.
func (l *life) when(day int) time.Time {
	at := l.world.workingInstant(l.world.day(day))
	if !at.After(l.obligation.At) {
		at = l.obligation.At.Add(7 * time.Minute)
	}
	return at
}

func (l *life) doAt(at time.Time, actor models.Actor, words models.Words, body models.CommandBody) *act {
	if l.err == nil && !at.Before(l.world.asOf) {
		l.err = fmt.Errorf("story of %s: %s at %s is in the future", l.person.cadre.ID, body.CommandKind(), at)
	}
	l.passRungs(at)
	command := models.Command{
		ID: l.commandID(fmt.Sprintf("%03d-%s", len(l.acts)+1, body.CommandKind())), At: at, Actor: actor, Body: body,
	}
	l.apply(command)
	done := &act{life: l, command: command, words: words, record: command.Record()}
	l.acts = append(l.acts, done)
	return done
}

// passRungs takes every step of the ladder that comes up to the instant, as
// the clock would have done.
func (l *life) passRungs(until time.Time) {
	for l.err == nil {
		rung, comes := l.obligation.NextRung(l.obligation.At, l.world.rules)
		if !comes || rung.At.After(until) {
			return
		}
		at := rung.At
		if at.Before(l.obligation.At) {
			at = l.obligation.At
		}
		// Several steps may fall on one instant: the last of them counts.
		if rung, comes = l.obligation.NextRung(at, l.world.rules); !comes {
			return
		}
		command := models.Command{
			ID: rung.CommandID(l.obligation.ID), At: at, Actor: models.Actor{Account: models.SystemAccount},
			Body: models.PassRung{Rung: rung.ID},
		}
		l.apply(command)
		l.acts = append(l.acts, &act{life: l, command: command})
	}
}

// self is the cadre as an actor.
func (l *life) self() models.Actor {
	return models.Actor{Account: l.person.account, Cadre: l.person.cadre.ID}
}

func (l *life) reviewer(stage models.Stage) models.Actor {
	switch stage {
	case models.StageDistrictScience:
		return models.Actor{Account: accountOf(roleDistrictScience, l.district)}
	case models.StageDistrictOrganization:
		return models.Actor{Account: accountOf(roleDistrictOrganization, l.district)}
	default:
		return models.Actor{Account: accountOf(roleCityScience, "tj")}
	}
}

func (l *life) organizer() models.Actor {
	return models.Actor{Account: accountOf(roleOrganization, l.district)}
}

// approver is the second person, who approves what the organizer proposed.
func (l *life) approver() models.Actor {
	return models.Actor{Account: seconderOf(l.district), Proposer: l.organizer().Account}
}

// write saves the form of a claim for a new enterprise on a day.
func (l *life) write(kind models.Kind, day int) *claim {
	occurred := l.world.day(day).AddDays(-1 - l.world.random.IntN(5))
	if occurred.Before(l.obligation.From) {
		occurred = l.obligation.From
	}
	enterprise, err := l.world.newEnterprise(kind, l.district, occurred)
	l.err = cmp.Or(l.err, err)
	return l.writeFor(kind, day, occurred, enterprise)
}

var kindSummaries = map[models.Kind][2]string{
	models.Introduce: {"（演示）陪同企业考察载体，协调办理迁入登记。", "（演示）企业住所已迁入本区。"},
	models.Found:     {"（演示）为创业团队联系孵化场地，指导办理注册。", "（演示）企业已注册并取得认定。"},
	models.Transform: {"（演示）组织专家会诊，帮助制定技术路线图。", "（演示）企业完成转型并取得认定。"},
}

func (l *life) writeFor(kind models.Kind, day int, occurred models.Date, enterprise models.Enterprise) *claim {
	l.claims++
	at := l.when(day)
	written := &claim{
		record: models.RecordID(fmt.Sprintf("demo-%s-%02d", l.person.cadre.ID, l.claims)), kind: kind, savedAt: at,
		content: store.Content{
			Kind: kind, Enterprise: enterprise.Key, EnterpriseName: enterprise.Name, OccurredOn: occurred,
			Established: enterprise.Established, Address: enterprise.Address, LegalPerson: enterprise.LegalPerson,
			Phone: enterprise.Phone, Summary: kindSummaries[kind][0], Result: kindSummaries[kind][1],
		},
	}
	for _, rule := range l.world.rules.Goals {
		if rule.Kind != kind {
			continue
		}
		for _, category := range rule.EvidenceAsked {
			written.content.Evidence = append(written.content.Evidence, store.RecordEvidence{
				Category: category, Evidence: l.world.addDocument(document{
					title: enterprise.Name, category: category, cadre: l.person.cadre.ID, unit: l.obligation.Unit,
					by: l.person.account, at: at, claim: true,
				}),
			})
		}
	}
	return written
}

// draft leaves a claim unsubmitted.
func (l *life) draft(kind models.Kind, day int) {
	l.drafts = append(l.drafts, l.write(kind, day))
}

// submit hands a claim for a new enterprise to the first stage.
func (l *life) submit(kind models.Kind, day int) *claim {
	written := l.write(kind, day)
	l.hand(written, l.when(day))
	return written
}

// hand submits a written claim, or submits a corrected one again.
func (l *life) hand(written *claim, at time.Time) {
	stage := l.world.rules.FirstStage()
	if record, known := l.obligation.Record(written.record); known && record.State == models.StateReturned {
		stage = record.Stage
	}
	body := l.submission(written, at, stage)
	l.doAt(at, l.self(), models.Words{}, body).content = &written.content
}

func (l *life) submission(written *claim, at time.Time, stage models.Stage) models.Submit {
	return models.Submit{
		Record: written.record, Kind: written.kind, Enterprise: written.content.Enterprise, Version: 1,
		OccurredOn: written.content.OccurredOn, Established: written.content.Established,
		Evidence:  written.content.Categories(),
		ReviewDue: l.world.calendar.Deadline(at, l.world.rules.StageWorkingDays(stage)),
	}
}

// accept passes a claim at the stage where it is.
func (l *life) accept(written *claim, day int) {
	record, _ := l.obligation.Record(written.record)
	at := l.when(day)
	body := models.Accept{Record: written.record, Stage: record.Stage}
	if next, more := l.world.rules.StageAfter(record.Stage); more {
		body.ReviewDue = l.world.calendar.Deadline(at, l.world.rules.StageWorkingDays(next))
	}
	l.doAt(at, l.reviewer(record.Stage), models.Words{Text: "（演示）材料齐全，情况属实。"}, body)
}

// credit takes a claim through all three stages.
func (l *life) credit(kind models.Kind, day int) *claim {
	written := l.submit(kind, day)
	l.finish(written, day)
	return written
}

// finish accepts a claim at every stage that is left.
func (l *life) finish(written *claim, day int) {
	for l.err == nil {
		record, _ := l.obligation.Record(written.record)
		if record.State != models.StateUnderReview {
			break
		}
		day += 1 + l.world.random.IntN(4)
		l.accept(written, day)
	}
	l.world.credits = append(l.world.credits, credit{claim: written, owner: l})
}

// sendBack returns a claim with reasons on its fields.
func (l *life) sendBack(written *claim, day int) {
	record, _ := l.obligation.Record(written.record)
	at := l.when(day)
	l.doAt(at, l.reviewer(record.Stage), models.Words{
		Text:   "（演示）请按所列字段补正后重新提交。",
		Fields: map[string]string{"evidence": "企业确认缺少盖章页。", "summary": "请写明具体帮扶措施和时间。"},
	}, models.Return{
		Record: written.record, Stage: record.Stage, Fields: []string{"evidence", "summary"},
		CorrectionDue: l.world.calendar.Deadline(at, l.world.rules.CorrectionWorkingDays),
	})
}

// paper files an official document for an act of the organization department.
func (l *life) paper(title string, day int) models.EvidenceID {
	return l.world.addDocument(document{
		title: title, category: "document", cadre: l.person.cadre.ID, unit: l.obligation.Unit,
		by: l.organizer().Account, at: l.world.workingInstant(l.world.day(day - 1)),
	})
}

// endStory passes the rungs up to the day of the demonstration.
func (l *life) endStory() error {
	l.passRungs(l.world.asOf.Add(-time.Microsecond))
	return l.err
}

// creditToContest finds a credit of a kind that stood in somebody else's life
// on the day, and after which nothing happened there.
func (l *life) creditToContest(kind models.Kind, day int) (credit, error) {
	i := slices.IndexFunc(l.world.credits, func(c credit) bool {
		return c.claim.kind == kind && c.owner != l && c.owner.obligation.Closed == "" &&
			c.owner.obligation.At.Before(l.world.day(day).Start())
	})
	if i < 0 {
		return credit{}, errors.New("demonstration: no credit to contest")
	}
	found := l.world.credits[i]
	l.world.credits = slices.Delete(l.world.credits, i, i+1)
	return found, nil
}
