package inspection

import (
	"cmp"
	"fmt"
	"slices"

	"bangfu/models"
)

// Ranking is the order of the units of one snapshot: districts, zones and
// departments apart.
type Ranking struct {
	Groups []RankGroup `json:"groups"`
}

// RankGroup is the order of the units of one kind.
type RankGroup struct {
	Kind models.UnitKind `json:"kind"`
	Rows []RankRow       `json:"rows"`
	// Formula says in words how the places came about; it is printed with them.
	Formula string `json:"formula"`
}

// RankRow is one unit with its place.
type RankRow struct {
	Unit models.UnitID `json:"unit"`
	Name string        `json:"name"`
	// Place is shared by equals; 0 is shown without a place, for the reason of Unranked.
	Place    int      `json:"place"`
	Unranked Unranked `json:"unranked,omitempty"`
	// Required and Met are what the place rests on: goals of cadres, or verified
	// indicators and those of them that are not behind schedule. Credits counts
	// every credit.
	Required int `json:"required"`
	Met      int `json:"met"`
	Credits  int `json:"credits"`
	// States counts the unit's indicators, whether verified or not.
	States StateCounts `json:"states"`
	// LastQuarter and LastYear are what was so before; nil when nothing is known.
	LastQuarter *Former `json:"lastQuarter,omitempty"`
	LastYear    *Former `json:"lastYear,omitempty"`
}

// Former is how a unit stood in an earlier snapshot.
type Former struct {
	// Place is the one that was printed then, 0 for none.
	Place    int `json:"place"`
	Required int `json:"required"`
	Met      int `json:"met"`
	// Change is how much the share has risen since, in tenths of a percentage
	// point: the difference of the two shares as they are printed.
	Change int `json:"change"`
}

// StateCounts counts indicators by state.
type StateCounts struct {
	Done       int `json:"done"`
	Ahead      int `json:"ahead"`
	OnSchedule int `json:"onSchedule"`
	Behind     int `json:"behind"`
	Unmeasured int `json:"unmeasured"`
}

// Unranked says why a unit is shown without a place.
type Unranked string

// The reasons.
const (
	// UnrankedNone: nothing was asked of the unit.
	UnrankedNone Unranked = "none"
	// UnrankedFew: so little was asked that chance would decide.
	UnrankedFew Unranked = "few"
	// UnrankedUnverified: all that is known is the unit's own word.
	UnrankedUnverified Unranked = "unverified"
	// UnrankedUnmeasured: no number is known at all, neither reported nor computed.
	UnrankedUnmeasured Unranked = "unmeasured"
)

// Text is what pages and bulletins show for the reason.
func (u Unranked) Text() string {
	switch u {
	case UnrankedNone:
		return "没有应完成的数量，不排位"
	case UnrankedFew:
		return "数量较少，不排位"
	case UnrankedUnverified:
		return "仅有自报数、未经核实，不排位"
	case UnrankedUnmeasured:
		return "没有可以核实的数字，不排位"
	}
	return string(u)
}

// rankedKinds come first, in this order; other kinds follow in their own.
var rankedKinds = []models.UnitKind{models.UnitDistrict, models.UnitZone, models.UnitDepartment}

// Rank orders the units of a snapshot by verified outcome alone: nothing that a
// unit says of itself, no activity, no promptness moves a place.
func Rank(snapshot Snapshot) Ranking {
	byKind := map[models.UnitKind][]UnitFigures{}
	for _, unit := range snapshot.Units {
		byKind[unit.Kind] = append(byKind[unit.Kind], unit)
	}
	order := slices.Clone(rankedKinds)
	for _, kind := range models.UnitKinds {
		if !slices.Contains(order, kind) {
			order = append(order, kind)
		}
	}
	byUnit := indicatorsOf(snapshot)
	ranking := Ranking{Groups: []RankGroup{}}
	for _, kind := range order {
		if len(byKind[kind]) > 0 {
			ranking.Groups = append(ranking.Groups, rankGroup(kind, byKind[kind], byUnit, snapshot.least()))
		}
	}
	return ranking
}

// rules are those that the cycle pinned. Every cycle pins some; rows that were
// frozen without any fall under the standard ones, not under none.
func (s Snapshot) rules() Rules {
	if s.Rules.RankLeast < 1 {
		return StandardRules()
	}
	return s.Rules
}

// least is the smallest number that is ranked.
func (s Snapshot) least() int { return s.rules().RankLeast }

// indicatorsOf gathers the shares of units in the indicators, without the city's totals.
func indicatorsOf(snapshot Snapshot) map[models.UnitID][]IndicatorFigures {
	byUnit := map[models.UnitID][]IndicatorFigures{}
	for _, indicator := range snapshot.Indicators {
		if indicator.Unit != "" {
			byUnit[indicator.Unit] = append(byUnit[indicator.Unit], indicator)
		}
	}
	return byUnit
}

func rankGroup(kind models.UnitKind, units []UnitFigures, byUnit map[models.UnitID][]IndicatorFigures, least int) RankGroup {
	known := make(map[models.UnitID]UnitFigures, len(units))
	outcomes := make([]models.Outcome, 0, len(units))
	for _, unit := range units {
		known[unit.Unit] = unit
		outcomes = append(outcomes, unit.ranked(byUnit[unit.Unit]))
	}
	group := RankGroup{Kind: kind, Formula: RankFormula(kind, least)}
	for _, ranked := range models.RankOutcomesFrom(outcomes, least) {
		group.Rows = append(group.Rows, rankRow(ranked, known[ranked.Unit], byUnit[ranked.Unit]))
	}
	return group
}

// ranked is the outcome that decides the unit's place.
func (u UnitFigures) ranked(indicators []IndicatorFigures) models.Outcome {
	outcome := u.Outcome
	if u.Kind == models.UnitDepartment {
		// The duty of help lies on districts and zones; a department answers for tasks.
		outcome = models.Outcome{}
		for _, indicator := range indicators {
			if indicator.verified() {
				outcome.Required++
				outcome.Met += boolCount(indicator.State != ProgressBehind)
			}
		}
	}
	outcome.Unit = u.Unit
	return outcome
}

// verified reports whether the state rests on more than the unit's own word: the
// archive knows the figure itself, and the report does not contradict it.
func (i IndicatorFigures) verified() bool {
	return i.System != "" && (i.Reported == "" || sameNumber(i.Reported, i.System)) && i.State != ProgressUnmeasured
}

func rankRow(ranked models.RankedOutcome, unit UnitFigures, indicators []IndicatorFigures) RankRow {
	row := RankRow{
		Unit: unit.Unit, Name: unit.Name, Place: ranked.Place,
		Required: ranked.Required, Met: ranked.Met, Credits: ranked.Credits,
	}
	for _, indicator := range indicators {
		row.States.add(indicator.State)
	}
	row.LastQuarter = former(unit.LastQuarter, unit.LastQuarterPlace, ranked.Outcome)
	row.LastYear = former(unit.LastYear, unit.LastYearPlace, ranked.Outcome)
	switch {
	case row.Place > 0:
	case row.Required > 0:
		row.Unranked = UnrankedFew
	case len(indicators) > 0 && unit.Kind == models.UnitDepartment:
		row.Unranked = UnrankedUnmeasured
		if slices.ContainsFunc(indicators, func(of IndicatorFigures) bool { return of.Reported != "" }) {
			row.Unranked = UnrankedUnverified
		}
	default:
		row.Unranked = UnrankedNone
	}
	return row
}

func former(outcome *models.Outcome, place int, now models.Outcome) *Former {
	// A share of nothing cannot rise or fall.
	if outcome == nil || outcome.Required < 1 || now.Required < 1 {
		return nil
	}
	return &Former{
		Place: place, Required: outcome.Required, Met: outcome.Met,
		Change: tenths(now.Met, now.Required) - tenths(outcome.Met, outcome.Required),
	}
}

func (c *StateCounts) add(state ProgressState) {
	switch state {
	case ProgressDone:
		c.Done++
	case ProgressAhead:
		c.Ahead++
	case ProgressOnSchedule:
		c.OnSchedule++
	case ProgressBehind:
		c.Behind++
	case ProgressUnmeasured:
		c.Unmeasured++
	}
}

// Of is the count of one state.
func (c StateCounts) Of(state ProgressState) int {
	switch state {
	case ProgressDone:
		return c.Done
	case ProgressAhead:
		return c.Ahead
	case ProgressOnSchedule:
		return c.OnSchedule
	case ProgressBehind:
		return c.Behind
	case ProgressUnmeasured:
		return c.Unmeasured
	}
	return 0
}

// RankFormula says in words what Rank computes for units of a kind.
func RankFormula(kind models.UnitKind, least int) string {
	const places = "按完成率从高到低排位，完成率相同的位次并列，其后的位次按并列单位数顺延；"
	if kind == models.UnitDepartment {
		return fmt.Sprintf("完成率＝完成、超序时、按序时的已核实指标数÷已核实指标数×100%%。已核实是指系统自有数据可以印证，且与自报数一致；"+
			"仅有自报数的指标只列出，不参加排位。%s已核实指标少于%d项的部门只列出、不排位。市级部门单独排位。", places, least)
	}
	return fmt.Sprintf("完成率＝计入完成的帮扶目标数÷应完成的帮扶目标数×100%%，以经初审、复核、认定的结果计算，同一目标超出的认定不重复计入。"+
		"%s应完成的目标少于%d个的单位只列出、不排位。区县、功能区分别排位，填报的次数和早晚不影响位次。", places, least)
}

func boolCount(is bool) int {
	if is {
		return 1
	}
	return 0
}

// group is the order of one kind, empty when there is no such unit.
func (r Ranking) group(kind models.UnitKind) RankGroup {
	for _, group := range r.Groups {
		if group.Kind == kind {
			return group
		}
	}
	return RankGroup{Kind: kind}
}

// sortedUnits are the units by kind in the order of the ranking, then by code.
func sortedUnits(units []UnitFigures) []UnitFigures {
	place := func(kind models.UnitKind) int {
		if i := slices.Index(rankedKinds, kind); i >= 0 {
			return i
		}
		return len(rankedKinds) + slices.Index(models.UnitKinds, kind)
	}
	sorted := slices.Clone(units)
	slices.SortFunc(sorted, func(a, b UnitFigures) int {
		return cmp.Or(cmp.Compare(place(a.Kind), place(b.Kind)), cmp.Compare(a.Unit, b.Unit))
	})
	return sorted
}
