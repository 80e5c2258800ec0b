ALTER TABLE customers
    -- Without separators, in upper case.
    ADD COLUMN vat_id text,
    -- Time at which the tax authority confirmed the number.
    ADD COLUMN vat_id_confirmed_at timestamptz,
    ADD COLUMN is_tax_exempt boolean NOT NULL DEFAULT false;
