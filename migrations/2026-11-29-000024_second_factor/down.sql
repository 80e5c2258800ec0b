ALTER TABLE roles DROP COLUMN requires_second_factor;
DROP TABLE staff_recovery_codes;
ALTER TABLE staff_users
    DROP CONSTRAINT staff_users_totp_check,
    DROP COLUMN totp_step,
    DROP COLUMN totp_confirmed_at,
    DROP COLUMN totp_is_sealed,
    DROP COLUMN totp_secret;
