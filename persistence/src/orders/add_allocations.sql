-- $1 order, $2 lines, $3 variants, $4 locations, $5 added units.
INSERT INTO order_allocations AS held (order_id, order_line_id, variant_id, location_id, quantity)
SELECT $1, part.order_line_id, part.variant_id, part.location_id, sum(part.quantity)::bigint
FROM unnest($2, $3, $4, $5) AS part (order_line_id, variant_id, location_id, quantity)
GROUP BY part.order_line_id, part.variant_id, part.location_id
ON CONFLICT (order_line_id, variant_id, location_id) DO UPDATE SET quantity = held.quantity + excluded.quantity
