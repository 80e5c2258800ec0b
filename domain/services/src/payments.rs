//! Collecting money: routing a payment to gateways, learning what they decided, capture, void and refund.
//!
//! What we are about to do is written before a gateway is called, and no gateway is called inside a transaction. So
//! whatever is cut off in between is found again: by reference, or by repeating the call under the same key.

mod admin;
mod authorize;
mod capture;
mod create;
mod errors;
mod gateway;
mod jobs;
mod learn;
mod manual;
mod operation;
mod read;
mod refund;
mod registry;
mod resolve;
mod sandbox;
mod void;
mod webhook;

pub use self::{
    admin::{
        CreateRule, GatewayReport, GatewayState, balances, create_rule, delete_rule, gateways, ledger_count,
        ledger_entries, routing_rules, seed_rules,
    },
    capture::{capture, capture_all},
    create::{NewPayment, PayCart, create, create_for_cart},
    errors::{OperationError, PaymentError, RoutingRuleError},
    gateway::{AuthorizeRequest, ChargeRef, GatewayError, PaymentGateway, WebhookHeaders, WebhookMessage},
    jobs::{capture_job, refund_job, resolve_job, run_job, void_job},
    read::{attempts_of, payments_by_ids, payments_of_orders, refunds_of, transactions_of},
    refund::{RefundOrder, refund_order, refund_payment},
    registry::{DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, Gateways, GatewaysConfig, Timing},
    resolve::{look_again, resolve},
    void::{give_up, void},
    webhook::{Received, WebhookError, receive_webhook},
};
pub use persistence::{ledger::AccountBalance, payments::Refund};
