-- +goose Up
-- One row a subject of the inspection (a cycle, a unit's report, a sample, a
-- finding): the snapshot that its log rebuilds.
CREATE TABLE inspection_subjects (
  subject varchar(160) NOT NULL,
  sequence bigint NOT NULL,
  head varchar(64) NOT NULL,
  aggregate mediumtext NOT NULL,
  hosted tinyint(1) NOT NULL,
  PRIMARY KEY (subject)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The rules of the inspection, by version. A version never changes; a cycle pins
-- the latest when it is opened.
CREATE TABLE inspection_rules (
  version bigint NOT NULL,
  rules mediumtext NOT NULL,
  content_digest varchar(64) NOT NULL,
  saved_at datetime(6) NOT NULL,
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The cycles.
CREATE TABLE inspections (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  stage varchar(48) NOT NULL,
  cut_off datetime(6) NOT NULL,
  report_due datetime(6) NULL,
  snapshot varchar(64) NOT NULL,
  scheduled tinyint(1) NOT NULL,
  opened_by varchar(64) NOT NULL,
  opened_at datetime(6) NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (plan, quarter)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The units' reports.
CREATE TABLE unit_reports (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  unit varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  state varchar(48) NOT NULL,
  due_at datetime(6) NOT NULL,
  late tinyint(1) NOT NULL,
  version bigint NOT NULL,
  digest varchar(64) NOT NULL,
  filed_by varchar(64) NOT NULL,
  filed_at datetime(6) NULL,
  confirmed_by varchar(64) NOT NULL,
  confirmed_at datetime(6) NULL,
  ended tinyint(1) NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (plan, quarter, unit)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX unit_reports_unit ON unit_reports (unit_path, due_at);

-- What a unit's contact writes; each save is a version, so that what was filed
-- can be shown as it was.
CREATE TABLE unit_report_texts (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  unit varchar(64) NOT NULL,
  version bigint NOT NULL,
  content mediumtext NOT NULL,
  digest varchar(64) NOT NULL,
  account varchar(64) NOT NULL,
  saved_at datetime(6) NOT NULL,
  PRIMARY KEY (plan, quarter, unit, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The sampled credits.
CREATE TABLE sample_items (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  record varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  unit varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  kind varchar(48) NOT NULL,
  state varchar(48) NOT NULL,
  checked_by varchar(64) NOT NULL,
  checked_at datetime(6) NULL,
  hearing_due datetime(6) NULL,
  decided_by varchar(64) NOT NULL,
  decided_at datetime(6) NULL,
  revocation varchar(48) NOT NULL,
  remark mediumtext NOT NULL,
  ordinal bigint NOT NULL,
  PRIMARY KEY (plan, quarter, record)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX sample_items_unit ON sample_items (unit_path, plan, quarter);
CREATE INDEX sample_items_record ON sample_items (record);

-- The findings. There is no light column: its instants are compared with now.
CREATE TABLE findings (
  id varchar(64) NOT NULL,
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  unit varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  task bigint NOT NULL,
  record varchar(64) NOT NULL,
  severity varchar(48) NOT NULL,
  state varchar(48) NOT NULL,
  text mediumtext NOT NULL,
  blue_at datetime(6) NOT NULL,
  due_at datetime(6) NOT NULL,
  red_at datetime(6) NOT NULL,
  round bigint NOT NULL,
  raised_by varchar(64) NOT NULL,
  raised_at datetime(6) NOT NULL,
  closed_at datetime(6) NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX findings_cycle ON findings (plan, quarter, unit);
CREATE INDEX findings_unit ON findings (unit_path, state, due_at);
CREATE INDEX findings_state ON findings (state, due_at, id);

-- When a finding was red: what counts quarters in a row.
CREATE TABLE finding_turns (
  finding varchar(64) NOT NULL,
  step varchar(48) NOT NULL,
  plan varchar(64) NOT NULL,
  unit varchar(64) NOT NULL,
  light varchar(48) NOT NULL,
  reached_at datetime(6) NOT NULL,
  PRIMARY KEY (finding, step)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX finding_turns_unit ON finding_turns (plan, unit, reached_at);

-- Answers to findings, in order.
CREATE TABLE finding_answers (
  finding varchar(64) NOT NULL,
  sequence bigint NOT NULL,
  kind varchar(48) NOT NULL,
  account varchar(64) NOT NULL,
  at datetime(6) NOT NULL,
  text mediumtext NOT NULL,
  evidence mediumtext NOT NULL,
  PRIMARY KEY (finding, sequence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The bulletins of a cycle: the first, and its corrections.
CREATE TABLE bulletins (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  ordinal bigint NOT NULL,
  stage varchar(48) NOT NULL,
  version bigint NOT NULL,
  digest varchar(64) NOT NULL,
  comments_due datetime(6) NULL,
  issue_year bigint NOT NULL,
  number bigint NOT NULL,
  issued_on varchar(10) NOT NULL,
  corrects bigint NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (plan, quarter, ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX bulletins_issued ON bulletins (plan, stage, issue_year, number);

-- Every text of every bulletin, with the figures that it is bound to.
CREATE TABLE bulletin_texts (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  ordinal bigint NOT NULL,
  digest varchar(64) NOT NULL,
  content mediumtext NOT NULL,
  snapshot mediumtext NOT NULL,
  account varchar(64) NOT NULL,
  saved_at datetime(6) NOT NULL,
  PRIMARY KEY (plan, quarter, ordinal, digest)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The register of documents: one number a document, none left out.
CREATE TABLE bulletin_register (
  issue_year bigint NOT NULL,
  number bigint NOT NULL,
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  ordinal bigint NOT NULL,
  issued_on varchar(10) NOT NULL,
  digest varchar(64) NOT NULL,
  PRIMARY KEY (issue_year, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX bulletin_register_document ON bulletin_register (plan, quarter, ordinal);

-- The last number of each year: whoever takes the next one locks this row.
CREATE TABLE bulletin_years (
  issue_year bigint NOT NULL,
  last_number bigint NOT NULL,
  PRIMARY KEY (issue_year)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What units say to a draft.
CREATE TABLE bulletin_comments (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  ordinal bigint NOT NULL,
  sequence bigint NOT NULL,
  unit varchar(64) NOT NULL,
  account varchar(64) NOT NULL,
  at datetime(6) NOT NULL,
  text mediumtext NOT NULL,
  PRIMARY KEY (plan, quarter, ordinal, sequence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a cycle froze: one row a goal as it stood at the cut-off.
CREATE TABLE snapshot_goals (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  unit varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  kind varchar(16) NOT NULL,
  office varchar(64) NOT NULL,
  required bigint NOT NULL,
  met bigint NOT NULL,
  credits bigint NOT NULL,
  exempted tinyint(1) NOT NULL,
  due varchar(10) NOT NULL,
  light varchar(8) NOT NULL,
  closed varchar(48) NOT NULL,
  head varchar(64) NOT NULL,
  PRIMARY KEY (plan, quarter, unit, cadre, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The credits that counted at the cut-off: the frame of the sample.
CREATE TABLE snapshot_credits (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  unit varchar(64) NOT NULL,
  record varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  kind varchar(16) NOT NULL,
  enterprise_key varchar(16) NOT NULL,
  credited_at datetime(6) NOT NULL,
  PRIMARY KEY (plan, quarter, unit, record)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The units as they were named and placed, with the digest of their rows.
CREATE TABLE snapshot_units (
  plan varchar(64) NOT NULL,
  quarter varchar(8) NOT NULL,
  unit varchar(64) NOT NULL,
  ordinal bigint NOT NULL,
  kind varchar(48) NOT NULL,
  name varchar(255) NOT NULL,
  predecessors varchar(255) NOT NULL,
  obligations bigint NOT NULL,
  goals bigint NOT NULL,
  credits bigint NOT NULL,
  after_cadre varchar(64) NOT NULL,
  frozen tinyint(1) NOT NULL,
  digest varchar(64) NOT NULL,
  PRIMARY KEY (plan, quarter, unit)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- When an obligation changed last: what a cut-off before it must ask the log for.
ALTER TABLE obligations ADD COLUMN changed_at datetime(6) NULL;
UPDATE obligations SET changed_at = (SELECT MAX(e.at) FROM events e WHERE e.subject = CONCAT('obligation/', obligations.plan, '/', obligations.cadre));

-- +goose Down
ALTER TABLE obligations DROP COLUMN changed_at;
DROP TABLE snapshot_units;
DROP TABLE snapshot_credits;
DROP TABLE snapshot_goals;
DROP TABLE bulletin_comments;
DROP TABLE bulletin_years;
DROP TABLE bulletin_register;
DROP TABLE bulletin_texts;
DROP TABLE bulletins;
DROP TABLE finding_answers;
DROP TABLE finding_turns;
DROP TABLE findings;
DROP TABLE sample_items;
DROP TABLE unit_report_texts;
DROP TABLE unit_reports;
DROP TABLE inspections;
DROP TABLE inspection_rules;
DROP TABLE inspection_subjects;
