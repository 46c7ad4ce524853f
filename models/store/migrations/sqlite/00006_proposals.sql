-- +goose Up
-- What waits for a second person (待批事项), or is given to many obligations at
-- once: the command with its words. The unit path covers all of its rows.
CREATE TABLE proposals (
  id text NOT NULL,
  plan text NOT NULL,
  kind text NOT NULL,
  body text NOT NULL,
  document text NOT NULL,
  remark text NOT NULL,
  scope text NOT NULL,
  size integer NOT NULL,
  unit_path text NOT NULL,
  proposer text NOT NULL,
  proposed_at datetime NOT NULL,
  state text NOT NULL,
  decider text NOT NULL,
  decided_at datetime NULL,
  decision_remark text NOT NULL,
  finished_at datetime NULL,
  version integer NOT NULL,
  command text NOT NULL,
  content_digest text NOT NULL,
  decision text NOT NULL,
  PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX proposals_command ON proposals (command);
CREATE INDEX proposals_queue ON proposals (state, proposed_at, id);

-- One obligation of a proposal. The open key is there while the proposal waits:
-- nobody proposes the same for an obligation twice.
CREATE TABLE proposal_rows (
  proposal text NOT NULL,
  plan text NOT NULL,
  cadre text NOT NULL,
  sequence integer NOT NULL,
  outcome text NOT NULL,
  code text NOT NULL,
  params text NOT NULL,
  settled_at datetime NULL,
  open_key text NULL,
  PRIMARY KEY (proposal, cadre, plan)
) WITHOUT ROWID;
CREATE UNIQUE INDEX proposal_rows_open ON proposal_rows (open_key);
CREATE INDEX proposal_rows_obligation ON proposal_rows (plan, cadre, proposal);

-- +goose Down
DROP TABLE proposal_rows;
DROP TABLE proposals;
