package seeds

import (
	"cmp"
	"fmt"
	"time"

	"bangfu/models"
)

// story is one way in which a duty can go. Days are days of the plan; the story
// ends on day 610. shortBy, if set, is how many days before (or after, when
// negative) that day the duty is due, for lights that a full term has not
// reached yet.
type story struct {
	name    string
	shortBy int
	short   bool
	tell    func(l *life)
}

// stories are all of them. The two first districts live each at least once.
var stories = []story{
	{name: "guide", tell: tellGuide},
	{name: "waits for district science", tell: func(l *life) { l.credit(models.Introduce, 180); l.submit(models.Found, 603) }},
	{name: "waits for district organization", tell: func(l *life) {
		l.credit(models.Introduce, 180)
		l.accept(l.submit(models.Found, 600), 603)
	}},
	{name: "waits for city science", tell: func(l *life) {
		written := l.submit(models.Transform, 594)
		l.accept(written, 597)
		l.accept(written, 601)
	}},
	{name: "late reviewer", tell: func(l *life) { l.credit(models.Transform, 240); l.submit(models.Introduce, 570) }},
	{name: "returned", tell: func(l *life) { l.credit(models.Introduce, 300); l.sendBack(l.submit(models.Found, 598), 603) }},
	{name: "lapsed", tell: func(l *life) { l.sendBack(l.submit(models.Found, 520), 525) }},
	{name: "lapsed and handed again", tell: tellLapsedAgain},
	{name: "corrected in time", tell: tellCorrected},
	{name: "withdrawn", tell: tellWithdrawn},
	{name: "rejected", tell: tellRejected},
	{name: "credited in all", tell: tellCreditedInAll},
	{name: "two credits", tell: func(l *life) { l.credit(models.Introduce, 150); l.credit(models.Found, 430) }},
	{name: "one credit", tell: func(l *life) { l.credit(models.Transform, 280) }},
	{name: "disputed", tell: func(l *life) { l.dispute(models.Introduce, 602) }},
	{name: "dispute dismissed", tell: tellDismissed},
	{name: "dispute upheld", tell: tellUpheld},
	{name: "revoked", tell: tellRevoked},
	{name: "suspended", tell: func(l *life) { l.credit(models.Found, 210); l.suspend(560, models.Date{}, "illness") }},
	{name: "suspended and resumed", tell: tellResumed},
	{name: "suspension ended", tell: func(l *life) { l.credit(models.Found, 320); l.suspend(400, l.world.day(480), "training") }},
	{name: "extended", tell: tellExtended},
	{name: "exempted in part", tell: func(l *life) { l.credit(models.Introduce, 260); l.exempt(500, models.Found) }},
	{name: "exempted in all", tell: func(l *life) { l.exempt(450, models.Kinds...) }},
	{name: "transferred", tell: tellTransferred},
	{name: "closed by retirement", tell: func(l *life) { l.credit(models.Introduce, 190); l.closeFor(540, "retirement") }},
	{name: "closed by death", tell: func(l *life) { l.closeFor(380, "death") }},
	{name: "closed as fulfilled", tell: tellFulfilled},
	{name: "blue", short: true, shortBy: -60, tell: tellTwoOfThree},
	{name: "yellow by due date", short: true, shortBy: -20, tell: tellTwoOfThree},
	{name: "red for days", short: true, shortBy: 10, tell: tellTwoOfThree},
	{name: "red for weeks", short: true, shortBy: 45, tell: func(l *life) { l.credit(models.Introduce, 200) }},
	{name: "late claim in review", short: true, shortBy: 25, tell: func(l *life) { tellTwoOfThree(l); l.submit(models.Transform, 604) }},
	{name: "held by review", short: true, shortBy: 5, tell: func(l *life) { tellTwoOfThree(l); l.submit(models.Transform, 598) }},
	{name: "met late", short: true, shortBy: 50, tell: func(l *life) { tellTwoOfThree(l); l.credit(models.Transform, 585) }},
	{name: "nothing yet", tell: func(*life) {}},
	{name: "draft only", tell: func(l *life) { l.draft(models.Introduce, 590); l.draft(models.Transform, 604) }},
	{name: "on schedule", tell: func(l *life) { l.credit(models.Found, 120); l.credit(models.Transform, 500) }},
}

// commonStories are how most duties go, for the units beside the first two.
var commonStories = []string{
	"nothing yet", "one credit", "two credits", "credited in all", "on schedule",
	"waits for district science", "waits for city science", "returned", "draft only", "one credit",
}

func tellGuide(l *life) {
	l.credit(models.Introduce, 250)
	l.sendBack(l.submit(models.Found, 599), 604)
	l.draft(models.Transform, 606)
}

func tellTwoOfThree(l *life) {
	l.credit(models.Introduce, 170)
	l.credit(models.Found, 360)
}

func tellCreditedInAll(l *life) {
	tellTwoOfThree(l)
	l.credit(models.Transform, 520)
}

func tellLapsedAgain(l *life) {
	written := l.submit(models.Introduce, 470)
	l.sendBack(written, 474)
	at := l.when(530)
	l.hand(written, at)
	l.finish(written, 532)
}

func tellCorrected(l *life) {
	written := l.submit(models.Transform, 440)
	l.accept(written, 443)
	l.sendBack(written, 447)
	l.hand(written, l.when(453))
	l.finish(written, 455)
}

func tellWithdrawn(l *life) {
	written := l.submit(models.Found, 410)
	l.do(413, l.self(), models.Words{Text: "（演示）企业名称变更，撤回后重报。"}, models.Withdraw{Record: written.record})
	l.credit(models.Transform, 560)
}

func tellRejected(l *life) {
	written := l.submit(models.Transform, 490)
	record, _ := l.obligation.Record(written.record)
	l.do(494, l.reviewer(record.Stage), models.Words{Text: "（演示）企业不符合认定条件。"},
		models.Reject{Record: written.record, Stage: record.Stage})
}

func tellRevoked(l *life) {
	written := l.credit(models.Found, 230)
	l.world.credits = l.world.credits[:len(l.world.credits)-1]
	document := l.paper("关于撤销认定的决定", 500)
	l.do(500, adjudicator(),
		models.Words{Text: "（演示）复核发现企业已注销。"}, models.Revoke{Record: written.record, Document: document})
}

// dispute claims an enterprise that another record holds.
func (l *life) dispute(kind models.Kind, day int) (*claim, credit) {
	held, err := l.creditToContest(kind, day)
	l.err = cmp.Or(l.err, err)
	if l.err != nil {
		return nil, credit{}
	}
	enterprise := models.Enterprise{
		Key: held.claim.content.Enterprise, Name: held.claim.content.EnterpriseName,
		Established: held.claim.content.Established, Address: held.claim.content.Address,
		LegalPerson: held.claim.content.LegalPerson, Phone: held.claim.content.Phone,
	}
	written := l.writeFor(kind, day, l.world.day(day-3), enterprise)
	at := l.when(day)
	l.doAt(at, l.self(), models.Words{Text: "（演示）该企业实际由本人帮扶引进，申请裁决。"}, models.Dispute{
		Submit:  l.submission(written, at, l.world.rules.FirstStage()),
		Dispute: models.DisputeID("demo-dispute-" + string(written.record)),
		Holder:  held.claim.record, HolderObligation: held.owner.obligation.ID,
	}).content = &written.content
	return written, held
}

func adjudicator() models.Actor { return models.Actor{Account: accountOf(roleAdjudicator, "tj")} }

func tellDismissed(l *life) {
	written, _ := l.dispute(models.Found, 540)
	if l.err != nil {
		return
	}
	l.do(550, adjudicator(), models.Words{Text: "（演示）在先记录证据充分，维持原认定。"}, models.Adjudicate{
		Record: written.record, Dispute: models.DisputeID("demo-dispute-" + string(written.record)),
	})
}

// tellUpheld: the holder loses the claim first, then the claimant gets it.
func tellUpheld(l *life) {
	written, held := l.dispute(models.Introduce, 545)
	if l.err != nil {
		return
	}
	dispute := models.DisputeID("demo-dispute-" + string(written.record))
	words := models.Words{Text: "（演示）引进协议由后一记录的帮扶干部签订，认定改归后者。"}
	at := l.when(556)
	held.owner.doAt(at, adjudicator(), words, models.Yield{Record: held.claim.record, Dispute: dispute, To: written.record})
	at = at.Add(2 * time.Second)
	l.doAt(at, adjudicator(), words, models.Adjudicate{
		Record: written.record, Dispute: dispute, Upheld: true,
		ReviewDue: l.world.calendar.Deadline(at, l.world.rules.StageWorkingDays(l.world.rules.FirstStage())),
	})
	l.finish(written, 558)
	l.err = cmp.Or(l.err, held.owner.err)
}

func (l *life) suspend(day int, until models.Date, ground models.Ground) {
	document := l.paper("关于中止计时的批复", day)
	at := l.when(day)
	l.doAt(at, l.approver(), models.Words{Text: "（演示）经批准中止计时。"}, models.Suspend{
		From: models.DateOf(at).AddDays(-3), Until: until, Ground: ground, Document: document,
	})
}

func tellResumed(l *life) {
	l.suspend(200, models.Date{}, "secondment")
	at := l.when(330)
	l.doAt(at, l.organizer(), models.Words{Text: "（演示）援派结束，恢复计时。"}, models.Resume{On: models.DateOf(at)})
	l.credit(models.Introduce, 450)
}

func tellExtended(l *life) {
	l.credit(models.Introduce, 220)
	l.do(480, l.approver(), models.Words{Text: "（演示）企业搬迁审批延后，同意延期。"}, models.Extend{
		Kinds: []models.Kind{models.Found, models.Transform}, Due: l.due.AddDays(180),
		Ground: "enterprise-cause", Document: l.paper("关于同意延期的批复", 480),
	})
}

func (l *life) exempt(day int, kinds ...models.Kind) {
	l.do(day, l.approver(), models.Words{Text: "（演示）经批准免除。"}, models.Exempt{
		Kinds: kinds, Ground: "illness", Document: l.paper("关于免除部分帮扶任务的批复", day),
	})
}

func (l *life) closeFor(day int, ground models.Ground) {
	l.do(day, l.organizer(), models.Words{Text: "（演示）按规定办结。"}, models.Close{
		Ground: ground, Document: l.paper("关于办结帮扶责任的通知", day),
	})
}

func tellFulfilled(l *life) {
	l.credit(models.Introduce, 100)
	l.credit(models.Found, 260)
	l.credit(models.Transform, 470)
	l.world.credits = l.world.credits[:len(l.world.credits)-3]
	l.do(595, l.organizer(), models.Words{Text: "（演示）三项均已认定，办结。"}, models.Close{Ground: models.GroundFulfilled})
}

// tellTransferred moves the duty with a claim under review to the other of the
// two districts, whose offices go on reviewing.
func tellTransferred(l *life) {
	l.credit(models.Introduce, 340)
	l.submit(models.Found, 588)
	to := secondDistrict
	if l.district == secondDistrict {
		to = firstDistrict
	}
	office, known := l.world.tree.Unit(to + "-zf")
	if !known {
		l.err = cmp.Or(l.err, fmt.Errorf("demonstration: unit %s has no government", to))
		return
	}
	at := l.when(592)
	on := models.DateOf(at)
	l.doAt(at, l.organizer(), models.Words{Text: "（演示）工作调动，责任随人移交。"}, models.Transfer{
		To: office.ID, On: on, Document: l.paper("关于干部任职的通知", 592),
	})
	last := &l.person.postings[len(l.person.postings)-1]
	last.To = on.AddDays(-1)
	l.person.postings = append(l.person.postings, models.Posting{
		Cadre: l.person.cadre.ID, Unit: office.ID, Title: offices[office.Kind][l.person.cadre.Rank], From: on,
	})
	l.district = to
}

// tellStories gives every cadre one story: all of them in each of the first two
// districts, then mostly common ones with a rarer one now and then. Stories
// about a dispute come last, when there are credits to contest.
func (d *demonstration) tellStories() error {
	var contested []func() error
	for i, invited := range d.people {
		chosen := d.storyOf(i)
		lived := &life{world: d, person: invited, index: i, district: invited.district}
		d.lives = append(d.lives, lived)
		tell := func() error { return d.tell(lived, chosen) }
		switch chosen.name {
		case "disputed", "dispute dismissed", "dispute upheld":
			contested = append(contested, tell)
			continue
		}
		if err := tell(); err != nil {
			return err
		}
	}
	for _, tell := range contested {
		if err := tell(); err != nil {
			return err
		}
	}
	for _, lived := range d.lives {
		if err := lived.endStory(); err != nil {
			return err
		}
	}
	return nil
}

func (d *demonstration) tell(lived *life, chosen story) error {
	due := d.plan.To
	if chosen.short {
		due = models.DateOf(d.asOf).AddDays(-chosen.shortBy)
	}
	lived.enrol(d.plan.From, due)
	chosen.tell(lived)
	if lived.err != nil {
		return fmt.Errorf("story %q: %w", chosen.name, lived.err)
	}
	return nil
}

func (d *demonstration) storyOf(index int) story {
	if index < 2*cadresOfOneDistrict {
		return stories[index%cadresOfOneDistrict%len(stories)]
	}
	if index%5 == 0 {
		return stories[(index/5)%len(stories)]
	}
	name := commonStories[index%len(commonStories)]
	for _, candidate := range stories {
		if candidate.name == name {
			return candidate
		}
	}
	return stories[0]
}
