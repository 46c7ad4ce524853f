package store

import (
	"context"
	"errors"
	"sync"

	"gorm.io/gorm/schema"
)

// ModelColumns are the columns of every gorm model by table.
func ModelColumns() (map[string][]string, error) {
	columns := map[string][]string{}
	for _, model := range []any{
		accessRow{},
		accountRow{},
		answeringRow{},
		cadreRow{},
		substitutionRow{},
		claimRow{},
		commandRow{},
		digestRow{},
		digestNoticeRow{},
		disputeRow{},
		enterpriseRow{},
		enterpriseNameRow{},
		eventRow{},
		evidenceRow{},
		formerPasswordRow{},
		grantRow{},
		loginLinkRow{},
		noticeRow{},
		noticeReadRow{},
		obligationRow{},
		goalRow{},
		overrideRow{},
		planRow{},
		taskRow{},
		indicatorRow{},
		policyRow{},
		postingRow{},
		proposalRow{},
		proposalPartRow{},
		progressEntryRow{},
		progressSheetRow{},
		recordRow{},
		evidenceUseRow{},
		auditRow{},
		importRow{},
		reviewRow{},
		savedViewRow{},
		sessionRow{},
		tokenRow{},
		unitRow{},
		subjectRow{},
		inspectionRulesRow{},
		inspectionRow{},
		unitReportRow{},
		unitReportTextRow{},
		sampleItemRow{},
		findingRow{},
		findingTurnRow{},
		findingAnswerRow{},
		bulletinRow{},
		bulletinTextRow{},
		bulletinCommentRow{},
		bulletinYearRow{},
		bulletinRegisterRow{},
		snapshotGoalRow{},
		snapshotCreditRow{},
		snapshotUnitRow{},
		workdayRow{},
		calendarYearRow{},
	} {
		parsed, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			return nil, err
		}
		columns[parsed.Table] = parsed.DBNames
	}
	return columns, nil
}

// TableColumns are the columns of every migrated table.
func (a *Archive) TableColumns(ctx context.Context) (map[string][]string, error) {
	tables, err := a.db(ctx).Migrator().GetTables()
	if err != nil {
		return nil, err
	}
	columns := map[string][]string{}
	for _, table := range tables {
		if table == "goose_db_version" || table == "sqlite_sequence" {
			continue
		}
		names, err := a.columnsOf(ctx, table)
		if err != nil {
			return nil, err
		}
		columns[table] = names
	}
	return columns, nil
}

func (a *Archive) columnsOf(ctx context.Context, table string) (names []string, err error) {
	rows, err := a.pool.QueryContext(ctx, "SELECT * FROM "+table+" WHERE 1 = 0")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err = rows.Columns()
	return names, errors.Join(err, rows.Err())
}
