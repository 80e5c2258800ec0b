ALTER TABLE orders DROP COLUMN erasure_requested_at, DROP COLUMN contact_removed_at, DROP COLUMN buyer_removed_at;
