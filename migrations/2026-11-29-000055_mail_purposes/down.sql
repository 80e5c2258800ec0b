DELETE FROM one_time_tokens WHERE purpose IN ('CUSTOMER_INVITE', 'STAFF_EMAIL_CHANGE');
ALTER TABLE one_time_tokens DROP CONSTRAINT one_time_tokens_purpose_check;
ALTER TABLE one_time_tokens ADD CONSTRAINT one_time_tokens_purpose_check
    CHECK (purpose IN ('REGISTER', 'PASSWORD_RESET', 'EMAIL_CHANGE', 'STAFF_INVITE', 'STAFF_PASSWORD_RESET'));
