//! The tables of orders.

diesel::table! {
    /// Orders.
    orders (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The order number.
        number -> BigInt,
        /// The order number in the format of its time, which a trigger writes; null in orders of earlier versions.
        number_text -> Nullable<Text>,
        /// The completed cart.
        cart_id -> Uuid,
        /// The secret with which a guest accesses the order.
        token -> Text,
        /// The number of writes.
        version -> Integer,
        /// The channel.
        channel_id -> Uuid,
        /// The customer, if logged in.
        customer_id -> Nullable<Uuid>,
        /// The e-mail address.
        email -> Text,
        /// The status.
        status -> Text,
        /// The payment status.
        payment_status -> Text,
        /// The fulfillment status.
        fulfillment_status -> Text,
        /// The currency of all amounts.
        currency -> Text,
        /// The sum of lines before discounts, without tax.
        subtotal_net -> BigInt,
        /// The sum of lines before discounts, with tax.
        subtotal_gross -> BigInt,
        /// The sum of all discounts.
        discount_total -> BigInt,
        /// The delivery costs without tax.
        shipping_net -> BigInt,
        /// The delivery costs with tax.
        shipping_gross -> BigInt,
        /// The total without tax.
        total_net -> BigInt,
        /// The total with tax.
        total_gross -> BigInt,
        /// All fields that are never searched.
        body -> Jsonb,
        /// Tags of staff.
        tags -> Array<Text>,
        /// The reason of the cancellation.
        cancel_reason -> Nullable<Text>,
        /// Time of the placement.
        placed_at -> Timestamptz,
        /// Time of the last change.
        updated_at -> Timestamptz,
        /// Time at which an unpaid order expires.
        expires_at -> Nullable<Timestamptz>,
        /// Time at which the buyer was erased; null when nothing is left to remove.
        erasure_requested_at -> Nullable<Timestamptz>,
        /// Time at which contact data, delivery address and token were removed.
        contact_removed_at -> Nullable<Timestamptz>,
        /// Time at which the invoice address was removed.
        buyer_removed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Order lines.
    order_lines (id) {
        /// The identifier.
        id -> Uuid,
        /// The order of the list.
        order_id -> Uuid,
        /// The position in the order.
        position -> Integer,
        /// The variant.
        variant_id -> Uuid,
        /// The product of the variant.
        product_id -> Uuid,
        /// The stock keeping unit.
        sku -> Text,
        /// The name at the time of the sale.
        name -> Text,
        /// The number of units.
        quantity -> Integer,
        /// The fulfilled units.
        fulfilled -> Integer,
        /// The currency of all amounts.
        currency -> Text,
        /// The unit price without tax.
        unit_net -> BigInt,
        /// The unit price with tax.
        unit_gross -> BigInt,
        /// The line total before discounts, without tax.
        subtotal_net -> BigInt,
        /// The line total before discounts, with tax.
        subtotal_gross -> BigInt,
        /// The line total after discounts, without tax.
        total_net -> BigInt,
        /// The line total after discounts, with tax.
        total_gross -> BigInt,
        /// The tax class.
        tax_class -> Text,
        /// True if the line is delivered physically.
        requires_shipping -> Bool,
        /// All fields that are never searched.
        body -> Jsonb,
        /// The tax rate in millionths: 190000 is 19 %.
        tax_millionths -> BigInt,
    }
}

diesel::table! {
    /// Allocations of lines.
    order_allocations (order_line_id, variant_id, location_id) {
        /// The order line.
        order_line_id -> Uuid,
        /// The variant.
        variant_id -> Uuid,
        /// The stock location.
        location_id -> Uuid,
        /// The order of the list.
        order_id -> Uuid,
        /// The units that are not shipped yet.
        quantity -> BigInt,
    }
}

diesel::table! {
    /// Events of orders.
    order_events (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The order of the list.
        order_id -> Uuid,
        /// The kind of event.
        kind -> Text,
        /// The actor.
        actor -> Text,
        /// The time of the event.
        at -> Timestamptz,
        /// Amount, tracking, changed values.
        details -> Jsonb,
    }
}

diesel::table! {
    /// Notes of staff.
    order_notes (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The order.
        order_id -> Uuid,
        /// The text.
        text -> Text,
        /// The actor.
        actor -> Text,
        /// Time of creation.
        at -> Timestamptz,
    }
}

diesel::table! {
    /// Fulfillments.
    fulfillments (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The order of the list.
        order_id -> Uuid,
        /// The state.
        state -> Text,
        /// The tracking number.
        tracking_number -> Nullable<Text>,
        /// The tracking URL.
        tracking_url -> Nullable<Text>,
        /// The actor.
        actor -> Text,
        /// Time of creation.
        created_at -> Timestamptz,
        /// The carrier.
        carrier -> Nullable<Text>,
        /// The tracking of the parcels after the first.
        further_trackings -> Jsonb,
        /// The location that staff chose.
        location_id -> Nullable<Uuid>,
        /// Time of the last change.
        updated_at -> Nullable<Timestamptz>,
        /// Time of the delivery.
        delivered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// The units of fulfillments by the location that they left.
    fulfillment_allocations (fulfillment_id, order_line_id, variant_id, location_id) {
        /// The fulfillment.
        fulfillment_id -> Uuid,
        /// The order line.
        order_line_id -> Uuid,
        /// The variant.
        variant_id -> Uuid,
        /// The stock location.
        location_id -> Uuid,
        /// The number of units.
        quantity -> BigInt,
    }
}

diesel::table! {
    /// The lines of fulfillments.
    fulfillment_lines (fulfillment_id, order_line_id) {
        /// The fulfillment.
        fulfillment_id -> Uuid,
        /// The order line.
        order_line_id -> Uuid,
        /// The number of units.
        quantity -> Integer,
    }
}

diesel::joinable!(fulfillment_lines -> fulfillments (fulfillment_id));
diesel::allow_tables_to_appear_in_same_query!(fulfillments, fulfillment_lines);
