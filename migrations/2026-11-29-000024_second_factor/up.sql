-- The TOTP secret of a member of staff, encrypted with AES-256-GCM (nonce first) if a key secret is configured. It counts
-- once it is confirmed with a code. A code of a time step up to `totp_step` was used before.
ALTER TABLE staff_users
    ADD COLUMN totp_secret bytea,
    ADD COLUMN totp_is_sealed boolean NOT NULL DEFAULT false,
    ADD COLUMN totp_confirmed_at timestamptz,
    ADD COLUMN totp_step bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT staff_users_totp_check CHECK (totp_confirmed_at IS NULL OR totp_secret IS NOT NULL);

-- Unused recovery codes as SHA-256 digests.
CREATE TABLE staff_recovery_codes (
    staff_id uuid NOT NULL CONSTRAINT staff_recovery_codes_staff_id_fkey REFERENCES staff_users (id) ON DELETE CASCADE,
    digest bytea NOT NULL CONSTRAINT staff_recovery_codes_digest_check CHECK (octet_length(digest) = 32),
    PRIMARY KEY (staff_id, digest)
);

-- Members with such a role have no permissions until they have a second factor.
ALTER TABLE roles ADD COLUMN requires_second_factor boolean NOT NULL DEFAULT false;
