-- Applies movements to levels, stores the movements, and returns the number of changed levels. Units are allocated only
-- if they are available, arrive with the same movement, or if the item allows backorders: this condition decides who gets
-- the last unit.
WITH moved AS (
    SELECT *
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        AS moved (id, variant_id, location_id, kind, on_hand, allocated, reference, actor, at)
), change AS (
    SELECT variant_id, location_id, sum(on_hand)::bigint AS on_hand, sum(allocated)::bigint AS allocated
    FROM moved
    GROUP BY variant_id, location_id
), changed AS (
    UPDATE inventory_levels AS level
    SET on_hand = level.on_hand + change.on_hand, allocated = level.allocated + change.allocated
    FROM change JOIN inventory_items AS item USING (variant_id)
    WHERE level.variant_id = change.variant_id
      AND level.location_id = change.location_id
      AND (change.allocated <= greatest(change.on_hand, 0)
           OR item.allows_backorder
           OR level.on_hand - level.allocated >= change.allocated)
    RETURNING 1
), kept AS (
    INSERT INTO stock_movements (id, variant_id, location_id, kind, on_hand, allocated, reference, actor, at)
    SELECT id, variant_id, location_id, kind, on_hand, allocated, reference, actor, at FROM moved
)
SELECT count(*) AS levels FROM changed
