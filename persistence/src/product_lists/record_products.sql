-- Gives changed products their places in the order of changes: the time of the change, but after `$4`, the last place so
-- far. A product whose version is already listed keeps its place.
INSERT INTO product_changes AS known (product_id, version, changed_at)
SELECT id, version, greatest(updated_at, $4 + place * interval '1 microsecond')
FROM (
    SELECT id, version, updated_at, row_number() OVER (ORDER BY updated_at, id) AS place
    FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS changed (id, version, updated_at)
) AS placed
ON CONFLICT (product_id) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at
WHERE known.version <> excluded.version
