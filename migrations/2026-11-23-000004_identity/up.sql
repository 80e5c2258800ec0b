-- Customers.
CREATE TABLE customers (
    id uuid PRIMARY KEY,
    -- Normalized; null after erasure.
    email text CONSTRAINT customers_email_key UNIQUE,
    -- Argon2id; null if the account cannot log in.
    password_hash text,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    phone text,
    locale text,
    accepts_marketing boolean NOT NULL DEFAULT false,
    default_shipping_address_id uuid,
    default_billing_address_id uuid,
    -- Sessions of an earlier epoch have ended.
    session_epoch integer NOT NULL DEFAULT 0,
    email_verified_at timestamptz,
    erased_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT customers_email_check CHECK (email = lower(email)),
    CONSTRAINT customers_erased_at_check CHECK (
        (erased_at IS NULL) = (email IS NOT NULL) AND (erased_at IS NULL OR password_hash IS NULL)
    )
);
CREATE INDEX customers_email_prefix_idx ON customers (email text_pattern_ops);
CREATE INDEX customers_last_name_prefix_idx ON customers (lower(last_name) text_pattern_ops);
CREATE INDEX customers_created_at_idx ON customers (created_at, id);

-- Saved addresses of customers.
CREATE TABLE customer_addresses (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT customer_addresses_customer_id_fkey REFERENCES customers (id) ON DELETE CASCADE,
    address jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX customer_addresses_customer_id_idx ON customer_addresses (customer_id, id);
ALTER TABLE customers
    ADD CONSTRAINT customers_default_shipping_address_id_fkey
        FOREIGN KEY (default_shipping_address_id) REFERENCES customer_addresses (id) ON DELETE SET NULL,
    ADD CONSTRAINT customers_default_billing_address_id_fkey
        FOREIGN KEY (default_billing_address_id) REFERENCES customer_addresses (id) ON DELETE SET NULL;
CREATE INDEX customers_default_shipping_address_id_idx ON customers (default_shipping_address_id);
CREATE INDEX customers_default_billing_address_id_idx ON customers (default_billing_address_id);

-- Customer groups.
CREATE TABLE customer_groups (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT customer_groups_slug_key UNIQUE,
    name text NOT NULL
);
CREATE TABLE customer_group_members (
    customer_id uuid NOT NULL CONSTRAINT customer_group_members_customer_id_fkey REFERENCES customers (id) ON DELETE CASCADE,
    group_id uuid NOT NULL CONSTRAINT customer_group_members_group_id_fkey REFERENCES customer_groups (id) ON DELETE CASCADE,
    PRIMARY KEY (customer_id, group_id)
);
CREATE INDEX customer_group_members_group_id_idx ON customer_group_members (group_id, customer_id);

-- Staff users.
CREATE TABLE staff_users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT staff_users_email_key UNIQUE,
    name text NOT NULL,
    -- Null until the invitation is accepted.
    password_hash text,
    is_active boolean NOT NULL DEFAULT true,
    session_epoch integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    last_login_at timestamptz,
    CONSTRAINT staff_users_email_check CHECK (email = lower(email))
);

-- Named sets of permissions. The role `owner` has all permissions, whatever this row contains.
CREATE TABLE roles (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT roles_slug_key UNIQUE,
    name text NOT NULL,
    permissions text[] NOT NULL
);
INSERT INTO roles (id, slug, name, permissions) VALUES (gen_random_uuid(), 'owner', 'Owner', '{}');

CREATE TABLE staff_roles (
    staff_id uuid NOT NULL CONSTRAINT staff_roles_staff_id_fkey REFERENCES staff_users (id) ON DELETE CASCADE,
    role_id uuid NOT NULL CONSTRAINT staff_roles_role_id_fkey REFERENCES roles (id),
    PRIMARY KEY (staff_id, role_id)
);
CREATE INDEX staff_roles_role_id_idx ON staff_roles (role_id, staff_id);

-- API tokens of integrations. The secret is shown once; only its digest is stored.
CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    digest bytea NOT NULL CONSTRAINT api_tokens_digest_key UNIQUE,
    permissions text[] NOT NULL,
    created_by uuid NOT NULL CONSTRAINT api_tokens_created_by_fkey REFERENCES staff_users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_tokens_digest_check CHECK (octet_length(digest) = 32)
);
CREATE INDEX api_tokens_created_by_idx ON api_tokens (created_by);

-- One-time tokens. The secret is created when its mail is sent; only its digest is stored.
CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CONSTRAINT one_time_tokens_purpose_check
        CHECK (purpose IN ('REGISTER', 'PASSWORD_RESET', 'EMAIL_CHANGE', 'STAFF_INVITE', 'STAFF_PASSWORD_RESET')),
    email text NOT NULL,
    digest bytea CONSTRAINT one_time_tokens_digest_key UNIQUE,
    customer_id uuid CONSTRAINT one_time_tokens_customer_id_fkey REFERENCES customers (id) ON DELETE CASCADE,
    staff_id uuid CONSTRAINT one_time_tokens_staff_id_fkey REFERENCES staff_users (id) ON DELETE CASCADE,
    -- The registration that the token confirms.
    registration jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT one_time_tokens_digest_check CHECK (octet_length(digest) = 32)
);
CREATE INDEX one_time_tokens_customer_id_idx ON one_time_tokens (customer_id);
CREATE INDEX one_time_tokens_staff_id_idx ON one_time_tokens (staff_id);
CREATE INDEX one_time_tokens_email_idx ON one_time_tokens (email);
CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at);

-- Ed25519 keys that sign access tokens.
CREATE TABLE signing_keys (
    kid text PRIMARY KEY,
    public_key bytea NOT NULL CONSTRAINT signing_keys_public_key_check CHECK (octet_length(public_key) = 32),
    -- PKCS#8; encrypted with AES-256-GCM (nonce first) if a secret is configured.
    private_key bytea NOT NULL,
    is_sealed boolean NOT NULL,
    active_from timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Failed logins and requested mails, by account, network address or both.
CREATE TABLE login_throttle (
    key text PRIMARY KEY,
    failures integer NOT NULL CONSTRAINT login_throttle_failures_check CHECK (failures >= 0),
    last_at timestamptz,
    blocked_until timestamptz,
    forget_at timestamptz NOT NULL
);
CREATE INDEX login_throttle_forget_at_idx ON login_throttle (forget_at);
