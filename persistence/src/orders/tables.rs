//! The tables of orders.

diesel::table! {
    /// Sales.
    orders (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// What people call it.
        number -> BigInt,
        /// The cart it was.
        cart_id -> Uuid,
        /// The secret that opens it to a guest.
        token -> Text,
        /// Counts the writes.
        version -> Integer,
        /// The place of sale.
        channel_id -> Uuid,
        /// The account that bought it.
        customer_id -> Nullable<Uuid>,
        /// Where messages go.
        email -> Text,
        /// Whether it is a deal.
        status -> Text,
        /// How far the money has come.
        payment_status -> Text,
        /// How far the goods have come.
        fulfillment_status -> Text,
        /// The currency of every amount.
        currency -> Text,
        /// Lines before discounts, without tax.
        subtotal_net -> BigInt,
        /// Lines before discounts, with tax.
        subtotal_gross -> BigInt,
        /// All reductions.
        discount_total -> BigInt,
        /// Delivery, without tax.
        shipping_net -> BigInt,
        /// Delivery, with tax.
        shipping_gross -> BigInt,
        /// Everything, without tax.
        total_net -> BigInt,
        /// Everything, with tax.
        total_gross -> BigInt,
        /// Everything else.
        body -> Jsonb,
        /// Why it was called off.
        cancel_reason -> Nullable<Text>,
        /// When it was placed.
        placed_at -> Timestamptz,
        /// When it last changed.
        updated_at -> Timestamptz,
        /// Until when an undecided payment is waited for.
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// What was sold.
    order_lines (id) {
        /// Identifier.
        id -> Uuid,
        /// The order.
        order_id -> Uuid,
        /// Its place in the order.
        position -> Integer,
        /// What was bought.
        variant_id -> Uuid,
        /// The product it belonged to.
        product_id -> Uuid,
        /// Stock keeping unit.
        sku -> Text,
        /// Name at the moment of sale.
        name -> Text,
        /// How many.
        quantity -> Integer,
        /// How many were sent.
        fulfilled -> Integer,
        /// The currency of every amount.
        currency -> Text,
        /// One unit, without tax.
        unit_net -> BigInt,
        /// One unit, with tax.
        unit_gross -> BigInt,
        /// All units before discounts, without tax.
        subtotal_net -> BigInt,
        /// All units before discounts, with tax.
        subtotal_gross -> BigInt,
        /// All units after discounts, without tax.
        total_net -> BigInt,
        /// All units after discounts, with tax.
        total_gross -> BigInt,
        /// The class that decided the tax rate.
        tax_class -> Text,
        /// The tax rate.
        tax_basis_points -> BigInt,
        /// Whether there is something to deliver.
        requires_shipping -> Bool,
        /// Everything else.
        body -> Jsonb,
    }
}

diesel::table! {
    /// Units promised to lines.
    order_allocations (order_line_id, variant_id, location_id) {
        /// The line.
        order_line_id -> Uuid,
        /// What is promised.
        variant_id -> Uuid,
        /// Where it lies.
        location_id -> Uuid,
        /// The order.
        order_id -> Uuid,
        /// How many are not sent yet.
        quantity -> BigInt,
    }
}

diesel::table! {
    /// Timelines.
    order_events (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// The order.
        order_id -> Uuid,
        /// What happened.
        kind -> Text,
        /// Whoever did it.
        actor -> Text,
        /// When.
        at -> Timestamptz,
    }
}

diesel::table! {
    /// Goods that left together.
    fulfillments (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// The order.
        order_id -> Uuid,
        /// Where the goods are.
        state -> Text,
        /// What the carrier calls it.
        tracking_number -> Nullable<Text>,
        /// Where the carrier shows it.
        tracking_url -> Nullable<Text>,
        /// Whoever sent it.
        actor -> Text,
        /// When it left.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What is in fulfilments.
    fulfillment_lines (fulfillment_id, order_line_id) {
        /// The fulfilment.
        fulfillment_id -> Uuid,
        /// The line of the order.
        order_line_id -> Uuid,
        /// How many.
        quantity -> Integer,
    }
}

diesel::joinable!(fulfillment_lines -> fulfillments (fulfillment_id));
diesel::allow_tables_to_appear_in_same_query!(fulfillments, fulfillment_lines);
