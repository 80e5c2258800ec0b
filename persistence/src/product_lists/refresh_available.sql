-- Brings the available units of the variants of products up to date. A bundle has no stock of its own.
UPDATE listed_variants AS listed SET available = stock.available
FROM (
    SELECT item.variant_id, CASE
        WHEN item.is_tracked
            AND NOT EXISTS (SELECT FROM inventory_components AS part WHERE part.bundle_id = item.variant_id)
        THEN coalesce((
            SELECT sum(level.on_hand - level.allocated) FROM inventory_levels AS level
            WHERE level.variant_id = item.variant_id
        ), 0)::bigint
    END AS available
    FROM inventory_items AS item WHERE item.product_id = ANY ($1)
) AS stock
WHERE listed.variant_id = stock.variant_id AND listed.available IS DISTINCT FROM stock.available
