-- The settings of the whole shop; one row, which also serializes `mercator init`.
CREATE TABLE shop_settings (
    is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT shop_settings_is_only_check CHECK (is_only),
    version integer NOT NULL DEFAULT 1 CONSTRAINT shop_settings_version_check CHECK (version > 0),
    name text NOT NULL DEFAULT 'Mercator' CONSTRAINT shop_settings_name_check CHECK (length(name) BETWEEN 1 AND 100),
    address jsonb,
    -- Orders keep the text that they got, in orders.number_text.
    order_number_prefix text NOT NULL DEFAULT '',
    order_number_suffix text NOT NULL DEFAULT '',
    order_number_digits integer NOT NULL DEFAULT 1
        CONSTRAINT shop_settings_order_number_digits_check CHECK (order_number_digits BETWEEN 1 AND 12),
    cart_days integer NOT NULL DEFAULT 30 CONSTRAINT shop_settings_cart_days_check CHECK (cart_days BETWEEN 1 AND 365),
    unpaid_order_hours integer NOT NULL DEFAULT 48
        CONSTRAINT shop_settings_unpaid_order_hours_check CHECK (unpaid_order_hours BETWEEN 1 AND 720),
    mail_sender_name text,
    mail_sender_address text,
    -- Zero keeps the data forever.
    keep_order_contacts_days integer NOT NULL DEFAULT 730
        CONSTRAINT shop_settings_keep_order_contacts_days_check CHECK (keep_order_contacts_days BETWEEN 0 AND 36500),
    keep_order_buyers_days integer NOT NULL DEFAULT 3653
        CONSTRAINT shop_settings_keep_order_buyers_days_check CHECK (keep_order_buyers_days BETWEEN 0 AND 36500),
    keep_audit_days integer NOT NULL DEFAULT 730
        CONSTRAINT shop_settings_keep_audit_days_check CHECK (keep_audit_days BETWEEN 0 AND 36500),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE shop_settings ALTER COLUMN address SET STATISTICS 0;
INSERT INTO shop_settings DEFAULT VALUES;

CREATE TRIGGER shop_settings_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON shop_settings
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
