-- Payments of carts. Carts and orders are referenced without foreign keys: a payment outlives its cart and is inserted
-- before the order.
CREATE TABLE payments (
    id uuid PRIMARY KEY,
    cart_id uuid NOT NULL,
    order_id uuid,
    channel_id uuid NOT NULL,
    country text,
    method text NOT NULL CONSTRAINT payments_method_check CHECK (method IN ('CARD', 'BANK_TRANSFER')),
    gateway text NOT NULL,
    currency text NOT NULL CONSTRAINT payments_currency_check CHECK (length(currency) = 3),
    amount bigint NOT NULL CONSTRAINT payments_amount_check CHECK (amount > 0),
    status text NOT NULL CONSTRAINT payments_status_check CHECK (status IN (
        'PENDING', 'REQUIRES_ACTION', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED',
        'VOIDED', 'FAILED')),
    authorized_amount bigint NOT NULL DEFAULT 0,
    captured_amount bigint NOT NULL DEFAULT 0,
    refunded_amount bigint NOT NULL DEFAULT 0,
    charged_back_amount bigint NOT NULL DEFAULT 0,
    action jsonb,
    failure text,
    -- Superseded or refused: voided as soon as it turns out to be authorized.
    is_unwanted boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL GENERATED ALWAYS AS (NOT is_unwanted AND status NOT IN ('VOIDED', 'FAILED')) STORED,
    idempotency_key text,
    input_hash bytea,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payments_captured_check CHECK (captured_amount BETWEEN 0 AND authorized_amount),
    CONSTRAINT payments_refunded_check CHECK (refunded_amount BETWEEN 0 AND captured_amount),
    CONSTRAINT payments_charged_back_check CHECK (charged_back_amount BETWEEN 0 AND captured_amount),
    CONSTRAINT payments_idempotency_check CHECK ((idempotency_key IS NULL) = (input_hash IS NULL))
);
CREATE UNIQUE INDEX payments_active_cart_key ON payments (cart_id) WHERE is_active;
CREATE UNIQUE INDEX payments_idempotency_key ON payments (cart_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX payments_cart_id_idx ON payments (cart_id, id);
CREATE INDEX payments_order_id_idx ON payments (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX payments_undecided_idx ON payments (updated_at, id) WHERE status IN ('PENDING', 'REQUIRES_ACTION');

-- Attempts at gateways, inserted before the gateway is called.
CREATE TABLE payment_attempts (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL CONSTRAINT payment_attempts_payment_id_fkey REFERENCES payments (id),
    number integer NOT NULL CONSTRAINT payment_attempts_number_check CHECK (number > 0),
    gateway text NOT NULL,
    -- Our reference of the charge at the gateway.
    reference text NOT NULL,
    gateway_reference text,
    outcome text NOT NULL CONSTRAINT payment_attempts_outcome_check CHECK (outcome IN (
        'STARTED', 'UNKNOWN', 'PENDING', 'REQUIRES_ACTION', 'UNAVAILABLE', 'DECLINED', 'CANCELED', 'AUTHORIZED')),
    failure text,
    started_at timestamptz NOT NULL,
    latency_ms integer,
    finished_at timestamptz,
    CONSTRAINT payment_attempts_payment_id_number_key UNIQUE (payment_id, number),
    CONSTRAINT payment_attempts_reference_key UNIQUE (gateway, reference)
);
CREATE UNIQUE INDEX payment_attempts_gateway_reference_key ON payment_attempts (gateway, gateway_reference)
    WHERE gateway_reference IS NOT NULL;
CREATE INDEX payment_attempts_started_at_idx ON payment_attempts (started_at);

-- Captures, voids, refunds and chargebacks; those that we cause are inserted before the gateway is called.
CREATE TABLE payment_transactions (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL CONSTRAINT payment_transactions_payment_id_fkey REFERENCES payments (id),
    attempt_id uuid NOT NULL CONSTRAINT payment_transactions_attempt_id_fkey REFERENCES payment_attempts (id),
    kind text NOT NULL CONSTRAINT payment_transactions_kind_check CHECK (kind IN (
        'AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND', 'CHARGEBACK')),
    status text NOT NULL CONSTRAINT payment_transactions_status_check CHECK (status IN ('PENDING', 'FAILED', 'SUCCEEDED')),
    gateway text NOT NULL,
    gateway_reference text,
    -- The idempotency key of the operation.
    idempotency_key text,
    currency text NOT NULL CONSTRAINT payment_transactions_currency_check CHECK (length(currency) = 3),
    amount bigint NOT NULL CONSTRAINT payment_transactions_amount_check CHECK (amount > 0),
    failure text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX payment_transactions_gateway_reference_key ON payment_transactions (gateway, gateway_reference, kind)
    WHERE gateway_reference IS NOT NULL;
CREATE UNIQUE INDEX payment_transactions_idempotency_key ON payment_transactions (payment_id, kind, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX payment_transactions_payment_id_idx ON payment_transactions (payment_id, id);
CREATE INDEX payment_transactions_attempt_id_idx ON payment_transactions (attempt_id);

-- The reasons and actors of refunds; the transaction has amount and outcome.
CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL CONSTRAINT refunds_payment_id_fkey REFERENCES payments (id),
    transaction_id uuid NOT NULL CONSTRAINT refunds_transaction_id_fkey REFERENCES payment_transactions (id),
    order_id uuid,
    reason text,
    actor text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT refunds_transaction_id_key UNIQUE (transaction_id)
);
CREATE INDEX refunds_payment_id_idx ON refunds (payment_id);
CREATE INDEX refunds_order_id_idx ON refunds (order_id) WHERE order_id IS NOT NULL;

-- Routing rules of payments; the matching rule of the highest priority decides.
CREATE TABLE payment_routing_rules (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT payment_routing_rules_name_check CHECK (name <> ''),
    priority integer NOT NULL,
    conditions jsonb NOT NULL,
    gateways text[] NOT NULL CONSTRAINT payment_routing_rules_gateways_check CHECK (cardinality(gateways) > 0),
    created_at timestamptz NOT NULL,
    CONSTRAINT payment_routing_rules_name_key UNIQUE (name)
);
CREATE INDEX payment_routing_rules_priority_idx ON payment_routing_rules (priority DESC, id);

-- Received gateway webhooks, so that each one is applied once.
CREATE TABLE gateway_webhook_events (
    gateway text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (gateway, event_id)
);
CREATE INDEX gateway_webhook_events_received_at_idx ON gateway_webhook_events (received_at);

-- The money ledger: append-only; every entry is balanced in each currency.
CREATE TABLE ledger_entries (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ledger_entries_kind_check CHECK (kind IN (
        'PLACEMENT', 'CAPTURE', 'REFUND', 'CHARGEBACK', 'CANCELLATION')),
    reference text NOT NULL,
    order_id uuid,
    at timestamptz NOT NULL,
    -- An entry is posted once.
    CONSTRAINT ledger_entries_kind_reference_key UNIQUE (kind, reference)
);
CREATE INDEX ledger_entries_order_id_idx ON ledger_entries (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE ledger_lines (
    entry_id uuid NOT NULL CONSTRAINT ledger_lines_entry_id_fkey REFERENCES ledger_entries (id),
    position smallint NOT NULL,
    account text NOT NULL,
    side text NOT NULL CONSTRAINT ledger_lines_side_check CHECK (side IN ('DEBIT', 'CREDIT')),
    currency text NOT NULL CONSTRAINT ledger_lines_currency_check CHECK (length(currency) = 3),
    amount bigint NOT NULL CONSTRAINT ledger_lines_amount_check CHECK (amount > 0),
    PRIMARY KEY (entry_id, position)
);
CREATE INDEX ledger_lines_account_idx ON ledger_lines (account, currency);

-- All lines of an entry are inserted in one statement, so that checking the inserted rows proves the balance.
CREATE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added GROUP BY entry_id, currency
        HAVING sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END) <> 0
    ) THEN
        RAISE EXCEPTION 'debit and credit differ'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_lines_balance_check', TABLE = 'ledger_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_lines_balance AFTER INSERT ON ledger_lines
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_balance();

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only_check', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER ledger_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_lines
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
