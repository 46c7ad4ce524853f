package seeds

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
)

// DemonstrationPlan is the plan whose people, companies and acts are invented.
const DemonstrationPlan models.PlanID = "demo"

// How the demonstration plan lies in time: so many days have passed on the day
// it is made, which is about 20 of its 36 months.
const (
	elapsedDays = 610
	windowDays  = 3*365 + 1
)

// demonstrationPlan is the plan as made on a day. Everything else follows from
// its first day, so that a later run tells the same stories.
func demonstrationPlan(today models.Date, policy models.PolicyVersion) models.Plan {
	from := today.AddDays(-elapsedDays)
	return models.Plan{
		ID: DemonstrationPlan, Title: "演示计划：干部帮扶科技型中小企业（人员、企业、材料均为虚构）",
		From: from, To: from.AddDays(windowDays - 1), Policy: policy, Demonstration: true,
	}
}

// demonstration is what the invented plan consists of, before it is written.
type demonstration struct {
	plan     models.Plan
	rules    models.Rules
	calendar models.Calendar
	tree     models.UnitTree
	terms    []models.Term
	// tasks and indicators are copies of the real plan's.
	tasks      []models.Task
	indicators []models.Indicator
	answering  []inspection.Answering
	// sheets are the progress that units reported, oldest first.
	sheets []*progressSheet
	// asOf ends every story: all acts are earlier.
	asOf        time.Time
	random      *rand.Rand
	people      []*person
	lives       []*life
	enterprises []models.Enterprise
	documents   []document
	accounts    []demoAccount
	// credits are credited claims that a dispute may be raised against.
	credits []credit
}

// credit is a claim that the last stage accepted, and whose it is.
type credit struct {
	claim *claim
	owner *life
}

// tellDemonstration invents the people and lets every one of them live. The
// same plan and seeds give the same demonstration, byte for byte.
func tellDemonstration(seeds *Seeds, plan models.Plan) (*demonstration, error) {
	d := &demonstration{
		plan: plan, rules: seeds.Policy.Rules, calendar: seeds.Calendar(), tree: seeds.Tree(),
		terms: seeds.Policy.Terms, tasks: slices.Clone(seeds.Tasks), indicators: slices.Clone(seeds.Indicators),
		answering: slices.Clone(seeds.Answering),
		asOf:      plan.From.AddDays(elapsedDays).Start(),
		// A fixed seed: the same plan tells the same stories.
		random: rand.New(rand.NewPCG(2013, 56)),
	}
	if err := d.invitePeople(); err != nil {
		return nil, err
	}
	if err := d.tellStories(); err != nil {
		return nil, err
	}
	if err := d.addFreeEnterprises(); err != nil {
		return nil, err
	}
	d.tellProgress()
	d.openAccounts()
	return d, nil
}

// day is a day of the plan, counted from 0.
func (d *demonstration) day(number int) models.Date { return d.plan.From.AddDays(number) }

// workingInstant is some minute of working hours on the day, or on the next
// working day.
func (d *demonstration) workingInstant(day models.Date) time.Time {
	if !d.calendar.IsWorkday(day) {
		day = d.calendar.AddWorkdays(day, 1)
	}
	minutes := 9*60 + d.random.IntN(8*60)
	return day.Start().Add(time.Duration(minutes) * time.Minute).Add(time.Duration(d.random.IntN(60)) * time.Second)
}

// document is one invented official paper or piece of evidence.
type document struct {
	id       models.EvidenceID
	title    string
	category models.EvidenceCategory
	cadre    models.CadreID
	unit     models.UnitID
	by       models.AccountID
	at       time.Time
	// claim tells evidence of a claim from papers of an organization department.
	claim bool
}

// addDocument files a paper and returns its ID.
func (d *demonstration) addDocument(paper document) models.EvidenceID {
	paper.id = models.EvidenceID(fmt.Sprintf("demo-evidence-%05d", len(d.documents)+1))
	d.documents = append(d.documents, paper)
	return paper.id
}

// acts are those of all lives in the order in which they happened.
func (d *demonstration) acts() []*act {
	var all []*act
	for _, life := range d.lives {
		all = append(all, life.acts...)
	}
	slices.SortStableFunc(all, func(a, b *act) int { return a.command.At.Compare(b.command.At) })
	return all
}
