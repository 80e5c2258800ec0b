-- Erasure of personal data. An order keeps the invoice address; what served contact and delivery is removed when the order
-- is finished.
ALTER TABLE orders
    -- Time at which the buyer was erased; null when nothing is left to remove.
    ADD COLUMN erasure_requested_at timestamptz,
    -- Time at which contact data, delivery address and token were removed.
    ADD COLUMN contact_removed_at timestamptz,
    -- Time at which the invoice address was removed.
    ADD COLUMN buyer_removed_at timestamptz;
CREATE INDEX orders_erasure_requested_at_idx ON orders (erasure_requested_at) WHERE erasure_requested_at IS NOT NULL;
CREATE INDEX orders_with_contact_idx ON orders (placed_at) WHERE contact_removed_at IS NULL;
CREATE INDEX orders_with_buyer_idx ON orders (placed_at) WHERE contact_removed_at IS NOT NULL AND buyer_removed_at IS NULL;
