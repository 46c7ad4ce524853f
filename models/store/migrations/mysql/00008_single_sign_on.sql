-- +goose Up
-- The name under which a provider of single sign-on knows the person, as an
-- officer entered it; and the digest of issuer and subject of the first log-in,
-- which alone decides from then on.
ALTER TABLE accounts ADD COLUMN single_sign_on_name varchar(255) NULL;
ALTER TABLE accounts ADD COLUMN single_sign_on_subject char(64) NULL;
CREATE UNIQUE INDEX accounts_single_sign_on_name ON accounts (single_sign_on_name);
CREATE UNIQUE INDEX accounts_single_sign_on_subject ON accounts (single_sign_on_subject);

-- When the password was set; unknown of those from before, so their last change
-- of any kind counts.
ALTER TABLE accounts ADD COLUMN password_changed_at datetime(6) NULL;
UPDATE accounts SET password_changed_at = updated_at WHERE password_hash <> '';

-- The passwords that an account had, as Argon2id, so that none comes back soon.
CREATE TABLE former_passwords (
    former_id varchar(64) NOT NULL,
    account_id varchar(64) NOT NULL,
    hash varchar(255) NOT NULL,
    retired_at datetime(6) NOT NULL,
    PRIMARY KEY (former_id),
    KEY former_passwords_account (account_id, retired_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT INTO former_passwords (former_id, account_id, hash, retired_at)
    SELECT account_id, account_id, previous_hash, updated_at FROM accounts WHERE previous_hash <> '';
ALTER TABLE accounts DROP COLUMN previous_hash;

-- +goose Down
ALTER TABLE accounts ADD COLUMN previous_hash varchar(255) NOT NULL DEFAULT '';
DROP TABLE former_passwords;
ALTER TABLE accounts DROP COLUMN password_changed_at;
DROP INDEX accounts_single_sign_on_subject ON accounts;
DROP INDEX accounts_single_sign_on_name ON accounts;
ALTER TABLE accounts DROP COLUMN single_sign_on_subject;
ALTER TABLE accounts DROP COLUMN single_sign_on_name;
