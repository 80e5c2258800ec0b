ALTER TABLE customers DROP COLUMN vat_id, DROP COLUMN vat_id_confirmed_at, DROP COLUMN is_tax_exempt;
