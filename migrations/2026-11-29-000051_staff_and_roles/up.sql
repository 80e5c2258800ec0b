-- The channels to which a role is limited; null for every channel. Without a foreign key, because channels are never
-- deleted.
ALTER TABLE roles
    ADD COLUMN channels uuid[] CONSTRAINT roles_channels_check CHECK (cardinality(channels) > 0);

-- The personal data of a deleted account is removed; the row stays, because API tokens and the audit log refer to it.
ALTER TABLE staff_users
    ADD COLUMN deleted_at timestamptz,
    ADD CONSTRAINT staff_users_deleted_at_check
        CHECK (deleted_at IS NULL OR NOT is_active AND password_hash IS NULL AND totp_secret IS NULL);
