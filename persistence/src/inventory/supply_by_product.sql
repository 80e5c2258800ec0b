-- The available units of the variants of products at every location; for a bundle, those of each component.
WITH part AS (
    SELECT item.product_id, item.variant_id,
           coalesce(component.component_id, item.variant_id) AS part_id, coalesce(component.quantity, 1) AS units
    FROM inventory_items AS item LEFT JOIN inventory_components AS component ON component.bundle_id = item.variant_id
    WHERE item.product_id = ANY ($1)
)
SELECT part.product_id, part.variant_id, part.part_id, part.units,
       item.variant_id IS NOT NULL AND NOT item.is_tracked AS is_unlimited,
       coalesce(item.allows_backorder, false) AS allows_backorder,
       level.location_id, level.on_hand - level.allocated AS available
FROM part
    LEFT JOIN inventory_items AS item ON item.variant_id = part.part_id
    LEFT JOIN inventory_levels AS level ON level.variant_id = part.part_id
ORDER BY part.product_id, part.variant_id, part.part_id, level.location_id
