package seeds

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// progressSheet is what one unit of the demonstration reported for a quarter.
type progressSheet struct {
	entries []inspection.Entry
	by      models.AccountID
	at      time.Time
}

// tellProgress lets every unit report for the quarters that ended before the
// demonstration's day; here and there one forgets. It draws from numbers of its
// own, so that the stories of the cadres stay as they are.
func (d *demonstration) tellProgress() {
	random := rand.New(rand.NewPCG(2013, 53))
	told := progressTold{demonstration: d, random: random, pace: map[string]float64{}}
	today := models.DateOf(d.asOf)
	for _, quarter := range d.plan.Quarters() {
		if quarter.Last().Before(today) {
			told.quarter(quarter)
		}
	}
}

// progressTold is the telling of all quarters.
type progressTold struct {
	*demonstration
	random *rand.Rand
	// pace is how fast a unit comes along with an indicator, 1 being on schedule.
	pace map[string]float64
}

func (p progressTold) quarter(quarter models.Quarter) {
	sheets := map[models.UnitID]*progressSheet{}
	for _, item := range inspection.Items(p.tasks, p.indicators) {
		answering := p.answeringOf(item)
		answerers := answering.Answerers(p.tree, quarter.Last())
		for _, answerer := range answerers {
			const forgets = 25 // one entry in so many
			if p.random.IntN(forgets) == 0 {
				continue
			}
			if sheets[answerer.Unit] == nil {
				sheets[answerer.Unit] = &progressSheet{
					by: p.contactOf(answerer.Unit), at: quarter.Next().First().AddDays(4).Start().Add(10 * time.Hour),
				}
				p.sheets = append(p.sheets, sheets[answerer.Unit])
			}
			entry := p.entry(item, quarter, answerer.Unit, len(answerers))
			sheets[answerer.Unit].entries = append(sheets[answerer.Unit].entries, entry)
		}
	}
}

func (d *demonstration) answeringOf(item models.Indicator) inspection.Answering {
	for _, one := range d.answering {
		if one.Task == item.Task && one.Ordinal == item.Ordinal {
			return one
		}
	}
	return inspection.Answering{}
}

// contactOf is the account that reports for a unit: that of its district or
// zone, or its own.
func (d *demonstration) contactOf(id models.UnitID) models.AccountID {
	unit, _ := d.tree.Unit(id)
	if unit.Kind == models.UnitGovernment {
		return accountOf(roleContact, unit.Parent)
	}
	return accountOf(roleContact, id)
}

func (p progressTold) entry(item models.Indicator, quarter models.Quarter, unit models.UnitID, shares int) inspection.Entry {
	entry := inspection.Entry{Quarter: quarter, Task: item.Task, Ordinal: item.Ordinal, Unit: unit}
	switch basis := inspection.BasisOf(item); basis {
	case inspection.BasisMilestone:
		entry.Milestone = []string{"（演示）已印发实施方案，正在推进。", "（演示）已召开部署会，明确了责任分工。", "（演示）按计划开展，暂无需要协调的事项。"}[p.random.IntN(3)]
	case inspection.BasisMonths:
		for range basis.Parts() {
			entry.Figures = append(entry.Figures, strconv.Itoa(1+p.random.IntN(3)))
		}
	case inspection.BasisQuarter:
		entry.Figures = []string{"1"}
	case inspection.BasisRatio:
		whole := 1000 + 10*p.random.IntN(20)
		part := int(float64(whole) * 0.6 * p.share(item, quarter, unit))
		entry.Figures = []string{strconv.Itoa(min(part, whole)), strconv.Itoa(whole)}
	case inspection.BasisCumulative, inspection.BasisYearToDate, inspection.BasisStock:
		entry.Figures = []string{strconv.Itoa(p.amount(item, quarter, unit, shares))}
	}
	return entry.Canonical()
}

// amount is where a unit stands: its share of the target, as far as its pace
// brought it.
func (p progressTold) amount(item models.Indicator, quarter models.Quarter, unit models.UnitID, shares int) int {
	target, err := strconv.Atoi(item.Target)
	if err != nil {
		return quarter.Number()
	}
	if item.Task == dutyTask {
		// One company a cadre: the city's figure is about what the archive knows.
		target = len(p.people)
	}
	return int(float64(target) / float64(shares) * p.share(item, quarter, unit))
}

const dutyTask = 56

func (p progressTold) share(item models.Indicator, quarter models.Quarter, unit models.UnitID) float64 {
	key := fmt.Sprintf("%d.%d/%s", item.Task, item.Ordinal, unit)
	if _, known := p.pace[key]; !known {
		p.pace[key] = 0.75 + 0.7*p.random.Float64()
	}
	elapsed := inspection.ElapsedOf(p.plan, item.Period, quarter.Last())
	return p.pace[key] * float64(elapsed.Days) / float64(elapsed.Of)
}

func (d *demonstration) writeProgress(ctx context.Context, archive *store.Archive) error {
	for _, sheet := range d.sheets {
		for _, entry := range sheet.entries {
			_, err := archive.PutProgress(ctx, store.ProgressPut{
				Plan: d.plan.ID, Entry: entry, Actor: models.Actor{Account: sheet.by}, At: sheet.at,
				Command: models.CommandID(fmt.Sprintf("demo-progress-%s-%s-%d-%d", entry.Quarter, entry.Unit, entry.Task, entry.Ordinal)),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
