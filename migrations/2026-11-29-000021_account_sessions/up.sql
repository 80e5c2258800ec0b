-- The sessions of each account. A session is valid while its row exists with the epoch of the account; its document has
-- its tokens.
CREATE TABLE account_sessions (
    id uuid PRIMARY KEY,
    customer_id uuid CONSTRAINT account_sessions_customer_id_fkey REFERENCES customers (id) ON DELETE CASCADE,
    staff_id uuid CONSTRAINT account_sessions_staff_id_fkey REFERENCES staff_users (id) ON DELETE CASCADE,
    -- The session epoch of the account at the login.
    epoch integer NOT NULL,
    user_agent text,
    created_at timestamptz NOT NULL,
    -- Time of the last exchange of tokens.
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT account_sessions_account_check CHECK (num_nonnulls(customer_id, staff_id) = 1)
);
CREATE INDEX account_sessions_customer_id_idx ON account_sessions (customer_id, id);
CREATE INDEX account_sessions_staff_id_idx ON account_sessions (staff_id, id);
CREATE INDEX account_sessions_expires_at_idx ON account_sessions (expires_at);
