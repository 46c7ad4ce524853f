-- +goose Up
-- Who answers for an indicator, and what bangfu itself can say of it: settings.
-- Ordinal 0 stands for a task for which the plan names no indicator.
CREATE TABLE answering (
  plan_id varchar(64) NOT NULL,
  task_number int NOT NULL,
  ordinal int NOT NULL,
  units mediumtext NOT NULL,
  reason mediumtext NOT NULL,
  system_kind varchar(32) NOT NULL,
  system_scope varchar(32) NOT NULL,
  system_reason mediumtext NOT NULL,
  PRIMARY KEY (plan_id, task_number, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What one unit reports in one quarter: the head of its log, and since when it
-- may not be edited any more because the unit's report was filed.
CREATE TABLE progress_sheets (
  plan varchar(64) NOT NULL,
  quarter varchar(16) NOT NULL,
  unit varchar(64) NOT NULL,
  sequence bigint NOT NULL,
  head varchar(64) NOT NULL,
  locked_at datetime(6) NULL,
  PRIMARY KEY (plan, quarter, unit)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One unit's word on one indicator in one quarter, as it stands now.
CREATE TABLE progress_entries (
  plan varchar(64) NOT NULL,
  quarter varchar(16) NOT NULL,
  unit varchar(64) NOT NULL,
  task_number int NOT NULL,
  ordinal int NOT NULL,
  unit_path varchar(255) NOT NULL,
  version bigint NOT NULL,
  figures mediumtext NOT NULL,
  milestone mediumtext NOT NULL,
  note mediumtext NOT NULL,
  evidence mediumtext NOT NULL,
  account varchar(64) NOT NULL,
  reported_at datetime(6) NOT NULL,
  PRIMARY KEY (plan, quarter, unit, task_number, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX progress_entries_task ON progress_entries (plan, task_number, ordinal, quarter);

-- +goose Down
DROP TABLE progress_entries;
DROP TABLE progress_sheets;
DROP TABLE answering;
