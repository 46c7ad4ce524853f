package inspection

import (
	"fmt"
	"slices"

	"bangfu/models"
)

// Misfit is one figure of a bulletin that its frozen data do not give.
type Misfit struct {
	// What says in words which figure, Stated what the bulletin shows, Measured what
	// the data give.
	What, Stated, Measured string
}

// Prove reads every figure of a bulletin again from the figures that it was kept
// with, and the text's own digest of the rows. Nothing is a bulletin that its
// data give.
func Prove(bulletin Bulletin, snapshot Snapshot) []Misfit {
	var misfits []Misfit
	if bulletin.SnapshotDigest != snapshot.Digest {
		misfits = append(misfits, Misfit{What: "快照摘要", Stated: bulletin.SnapshotDigest, Measured: snapshot.Digest})
	}
	for _, id := range bulletin.sortedFigures() {
		figure := bulletin.Figures[id]
		if figure.Value == goneFigure {
			continue
		}
		if again, known := Evaluate(snapshot, figure.Query); !known || again != figure.Shown {
			misfits = append(misfits, Misfit{
				What: string(id) + "：" + bulletin.about(figure.Query) + figure.Definition, Stated: figure.String(), Measured: again.String(),
			})
		}
	}
	return append(misfits, proveAnnexes(bulletin, snapshot)...)
}

// proveAnnexes compares the tables, row by row, with those that the data give.
func proveAnnexes(bulletin Bulletin, snapshot Snapshot) []Misfit {
	var misfits []Misfit
	again := bulletin
	again.Annexes = annexesOf(snapshot, Rank(snapshot))
	for _, code := range annexesOfFigures {
		for _, step := range compareLists(annexLines(bulletin, code), annexLines(again, code)) {
			misfits = append(misfits, Misfit{What: "附表《" + code.Text() + "》", Stated: step.old, Measured: step.new})
		}
	}
	return misfits
}

// ProveUnits compares the figures of the units that a bulletin was kept with with
// those that the frozen rows give now.
func ProveUnits(kept Snapshot, rows []UnitFigures) []Misfit {
	var misfits []Misfit
	byUnit := map[models.UnitID]UnitFigures{}
	for _, row := range rows {
		byUnit[row.Unit] = row
	}
	for _, unit := range kept.Units {
		row, known := byUnit[unit.Unit]
		delete(byUnit, unit.Unit)
		if stated, measured := unit.countsWords(), row.countsWords(); !known || stated != measured {
			misfits = append(misfits, Misfit{What: "单位 " + unit.Name, Stated: stated, Measured: measured})
		}
	}
	for _, row := range rows {
		if _, left := byUnit[row.Unit]; left {
			misfits = append(misfits, Misfit{What: "单位 " + row.Name, Measured: row.countsWords()})
		}
	}
	return misfits
}

// countsWords are all counts of a unit in one line, for a comparison that people
// can follow.
func (u UnitFigures) countsWords() string {
	text := fmt.Sprintf("%s：应完成%d、计入完成%d、认定%d、逾期%d", u.Name, u.Required, u.Met, u.Credits, u.Overdue)
	kinds := slices.DeleteFunc(slices.Clone(models.Kinds), func(kind models.Kind) bool { return u.Goals[kind] == GoalFigures{} })
	for _, kind := range kinds {
		goals := u.Goals[kind]
		text += fmt.Sprintf("；%s%d/%d/%d/%d", goalWords(kind), goals.Required, goals.Met, goals.Credits, goals.Overdue)
	}
	return text
}

// String is the difference in words.
func (m Misfit) String() string {
	if m.Stated == "" && m.Measured == "" {
		return m.What
	}
	return m.What + "（登记“" + m.Stated + "”，现为“" + m.Measured + "”）"
}
