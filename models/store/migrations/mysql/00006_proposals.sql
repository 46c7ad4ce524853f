-- +goose Up
-- What waits for a second person (待批事项), or is given to many obligations at
-- once: the command with its words. The unit path covers all of its rows.
CREATE TABLE proposals (
  id varchar(64) NOT NULL,
  plan varchar(64) NOT NULL,
  kind varchar(48) NOT NULL,
  body mediumtext NOT NULL,
  document varchar(64) NOT NULL,
  remark mediumtext NOT NULL,
  scope mediumtext NOT NULL,
  size int NOT NULL,
  unit_path varchar(255) NOT NULL,
  proposer varchar(64) NOT NULL,
  proposed_at datetime(6) NOT NULL,
  state varchar(48) NOT NULL,
  decider varchar(64) NOT NULL,
  decided_at datetime(6) NULL,
  decision_remark mediumtext NOT NULL,
  finished_at datetime(6) NULL,
  version bigint NOT NULL,
  command varchar(255) NOT NULL,
  content_digest varchar(64) NOT NULL,
  decision varchar(255) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX proposals_command ON proposals (command);
CREATE INDEX proposals_queue ON proposals (state, proposed_at, id);

-- One obligation of a proposal. The open key is there while the proposal waits:
-- nobody proposes the same for an obligation twice.
CREATE TABLE proposal_rows (
  proposal varchar(64) NOT NULL,
  plan varchar(64) NOT NULL,
  cadre varchar(64) NOT NULL,
  sequence bigint NOT NULL,
  outcome varchar(48) NOT NULL,
  code varchar(64) NOT NULL,
  params mediumtext NOT NULL,
  settled_at datetime(6) NULL,
  open_key varchar(191) NULL,
  PRIMARY KEY (proposal, cadre, plan)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX proposal_rows_open ON proposal_rows (open_key);
CREATE INDEX proposal_rows_obligation ON proposal_rows (plan, cadre, proposal);

-- +goose Down
DROP TABLE proposal_rows;
DROP TABLE proposals;
