package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"bangfu/models"
)

// witness is everything the archive says about one obligation.
type witness struct {
	row     obligationRow
	entries []models.Entry
	goals   []goalRow
	records []recordRow
	claims  []claimRow
	reviews []reviewRow
	notices []noticeRow
	rules   models.Rules
}

// belongings are the rows of some obligations, as the tables give them.
type belongings struct {
	entries []models.Entry
	reviews []reviewRow
	notices []noticeRow
	goals   []goalRow
	records []recordRow
	claims  []claimRow
}

// witnesses reads all that belongs to some obligations, a statement a table.
func (a *Archive) witnesses(db *gorm.DB, rows []obligationRow) (map[models.ObligationID]*witness, error) {
	all := make(map[models.ObligationID]*witness, len(rows))
	for _, row := range rows {
		rules, err := a.rulesIn(db, models.PolicyVersion(row.Policy))
		if err != nil {
			return nil, err
		}
		all[row.id()] = &witness{row: row, rules: rules}
	}
	found, err := belongingsOf(db, rows)
	if err != nil {
		return nil, err
	}
	of := func(plan, cadre string) *witness {
		owner, known := all[models.ObligationID{Plan: models.PlanID(plan), Cadre: models.CadreID(cadre)}]
		if !known {
			return &witness{}
		}
		return owner
	}
	found.handOut(of)
	return all, nil
}

// belongingsOf reads by subject or by cadre; the latter may bring rows of
// another plan, which belong to no witness.
func belongingsOf(db *gorm.DB, rows []obligationRow) (belongings, error) {
	var found belongings
	var events []eventRow
	subjects, plans, cadres := make([]string, len(rows)), make([]string, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		subjects[i], plans[i], cadres[i] = row.id().Subject(), row.Plan, row.Cadre
	}
	bySubject := func(order string) *gorm.DB { return db.Where("subject IN ?", subjects).Order(order) }
	byCadre := func(order string) *gorm.DB {
		return db.Where("plan IN ? AND cadre IN ?", distinct(plans), cadres).Order(order)
	}
	err := errors.Join(
		bySubject("subject, sequence").Find(&events).Error,
		bySubject("subject, sequence").Find(&found.reviews).Error,
		bySubject("subject, sequence, ordinal").Find(&found.notices).Error,
		byCadre("plan, cadre, kind").Find(&found.goals).Error,
		byCadre("id").Find(&found.records).Error,
		byCadre("plan, kind, enterprise_key").Find(&found.claims).Error,
	)
	if err != nil {
		return belongings{}, fmt.Errorf("reconcile: read what belongs to obligations: %w", err)
	}
	found.entries, err = entriesOf(events)
	return found, err
}

// handOut gives each row to the witness it is about.
func (b belongings) handOut(of func(plan, cadre string) *witness) {
	ofSubject := func(subject string) *witness {
		id, _ := models.ParseSubject(subject)
		return of(string(id.Plan), string(id.Cadre))
	}
	for _, entry := range b.entries {
		w := ofSubject(entry.Subject)
		w.entries = append(w.entries, entry)
	}
	for _, row := range b.reviews {
		w := ofSubject(row.Subject)
		w.reviews = append(w.reviews, row)
	}
	for _, row := range b.notices {
		w := ofSubject(row.Subject)
		w.notices = append(w.notices, row)
	}
	for _, row := range b.goals {
		w := of(row.Plan, row.Cadre)
		w.goals = append(w.goals, row)
	}
	for _, row := range b.records {
		w := of(row.Plan, row.Cadre)
		w.records = append(w.records, row)
	}
	for _, row := range b.claims {
		w := of(row.Plan, row.Cadre)
		w.claims = append(w.claims, row)
	}
}

// differences compares everything with what the log says. A log that does not
// prove itself proves nothing else, so it is the only difference then.
func (w *witness) differences() ([]Difference, error) {
	broken, err := brokenChain(models.VerifyChain(w.entries))
	if err != nil {
		return nil, err
	}
	if broken != nil {
		return w.differ(DifferenceChain, broken.Error()), nil
	}
	if len(w.entries) == 0 {
		return w.differ(DifferenceChain, "the log is empty"), nil
	}
	last := w.entries[len(w.entries)-1]
	if last.Sequence != w.row.Sequence || last.SHA256 != w.row.Head {
		return w.differ(DifferenceChain, fmt.Sprintf("the log ends at %d, the obligation at %d", last.Sequence, w.row.Sequence)), nil
	}
	events, obligation, err := w.rebuild()
	if err != nil {
		return nil, err
	}
	var found []Difference
	for _, compare := range []func(*models.Obligation, []models.Event) ([]Difference, error){
		w.compareSnapshot, w.compareObligation, w.compareRecords, w.compareClaims, w.compareReviews, w.compareNotices,
	} {
		differences, err := compare(&obligation, events)
		if err != nil {
			return nil, err
		}
		found = append(found, differences...)
	}
	return found, nil
}

func (w *witness) rebuild() ([]models.Event, models.Obligation, error) {
	events := make([]models.Event, len(w.entries))
	for i, entry := range w.entries {
		event, err := entry.Event()
		if err != nil {
			return nil, models.Obligation{}, err
		}
		events[i] = event
	}
	return events, models.Rebuild(events), nil
}

func (w *witness) differ(kind DifferenceKind, details ...string) []Difference {
	differences := make([]Difference, len(details))
	for i, detail := range details {
		differences[i] = Difference{Subject: w.row.id().Subject(), Kind: kind, Detail: detail}
	}
	return differences
}

func (w *witness) compareSnapshot(rebuilt *models.Obligation, _ []models.Event) ([]Difference, error) {
	snapshot, err := w.row.obligation()
	if err != nil {
		return w.differ(DifferenceSnapshot, fmt.Sprintf("it cannot be read: %v", err)), nil
	}
	stored, storedErr := json.Marshal(snapshot)
	expected, expectedErr := json.Marshal(rebuilt)
	if storedErr != nil || expectedErr != nil {
		return nil, fmt.Errorf("reconcile %s: write snapshots: %w", w.row.id(), firstOf(storedErr, expectedErr))
	}
	if string(stored) != string(expected) {
		return w.differ(DifferenceSnapshot, "the events rebuild another aggregate"), nil
	}
	return nil, nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// compareObligation compares the columns of lists, and the goals'.
func (w *witness) compareObligation(rebuilt *models.Obligation, _ []models.Event) ([]Difference, error) {
	expected, err := project(rebuilt, w.rules)
	if err != nil {
		return nil, err
	}
	var columns []string
	differs := func(column string, same bool) {
		if !same {
			columns = append(columns, column)
		}
	}
	row, want := w.row, expected.obligation
	differs("unit", row.Unit == want.Unit)
	differs("policy", row.Policy == want.Policy)
	differs("from_day", row.From == want.From)
	differs("plan_due", row.PlanDue == want.PlanDue)
	differs("met", row.Met == want.Met)
	differs("closed", row.Closed == want.Closed)
	differs("urgent_at", row.UrgentAt.Equal(want.UrgentAt))
	for column, pair := range map[string][2]*time.Time{
		"blue_at": {row.BlueAt, want.BlueAt}, "yellow_at": {row.YellowAt, want.YellowAt}, "red_at": {row.RedAt, want.RedAt},
		"suspended_from": {row.SuspendedFrom, want.SuspendedFrom}, "suspended_until": {row.SuspendedUntil, want.SuspendedUntil},
		"due_at": {row.DueAt, want.DueAt}, "changed_at": {row.ChangedAt, want.ChangedAt},
	} {
		differs(column, sameInstant(pair[0], pair[1]))
	}
	var found []Difference
	if len(columns) > 0 {
		slices.Sort(columns)
		found = w.differ(DifferenceObligation, strings.Join(columns, ", "))
	}
	goals := slices.SortedFunc(slices.Values(expected.goals), func(a, b goalRow) int { return strings.Compare(a.Kind, b.Kind) })
	if !slices.EqualFunc(w.goals, goals, func(a, b goalRow) bool { return a.Kind == b.Kind && sameGoal(a, b) }) {
		found = append(found, w.differ(DifferenceGoal, "the goals do not follow from the events")...)
	}
	return found, nil
}

// compareRecords compares the rows of records with the aggregate's records.
func (w *witness) compareRecords(rebuilt *models.Obligation, _ []models.Event) ([]Difference, error) {
	var details []string
	seen := map[string]bool{}
	for _, row := range w.records {
		seen[row.ID] = true
		record, known := rebuilt.Record(models.RecordID(row.ID))
		switch {
		case !known && row.State != string(models.StateDraft):
			details = append(details, row.ID+": the log does not know it")
		case known && !sameRecord(row, record):
			details = append(details, row.ID+": its state does not follow from the events")
		case row.Unit != w.row.Unit || row.UnitPath != w.row.UnitPath:
			details = append(details, row.ID+": it is not in the obligation's unit")
		}
	}
	for _, record := range rebuilt.Records {
		if !seen[string(record.ID)] {
			details = append(details, string(record.ID)+": it is missing")
		}
	}
	return w.differ(DifferenceRecord, details...), nil
}

func sameRecord(row recordRow, record models.Record) bool {
	content := row.Kind == string(record.Kind) && row.EnterpriseKey == string(record.Enterprise)
	if record.State == models.StateReturned || record.State == models.StateWithdrawn {
		// Its cadre may be correcting the content.
		content = true
	}
	return content && row.State == string(record.State) && row.Stage == string(record.Stage) &&
		row.ReturnCount == record.Returns && row.Dispute == string(record.Dispute) &&
		sameInstant(row.SubmittedAt, instantOrNull(record.SubmittedAt)) &&
		sameInstant(row.ActionDue, instantOrNull(record.ActionDue)) && sameInstant(row.CreditedAt, instantOrNull(record.CreditedAt))
}

// compareClaims: every record that claims its enterprise holds it. A disputed
// one may hold it already, when the other side has yielded.
func (w *witness) compareClaims(rebuilt *models.Obligation, _ []models.Event) ([]Difference, error) {
	held := map[string]claimRow{}
	var details []string
	for _, claim := range w.claims {
		held[claim.Record] = claim
		record, known := rebuilt.Record(models.RecordID(claim.Record))
		if !known || !record.State.Active() {
			details = append(details, claim.Record+": it holds an enterprise that it does not claim")
		}
	}
	for _, record := range rebuilt.Records {
		claim, holds := held[string(record.ID)]
		if record.State == models.StateDisputed && !holds {
			continue
		}
		if !record.State.Active() {
			continue
		}
		state := Claimed
		if record.State == models.StateCredited {
			state = Credited
		}
		want := claimOf(rebuilt, record.ID, state)
		if !holds || claim != want {
			details = append(details, string(record.ID)+": it does not hold the enterprise that it claims")
		}
	}
	return w.differ(DifferenceClaim, details...), nil
}

// compareReviews compares the decisions by record and sequence.
func (w *witness) compareReviews(rebuilt *models.Obligation, events []models.Event) ([]Difference, error) {
	var want []string
	for _, event := range events {
		row, made, err := reviewOf(rebuilt, event, models.Words{})
		if err != nil {
			return nil, err
		}
		if made {
			want = append(want, fmt.Sprintf("%s/%d/%s/%s/%s", row.Record, row.Sequence, row.Action, row.Account, row.ForCadre))
		}
	}
	var have []string
	for _, row := range w.reviews {
		have = append(have, fmt.Sprintf("%s/%d/%s/%s/%s", row.Record, row.Sequence, row.Action, row.Account, row.ForCadre))
	}
	if !slices.Equal(have, want) {
		return w.differ(DifferenceReview, fmt.Sprintf("%d decisions instead of %d", len(have), len(want))), nil
	}
	return nil, nil
}

// compareNotices compares the notices by their IDs, which follow from the events.
func (w *witness) compareNotices(_ *models.Obligation, events []models.Event) ([]Difference, error) {
	var want, have []string
	for _, event := range events {
		for ordinal := range models.NoticesOf(event) {
			want = append(want, noticeID(event, ordinal))
		}
	}
	for _, row := range w.notices {
		have = append(have, row.ID)
	}
	if !slices.Equal(have, want) {
		return w.differ(DifferenceNotice, fmt.Sprintf("%d notices instead of %d", len(have), len(want))), nil
	}
	return nil, nil
}
