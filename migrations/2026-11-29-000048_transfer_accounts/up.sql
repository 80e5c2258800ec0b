-- The accounts of channels for bank transfers. Every buyer sees them.
CREATE TABLE transfer_accounts (
    channel_id uuid PRIMARY KEY CONSTRAINT transfer_accounts_channel_id_fkey REFERENCES channels (id) ON DELETE CASCADE,
    account_holder text NOT NULL,
    iban text,
    bic text,
    account_number text,
    routing_number text,
    bank_name text,
    note text,
    -- Hours before the expiry of an unpaid order; zero for no reminder.
    reminder_hours integer NOT NULL
        CONSTRAINT transfer_accounts_reminder_hours_check CHECK (reminder_hours BETWEEN 0 AND 719),
    updated_at timestamptz NOT NULL,
    CONSTRAINT transfer_accounts_number_check CHECK (iban IS NOT NULL OR account_number IS NOT NULL)
);
CREATE TRIGGER transfer_accounts_count_settings_write AFTER INSERT OR UPDATE OR DELETE ON transfer_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION count_settings_write();
