-- Rates have more digits than basis points. The old column was read by no released version.
ALTER TABLE order_lines ADD COLUMN tax_millionths bigint;
UPDATE order_lines SET tax_millionths = tax_basis_points * 100;
ALTER TABLE order_lines ALTER COLUMN tax_millionths SET NOT NULL, DROP COLUMN tax_basis_points;
