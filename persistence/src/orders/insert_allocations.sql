-- $1 order, $2 lines, $3 variants, $4 locations, $5 allocated units.
INSERT INTO order_allocations (order_id, order_line_id, variant_id, location_id, quantity)
SELECT $1, part.* FROM unnest($2, $3, $4, $5) AS part (order_line_id, variant_id, location_id, quantity)
