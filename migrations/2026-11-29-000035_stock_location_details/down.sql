ALTER TABLE stock_locations
    DROP COLUMN version,
    DROP COLUMN address,
    DROP COLUMN is_active,
    DROP COLUMN updated_at;
