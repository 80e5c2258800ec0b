-- Hours for which an unpaid order by bank transfer reserves its stock.
ALTER TABLE channels
    ADD COLUMN transfer_hold_hours integer NOT NULL DEFAULT 72
    CONSTRAINT channels_transfer_hold_hours_check CHECK (transfer_hold_hours BETWEEN 1 AND 720);

-- What the limits on unpaid orders by bank transfer count. Orders themselves contain no network; these rows contain only
-- digests, and are deleted when the reservation has ended.
CREATE TABLE unpaid_transfers (
    order_id uuid PRIMARY KEY CONSTRAINT unpaid_transfers_order_id_fkey REFERENCES orders (id) ON DELETE CASCADE,
    email_digest text NOT NULL,
    network_digest text,
    units bigint NOT NULL CONSTRAINT unpaid_transfers_units_check CHECK (units >= 0),
    expires_at timestamptz NOT NULL
);
CREATE INDEX unpaid_transfers_email_digest_idx ON unpaid_transfers (email_digest);
CREATE INDEX unpaid_transfers_network_digest_idx ON unpaid_transfers (network_digest);
CREATE INDEX unpaid_transfers_expires_at_idx ON unpaid_transfers (expires_at);
