ALTER TABLE discount_codes DROP COLUMN deactivated_at;
