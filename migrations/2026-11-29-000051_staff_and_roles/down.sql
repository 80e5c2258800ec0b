ALTER TABLE staff_users DROP COLUMN deleted_at;
ALTER TABLE roles DROP COLUMN channels;
