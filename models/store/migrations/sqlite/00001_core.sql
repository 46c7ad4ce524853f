-- +goose Up
-- The event log: every fact, chained by digest to the one before it.
CREATE TABLE events (
  subject text NOT NULL,
  sequence integer NOT NULL,
  kind text NOT NULL,
  at datetime NOT NULL,
  account text NOT NULL,
  actor text NOT NULL,
  command text NOT NULL,
  payload text NOT NULL,
  words text NOT NULL,
  previous text NOT NULL,
  sha256 text NOT NULL,
  sm3 text NOT NULL,
  PRIMARY KEY (subject, sequence)
);

-- Commands by their idempotency key; sequence is 0 until they are applied.
CREATE TABLE commands (
  id text NOT NULL,
  subject text NOT NULL,
  kind text NOT NULL,
  account text NOT NULL,
  content_digest text NOT NULL,
  words text NOT NULL,
  state text NOT NULL,
  sequence integer NOT NULL,
  received_at datetime NOT NULL,
  PRIMARY KEY (id)
);

-- One row a cadre and plan: the snapshot, and the instants that lists compare
-- with now. There is no light and no overdue column.
CREATE TABLE obligations (
  plan text NOT NULL,
  cadre text NOT NULL,
  unit text NOT NULL,
  unit_path text NOT NULL,
  policy integer NOT NULL,
  from_day text NOT NULL,
  plan_due text NOT NULL,
  sequence integer NOT NULL,
  head text NOT NULL,
  aggregate text NOT NULL,
  blue_at datetime NULL,
  yellow_at datetime NULL,
  red_at datetime NULL,
  urgent_at datetime NOT NULL,
  met boolean NOT NULL,
  closed text NOT NULL,
  suspended_from datetime NULL,
  suspended_until datetime NULL,
  due_at datetime NULL,
  started_at datetime NULL,
  PRIMARY KEY (plan, cadre)
);
CREATE INDEX obligations_urgency ON obligations (plan, urgent_at, cadre);
CREATE INDEX obligations_unit ON obligations (plan, unit_path, urgent_at);
CREATE INDEX obligations_cadre ON obligations (cadre);
CREATE INDEX obligations_started ON obligations (plan, started_at, cadre);

CREATE TABLE goals (
  plan text NOT NULL,
  cadre text NOT NULL,
  kind text NOT NULL,
  required integer NOT NULL,
  due text NOT NULL,
  exempted boolean NOT NULL,
  credits integer NOT NULL,
  in_review integer NOT NULL,
  met boolean NOT NULL,
  blue_at datetime NULL,
  yellow_at datetime NULL,
  red_at datetime NULL,
  due_at datetime NULL,
  PRIMARY KEY (plan, cadre, kind)
) WITHOUT ROWID;

-- Drafts and claims. The columns from enterprise_key to result are the form.
CREATE TABLE records (
  id text NOT NULL,
  plan text NOT NULL,
  cadre text NOT NULL,
  unit text NOT NULL,
  unit_path text NOT NULL,
  kind text NOT NULL,
  enterprise_key text NOT NULL,
  enterprise_name text NOT NULL,
  occurred_on text NOT NULL,
  established_on text NOT NULL,
  address text NOT NULL,
  legal_person text NOT NULL,
  phone text NOT NULL,
  summary text NOT NULL,
  result text NOT NULL,
  state text NOT NULL,
  stage text NOT NULL,
  version integer NOT NULL,
  return_count integer NOT NULL,
  dispute text NOT NULL,
  submitted_at datetime NULL,
  action_due datetime NULL,
  credited_at datetime NULL,
  created_at datetime NOT NULL,
  updated_at datetime NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX records_obligation ON records (plan, cadre, created_at);
CREATE INDEX records_queue ON records (state, stage, action_due, id);
CREATE INDEX records_newest ON records (plan, created_at, id);
CREATE INDEX records_enterprise ON records (enterprise_key);

CREATE TABLE record_evidence (
  record text NOT NULL,
  evidence text NOT NULL,
  category text NOT NULL,
  PRIMARY KEY (record, evidence)
) WITHOUT ROWID;
CREATE INDEX record_evidence_use ON record_evidence (evidence);

-- One company, one credit: the primary key decides.
CREATE TABLE claims (
  plan text NOT NULL,
  kind text NOT NULL,
  enterprise_key text NOT NULL,
  record text NOT NULL,
  cadre text NOT NULL,
  state text NOT NULL,
  PRIMARY KEY (plan, kind, enterprise_key)
) WITHOUT ROWID;
CREATE INDEX claims_record ON claims (record);

-- What reviewers and adjudicators decided, a projection of the log.
CREATE TABLE reviews (
  record text NOT NULL,
  sequence integer NOT NULL,
  subject text NOT NULL,
  round integer NOT NULL,
  stage text NOT NULL,
  action text NOT NULL,
  account text NOT NULL,
  at datetime NOT NULL,
  remark text NOT NULL,
  reasons text NOT NULL,
  PRIMARY KEY (record, sequence)
) WITHOUT ROWID;

CREATE TABLE disputes (
  id text NOT NULL,
  plan text NOT NULL,
  kind text NOT NULL,
  enterprise_key text NOT NULL,
  record text NOT NULL,
  cadre text NOT NULL,
  unit_path text NOT NULL,
  holder_record text NOT NULL,
  holder_plan text NOT NULL,
  holder_cadre text NOT NULL,
  state text NOT NULL,
  opened_at datetime NOT NULL,
  decided_at datetime NULL,
  decided_by text NOT NULL,
  PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE INDEX disputes_queue ON disputes (state, opened_at, id);
CREATE INDEX disputes_record ON disputes (record);

-- Notices name an audience, not a person: who that is, is asked when read.
CREATE TABLE notices (
  id text NOT NULL,
  subject text NOT NULL,
  sequence integer NOT NULL,
  ordinal integer NOT NULL,
  plan text NOT NULL,
  cadre text NOT NULL,
  unit_path text NOT NULL,
  audience text NOT NULL,
  stage text NOT NULL,
  code text NOT NULL,
  record text NOT NULL,
  kinds text NOT NULL,
  rung text NOT NULL,
  at datetime NOT NULL,
  PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE INDEX notices_cadre ON notices (cadre, audience, at, id);
CREATE INDEX notices_audience ON notices (audience, stage, at, id);

CREATE TABLE notice_reads (
  account text NOT NULL,
  notice text NOT NULL,
  at datetime NOT NULL,
  PRIMARY KEY (account, notice)
) WITHOUT ROWID;

CREATE TABLE digests (
  account text NOT NULL,
  day text NOT NULL,
  address text NOT NULL,
  notices integer NOT NULL,
  created_at datetime NOT NULL,
  sent_at datetime NULL,
  attempts integer NOT NULL,
  last_error text NOT NULL,
  PRIMARY KEY (account, day)
) WITHOUT ROWID;
CREATE INDEX digests_pending ON digests (sent_at, day, account);

-- A notice is told to a person once.
CREATE TABLE digest_notices (
  account text NOT NULL,
  notice text NOT NULL,
  day text NOT NULL,
  PRIMARY KEY (account, notice)
) WITHOUT ROWID;
CREATE INDEX digest_notices_day ON digest_notices (account, day);

-- The log is guarded in the database too: what happened stays.
-- +goose StatementBegin
CREATE TRIGGER events_keep_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_keep_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE digest_notices;
DROP TABLE digests;
DROP TABLE notice_reads;
DROP TABLE notices;
DROP TABLE disputes;
DROP TABLE reviews;
DROP TABLE claims;
DROP TABLE record_evidence;
DROP TABLE records;
DROP TABLE goals;
DROP TABLE obligations;
DROP TABLE commands;
DROP TABLE events;
