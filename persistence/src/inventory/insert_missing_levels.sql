-- Inserts missing levels with zero units, in the given order.
INSERT INTO inventory_levels (variant_id, location_id)
SELECT * FROM unnest($1, $2)
ON CONFLICT DO NOTHING
