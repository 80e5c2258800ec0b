-- Levels of zero where there are none yet, in the order in which they come.
INSERT INTO inventory_levels (variant_id, location_id)
SELECT * FROM unnest($1, $2)
ON CONFLICT DO NOTHING
