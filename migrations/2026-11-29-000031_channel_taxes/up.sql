ALTER TABLE channels
    ADD COLUMN delivery_tax_mode text NOT NULL DEFAULT 'STANDARD_RATE'
        CONSTRAINT channels_delivery_tax_mode_check CHECK (delivery_tax_mode IN ('STANDARD_RATE', 'PROPORTIONAL')),
    ADD COLUMN tax_rounding text NOT NULL DEFAULT 'PER_LINE'
        CONSTRAINT channels_tax_rounding_check CHECK (tax_rounding IN ('PER_LINE', 'PER_TOTAL'));
