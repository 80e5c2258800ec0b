ALTER TABLE inventory_levels
    ADD COLUMN reserved bigint NOT NULL DEFAULT 0 CONSTRAINT inventory_levels_reserved_check CHECK (reserved >= 0),
    ADD COLUMN incoming bigint NOT NULL DEFAULT 0 CONSTRAINT inventory_levels_incoming_check CHECK (incoming >= 0);
