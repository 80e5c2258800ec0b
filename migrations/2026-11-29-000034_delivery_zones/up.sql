-- Delivery zones: few rows, cached as a whole.
CREATE TABLE delivery_zones (
    id uuid PRIMARY KEY,
    version integer NOT NULL CONSTRAINT delivery_zones_version_check CHECK (version > 0),
    name text NOT NULL CONSTRAINT delivery_zones_name_key UNIQUE,
    countries text[] NOT NULL CONSTRAINT delivery_zones_countries_check CHECK (cardinality(countries) > 0),
    -- Suffixes of ISO 3166-2 codes; empty for the whole country.
    regions text[] NOT NULL,
    -- A list of { from, to }; empty for all postal codes.
    postal_codes jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
ALTER TABLE delivery_zones ALTER COLUMN postal_codes SET STATISTICS 0;
CREATE TRIGGER delivery_zones_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON delivery_zones
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();

ALTER TABLE delivery_methods
    ADD COLUMN version integer NOT NULL DEFAULT 1 CONSTRAINT delivery_methods_version_check CHECK (version > 0),
    ADD COLUMN zone_id uuid CONSTRAINT delivery_methods_zone_id_fkey REFERENCES delivery_zones (id),
    -- Names in other languages: { locale: name }.
    ADD COLUMN translations jsonb NOT NULL DEFAULT '{}',
    -- A table of prices in place of `price`, which then is that of the first row.
    ADD COLUMN rates jsonb,
    ADD COLUMN pickup_location_id uuid
        CONSTRAINT delivery_methods_pickup_location_id_fkey REFERENCES stock_locations (id),
    -- Slugs of delivery profiles; empty for `standard` alone.
    ADD COLUMN profiles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN archived_at timestamptz,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE delivery_methods ALTER COLUMN translations SET STATISTICS 0, ALTER COLUMN rates SET STATISTICS 0;

-- Each list of countries becomes a zone, and each pickup gets the channel's preferred location.
INSERT INTO delivery_zones (id, version, name, countries, regions, postal_codes, created_at, updated_at)
SELECT gen_random_uuid(), 1,
       format('Zone %s: %s', row_number() OVER (ORDER BY countries), left(array_to_string(countries, ' '), 150)),
       countries, '{}', '[]', now(), now()
FROM (SELECT DISTINCT countries FROM delivery_methods WHERE cardinality(countries) > 0) AS place;
UPDATE delivery_methods SET zone_id = zone.id FROM delivery_zones AS zone WHERE zone.countries = delivery_methods.countries;
UPDATE delivery_methods
SET pickup_location_id = (
    SELECT location_id FROM channel_locations AS place
    WHERE place.channel_id = delivery_methods.channel_id ORDER BY position LIMIT 1)
WHERE is_pickup;
-- A method without a country was never offered, and a channel without a location has nothing to pick up.
DELETE FROM delivery_methods WHERE zone_id IS NULL OR (is_pickup AND pickup_location_id IS NULL);

-- No version with these columns has been released.
ALTER TABLE delivery_methods
    ALTER COLUMN zone_id SET NOT NULL,
    DROP CONSTRAINT delivery_methods_handle_key,
    DROP COLUMN countries,
    DROP COLUMN is_pickup;
CREATE UNIQUE INDEX delivery_methods_handle_key ON delivery_methods (channel_id, zone_id, handle, currency)
    WHERE archived_at IS NULL;
CREATE INDEX delivery_methods_channel_id_idx ON delivery_methods (channel_id, position, id);
CREATE INDEX delivery_methods_zone_id_idx ON delivery_methods (zone_id);
CREATE INDEX delivery_methods_pickup_location_id_idx ON delivery_methods (pickup_location_id);
