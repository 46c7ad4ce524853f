-- +goose Up
-- The secret of the second factor, sealed; and the step of the last code that
-- was used, so that none is good twice.
ALTER TABLE accounts ADD COLUMN second_factor text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN second_factor_step integer NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE accounts DROP COLUMN second_factor_step;
ALTER TABLE accounts DROP COLUMN second_factor;
