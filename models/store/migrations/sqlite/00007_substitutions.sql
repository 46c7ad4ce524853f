-- +goose Up
-- A substitution may be ended at once; edits count its version. A decision
-- names the cadre by whose right a deputy made it.
ALTER TABLE substitutions ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE substitutions ADD COLUMN ended_by text NOT NULL DEFAULT '';
ALTER TABLE substitutions ADD COLUMN ended_at datetime NULL;
ALTER TABLE reviews ADD COLUMN for_cadre text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE reviews DROP COLUMN for_cadre;
ALTER TABLE substitutions DROP COLUMN ended_at;
ALTER TABLE substitutions DROP COLUMN ended_by;
ALTER TABLE substitutions DROP COLUMN version;
