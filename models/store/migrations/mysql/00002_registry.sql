-- +goose Up

-- The plan, its tasks and figures. Codes and words, no rules.
CREATE TABLE plans (
    plan_id varchar(64) NOT NULL,
    title varchar(255) NOT NULL,
    from_on varchar(10) NOT NULL,
    to_on varchar(10) NOT NULL,
    policy_version int NOT NULL,
    demonstration tinyint(1) NOT NULL,
    PRIMARY KEY (plan_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE tasks (
    plan_id varchar(64) NOT NULL,
    task_number int NOT NULL,
    section varchar(255) NOT NULL,
    key_work varchar(255) NOT NULL,
    wording text NOT NULL,
    leads text NOT NULL,
    lead_text text NOT NULL,
    PRIMARY KEY (plan_id, task_number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE indicators (
    plan_id varchar(64) NOT NULL,
    task_number int NOT NULL,
    ordinal int NOT NULL,
    name text NOT NULL,
    target varchar(64) NOT NULL,
    target_text text NOT NULL,
    unit_word varchar(64) NOT NULL,
    period_code varchar(32) NOT NULL,
    qualifier varchar(32) NOT NULL,
    verbatim text NOT NULL,
    lead_text text NOT NULL,
    ambiguity text NOT NULL,
    PRIMARY KEY (plan_id, task_number, ordinal)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The tree of units. path is the reach of rights, so it is indexed.
CREATE TABLE units (
    unit_id varchar(64) NOT NULL,
    path varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    short_name varchar(255) NOT NULL,
    pinyin_initials varchar(255) NOT NULL,
    kind varchar(32) NOT NULL,
    parent varchar(64) NOT NULL,
    valid_from varchar(10) NOT NULL,
    valid_to varchar(10) NOT NULL,
    successors text NOT NULL,
    members text NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (unit_id),
    KEY units_path (path),
    KEY units_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Cadres. unit_id and unit_path repeat the posting in force, for lists and reach.
CREATE TABLE cadres (
    cadre_id varchar(64) NOT NULL,
    name varchar(64) NOT NULL,
    pinyin_initials varchar(64) NOT NULL,
    cadre_rank varchar(32) NOT NULL,
    unit_id varchar(64) NOT NULL,
    unit_path varchar(255) NOT NULL,
    version bigint NOT NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    PRIMARY KEY (cadre_id),
    KEY cadres_unit_path_cadre_id (unit_path, cadre_id),
    KEY cadres_unit_id (unit_id),
    KEY cadres_name (name),
    KEY cadres_pinyin_initials (pinyin_initials)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE postings (
    posting_id varchar(64) NOT NULL,
    cadre_id varchar(64) NOT NULL,
    unit_id varchar(64) NOT NULL,
    title varchar(255) NOT NULL,
    from_on varchar(10) NOT NULL,
    to_on varchar(10) NOT NULL,
    substitute_for varchar(64) NOT NULL,
    PRIMARY KEY (posting_id),
    UNIQUE KEY postings_cadre_id_unit_id_from_on_substitute_for (cadre_id, unit_id, from_on, substitute_for),
    KEY postings_unit_id_from_on (unit_id, from_on)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE substitutions (
    substitution_id varchar(64) NOT NULL,
    account_id varchar(64) NOT NULL,
    by_cadre varchar(64) NOT NULL,
    for_cadre varchar(64) NOT NULL,
    from_on varchar(10) NOT NULL,
    until_on varchar(10) NOT NULL,
    reason text NOT NULL,
    created_by varchar(64) NOT NULL,
    created_at datetime(6) NOT NULL,
    PRIMARY KEY (substitution_id),
    KEY substitutions_account_id_from_on (account_id, from_on),
    KEY substitutions_for_cadre_from_on (for_cadre, from_on)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A policy version never changes once it is saved.
CREATE TABLE policies (
    version int NOT NULL,
    title varchar(255) NOT NULL,
    rules longtext NOT NULL,
    words longtext NOT NULL,
    content_digest varchar(64) NOT NULL,
    saved_at datetime(6) NOT NULL,
    PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Special days by origin: what the notice says, and what an official overrides.
CREATE TABLE workdays (
    day varchar(10) NOT NULL,
    origin varchar(16) NOT NULL,
    kind varchar(16) NOT NULL,
    name varchar(255) NOT NULL,
    source varchar(255) NOT NULL,
    PRIMARY KEY (day, origin)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE calendar_years (
    calendar_year int NOT NULL,
    PRIMARY KEY (calendar_year)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Enterprises by organization code. Unknown codes are NULL, so that uniqueness holds.
CREATE TABLE enterprises (
    enterprise_key varchar(16) NOT NULL,
    unified_code varchar(32) NULL,
    registration_number varchar(32) NULL,
    name varchar(255) NOT NULL,
    normal_name varchar(255) NOT NULL,
    pinyin_initials varchar(255) NOT NULL,
    address varchar(512) NOT NULL,
    legal_person varchar(255) NOT NULL,
    phone varchar(64) NOT NULL,
    established_on varchar(10) NOT NULL,
    unit_id varchar(64) NOT NULL,
    unit_path varchar(255) NOT NULL,
    override_id varchar(64) NOT NULL,
    version bigint NOT NULL,
    created_by varchar(64) NOT NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    PRIMARY KEY (enterprise_key),
    UNIQUE KEY enterprises_unified_code (unified_code),
    UNIQUE KEY enterprises_registration_number (registration_number),
    KEY enterprises_normal_name (normal_name),
    KEY enterprises_unit_path_enterprise_key (unit_path, enterprise_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE enterprise_names (
    enterprise_key varchar(16) NOT NULL,
    name varchar(255) NOT NULL,
    normal_name varchar(255) NOT NULL,
    pinyin_initials varchar(255) NOT NULL,
    ended_at datetime(6) NULL,
    PRIMARY KEY (enterprise_key, normal_name),
    KEY enterprise_names_normal_name (normal_name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE code_overrides (
    override_id varchar(64) NOT NULL,
    enterprise_key varchar(16) NOT NULL,
    document_id varchar(64) NOT NULL,
    reason text NOT NULL,
    requested_by varchar(64) NOT NULL,
    requested_at datetime(6) NOT NULL,
    approved_by varchar(64) NOT NULL,
    approved_at datetime(6) NULL,
    PRIMARY KEY (override_id),
    KEY code_overrides_enterprise_key (enterprise_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Evidence is addressed by its content; one row is one upload of it.
CREATE TABLE evidence (
    evidence_id varchar(64) NOT NULL,
    sha256 varchar(64) NOT NULL,
    sm3 varchar(64) NOT NULL,
    size bigint NOT NULL,
    media_type varchar(128) NOT NULL,
    file_name varchar(255) NOT NULL,
    purpose varchar(16) NOT NULL,
    cadre_id varchar(64) NOT NULL,
    unit_path varchar(255) NOT NULL,
    uploaded_by varchar(64) NOT NULL,
    uploaded_at datetime(6) NOT NULL,
    PRIMARY KEY (evidence_id),
    KEY evidence_sha256 (sha256),
    KEY evidence_cadre_id_evidence_id (cadre_id, evidence_id),
    KEY evidence_unit_path_evidence_id (unit_path, evidence_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row for each roster that was tried in earnest; rehearsals leave no trace.
CREATE TABLE imports (
    import_id varchar(64) NOT NULL,
    kind varchar(32) NOT NULL,
    file_name varchar(255) NOT NULL,
    file_digest varchar(64) NOT NULL,
    row_count int NOT NULL,
    state varchar(16) NOT NULL,
    report longtext NOT NULL,
    imported_by varchar(64) NOT NULL,
    imported_at datetime(6) NOT NULL,
    PRIMARY KEY (import_id),
    KEY imports_file_digest (file_digest)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who changed what in the registry, and when. Rows are only ever added.
CREATE TABLE audit_entries (
    audit_id varchar(64) NOT NULL,
    happened_at datetime(6) NOT NULL,
    account_id varchar(64) NOT NULL,
    action varchar(64) NOT NULL,
    object_kind varchar(32) NOT NULL,
    object_id varchar(128) NOT NULL,
    detail longtext NOT NULL,
    source varchar(64) NOT NULL,
    PRIMARY KEY (audit_id),
    KEY audit_entries_object_kind_object_id_audit_id (object_kind, object_id, audit_id),
    KEY audit_entries_account_id_audit_id (account_id, audit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit entries are only ever added';
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit entries are only ever added';
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a saved policy version never changes';
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a saved policy version never changes';
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit_entries;
DROP TABLE imports;
DROP TABLE evidence;
DROP TABLE code_overrides;
DROP TABLE enterprise_names;
DROP TABLE enterprises;
DROP TABLE calendar_years;
DROP TABLE workdays;
DROP TABLE policies;
DROP TABLE substitutions;
DROP TABLE postings;
DROP TABLE cadres;
DROP TABLE units;
DROP TABLE indicators;
DROP TABLE tasks;
DROP TABLE plans;
