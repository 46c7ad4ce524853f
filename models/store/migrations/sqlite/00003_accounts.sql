-- +goose Up

-- Who may log in. login is compared without case. No personal number is kept.
CREATE TABLE accounts (
    account_id text NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    cadre_id text NOT NULL,
    email text NOT NULL,
    state text NOT NULL,
    password_hash text NOT NULL,
    previous_hash text NOT NULL,
    must_change integer NOT NULL,
    failures integer NOT NULL,
    locked_until datetime NULL,
    version integer NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL,
    PRIMARY KEY (account_id)
);
CREATE UNIQUE INDEX accounts_login ON accounts (login);
CREATE INDEX accounts_cadre ON accounts (cadre_id);

-- Roles in parts of the tree. path repeats the unit's, for reach. A grant that
-- was taken back stays, with its end.
CREATE TABLE grants (
    grant_id text NOT NULL,
    account_id text NOT NULL,
    role_name text NOT NULL,
    unit_id text NOT NULL,
    unit_path text NOT NULL,
    granted_by text NOT NULL,
    granted_at datetime NOT NULL,
    revoked_by text NOT NULL,
    revoked_at datetime NULL,
    PRIMARY KEY (grant_id)
);
CREATE INDEX grants_account ON grants (account_id, revoked_at);

-- Sessions of browsers, by the digest of their token.
CREATE TABLE sessions (
    token_digest text NOT NULL,
    session_id text NOT NULL,
    account_id text NOT NULL,
    content blob NOT NULL,
    created_at datetime NOT NULL,
    seen_at datetime NOT NULL,
    expires_at datetime NOT NULL,
    PRIMARY KEY (token_digest)
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Tokens of programs, by the digest of their secret.
CREATE TABLE tokens (
    token_id text NOT NULL,
    account_id text NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    scopes text NOT NULL,
    created_at datetime NOT NULL,
    expires_at datetime NOT NULL,
    used_at datetime NULL,
    revoked_at datetime NULL,
    PRIMARY KEY (token_id)
);
CREATE UNIQUE INDEX tokens_digest ON tokens (digest);
CREATE INDEX tokens_account ON tokens (account_id);

-- Log-in links, good once, by the digest of their secret.
CREATE TABLE login_links (
    digest text NOT NULL,
    account_id text NOT NULL,
    opens text NOT NULL,
    created_at datetime NOT NULL,
    expires_at datetime NOT NULL,
    used_at datetime NULL,
    PRIMARY KEY (digest)
);
CREATE INDEX login_links_account ON login_links (account_id);

-- Who did what with which result. The program only adds to it.
CREATE TABLE access_log (
    access_id text NOT NULL,
    at datetime NOT NULL,
    account_id text NOT NULL,
    token_id text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    status integer NOT NULL,
    source text NOT NULL,
    log_number text NOT NULL,
    PRIMARY KEY (access_id)
);
CREATE INDEX access_log_account ON access_log (account_id, access_id);
