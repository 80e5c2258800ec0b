-- The number of an order as people see it, in the format of the settings at the time of the order; null in earlier orders.
ALTER TABLE orders ADD COLUMN number_text text;
-- Searches ignore case, and the text of an order is unique like its number.
CREATE UNIQUE INDEX orders_number_text_key ON orders (lower(number_text));

-- A trigger, so that every process uses the format that is stored now, without another statement per order.
CREATE FUNCTION write_order_number_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.order_number_prefix
        || lpad(NEW.number::text, greatest(s.order_number_digits, length(NEW.number::text)), '0')
        || s.order_number_suffix
    INTO NEW.number_text FROM shop_settings AS s;
    RETURN NEW;
END
$$;
CREATE TRIGGER orders_write_order_number_text BEFORE INSERT ON orders
    FOR EACH ROW EXECUTE FUNCTION write_order_number_text();
