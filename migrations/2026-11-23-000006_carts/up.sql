-- A cart is one row: read once, changed in the program, and written once, guarded by its version. The fill factor leaves
-- space on each page, so that most updates are heap-only and touch no index. `channel_id` has no foreign key: checking it
-- would lock the same few rows of `channels` in every request, and channels are never deleted.
CREATE TABLE carts (
    id uuid PRIMARY KEY,
    version integer NOT NULL CONSTRAINT carts_version_check CHECK (version > 0),
    status text NOT NULL CONSTRAINT carts_status_check CHECK (status IN ('ACTIVE', 'COMPLETED', 'MERGED')),
    channel_id uuid NOT NULL,
    currency text NOT NULL CONSTRAINT carts_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    customer_id uuid CONSTRAINT carts_customer_id_fkey REFERENCES customers (id) ON DELETE CASCADE,
    order_id uuid,
    -- Lines, buyer, addresses, delivery choices, codes, note.
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT carts_order_id_check CHECK ((status = 'COMPLETED') = (order_id IS NOT NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX carts_order_id_key ON carts (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX carts_customer_id_idx ON carts (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX carts_expires_at_idx ON carts (expires_at, id) WHERE status <> 'COMPLETED';

-- Promotions. All that are not archived are cached in every process.
CREATE TABLE promotions (
    id uuid PRIMARY KEY,
    version integer NOT NULL CONSTRAINT promotions_version_check CHECK (version > 0),
    name text NOT NULL,
    priority integer NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    -- True if it requires a code.
    needs_code boolean NOT NULL,
    -- Channels, classes it combines with, conditions and action.
    body jsonb NOT NULL,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT promotions_period_check CHECK (ends_at > starts_at)
);
CREATE INDEX promotions_live_idx ON promotions (priority DESC, id) WHERE archived_at IS NULL;

-- Discount codes of promotions. There may be millions, so they are looked up by their text and never read as a whole.
CREATE TABLE discount_codes (
    id uuid PRIMARY KEY,
    promotion_id uuid NOT NULL CONSTRAINT discount_codes_promotion_id_fkey REFERENCES promotions (id) ON DELETE CASCADE,
    -- Upper case.
    code text NOT NULL CONSTRAINT discount_codes_code_key UNIQUE,
    usage_limit integer CONSTRAINT discount_codes_usage_limit_check CHECK (usage_limit > 0),
    usage_limit_per_customer integer
        CONSTRAINT discount_codes_usage_limit_per_customer_check CHECK (usage_limit_per_customer > 0),
    -- Uses by orders; counted only for codes with a limit, so that orders with other codes never wait for each other.
    uses integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT discount_codes_uses_check CHECK (uses >= 0 AND uses <= usage_limit)
);
CREATE INDEX discount_codes_promotion_id_idx ON discount_codes (promotion_id, id);

-- Uses of codes by orders and buyers.
CREATE TABLE discount_code_uses (
    code_id uuid NOT NULL CONSTRAINT discount_code_uses_code_id_fkey REFERENCES discount_codes (id) ON DELETE CASCADE,
    order_id uuid NOT NULL,
    customer_id uuid CONSTRAINT discount_code_uses_customer_id_fkey REFERENCES customers (id) ON DELETE SET NULL,
    -- Lower case.
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (code_id, order_id)
);
CREATE INDEX discount_code_uses_customer_id_idx ON discount_code_uses (customer_id, code_id);
CREATE INDEX discount_code_uses_email_idx ON discount_code_uses (email, code_id);
CREATE INDEX discount_code_uses_order_id_idx ON discount_code_uses (order_id);

-- Tax rates by destination and tax class: few rows, cached as a whole.
CREATE TABLE tax_rates (
    id uuid PRIMARY KEY,
    country text NOT NULL CONSTRAINT tax_rates_country_check CHECK (country ~ '^[A-Z]{2}$'),
    -- The suffix of the ISO 3166-2 code; null for the whole country.
    region text,
    class text NOT NULL,
    -- 1900 is 19 %.
    basis_points integer NOT NULL CONSTRAINT tax_rates_basis_points_check CHECK (basis_points BETWEEN 0 AND 10000),
    CONSTRAINT tax_rates_place_key UNIQUE NULLS NOT DISTINCT (country, region, class)
);

-- Delivery methods: few rows, cached as a whole.
CREATE TABLE delivery_methods (
    id uuid PRIMARY KEY,
    channel_id uuid NOT NULL CONSTRAINT delivery_methods_channel_id_fkey REFERENCES channels (id) ON DELETE CASCADE,
    handle text NOT NULL,
    title text NOT NULL,
    -- Minor units, with or without tax depending on the channel.
    price bigint NOT NULL CONSTRAINT delivery_methods_price_check CHECK (price >= 0),
    free_from bigint CONSTRAINT delivery_methods_free_from_check CHECK (free_from >= 0),
    currency text NOT NULL CONSTRAINT delivery_methods_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    countries text[] NOT NULL,
    min_days smallint NOT NULL,
    max_days smallint NOT NULL,
    is_pickup boolean NOT NULL,
    -- The position in lists.
    position integer NOT NULL,
    CONSTRAINT delivery_methods_handle_key UNIQUE (channel_id, handle, currency),
    CONSTRAINT delivery_methods_days_check CHECK (0 <= min_days AND min_days <= max_days)
);
