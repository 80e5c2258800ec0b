//! The tables of payments.

diesel::table! {
    /// Intents to collect an amount for a cart.
    payments (id) {
        /// Identifier.
        id -> Uuid,
        /// The cart it pays for.
        cart_id -> Uuid,
        /// The order the cart became.
        order_id -> Nullable<Uuid>,
        /// The place of sale.
        channel_id -> Uuid,
        /// Where the shopper is.
        country -> Nullable<Text>,
        /// How the shopper pays.
        method -> Text,
        /// The gateway of the attempt that counts.
        gateway -> Text,
        /// The currency of every amount.
        currency -> Text,
        /// What is to be collected.
        amount -> BigInt,
        /// Where it is.
        status -> Text,
        /// What was ever held.
        authorized_amount -> BigInt,
        /// What was taken.
        captured_amount -> BigInt,
        /// What was given back.
        refunded_amount -> BigInt,
        /// What the shopper's bank took back.
        charged_back_amount -> BigInt,
        /// What the shopper has to do.
        action -> Nullable<Jsonb>,
        /// Why it failed.
        failure -> Nullable<Text>,
        /// Whether it is voided when it turns up.
        is_unwanted -> Bool,
        /// Whether it is the one of its cart that counts; computed.
        is_active -> Bool,
        /// The caller's key.
        idempotency_key -> Nullable<Text>,
        /// A hash of the caller's request.
        input_hash -> Nullable<Bytea>,
        /// When it was created.
        created_at -> Timestamptz,
        /// When it last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Tries at gateways.
    payment_attempts (id) {
        /// Identifier.
        id -> Uuid,
        /// The payment.
        payment_id -> Uuid,
        /// Its place among the payment's attempts.
        number -> Integer,
        /// The gateway.
        gateway -> Text,
        /// What we call the charge.
        reference -> Text,
        /// What the gateway calls it.
        gateway_reference -> Nullable<Text>,
        /// What came of it.
        outcome -> Text,
        /// Why nothing came of it.
        failure -> Nullable<Text>,
        /// When the gateway was called.
        started_at -> Timestamptz,
        /// How long it took to answer, in milliseconds.
        latency_ms -> Nullable<Integer>,
        /// When it was decided.
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Money events at gateways.
    payment_transactions (id) {
        /// Identifier.
        id -> Uuid,
        /// The payment.
        payment_id -> Uuid,
        /// The attempt whose charge it changes.
        attempt_id -> Uuid,
        /// What happens to the money.
        kind -> Text,
        /// How far it is.
        status -> Text,
        /// The gateway.
        gateway -> Text,
        /// What the gateway calls it.
        gateway_reference -> Nullable<Text>,
        /// The key of whoever asked for it.
        idempotency_key -> Nullable<Text>,
        /// The currency.
        currency -> Text,
        /// How much.
        amount -> BigInt,
        /// Why it failed.
        failure -> Nullable<Text>,
        /// When it was written.
        created_at -> Timestamptz,
        /// When its status last changed.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Why money was given back, and who said so.
    refunds (id) {
        /// Identifier.
        id -> Uuid,
        /// The payment.
        payment_id -> Uuid,
        /// The transaction with the amount and the outcome.
        transaction_id -> Uuid,
        /// The order.
        order_id -> Nullable<Uuid>,
        /// Why.
        reason -> Nullable<Text>,
        /// Who said so.
        actor -> Text,
        /// When.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Which payments go to which gateways.
    payment_routing_rules (id) {
        /// Identifier.
        id -> Uuid,
        /// What staff call it.
        name -> Text,
        /// The higher, the earlier it is asked.
        priority -> Integer,
        /// Which payments fit.
        conditions -> Jsonb,
        /// The gateways, best first.
        gateways -> Array<Text>,
        /// When it was created.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What gateways have told us.
    gateway_webhook_events (gateway, event_id) {
        /// The gateway.
        gateway -> Text,
        /// The gateway's id of the message.
        event_id -> Text,
        /// What it was about.
        kind -> Text,
        /// When it came.
        received_at -> Timestamptz,
    }
}

diesel::joinable!(refunds -> payment_transactions (transaction_id));
diesel::allow_tables_to_appear_in_same_query!(refunds, payment_transactions);
