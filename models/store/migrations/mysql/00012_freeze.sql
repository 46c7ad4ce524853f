-- +goose Up
-- A freeze reads all that it wants of an obligation from this index. The rows
-- themselves are long, and those of one unit lie far apart.
CREATE INDEX obligations_frozen ON obligations (plan, unit_path, cadre, changed_at, unit, closed, head);

-- +goose Down
DROP INDEX obligations_frozen ON obligations;
