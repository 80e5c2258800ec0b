DELETE FROM tax_rates WHERE postal_codes <> '' OR valid_from IS NOT NULL;
ALTER TABLE tax_rates ADD COLUMN basis_points integer;
UPDATE tax_rates SET basis_points = round(millionths / 100.0);
ALTER TABLE tax_rates
    DROP CONSTRAINT tax_rates_place_key,
    DROP CONSTRAINT tax_rates_class_fkey,
    DROP COLUMN name,
    DROP COLUMN millionths,
    DROP COLUMN postal_codes,
    DROP COLUMN components,
    DROP COLUMN valid_from,
    ALTER COLUMN basis_points SET NOT NULL,
    ADD CONSTRAINT tax_rates_basis_points_check CHECK (basis_points BETWEEN 0 AND 10000),
    ADD CONSTRAINT tax_rates_place_key UNIQUE NULLS NOT DISTINCT (country, region, class);
DROP INDEX tax_rates_country_idx;
DROP INDEX tax_rates_region_idx;
DROP INDEX tax_rates_class_idx;
DROP TABLE tax_classes;
