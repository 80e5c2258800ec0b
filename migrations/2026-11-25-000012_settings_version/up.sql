-- The version of all cached settings, so that one row shows if a snapshot is current. Its lock serializes writers of
-- settings, which are rare.
CREATE TABLE settings_version (
    is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT settings_version_is_only_check CHECK (is_only),
    version bigint NOT NULL
);
INSERT INTO settings_version (version) VALUES (1);

-- A trigger, so that no write of settings is missed, including one with psql.
CREATE FUNCTION count_settings_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE settings_version SET version = version + 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER stock_locations_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON stock_locations
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
CREATE TRIGGER channels_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON channels
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
CREATE TRIGGER channel_locations_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON channel_locations
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
CREATE TRIGGER tax_rates_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON tax_rates
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
CREATE TRIGGER delivery_methods_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON delivery_methods
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
CREATE TRIGGER promotions_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON promotions
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
