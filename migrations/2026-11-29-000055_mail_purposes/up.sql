-- Invitations of customers, and new e-mail addresses of staff.
ALTER TABLE one_time_tokens DROP CONSTRAINT one_time_tokens_purpose_check;
ALTER TABLE one_time_tokens ADD CONSTRAINT one_time_tokens_purpose_check
    CHECK (purpose IN ('REGISTER', 'PASSWORD_RESET', 'EMAIL_CHANGE', 'CUSTOMER_INVITE', 'STAFF_INVITE',
        'STAFF_PASSWORD_RESET', 'STAFF_EMAIL_CHANGE'));
