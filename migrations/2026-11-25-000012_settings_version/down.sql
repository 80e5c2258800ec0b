DROP TRIGGER promotions_count_settings_write ON promotions;
DROP TRIGGER delivery_methods_count_settings_write ON delivery_methods;
DROP TRIGGER tax_rates_count_settings_write ON tax_rates;
DROP TRIGGER channel_locations_count_settings_write ON channel_locations;
DROP TRIGGER channels_count_settings_write ON channels;
DROP TRIGGER stock_locations_count_settings_write ON stock_locations;
DROP FUNCTION count_settings_write();
DROP TABLE settings_version;
