-- +goose Up
-- Claims that share an address, a legal person or a telephone are shown to the
-- reviewer; these find them.
CREATE INDEX records_address ON records (address);
CREATE INDEX records_legal_person ON records (legal_person);
CREATE INDEX records_phone ON records (phone);

-- +goose Down
DROP INDEX records_phone ON records;
DROP INDEX records_legal_person ON records;
DROP INDEX records_address ON records;
