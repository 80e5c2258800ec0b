-- Sets the flags of items ($1) where they are given ($2, $3), and returns the items that changed. Locks the items in one
-- order, so that two writers of the same items cannot deadlock.
WITH locked AS (
    SELECT item.variant_id,
           item.is_tracked AS was_tracked,
           item.allows_backorder AS was_backorder,
           coalesce(input.is_tracked, item.is_tracked) AS is_tracked,
           coalesce(input.allows_backorder, item.allows_backorder) AS allows_backorder
    FROM inventory_items AS item
    JOIN unnest($1, $2, $3) AS input (variant_id, is_tracked, allows_backorder) ON input.variant_id = item.variant_id
    ORDER BY item.variant_id
    FOR UPDATE OF item
)
UPDATE inventory_items AS item
SET is_tracked = locked.is_tracked, allows_backorder = locked.allows_backorder
FROM locked
WHERE item.variant_id = locked.variant_id
  AND (item.is_tracked, item.allows_backorder) IS DISTINCT FROM (locked.is_tracked, locked.allows_backorder)
RETURNING item.variant_id, item.product_id, item.sku, item.is_tracked, item.allows_backorder,
          locked.was_tracked, locked.was_backorder
