-- A deactivated code stays, with its uses, and cannot be used any longer.
ALTER TABLE discount_codes ADD COLUMN deactivated_at timestamptz;
