-- $1 lines, $2 variants, $3 locations, $4 units that are still allocated.
UPDATE order_allocations AS held
SET quantity = left_over.quantity
FROM unnest($1, $2, $3, $4) AS left_over (order_line_id, variant_id, location_id, quantity)
WHERE held.order_line_id = left_over.order_line_id
  AND held.variant_id = left_over.variant_id
  AND held.location_id = left_over.location_id
  AND held.quantity <> left_over.quantity
