//! The tables of payments.

diesel::table! {
    /// Payments of carts.
    payments (id) {
        /// The identifier.
        id -> Uuid,
        /// The cart.
        cart_id -> Uuid,
        /// The order of the completed cart.
        order_id -> Nullable<Uuid>,
        /// The channel.
        channel_id -> Uuid,
        /// The country of the shopper.
        country -> Nullable<Text>,
        /// The payment method.
        method -> Text,
        /// The gateway of the current attempt.
        gateway -> Text,
        /// The currency of all amounts.
        currency -> Text,
        /// The amount to collect.
        amount -> BigInt,
        /// The status.
        status -> Text,
        /// The authorized amount.
        authorized_amount -> BigInt,
        /// The captured amount.
        captured_amount -> BigInt,
        /// The refunded amount.
        refunded_amount -> BigInt,
        /// The charged-back amount.
        charged_back_amount -> BigInt,
        /// The action required from the shopper.
        action -> Nullable<Jsonb>,
        /// The reason of the failure.
        failure -> Nullable<Text>,
        /// True if a late authorization must be voided.
        is_unwanted -> Bool,
        /// True if it is the active payment of its cart; a generated column.
        is_active -> Bool,
        /// The keys of the counters of declines; empty once the payment is decided.
        decline_keys -> Array<Text>,
        /// The idempotency key.
        idempotency_key -> Nullable<Text>,
        /// A hash of the request.
        input_hash -> Nullable<Bytea>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last change.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Attempts at gateways.
    payment_attempts (id) {
        /// The identifier.
        id -> Uuid,
        /// The payment.
        payment_id -> Uuid,
        /// The number among the attempts of the payment.
        number -> Integer,
        /// The gateway.
        gateway -> Text,
        /// Our reference of the charge.
        reference -> Text,
        /// The gateway's reference.
        gateway_reference -> Nullable<Text>,
        /// The outcome.
        outcome -> Text,
        /// The reason of the failure.
        failure -> Nullable<Text>,
        /// Time of the call.
        started_at -> Timestamptz,
        /// The response time in milliseconds.
        latency_ms -> Nullable<Integer>,
        /// Time at which it was decided.
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Captures, voids, refunds and chargebacks.
    payment_transactions (id) {
        /// The identifier.
        id -> Uuid,
        /// The payment.
        payment_id -> Uuid,
        /// The attempt of the charge.
        attempt_id -> Uuid,
        /// The kind of transaction.
        kind -> Text,
        /// The status.
        status -> Text,
        /// The gateway.
        gateway -> Text,
        /// The gateway's reference.
        gateway_reference -> Nullable<Text>,
        /// The idempotency key of the operation.
        idempotency_key -> Nullable<Text>,
        /// The currency.
        currency -> Text,
        /// The amount.
        amount -> BigInt,
        /// The reason of the failure.
        failure -> Nullable<Text>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last change of the status.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Refunds: their reason and the actor who requested them.
    refunds (id) {
        /// The identifier.
        id -> Uuid,
        /// The payment.
        payment_id -> Uuid,
        /// The transaction that moves the money.
        transaction_id -> Uuid,
        /// The order of the list.
        order_id -> Nullable<Uuid>,
        /// The reason.
        reason -> Nullable<Text>,
        /// The actor who requested it.
        actor -> Text,
        /// The time of the event.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Routing rules.
    payment_routing_rules (id) {
        /// The identifier.
        id -> Uuid,
        /// The name shown to staff.
        name -> Text,
        /// Rules of higher priority are evaluated first.
        priority -> Integer,
        /// The conditions of the rule.
        conditions -> Jsonb,
        /// The gateways in order of preference.
        gateways -> Array<Text>,
        /// Time of creation.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Received webhooks.
    gateway_webhook_events (gateway, event_id) {
        /// The gateway.
        gateway -> Text,
        /// The gateway's id of the webhook.
        event_id -> Text,
        /// The kind of event.
        kind -> Text,
        /// Time of receipt.
        received_at -> Timestamptz,
    }
}

diesel::joinable!(refunds -> payment_transactions (transaction_id));
diesel::allow_tables_to_appear_in_same_query!(refunds, payment_transactions);
