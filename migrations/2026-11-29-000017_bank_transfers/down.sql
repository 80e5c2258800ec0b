DROP TABLE unpaid_transfers;
ALTER TABLE channels DROP COLUMN transfer_hold_hours;
