-- +goose Up
-- A freeze reads all that it wants of an obligation from this index. The rows
-- themselves are long, and those of one unit lie far apart.
CREATE INDEX obligations_frozen ON obligations (plan, unit_path, cadre, changed_at, unit, closed, head);

-- What changed since the cut-off is found, and frozen again, by cadre.
CREATE INDEX obligations_changed ON obligations (plan, cadre, changed_at);
CREATE INDEX snapshot_goals_cadre ON snapshot_goals (plan, quarter, cadre);
CREATE INDEX snapshot_credits_cadre ON snapshot_credits (plan, quarter, cadre);

-- +goose Down
DROP INDEX snapshot_credits_cadre;
DROP INDEX snapshot_goals_cadre;
DROP INDEX obligations_changed;
DROP INDEX obligations_frozen;
