-- Moves the listed products between two ids, except some, to the deleted ones.
WITH gone AS (
    DELETE FROM product_changes
    WHERE ($1::uuid IS NULL OR product_id > $1) AND ($2::uuid IS NULL OR product_id <= $2) AND product_id <> ALL ($3)
    RETURNING product_id
),
variants AS (
    DELETE FROM listed_variants USING gone WHERE listed_variants.product_id = gone.product_id
)
INSERT INTO product_deletions (product_id, deleted_at) SELECT product_id, $4 FROM gone
ON CONFLICT (product_id) DO NOTHING
