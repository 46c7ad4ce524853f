package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// Who sees what, in lists and in single reads alike: whatever lies outside the
// caller's reach for the permission of the read is not found (404), so that its
// existence is not given away. What the caller may read but not do is forbidden
// (403). The names of people are shown where the caller may read cadres.

// What every input of its kind embeds. The framework reads embedded structs by
// exported names only.
type (
	// Paging is the part of a list's query that pages.
	Paging = pageInput
	// Guarded is the precondition of an edit or a decision.
	Guarded = conditional
	// Keyed is the idempotency key of a command.
	Keyed = idempotent
)

// ListOf is the body of a list that has no pages because it is short.
type ListOf[T any] struct {
	Body struct {
		Items []T `json:"items" doc:"全部内容"`
	}
}

func list[Row, Item any](rows []Row, show func(Row) Item) *ListOf[Item] {
	var body ListOf[Item]
	body.Body.Items = make([]Item, len(rows))
	for i, row := range rows {
		body.Body.Items[i] = show(row)
	}
	return &body
}

// UnitRef names a unit.
type UnitRef struct {
	ID   models.UnitID `json:"id" doc:"单位代码" example:"120101"`
	Name string        `json:"name" doc:"单位名称" example:"和平区"`
}

// CadreRef names a cadre.
type CadreRef struct {
	ID models.CadreID `json:"id" doc:"干部编号" example:"TJ-0001"`
	// Name is absent where the caller may not read cadres.
	Name string `json:"name,omitempty" doc:"姓名；无权查看干部信息时没有此项"`
}

// Coded is a code with the words that people read for it.
type Coded struct {
	Code string `json:"code" doc:"代码"`
	Text string `json:"text" doc:"名称或说明"`
}

func codedAs[C ~string](code C, text string) Coded { return Coded{Code: string(code), Text: text} }

// moment is an instant that may be missing.
func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	utc := at.UTC()
	return &utc
}

// directory holds what an answer needs to name things.
type directory struct {
	units    models.UnitTree
	glossary glossary
	calendar models.Calendar
	cadres   map[models.CadreID]string
	// who asks.
	who auth.Principal
	// deputies and absent are the names of those who acted for others, and of
	// those others.
	deputies map[models.AccountID]string
	absent   map[models.CadreID]string
}

// directory reads the units, the calendar and the words of the newest policy.
func (s *server) directory(ctx context.Context) (*directory, error) {
	units, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return nil, err
	}
	calendar, err := s.Archive.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	policies, err := s.Archive.Policies(ctx)
	if err != nil {
		return nil, err
	}
	var terms []models.Term
	for _, policy := range policies {
		terms = append(terms, policy.Terms...)
	}
	return &directory{
		units: units, calendar: calendar, glossary: newGlossary(terms), cadres: map[models.CadreID]string{},
		who: principal(ctx),
	}, nil
}

// person is a cadre to be named, with the unit in which they are met.
type person struct {
	id       models.CadreID
	unitPath string
}

// learn reads the names of those cadres whom the caller may read.
func (s *server) learn(ctx context.Context, names *directory, people ...person) error {
	who := principal(ctx)
	var wanted []models.CadreID
	for _, someone := range people {
		if _, known := names.cadres[someone.id]; !known && s.Policy.MayOn(who, auth.CadreRead, someone.unitPath, someone.id) {
			names.cadres[someone.id] = ""
			wanted = append(wanted, someone.id)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := s.Archive.CadreNames(ctx, wanted)
	if err != nil {
		return fmt.Errorf("name cadres: %w", err)
	}
	for id, name := range found {
		names.cadres[id] = name
	}
	return nil
}

func (d *directory) unit(id models.UnitID) UnitRef { return UnitRef{ID: id, Name: d.unitName(id)} }

func (d *directory) unitName(id models.UnitID) string {
	if unit, known := d.units.Unit(id); known {
		return unit.Name
	}
	return string(id)
}

func (d *directory) cadre(id models.CadreID) CadreRef { return CadreRef{ID: id, Name: d.cadres[id]} }

// workdaysLeft counts the working days until an instant; negative after it.
func (d *directory) workdaysLeft(now, due time.Time) int {
	if due.IsZero() {
		return 0
	}
	// A deadline of 24:00 belongs to the day that it ends.
	return d.calendar.WorkdaysBetween(models.DateOf(now), models.DateOf(due.Add(-time.Nanosecond)))
}

// forbidden says who else has to act, when the caller may read but not do.
func forbidden(detail string) *problem.Problem {
	said := problem.New(problem.Forbidden)
	if detail != "" {
		said.Detail = detail
	}
	return said
}

// invalid is a fault of the request's content that the schema cannot know.
func invalid(location, message string) *problem.Problem {
	return problem.New(problem.RequestInvalid).At(location, message)
}

// requireUnit reads a unit that the request names; an unknown one is a fault of
// the request, not a missing page.
func (s *server) requireUnit(ctx context.Context, id models.UnitID, location string) (models.Unit, error) {
	unit, err := s.Archive.Unit(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return models.Unit{}, problem.New(problem.UnknownUnit, "unit", string(id)).At(location, "没有这个单位")
	}
	return unit, err
}

// unitFilter turns the unit of a list's query into the path that it filters by.
func (s *server) unitFilter(ctx context.Context, id models.UnitID) (string, error) {
	if id == "" {
		return "", nil
	}
	unit, err := s.requireUnit(ctx, id, "query.unit")
	return unit.Path, err
}
