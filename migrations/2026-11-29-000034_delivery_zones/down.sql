DELETE FROM delivery_methods WHERE archived_at IS NOT NULL;
ALTER TABLE delivery_methods
    ADD COLUMN countries text[] NOT NULL DEFAULT '{}',
    ADD COLUMN is_pickup boolean NOT NULL DEFAULT false;
UPDATE delivery_methods SET countries = zone.countries, is_pickup = pickup_location_id IS NOT NULL
FROM delivery_zones AS zone WHERE zone.id = zone_id;
-- Without zones a handle exists once in each channel and currency.
DELETE FROM delivery_methods AS method USING delivery_methods AS other
WHERE method.channel_id = other.channel_id AND method.handle = other.handle AND method.currency = other.currency
  AND method.id > other.id;
DROP INDEX delivery_methods_handle_key;
DROP INDEX delivery_methods_channel_id_idx;
ALTER TABLE delivery_methods
    ADD CONSTRAINT delivery_methods_handle_key UNIQUE (channel_id, handle, currency),
    ALTER COLUMN countries DROP DEFAULT,
    ALTER COLUMN is_pickup DROP DEFAULT,
    DROP COLUMN version,
    DROP COLUMN zone_id,
    DROP COLUMN translations,
    DROP COLUMN rates,
    DROP COLUMN pickup_location_id,
    DROP COLUMN profiles,
    DROP COLUMN archived_at,
    DROP COLUMN created_at,
    DROP COLUMN updated_at;
DROP TABLE delivery_zones;
