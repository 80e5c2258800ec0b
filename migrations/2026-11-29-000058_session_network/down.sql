ALTER TABLE account_sessions DROP COLUMN network;
