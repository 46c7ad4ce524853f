-- +goose Up
-- When a goal was overdue, with what is known today (models.OverdueSpan): the
-- counts of past months compare with it. Rows of older programs are filled in
-- after the migration, from the snapshots.
ALTER TABLE goals ADD COLUMN overdue_from datetime NULL;
ALTER TABLE goals ADD COLUMN overdue_until datetime NULL;
CREATE INDEX goals_overdue ON goals (plan, overdue_from);
CREATE INDEX goals_due ON goals (plan, kind, due_at);

-- Filters of the ledger that people keep under a name, as relative terms.
CREATE TABLE saved_views (
    view_id text NOT NULL,
    account_id text NOT NULL,
    name text NOT NULL,
    terms text NOT NULL,
    shared_unit text NOT NULL,
    starts boolean NOT NULL,
    version integer NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL,
    PRIMARY KEY (view_id)
);
CREATE UNIQUE INDEX saved_views_account_id_name ON saved_views (account_id, name);
CREATE INDEX saved_views_shared_unit ON saved_views (shared_unit, name);

-- Rehearsals are remembered too, without their sheet; and when the sheet of an
-- import was removed.
ALTER TABLE imports ADD COLUMN rehearsal boolean NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN removed_at datetime NULL;
CREATE INDEX imports_imported_by ON imports (imported_by, import_id);
CREATE INDEX imports_kept ON imports (removed_at, imported_at);

-- +goose Down
DROP INDEX imports_kept;
DROP INDEX imports_imported_by;
ALTER TABLE imports DROP COLUMN removed_at;
ALTER TABLE imports DROP COLUMN rehearsal;
DROP TABLE saved_views;
DROP INDEX goals_due;
DROP INDEX goals_overdue;
ALTER TABLE goals DROP COLUMN overdue_until;
ALTER TABLE goals DROP COLUMN overdue_from;
