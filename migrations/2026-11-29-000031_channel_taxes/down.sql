ALTER TABLE channels DROP COLUMN delivery_tax_mode, DROP COLUMN tax_rounding;
