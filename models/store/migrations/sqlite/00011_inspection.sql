-- +goose Up
-- One row a subject of the inspection (a cycle, a unit's report, a sample, a
-- finding): the snapshot that its log rebuilds.
CREATE TABLE inspection_subjects (
  subject text NOT NULL,
  sequence integer NOT NULL,
  head text NOT NULL,
  aggregate text NOT NULL,
  hosted boolean NOT NULL,
  PRIMARY KEY (subject)
);

-- The rules of the inspection, by version. A version never changes; a cycle pins
-- the latest when it is opened.
CREATE TABLE inspection_rules (
  version integer NOT NULL,
  rules text NOT NULL,
  content_digest text NOT NULL,
  saved_at datetime NOT NULL,
  PRIMARY KEY (version)
);

-- The cycles.
CREATE TABLE inspections (
  plan text NOT NULL,
  quarter text NOT NULL,
  stage text NOT NULL,
  cut_off datetime NOT NULL,
  report_due datetime NULL,
  snapshot text NOT NULL,
  scheduled boolean NOT NULL,
  opened_by text NOT NULL,
  opened_at datetime NOT NULL,
  sequence integer NOT NULL,
  PRIMARY KEY (plan, quarter)
);

-- The units' reports.
CREATE TABLE unit_reports (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  unit_path text NOT NULL,
  state text NOT NULL,
  due_at datetime NOT NULL,
  late boolean NOT NULL,
  version integer NOT NULL,
  digest text NOT NULL,
  filed_by text NOT NULL,
  filed_at datetime NULL,
  confirmed_by text NOT NULL,
  confirmed_at datetime NULL,
  ended boolean NOT NULL,
  sequence integer NOT NULL,
  PRIMARY KEY (plan, quarter, unit)
);
CREATE INDEX unit_reports_unit ON unit_reports (unit_path, due_at);

-- What a unit's contact writes; each save is a version, so that what was filed
-- can be shown as it was.
CREATE TABLE unit_report_texts (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  version integer NOT NULL,
  content text NOT NULL,
  digest text NOT NULL,
  account text NOT NULL,
  saved_at datetime NOT NULL,
  PRIMARY KEY (plan, quarter, unit, version)
);

-- The sampled credits.
CREATE TABLE sample_items (
  plan text NOT NULL,
  quarter text NOT NULL,
  record text NOT NULL,
  cadre text NOT NULL,
  unit text NOT NULL,
  unit_path text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  checked_by text NOT NULL,
  checked_at datetime NULL,
  hearing_due datetime NULL,
  decided_by text NOT NULL,
  decided_at datetime NULL,
  revocation text NOT NULL,
  remark text NOT NULL,
  ordinal integer NOT NULL,
  PRIMARY KEY (plan, quarter, record)
);
CREATE INDEX sample_items_unit ON sample_items (unit_path, plan, quarter);
CREATE INDEX sample_items_record ON sample_items (record);

-- The findings. There is no light column: its instants are compared with now.
CREATE TABLE findings (
  id text NOT NULL,
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  unit_path text NOT NULL,
  task integer NOT NULL,
  record text NOT NULL,
  severity text NOT NULL,
  state text NOT NULL,
  text text NOT NULL,
  blue_at datetime NOT NULL,
  due_at datetime NOT NULL,
  red_at datetime NOT NULL,
  round integer NOT NULL,
  raised_by text NOT NULL,
  raised_at datetime NOT NULL,
  closed_at datetime NULL,
  sequence integer NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX findings_cycle ON findings (plan, quarter, unit);
CREATE INDEX findings_unit ON findings (unit_path, state, due_at);
CREATE INDEX findings_state ON findings (state, due_at, id);

-- When a finding was red: what counts quarters in a row.
CREATE TABLE finding_turns (
  finding text NOT NULL,
  step text NOT NULL,
  plan text NOT NULL,
  unit text NOT NULL,
  light text NOT NULL,
  reached_at datetime NOT NULL,
  PRIMARY KEY (finding, step)
) WITHOUT ROWID;
CREATE INDEX finding_turns_unit ON finding_turns (plan, unit, reached_at);

-- Answers to findings, in order.
CREATE TABLE finding_answers (
  finding text NOT NULL,
  sequence integer NOT NULL,
  kind text NOT NULL,
  account text NOT NULL,
  at datetime NOT NULL,
  text text NOT NULL,
  evidence text NOT NULL,
  PRIMARY KEY (finding, sequence)
);

-- The bulletins of a cycle: the first, and its corrections.
CREATE TABLE bulletins (
  plan text NOT NULL,
  quarter text NOT NULL,
  ordinal integer NOT NULL,
  stage text NOT NULL,
  version integer NOT NULL,
  digest text NOT NULL,
  comments_due datetime NULL,
  issue_year integer NOT NULL,
  number integer NOT NULL,
  issued_on text NOT NULL,
  corrects integer NOT NULL,
  sequence integer NOT NULL,
  PRIMARY KEY (plan, quarter, ordinal)
);
CREATE INDEX bulletins_issued ON bulletins (plan, stage, issue_year, number);

-- Every text of every bulletin, with the figures that it is bound to.
CREATE TABLE bulletin_texts (
  plan text NOT NULL,
  quarter text NOT NULL,
  ordinal integer NOT NULL,
  digest text NOT NULL,
  content text NOT NULL,
  snapshot text NOT NULL,
  account text NOT NULL,
  saved_at datetime NOT NULL,
  PRIMARY KEY (plan, quarter, ordinal, digest)
);

-- The register of documents: one number a document, none left out.
CREATE TABLE bulletin_register (
  issue_year integer NOT NULL,
  number integer NOT NULL,
  plan text NOT NULL,
  quarter text NOT NULL,
  ordinal integer NOT NULL,
  issued_on text NOT NULL,
  digest text NOT NULL,
  PRIMARY KEY (issue_year, number)
);
CREATE UNIQUE INDEX bulletin_register_document ON bulletin_register (plan, quarter, ordinal);

-- The last number of each year: whoever takes the next one locks this row.
CREATE TABLE bulletin_years (
  issue_year integer NOT NULL,
  last_number integer NOT NULL,
  PRIMARY KEY (issue_year)
);

-- What units say to a draft.
CREATE TABLE bulletin_comments (
  plan text NOT NULL,
  quarter text NOT NULL,
  ordinal integer NOT NULL,
  sequence integer NOT NULL,
  unit text NOT NULL,
  account text NOT NULL,
  at datetime NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (plan, quarter, ordinal, sequence)
);

-- What a cycle froze: one row a goal as it stood at the cut-off.
CREATE TABLE snapshot_goals (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  cadre text NOT NULL,
  kind text NOT NULL,
  office text NOT NULL,
  required integer NOT NULL,
  met integer NOT NULL,
  credits integer NOT NULL,
  exempted boolean NOT NULL,
  due text NOT NULL,
  light text NOT NULL,
  closed text NOT NULL,
  head text NOT NULL,
  PRIMARY KEY (plan, quarter, unit, cadre, kind)
) WITHOUT ROWID;

-- The credits that counted at the cut-off: the frame of the sample.
CREATE TABLE snapshot_credits (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  record text NOT NULL,
  cadre text NOT NULL,
  kind text NOT NULL,
  enterprise_key text NOT NULL,
  credited_at datetime NOT NULL,
  PRIMARY KEY (plan, quarter, unit, record)
) WITHOUT ROWID;

-- The units as they were named and placed, with the digest of their rows.
CREATE TABLE snapshot_units (
  plan text NOT NULL,
  quarter text NOT NULL,
  unit text NOT NULL,
  ordinal integer NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  predecessors text NOT NULL,
  obligations integer NOT NULL,
  goals integer NOT NULL,
  credits integer NOT NULL,
  after_cadre text NOT NULL,
  frozen boolean NOT NULL,
  digest text NOT NULL,
  PRIMARY KEY (plan, quarter, unit)
);

-- When an obligation changed last: what a cut-off before it must ask the log for.
ALTER TABLE obligations ADD COLUMN changed_at datetime NULL;
UPDATE obligations SET changed_at = (SELECT MAX(e.at) FROM events e WHERE e.subject = 'obligation/' || obligations.plan || '/' || obligations.cadre);

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
