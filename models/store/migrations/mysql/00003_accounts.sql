-- +goose Up

-- Who may log in. login is compared without case. No personal number is kept.
CREATE TABLE accounts (
    account_id varchar(64) NOT NULL,
    login varchar(64) NOT NULL,
    name varchar(255) NOT NULL,
    cadre_id varchar(64) NOT NULL,
    email varchar(255) NOT NULL,
    state varchar(16) NOT NULL,
    password_hash varchar(255) NOT NULL,
    previous_hash varchar(255) NOT NULL,
    must_change tinyint(1) NOT NULL,
    failures int NOT NULL,
    locked_until datetime(6) NULL,
    version bigint NOT NULL,
    created_at datetime(6) NOT NULL,
    updated_at datetime(6) NOT NULL,
    PRIMARY KEY (account_id),
    UNIQUE KEY accounts_login (login),
    KEY accounts_cadre (cadre_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Roles in parts of the tree. path repeats the unit's, for reach. A grant that
-- was taken back stays, with its end.
CREATE TABLE grants (
    grant_id varchar(64) NOT NULL,
    account_id varchar(64) NOT NULL,
    role_name varchar(32) NOT NULL,
    unit_id varchar(64) NOT NULL,
    unit_path varchar(255) NOT NULL,
    granted_by varchar(64) NOT NULL,
    granted_at datetime(6) NOT NULL,
    revoked_by varchar(64) NOT NULL,
    revoked_at datetime(6) NULL,
    PRIMARY KEY (grant_id),
    KEY grants_account (account_id, revoked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Sessions of browsers, by the digest of their token.
CREATE TABLE sessions (
    token_digest varchar(64) NOT NULL,
    session_id varchar(32) NOT NULL,
    account_id varchar(64) NOT NULL,
    content blob NOT NULL,
    created_at datetime(6) NOT NULL,
    seen_at datetime(6) NOT NULL,
    expires_at datetime(6) NOT NULL,
    PRIMARY KEY (token_digest),
    KEY sessions_account (account_id),
    KEY sessions_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Tokens of programs, by the digest of their secret.
CREATE TABLE tokens (
    token_id varchar(64) NOT NULL,
    account_id varchar(64) NOT NULL,
    name varchar(255) NOT NULL,
    digest char(64) NOT NULL,
    scopes text NOT NULL,
    created_at datetime(6) NOT NULL,
    expires_at datetime(6) NOT NULL,
    used_at datetime(6) NULL,
    revoked_at datetime(6) NULL,
    PRIMARY KEY (token_id),
    UNIQUE KEY tokens_digest (digest),
    KEY tokens_account (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Log-in links, good once, by the digest of their secret.
CREATE TABLE login_links (
    digest char(64) NOT NULL,
    account_id varchar(64) NOT NULL,
    opens varchar(255) NOT NULL,
    created_at datetime(6) NOT NULL,
    expires_at datetime(6) NOT NULL,
    used_at datetime(6) NULL,
    PRIMARY KEY (digest),
    KEY login_links_account (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who did what with which result. The program only adds to it.
CREATE TABLE access_log (
    access_id varchar(64) NOT NULL,
    at datetime(6) NOT NULL,
    account_id varchar(64) NOT NULL,
    token_id varchar(64) NOT NULL,
    action varchar(64) NOT NULL,
    object varchar(255) NOT NULL,
    status int NOT NULL,
    source varchar(64) NOT NULL,
    log_number varchar(32) NOT NULL,
    PRIMARY KEY (access_id),
    KEY access_log_account (account_id, access_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
