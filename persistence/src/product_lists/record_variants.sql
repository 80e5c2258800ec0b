-- Lists the current variants of products, and removes those that the products no longer have.
WITH given AS (
    SELECT id, product, sku, nullif(reference, '') AS reference, string_to_array(words, ' ') AS words
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
        AS given (id, product, sku, reference, words)
),
gone AS (
    DELETE FROM listed_variants WHERE product_id = ANY ($6) AND variant_id <> ALL ($1)
)
INSERT INTO listed_variants AS known (variant_id, product_id, sku, external_reference, words, changed_at)
SELECT id, product, sku, reference, words, (SELECT changed_at FROM product_changes WHERE product_id = given.product)
FROM given
ON CONFLICT (variant_id) DO UPDATE SET
    product_id = excluded.product_id, sku = excluded.sku, external_reference = excluded.external_reference,
    words = excluded.words, changed_at = excluded.changed_at
WHERE (known.product_id, known.sku, known.external_reference, known.words, known.changed_at)
    IS DISTINCT FROM (excluded.product_id, excluded.sku, excluded.external_reference, excluded.words, excluded.changed_at)
