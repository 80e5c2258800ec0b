-- An authorization of less than the amount has a status of its own, and captures are recorded as gateways report them,
-- even if they exceed what was authorized.
ALTER TABLE payments
    DROP CONSTRAINT payments_status_check,
    ADD CONSTRAINT payments_status_check CHECK (status IN (
        'PENDING', 'REQUIRES_ACTION', 'PARTIALLY_AUTHORIZED', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED',
        'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED', 'FAILED')),
    DROP CONSTRAINT payments_captured_check,
    ADD CONSTRAINT payments_captured_check CHECK (captured_amount >= 0);

-- Origins to which shoppers may return from a gateway; the storefront of the configuration needs no entry.
ALTER TABLE channels ADD COLUMN return_origins text[] NOT NULL DEFAULT '{}';
