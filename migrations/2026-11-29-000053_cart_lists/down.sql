ALTER TABLE carts
    DROP COLUMN subtotal,
    DROP COLUMN email,
    DROP COLUMN updated_on,
    DROP COLUMN record_id;
