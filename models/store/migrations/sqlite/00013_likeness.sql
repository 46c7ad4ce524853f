-- +goose Up
-- Claims are compared by address, legal person and telephone as models.LikenessOf
-- writes them: a dash hid what they share. NULL is a row of an older program,
-- which is filled in after the migration.
ALTER TABLE records ADD COLUMN like_address text NULL;
ALTER TABLE records ADD COLUMN like_legal_person text NULL;
ALTER TABLE records ADD COLUMN like_phone text NULL;
CREATE INDEX records_like_address ON records (like_address);
CREATE INDEX records_like_legal_person ON records (like_legal_person);
CREATE INDEX records_like_phone ON records (like_phone);
DROP INDEX records_phone;
DROP INDEX records_legal_person;
DROP INDEX records_address;

-- +goose Down
CREATE INDEX records_address ON records (address);
CREATE INDEX records_legal_person ON records (legal_person);
CREATE INDEX records_phone ON records (phone);
DROP INDEX records_like_phone;
DROP INDEX records_like_legal_person;
DROP INDEX records_like_address;
ALTER TABLE records DROP COLUMN like_phone;
ALTER TABLE records DROP COLUMN like_legal_person;
ALTER TABLE records DROP COLUMN like_address;
