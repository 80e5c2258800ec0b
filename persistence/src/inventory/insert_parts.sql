-- Inserts the components of bundles.
INSERT INTO inventory_components (bundle_id, component_id, quantity)
SELECT * FROM unnest($1, $2, $3)
