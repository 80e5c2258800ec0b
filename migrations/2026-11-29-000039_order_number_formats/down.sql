DROP TRIGGER orders_write_order_number_text ON orders;
DROP FUNCTION write_order_number_text();
ALTER TABLE orders DROP COLUMN number_text;
