CREATE SEQUENCE order_numbers START 1001;

-- Orders. `cart_id` and `channel_id` have no foreign keys: an order outlives its cart, and checking the channel would
-- lock one of few rows in every sale.
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    number bigint NOT NULL DEFAULT nextval('order_numbers') CONSTRAINT orders_number_key UNIQUE,
    -- One order per cart, however many callers complete it and whenever a process is killed.
    cart_id uuid NOT NULL CONSTRAINT orders_cart_id_key UNIQUE,
    token text NOT NULL,
    version integer NOT NULL CONSTRAINT orders_version_check CHECK (version > 0),
    channel_id uuid NOT NULL,
    customer_id uuid CONSTRAINT orders_customer_id_fkey REFERENCES customers (id) ON DELETE SET NULL,
    email text NOT NULL,
    status text NOT NULL CONSTRAINT orders_status_check CHECK (status IN (
        'PENDING_PAYMENT', 'OPEN', 'COMPLETED', 'CANCELED', 'EXPIRED')),
    payment_status text NOT NULL CONSTRAINT orders_payment_status_check CHECK (payment_status IN (
        'PENDING', 'AUTHORIZED', 'PARTIALLY_PAID', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED', 'FAILED')),
    fulfillment_status text NOT NULL CONSTRAINT orders_fulfillment_status_check CHECK (fulfillment_status IN (
        'UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'NOT_REQUIRED')),
    currency text NOT NULL CONSTRAINT orders_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    subtotal_net bigint NOT NULL,
    subtotal_gross bigint NOT NULL,
    discount_total bigint NOT NULL CONSTRAINT orders_discount_total_check CHECK (discount_total >= 0),
    shipping_net bigint NOT NULL,
    shipping_gross bigint NOT NULL,
    total_net bigint NOT NULL,
    total_gross bigint NOT NULL,
    -- Language, phone number, addresses, note, deliveries, promotions.
    body jsonb NOT NULL,
    cancel_reason text,
    placed_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Time at which an unpaid order expires.
    expires_at timestamptz,
    CONSTRAINT orders_subtotal_check CHECK (0 <= subtotal_net AND subtotal_net <= subtotal_gross),
    CONSTRAINT orders_shipping_check CHECK (0 <= shipping_net AND shipping_net <= shipping_gross),
    CONSTRAINT orders_total_check CHECK (0 <= total_net AND total_net <= total_gross),
    CONSTRAINT orders_expires_at_check CHECK ((expires_at IS NOT NULL) = (status = 'PENDING_PAYMENT'))
) WITH (fillfactor = 80);
ALTER SEQUENCE order_numbers OWNED BY orders.number;
CREATE INDEX orders_customer_id_idx ON orders (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_email_idx ON orders (lower(email) text_pattern_ops);
CREATE INDEX orders_status_idx ON orders (status, id);
CREATE INDEX orders_placed_at_idx ON orders (placed_at);

-- Order lines, with the prices and names at the time of the sale.
CREATE TABLE order_lines (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT order_lines_order_id_fkey REFERENCES orders (id),
    position integer NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
    fulfilled integer NOT NULL DEFAULT 0,
    currency text NOT NULL CONSTRAINT order_lines_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    unit_net bigint NOT NULL,
    unit_gross bigint NOT NULL,
    subtotal_net bigint NOT NULL,
    subtotal_gross bigint NOT NULL,
    total_net bigint NOT NULL,
    total_gross bigint NOT NULL,
    tax_class text NOT NULL,
    -- 1900 is 19 %.
    tax_basis_points bigint NOT NULL,
    requires_shipping boolean NOT NULL,
    -- Discounts, attributes, and stock needs.
    body jsonb NOT NULL,
    CONSTRAINT order_lines_position_key UNIQUE (order_id, position),
    -- No unit is fulfilled twice.
    CONSTRAINT order_lines_fulfilled_check CHECK (fulfilled BETWEEN 0 AND quantity),
    CONSTRAINT order_lines_total_check CHECK (0 <= total_net AND total_net <= total_gross)
) WITH (fillfactor = 90);

-- Units allocated to a line and not shipped yet, by location.
CREATE TABLE order_allocations (
    order_line_id uuid NOT NULL CONSTRAINT order_allocations_order_line_id_fkey REFERENCES order_lines (id),
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    order_id uuid NOT NULL CONSTRAINT order_allocations_order_id_fkey REFERENCES orders (id),
    quantity bigint NOT NULL CONSTRAINT order_allocations_quantity_check CHECK (quantity >= 0),
    PRIMARY KEY (order_line_id, variant_id, location_id)
);
CREATE INDEX order_allocations_order_id_idx ON order_allocations (order_id);

-- Events of orders.
CREATE TABLE order_events (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT order_events_order_id_fkey REFERENCES orders (id),
    kind text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX order_events_order_id_idx ON order_events (order_id, id);

-- Fulfillments.
CREATE TABLE fulfillments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT fulfillments_order_id_fkey REFERENCES orders (id),
    state text NOT NULL CONSTRAINT fulfillments_state_check CHECK (state IN ('SHIPPED')),
    tracking_number text,
    tracking_url text,
    actor text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT fulfillments_tracking_check CHECK (tracking_url IS NULL OR tracking_number IS NOT NULL)
);
CREATE INDEX fulfillments_order_id_idx ON fulfillments (order_id, id);

CREATE TABLE fulfillment_lines (
    fulfillment_id uuid NOT NULL CONSTRAINT fulfillment_lines_fulfillment_id_fkey REFERENCES fulfillments (id),
    order_line_id uuid NOT NULL CONSTRAINT fulfillment_lines_order_line_id_fkey REFERENCES order_lines (id),
    quantity integer NOT NULL CONSTRAINT fulfillment_lines_quantity_check CHECK (quantity > 0),
    PRIMARY KEY (fulfillment_id, order_line_id)
);
CREATE INDEX fulfillment_lines_order_line_id_idx ON fulfillment_lines (order_line_id);
