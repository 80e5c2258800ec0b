-- Moves products to the deleted ones, after the last of them in their order. A product that was never listed is added
-- too: its creation and deletion were handled together.
WITH gone AS (
    DELETE FROM product_changes WHERE product_id = ANY ($1)
),
variants AS (
    DELETE FROM listed_variants WHERE product_id = ANY ($1)
)
INSERT INTO product_deletions (product_id, deleted_at)
SELECT id, greatest($2, (SELECT max(deleted_at) FROM product_deletions) + place * interval '1 microsecond')
FROM unnest($1::uuid[]) WITH ORDINALITY AS deleted (id, place)
ON CONFLICT (product_id) DO NOTHING
