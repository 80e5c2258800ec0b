ALTER TABLE order_lines ADD COLUMN tax_basis_points bigint;
UPDATE order_lines SET tax_basis_points = round(tax_millionths / 100.0);
ALTER TABLE order_lines ALTER COLUMN tax_basis_points SET NOT NULL, DROP COLUMN tax_millionths;
