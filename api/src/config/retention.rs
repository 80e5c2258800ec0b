//! Settings of the retention of personal data.

use chrono::TimeDelta;
use clap::Args;
use services::privacy::RetentionConfig;

/// The periods after which personal data is deleted, in days. Zero keeps it forever.
#[derive(Debug, Clone, Args)]
pub struct RetentionArgs {
    /// Days from the placement of an order until a finished order loses email address, phone numbers, note and delivery
    /// address; 0 keeps them.
    #[arg(long = "keep-order-contacts-days", env = "MERCATOR_KEEP_ORDER_CONTACTS_DAYS", default_value_t = 730, value_parser = days())]
    order_contacts: i64,
    /// Days from the placement of an order until it also loses the invoice address; 0 keeps it. The default is ten years,
    /// the longest period for which a country of the EU requires invoices.
    #[arg(long = "keep-order-buyers-days", env = "MERCATOR_KEEP_ORDER_BUYERS_DAYS", default_value_t = 3_653, value_parser = days())]
    order_buyers: i64,
    /// Days that entries of the audit log are kept; 0 keeps them.
    #[arg(long = "keep-audit-days", env = "MERCATOR_KEEP_AUDIT_DAYS", default_value_t = 730, value_parser = days())]
    audit_log: i64,
}

fn days() -> clap::builder::RangedI64ValueParser<i64> {
    clap::value_parser!(i64).range(0..=36_500)
}

impl RetentionArgs {
    /// The periods.
    pub(super) fn config(&self) -> RetentionConfig {
        let period = |days: i64| (days > 0).then(|| TimeDelta::days(days));
        RetentionConfig {
            order_contacts: period(self.order_contacts),
            order_buyers: period(self.order_buyers),
            audit_log: period(self.audit_log),
        }
    }
}
