-- What lists of carts need. The new columns are part of no index that a change of the lines would touch, so that most
-- updates stay heap-only: `updated_on` changes once a day, `email` once or twice, `record_id` never.
ALTER TABLE carts
    -- Identifies the cart in the admin API. It is derived from the secret id, which cannot be derived from it.
    ADD COLUMN record_id uuid NOT NULL
        GENERATED ALWAYS AS (encode(substring(sha256(uuid_send(id)) FROM 1 FOR 16), 'hex')::uuid) STORED,
    -- Day of the last write.
    ADD COLUMN updated_on date NOT NULL GENERATED ALWAYS AS ((updated_at AT TIME ZONE 'UTC')::date) STORED,
    ADD COLUMN email text GENERATED ALWAYS AS (lower(body #>> '{buyer,email}')) STORED,
    -- Minor units: the lines at the prices at which they were added. Null in carts of earlier versions.
    ADD COLUMN subtotal bigint CONSTRAINT carts_subtotal_check CHECK (subtotal >= 0);

CREATE UNIQUE INDEX carts_record_id_key ON carts (record_id);
CREATE INDEX carts_updated_on_idx ON carts (updated_on) WHERE status = 'ACTIVE';
CREATE INDEX carts_channel_id_updated_on_idx ON carts (channel_id, updated_on) WHERE status = 'ACTIVE';
CREATE INDEX carts_email_idx ON carts (email) WHERE status = 'ACTIVE' AND email IS NOT NULL;
