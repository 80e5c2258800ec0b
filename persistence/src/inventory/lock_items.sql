-- Items with their levels at locations. The levels are locked in one order and read after they are locked.
WITH level AS MATERIALIZED (
    SELECT variant_id, location_id, on_hand, allocated
    FROM inventory_levels
    WHERE variant_id = ANY ($1) AND location_id = ANY ($2)
    ORDER BY variant_id, location_id
    FOR NO KEY UPDATE
)
SELECT item.variant_id, item.sku, item.is_tracked, item.allows_backorder,
       level.location_id, level.on_hand, level.allocated
FROM inventory_items AS item LEFT JOIN level USING (variant_id)
WHERE item.variant_id = ANY ($1)
ORDER BY item.variant_id, level.location_id
