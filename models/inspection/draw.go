package inspection

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"bangfu/models"
)

// Credit is one accepted record at the cut-off, as far as a draw needs it.
type Credit struct {
	Record     models.RecordID     `json:"record"`
	Obligation models.ObligationID `json:"obligation"`
	// Unit is the district or zone that is inspected, not the office below it.
	Unit     models.UnitID   `json:"unit"`
	UnitKind models.UnitKind `json:"unitKind"`
	Kind     models.Kind     `json:"kind"`
	// Quarter is when the record was credited.
	Quarter models.Quarter `json:"quarter"`
}

// Stratum is one part of a frame and how many credits were drawn from it. Unit
// and Kind are empty where the strata do not tell them apart.
type Stratum struct {
	Unit  models.UnitID `json:"unit,omitempty"`
	Kind  models.Kind   `json:"kind,omitempty"`
	Frame int           `json:"frame"`
	Size  int           `json:"size"`
}

// Drawn is a draw with all that is needed to repeat it.
type Drawn struct {
	Seed string     `json:"seed"`
	Rule SampleRule `json:"rule"`
	// Frame counts the credits that could be drawn.
	Frame int `json:"frame"`
	// Strata is what divided the frame: the rule's, or a coarser one when the
	// sample is too small for one credit of each of the rule's strata.
	Strata  Strata    `json:"strata"`
	Parts   []Stratum `json:"parts"`
	Credits []Credit  `json:"credits"`
}

// coarser are the strata to try before none at all, from fine to coarse.
var coarser = map[Strata][]Strata{
	StrataUnitKind: {StrataUnitKind, StrataUnit, StrataKind},
	StrataUnit:     {StrataUnit},
	StrataKind:     {StrataKind},
}

// Size is how many credits are drawn from a frame of so many.
func (r SampleRule) Size(frame int) int {
	const hundred = 100
	share := (frame*r.SharePercent + hundred - 1) / hundred
	return min(frame, max(r.Least, min(share, r.Most)))
}

// Draw draws the sample (抽查). Within a stratum the credits are ordered by the
// SHA-256 of "<seed>/<record>" and the first are drawn: each credit of a stratum
// has the same chance, nobody can steer it who does not choose the seed, and
// anyone can repeat it with a hash tool. The order of the frame does not matter;
// a record that is listed twice counts once. The seed must be fixed after the
// frame, or whoever knows it could choose what to credit.
func Draw(seed string, frame []Credit, rule SampleRule) Drawn {
	credits := distinct(frame)
	drawn := Drawn{Seed: seed, Rule: rule, Frame: len(credits), Strata: StrataNone, Credits: []Credit{}, Parts: []Stratum{}}
	size := rule.Size(len(credits))
	var parts [][]Credit
	for _, strata := range append(slices.Clone(coarser[rule.Strata]), StrataNone) {
		if parts = divide(credits, strata); len(parts) <= size {
			drawn.Strata = strata
			break
		}
	}
	if size <= 0 {
		return drawn
	}
	for i, number := range allocate(seed, parts, size) {
		slices.SortFunc(parts[i], func(a, b Credit) int { return compareLots(seed, string(a.Record), string(b.Record)) })
		part := stratumOf(parts[i][0], drawn.Strata)
		part.Frame, part.Size = len(parts[i]), number
		drawn.Parts = append(drawn.Parts, part)
		drawn.Credits = append(drawn.Credits, parts[i][:number]...)
	}
	return drawn
}

// distinct sorts the frame and drops records that are listed again.
func distinct(frame []Credit) []Credit {
	credits := slices.Clone(frame)
	slices.SortFunc(credits, func(a, b Credit) int {
		return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Quarter.String(), b.Quarter.String()), cmp.Compare(a.Obligation.String(), b.Obligation.String()),
			cmp.Compare(a.UnitKind, b.UnitKind))
	})
	return slices.CompactFunc(credits, func(a, b Credit) bool { return a.Record == b.Record })
}

// stratumOf is the stratum that a credit belongs to.
func stratumOf(credit Credit, strata Strata) Stratum {
	switch strata {
	case StrataUnitKind:
		return Stratum{Unit: credit.Unit, Kind: credit.Kind}
	case StrataUnit:
		return Stratum{Unit: credit.Unit}
	case StrataKind:
		return Stratum{Kind: credit.Kind}
	case StrataNone:
	}
	return Stratum{}
}

// divide splits the credits into their strata, by unit and then in the plan's
// order of kinds.
func divide(credits []Credit, strata Strata) [][]Credit {
	members := map[Stratum][]Credit{}
	var order []Stratum
	for _, credit := range credits {
		stratum := stratumOf(credit, strata)
		if members[stratum] == nil {
			order = append(order, stratum)
		}
		members[stratum] = append(members[stratum], credit)
	}
	slices.SortFunc(order, func(a, b Stratum) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit),
			cmp.Compare(slices.Index(models.Kinds, a.Kind), slices.Index(models.Kinds, b.Kind)), cmp.Compare(a.Kind, b.Kind))
	})
	parts := make([][]Credit, len(order))
	for i, stratum := range order {
		parts[i] = members[stratum]
	}
	return parts
}

// allocate says how many credits each part yields: one each, then the rest in
// proportion to what is left in each, by largest remainder. Equal remainders are
// settled by lot. There are never more parts than the size, so no part yields
// more than it holds.
func allocate(seed string, parts [][]Credit, size int) []int {
	left := 0
	for _, part := range parts {
		left += len(part) - 1
	}
	rest := size - len(parts)
	sizes, remainders, order := make([]int, len(parts)), make([]int, len(parts)), make([]int, len(parts))
	given := 0
	for i, part := range parts {
		order[i], sizes[i] = i, 1
		if left > 0 {
			sizes[i] += rest * (len(part) - 1) / left
			remainders[i] = rest * (len(part) - 1) % left
		}
		given += sizes[i]
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainders[b], remainders[a]), compareLots(seed, partKey(parts[a]), partKey(parts[b])))
	})
	for _, i := range order[:size-given] {
		sizes[i]++
	}
	return sizes
}

// partKey names a part by all that it could be told apart by.
func partKey(part []Credit) string { return string(part[0].Unit) + "/" + string(part[0].Kind) }

// Lot is the number that decides: the SHA-256 of "<seed>/<name>" in hex.
func Lot(seed, name string) string { return fmt.Sprintf("%x", lotOf(seed, name)) }

func lotOf(seed, name string) [sha256.Size]byte { return sha256.Sum256([]byte(seed + "/" + name)) }

func compareLots(seed, a, b string) int {
	left, right := lotOf(seed, a), lotOf(seed, b)
	return cmp.Or(bytes.Compare(left[:], right[:]), cmp.Compare(a, b))
}

// Explain tells in words how the sample was drawn and how to draw it again.
func (d Drawn) Explain() []string {
	lines := []string{
		fmt.Sprintf("抽查范围：截止时已认定的记录%d条。", d.Frame),
		fmt.Sprintf("抽查数量：范围的%d%%，向上取整，最少%d条、最多%d条，不超过范围；本次抽取%d条。",
			d.Rule.SharePercent, d.Rule.Least, d.Rule.Most, len(d.Credits)),
	}
	switch {
	case d.Frame == 0:
		return append(lines, "本次没有可以抽查的记录。")
	case len(d.Credits) == 0:
		return append(lines, "按上述数量，本次不抽查。")
	case d.Strata != d.Rule.Strata:
		lines = append(lines, "分层："+strings.TrimSuffix(strataNotes[d.Rule.Strata], "抽查。")+"不足每层一条，改为"+strataNotes[d.Strata])
	default:
		lines = append(lines, "分层："+strataNotes[d.Strata])
	}
	if d.Strata != StrataNone {
		lines = append(lines, fmt.Sprintf("共%d层，每层先抽一条，其余按各层剩余条数的比例、以最大余数法分配，余数相同的由下述抽签值决定。", len(d.Parts)))
	}
	return append(lines,
		"种子："+d.Seed,
		"抽取：对每条记录计算“种子/记录编号”的SHA-256，得到抽签值；同一层内按抽签值从小到大，取前若干条。与记录的排列次序无关。",
		"重抽：任何人都可以用通用工具重算，例如 printf '%s/%s' 种子 记录编号 | sha256sum 。")
}
