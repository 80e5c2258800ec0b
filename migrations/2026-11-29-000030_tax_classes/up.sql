-- Tax classes. Products and rates name their class by its slug.
CREATE TABLE tax_classes (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT tax_classes_slug_key UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO tax_classes (id, slug, name)
SELECT gen_random_uuid(), slug, initcap(slug)
FROM (SELECT 'standard' UNION SELECT class FROM tax_rates) AS used (slug);
CREATE TRIGGER tax_classes_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON tax_classes
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();

-- Rates have a name, more digits, ranges of postal codes, components and a start. The old column was read by no released
-- version.
ALTER TABLE tax_rates
    ADD COLUMN name text NOT NULL DEFAULT 'Tax',
    ADD COLUMN millionths integer,
    -- Ranges as `35000-35999,38000-38999`, in this order; empty for all postal codes.
    ADD COLUMN postal_codes text NOT NULL DEFAULT '',
    ADD COLUMN components jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN valid_from timestamptz;
UPDATE tax_rates SET millionths = basis_points * 100;
ALTER TABLE tax_rates
    DROP CONSTRAINT tax_rates_place_key,
    DROP COLUMN basis_points,
    ALTER COLUMN name DROP DEFAULT,
    ALTER COLUMN millionths SET NOT NULL,
    ALTER COLUMN components SET STATISTICS 0,
    -- 190,000 is 19 %.
    ADD CONSTRAINT tax_rates_millionths_check CHECK (millionths BETWEEN 0 AND 1000000),
    ADD CONSTRAINT tax_rates_class_fkey FOREIGN KEY (class) REFERENCES tax_classes (slug),
    ADD CONSTRAINT tax_rates_place_key UNIQUE NULLS NOT DISTINCT (country, region, class, valid_from, postal_codes);
CREATE INDEX tax_rates_country_idx ON tax_rates (country, id);
CREATE INDEX tax_rates_region_idx ON tax_rates (region, id) WHERE region IS NOT NULL;
CREATE INDEX tax_rates_class_idx ON tax_rates (class, id);
