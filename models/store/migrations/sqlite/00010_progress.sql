-- +goose Up
-- Who answers for an indicator, and what bangfu itself can say of it: settings.
-- Ordinal 0 stands for a task for which the plan names no indicator.
CREATE TABLE answering (
  plan_id text NOT NULL,
  task_number integer NOT NULL,
  ordinal integer NOT NULL,
  units text NOT NULL,
  reason text NOT NULL,
  system_kind text NOT NULL,
  system_scope text NOT NULL,
  system_reason text NOT NULL,
  PRIMARY KEY (plan_id, task_number, ordinal)
);

-- What one unit reports in one quarter: the head of its log, and since when it
-- may not be edited any more because the unit's report was filed.
CREATE TABLE progress_sheets (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  sequence integer NOT NULL,
  head text NOT NULL,
  locked_at datetime NULL,
  PRIMARY KEY (plan, quarter, unit)
);

-- One unit's word on one indicator in one quarter, as it stands now.
CREATE TABLE progress_entries (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  task_number integer NOT NULL,
  ordinal integer NOT NULL,
  unit_path text NOT NULL,
  version integer NOT NULL,
  figures text NOT NULL,
  milestone text NOT NULL,
  note text NOT NULL,
  evidence text NOT NULL,
  account text NOT NULL,
  reported_at datetime NOT NULL,
  PRIMARY KEY (plan, quarter, unit, task_number, ordinal)
);
CREATE INDEX progress_entries_task ON progress_entries (plan, task_number, ordinal, quarter);

-- +goose Down
DROP TABLE progress_entries;
DROP TABLE progress_sheets;
DROP TABLE answering;
