-- Moves the listed products between two ids, except some, to the deleted ones. Arrays instead of joins keep the planner,
-- which does not know how few they are, from reading whole tables.
WITH gone AS (
    DELETE FROM product_changes
    WHERE product_id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid)
        AND product_id <= coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        AND product_id <> ALL ($3)
    RETURNING product_id
),
variants AS (
    DELETE FROM listed_variants WHERE product_id = ANY (ARRAY(SELECT product_id FROM gone))
)
INSERT INTO product_deletions (product_id, deleted_at) SELECT product_id, $4 FROM gone
ON CONFLICT (product_id) DO NOTHING
