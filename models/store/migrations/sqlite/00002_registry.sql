-- +goose Up

-- The plan, its tasks and figures. Codes and words, no rules.
CREATE TABLE plans (
    plan_id text NOT NULL,
    title text NOT NULL,
    from_on text NOT NULL,
    to_on text NOT NULL,
    policy_version integer NOT NULL,
    demonstration integer NOT NULL,
    PRIMARY KEY (plan_id)
);
CREATE TABLE tasks (
    plan_id text NOT NULL,
    task_number integer NOT NULL,
    section text NOT NULL,
    key_work text NOT NULL,
    wording text NOT NULL,
    leads text NOT NULL,
    lead_text text NOT NULL,
    PRIMARY KEY (plan_id, task_number)
);
CREATE TABLE indicators (
    plan_id text NOT NULL,
    task_number integer NOT NULL,
    ordinal integer NOT NULL,
    name text NOT NULL,
    target text NOT NULL,
    target_text text NOT NULL,
    unit_word text NOT NULL,
    period_code text NOT NULL,
    qualifier text NOT NULL,
    verbatim text NOT NULL,
    lead_text text NOT NULL,
    ambiguity text NOT NULL,
    PRIMARY KEY (plan_id, task_number, ordinal)
);

-- The tree of units. path is the reach of rights, so it is indexed.
CREATE TABLE units (
    unit_id text NOT NULL,
    path text NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    pinyin_initials text NOT NULL,
    kind text NOT NULL,
    parent text NOT NULL,
    valid_from text NOT NULL,
    valid_to text NOT NULL,
    successors text NOT NULL,
    members text NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (unit_id)
);
CREATE INDEX units_path ON units (path);
CREATE INDEX units_name ON units (name);

-- Cadres. unit_id and unit_path repeat the posting in force, for lists and reach.
CREATE TABLE cadres (
    cadre_id text NOT NULL,
    name text NOT NULL,
    pinyin_initials text NOT NULL,
    cadre_rank text NOT NULL,
    unit_id text NOT NULL,
    unit_path text NOT NULL,
    version integer NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL,
    PRIMARY KEY (cadre_id)
);
CREATE INDEX cadres_unit_path_cadre_id ON cadres (unit_path, cadre_id);
CREATE INDEX cadres_unit_id ON cadres (unit_id);
CREATE INDEX cadres_name ON cadres (name);
CREATE INDEX cadres_pinyin_initials ON cadres (pinyin_initials);
CREATE TABLE postings (
    posting_id text NOT NULL,
    cadre_id text NOT NULL,
    unit_id text NOT NULL,
    title text NOT NULL,
    from_on text NOT NULL,
    to_on text NOT NULL,
    substitute_for text NOT NULL,
    PRIMARY KEY (posting_id)
);
CREATE UNIQUE INDEX postings_cadre_id_unit_id_from_on_substitute_for ON postings (cadre_id, unit_id, from_on, substitute_for);
CREATE INDEX postings_unit_id_from_on ON postings (unit_id, from_on);
CREATE TABLE substitutions (
    substitution_id text NOT NULL,
    account_id text NOT NULL,
    by_cadre text NOT NULL,
    for_cadre text NOT NULL,
    from_on text NOT NULL,
    until_on text NOT NULL,
    reason text NOT NULL,
    created_by text NOT NULL,
    created_at datetime NOT NULL,
    PRIMARY KEY (substitution_id)
);
CREATE INDEX substitutions_account_id_from_on ON substitutions (account_id, from_on);
CREATE INDEX substitutions_for_cadre_from_on ON substitutions (for_cadre, from_on);

-- A policy version never changes once it is saved.
CREATE TABLE policies (
    version integer NOT NULL,
    title text NOT NULL,
    rules text NOT NULL,
    words text NOT NULL,
    content_digest text NOT NULL,
    saved_at datetime NOT NULL,
    PRIMARY KEY (version)
);

-- Special days by origin: what the notice says, and what an official overrides.
CREATE TABLE workdays (
    day text NOT NULL,
    origin text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (day, origin)
);
CREATE TABLE calendar_years (
    calendar_year integer NOT NULL,
    PRIMARY KEY (calendar_year)
);

-- Enterprises by organization code. Unknown codes are NULL, so that uniqueness holds.
CREATE TABLE enterprises (
    enterprise_key text NOT NULL,
    unified_code text,
    registration_number text,
    name text NOT NULL,
    normal_name text NOT NULL,
    pinyin_initials text NOT NULL,
    address text NOT NULL,
    legal_person text NOT NULL,
    phone text NOT NULL,
    established_on text NOT NULL,
    unit_id text NOT NULL,
    unit_path text NOT NULL,
    override_id text NOT NULL,
    version integer NOT NULL,
    created_by text NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL,
    PRIMARY KEY (enterprise_key)
);
CREATE UNIQUE INDEX enterprises_unified_code ON enterprises (unified_code);
CREATE UNIQUE INDEX enterprises_registration_number ON enterprises (registration_number);
CREATE INDEX enterprises_normal_name ON enterprises (normal_name);
CREATE INDEX enterprises_unit_path_enterprise_key ON enterprises (unit_path, enterprise_key);
CREATE TABLE enterprise_names (
    enterprise_key text NOT NULL,
    name text NOT NULL,
    normal_name text NOT NULL,
    pinyin_initials text NOT NULL,
    ended_at datetime,
    PRIMARY KEY (enterprise_key, normal_name)
);
CREATE INDEX enterprise_names_normal_name ON enterprise_names (normal_name);
CREATE TABLE code_overrides (
    override_id text NOT NULL,
    enterprise_key text NOT NULL,
    document_id text NOT NULL,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at datetime NOT NULL,
    approved_by text NOT NULL,
    approved_at datetime,
    PRIMARY KEY (override_id)
);
CREATE INDEX code_overrides_enterprise_key ON code_overrides (enterprise_key);

-- Evidence is addressed by its content; one row is one upload of it.
CREATE TABLE evidence (
    evidence_id text NOT NULL,
    sha256 text NOT NULL,
    sm3 text NOT NULL,
    size integer NOT NULL,
    media_type text NOT NULL,
    file_name text NOT NULL,
    purpose text NOT NULL,
    cadre_id text NOT NULL,
    unit_path text NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at datetime NOT NULL,
    PRIMARY KEY (evidence_id)
);
CREATE INDEX evidence_sha256 ON evidence (sha256);
CREATE INDEX evidence_cadre_id_evidence_id ON evidence (cadre_id, evidence_id);
CREATE INDEX evidence_unit_path_evidence_id ON evidence (unit_path, evidence_id);

-- One row for each roster that was tried in earnest; rehearsals leave no trace.
CREATE TABLE imports (
    import_id text NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    file_digest text NOT NULL,
    row_count integer NOT NULL,
    state text NOT NULL,
    report text NOT NULL,
    imported_by text NOT NULL,
    imported_at datetime NOT NULL,
    PRIMARY KEY (import_id)
);
CREATE INDEX imports_file_digest ON imports (file_digest);

-- Who changed what in the registry, and when. Rows are only ever added.
CREATE TABLE audit_entries (
    audit_id text NOT NULL,
    happened_at datetime NOT NULL,
    account_id text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    detail text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (audit_id)
);
CREATE INDEX audit_entries_object_kind_object_id_audit_id ON audit_entries (object_kind, object_id, audit_id);
CREATE INDEX audit_entries_account_id_audit_id ON audit_entries (account_id, audit_id);

-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are only ever added');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are only ever added');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies
BEGIN
    SELECT RAISE(ABORT, 'a saved policy version never changes');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies
BEGIN
    SELECT RAISE(ABORT, 'a saved policy version never changes');
END;
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
