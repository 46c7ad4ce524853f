-- +goose Up
-- The event log: every fact, chained by digest to the one before it.
CREATE TABLE events (
  subject varchar(160) NOT NULL,
  sequence bigint NOT NULL,
  kind varchar(48) NOT NULL,
  at datetime(6) NOT NULL,
  account varchar(64) NOT NULL,
  actor mediumtext NOT NULL,
  command varchar(255) NOT NULL,
  payload mediumtext NOT NULL,
  words mediumtext NOT NULL,
  previous varchar(64) NOT NULL,
  sha256 char(64) NOT NULL,
  sm3 char(64) NOT NULL,
  PRIMARY KEY (subject, sequence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Commands by their idempotency key; sequence is 0 until they are applied.
CREATE TABLE commands (
  id varchar(255) NOT NULL,
  subject varchar(160) NOT NULL,
  kind varchar(48) NOT NULL,
  account varchar(64) NOT NULL,
  content_digest varchar(64) NOT NULL,
  words mediumtext NOT NULL,
  state varchar(48) NOT NULL,
  sequence bigint NOT NULL,
  received_at datetime(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row a cadre and plan: the snapshot, and the instants that lists compare
-- with now. There is no light and no overdue column.
CREATE TABLE obligations (
  plan varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  unit varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  policy bigint NOT NULL,
  from_day char(10) NOT NULL,
  plan_due char(10) NOT NULL,
  sequence bigint NOT NULL,
  head char(64) NOT NULL,
  aggregate mediumtext NOT NULL,
  blue_at datetime(6) NULL,
  yellow_at datetime(6) NULL,
  red_at datetime(6) NULL,
  urgent_at datetime(6) NOT NULL,
  met tinyint(1) NOT NULL,
  closed varchar(48) NOT NULL,
  suspended_from datetime(6) NULL,
  suspended_until datetime(6) NULL,
  due_at datetime(6) NULL,
  started_at datetime(6) NULL,
  PRIMARY KEY (plan, cadre)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX obligations_urgency ON obligations (plan, urgent_at, cadre);
CREATE INDEX obligations_unit ON obligations (plan, unit_path, urgent_at);
CREATE INDEX obligations_cadre ON obligations (cadre);
CREATE INDEX obligations_started ON obligations (plan, started_at, cadre);

CREATE TABLE goals (
  plan varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  kind varchar(48) NOT NULL,
  required bigint NOT NULL,
  due char(10) NOT NULL,
  exempted tinyint(1) NOT NULL,
  credits bigint NOT NULL,
  in_review bigint NOT NULL,
  met tinyint(1) NOT NULL,
  blue_at datetime(6) NULL,
  yellow_at datetime(6) NULL,
  red_at datetime(6) NULL,
  due_at datetime(6) NULL,
  PRIMARY KEY (plan, cadre, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Drafts and claims. The columns from enterprise_key to result are the form.
CREATE TABLE records (
  id varchar(64) NOT NULL,
  plan varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  unit varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  kind varchar(48) NOT NULL,
  enterprise_key varchar(64) NOT NULL,
  enterprise_name varchar(200) NOT NULL,
  occurred_on char(10) NOT NULL,
  established_on char(10) NOT NULL,
  address varchar(200) NOT NULL,
  legal_person varchar(200) NOT NULL,
  phone varchar(64) NOT NULL,
  summary mediumtext NOT NULL,
  result mediumtext NOT NULL,
  state varchar(48) NOT NULL,
  stage varchar(48) NOT NULL,
  version bigint NOT NULL,
  return_count bigint NOT NULL,
  dispute varchar(64) NOT NULL,
  submitted_at datetime(6) NULL,
  action_due datetime(6) NULL,
  credited_at datetime(6) NULL,
  created_at datetime(6) NOT NULL,
  updated_at datetime(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX records_obligation ON records (plan, cadre, created_at);
CREATE INDEX records_queue ON records (state, stage, action_due, id);
CREATE INDEX records_newest ON records (plan, created_at, id);
CREATE INDEX records_enterprise ON records (enterprise_key);

CREATE TABLE record_evidence (
  record varchar(64) NOT NULL,
  evidence varchar(64) NOT NULL,
  category varchar(48) NOT NULL,
  PRIMARY KEY (record, evidence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX record_evidence_use ON record_evidence (evidence);

-- One company, one credit: the primary key decides.
CREATE TABLE claims (
  plan varchar(64) NOT NULL,
  kind varchar(48) NOT NULL,
  enterprise_key varchar(64) NOT NULL,
  record varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  state varchar(48) NOT NULL,
  PRIMARY KEY (plan, kind, enterprise_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX claims_record ON claims (record);

-- What reviewers and adjudicators decided, a projection of the log.
CREATE TABLE reviews (
  record varchar(64) NOT NULL,
  sequence bigint NOT NULL,
  subject varchar(160) NOT NULL,
  round bigint NOT NULL,
  stage varchar(48) NOT NULL,
  action varchar(48) NOT NULL,
  account varchar(64) NOT NULL,
  at datetime(6) NOT NULL,
  remark mediumtext NOT NULL,
  reasons mediumtext NOT NULL,
  PRIMARY KEY (record, sequence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE disputes (
  id varchar(64) NOT NULL,
  plan varchar(64) NOT NULL,
  kind varchar(48) NOT NULL,
  enterprise_key varchar(64) NOT NULL,
  record varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  holder_record varchar(64) NOT NULL,
  holder_plan varchar(64) NOT NULL,
  holder_cadre varchar(64) NOT NULL,
  state varchar(48) NOT NULL,
  opened_at datetime(6) NOT NULL,
  decided_at datetime(6) NULL,
  decided_by varchar(64) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX disputes_queue ON disputes (state, opened_at, id);
CREATE INDEX disputes_record ON disputes (record);

-- Notices name an audience, not a person: who that is, is asked when read.
CREATE TABLE notices (
  id varchar(64) NOT NULL,
  subject varchar(160) NOT NULL,
  sequence bigint NOT NULL,
  ordinal bigint NOT NULL,
  plan varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  unit_path varchar(255) NOT NULL,
  audience varchar(48) NOT NULL,
  stage varchar(48) NOT NULL,
  code varchar(48) NOT NULL,
  record varchar(64) NOT NULL,
  kinds varchar(200) NOT NULL,
  rung varchar(48) NOT NULL,
  at datetime(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX notices_cadre ON notices (cadre, audience, at, id);
CREATE INDEX notices_audience ON notices (audience, stage, at, id);

CREATE TABLE notice_reads (
  account varchar(64) NOT NULL,
  notice varchar(64) NOT NULL,
  at datetime(6) NOT NULL,
  PRIMARY KEY (account, notice)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE digests (
  account varchar(64) NOT NULL,
  day char(10) NOT NULL,
  address varchar(255) NOT NULL,
  notices bigint NOT NULL,
  created_at datetime(6) NOT NULL,
  sent_at datetime(6) NULL,
  attempts bigint NOT NULL,
  last_error mediumtext NOT NULL,
  PRIMARY KEY (account, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX digests_pending ON digests (sent_at, day, account);

-- A notice is told to a person once.
CREATE TABLE digest_notices (
  account varchar(64) NOT NULL,
  notice varchar(64) NOT NULL,
  day char(10) NOT NULL,
  PRIMARY KEY (account, notice)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX digest_notices_day ON digest_notices (account, day);

-- The log is guarded in the database too: what happened stays.
-- +goose StatementBegin
CREATE TRIGGER events_keep_update BEFORE UPDATE ON events FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the event log is append-only';
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_keep_delete BEFORE DELETE ON events FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the event log is append-only';
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
