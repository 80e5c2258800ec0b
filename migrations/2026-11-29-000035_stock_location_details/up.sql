ALTER TABLE stock_locations
    ADD COLUMN version integer NOT NULL DEFAULT 1 CONSTRAINT stock_locations_version_check CHECK (version > 0),
    -- The postal address; null if it is not known.
    ADD COLUMN address jsonb,
    -- Stock of an inactive location is not sold.
    ADD COLUMN is_active boolean NOT NULL DEFAULT true,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE stock_locations ALTER COLUMN address SET STATISTICS 0;
