//! Payments: routing to gateways, authorization, capture, void and refund, and merging what gateways report.
//!
//! Each operation is recorded before its gateway call, and no gateway is called inside a transaction. An interrupted
//! operation is resolved later: by querying the charge, or by repeating the call with the same key.

mod admin;
mod alert_counts;
mod alerts;
mod authorize;
mod capture;
mod charge_update;
mod create;
mod errors;
mod follow_up;
mod gateway;
mod manual;
mod operation;
mod query;
mod read;
mod receipt;
mod refund;
mod registry;
mod replay;
mod request;
mod return_url;
mod sandbox;
mod update;
mod void;

pub use self::{
    admin::{
        CreateRule, GatewayReport, GatewayState, authorize_reconciliations, balances, create_rule, delete_rule,
        gateways, import_rules, ledger_count, ledger_entries, routing_rules,
    },
    capture::{capture, capture_all},
    create::{create, create_for_cart},
    errors::{
        OperationError, OperationRule, PaymentError, PaymentRule, ReceiptError, ReceiptRule, RoutingRefused,
        RoutingRuleError,
    },
    gateway::{
        AuthorizeRequest, ChargeQuery, ChargeRef, GatewayError, HeaderLookup, InvalidWebhook, PaymentGateway,
        WebhookMessage,
    },
    read::{attempts_of, payments_by_ids, payments_of_orders, refunds_of, transactions_of},
    receipt::{MarkPaid, instructions_of, mark_paid},
    refund::{RefundOrder, refund_order, refund_payment},
    registry::{DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, Gateways, GatewaysConfig, InvalidGateway, Timing},
    request::{NewPayment, PayCart},
    sandbox::Sandbox,
    void::void,
};
pub(crate) use self::{
    alerts::record_unreadable,
    charge_update::{ChargeUpdate, Source},
    operation::execute,
    query::{elapsed, query_gateways},
    read::get_record,
    refund::refund_unowed,
    update::{UpdateError, apply_update},
    void::void_unwanted,
};
pub use model::ledger::AccountBalance;
pub use persistence::payments::Refund;
