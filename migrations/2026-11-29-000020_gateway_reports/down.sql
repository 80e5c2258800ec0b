ALTER TABLE channels DROP COLUMN return_origins;
UPDATE payments SET status = 'PENDING' WHERE status = 'PARTIALLY_AUTHORIZED';
ALTER TABLE payments
    DROP CONSTRAINT payments_status_check,
    ADD CONSTRAINT payments_status_check CHECK (status IN (
        'PENDING', 'REQUIRES_ACTION', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED',
        'VOIDED', 'FAILED')),
    DROP CONSTRAINT payments_captured_check,
    ADD CONSTRAINT payments_captured_check CHECK (captured_amount BETWEEN 0 AND authorized_amount) NOT VALID;
