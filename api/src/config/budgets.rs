//! Budgets of clients, and limits on what they keep open.

use clap::{Args, ValueEnum};
use services::budgets::{Budget, BudgetsConfig};

use crate::held;

/// A switch of one setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// The budgets of clients. Costs are those of GraphQL operations, as every response reports them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Budgets of clients")]
pub struct BudgetArgs {
    /// Enforce the budgets and limits of clients. Turn them off for benchmarks.
    #[arg(long, env = "MERCATOR_BUDGETS", value_enum, default_value = "on")]
    budgets: Switch,
    /// Budget of a network (an IPv4 address or IPv6 /64): cost per second, and cost at once. Anonymous callers and customers
    /// share it.
    #[arg(long, env = "MERCATOR_BUDGET_NETWORK", value_name = "PER_SECOND:AT_ONCE", default_value_t = BudgetsConfig::NETWORK)]
    budget_network: Budget,
    /// Budget of a customer, in addition to that of the network.
    #[arg(long, env = "MERCATOR_BUDGET_CUSTOMER", value_name = "PER_SECOND:AT_ONCE", default_value_t = BudgetsConfig::CUSTOMER)]
    budget_customer: Budget,
    /// Budget of an API token.
    #[arg(long, env = "MERCATOR_BUDGET_TOKEN", value_name = "PER_SECOND:AT_ONCE", default_value_t = BudgetsConfig::TOKEN)]
    budget_token: Budget,
    /// Budget of a member of staff.
    #[arg(long, env = "MERCATOR_BUDGET_STAFF", value_name = "PER_SECOND:AT_ONCE", default_value_t = BudgetsConfig::STAFF)]
    budget_staff: Budget,
    /// Open `WebSockets` of one network, per process.
    #[arg(long, env = "MERCATOR_MAX_WEBSOCKETS", default_value_t = held::MAX_WEBSOCKETS)]
    max_websockets: u32,
    /// Running subscriptions of one network, per process.
    #[arg(long, env = "MERCATOR_MAX_SUBSCRIPTIONS", default_value_t = held::MAX_SUBSCRIPTIONS)]
    max_subscriptions: u32,
}

impl BudgetArgs {
    /// The budgets.
    #[must_use]
    pub fn budgets(&self) -> BudgetsConfig {
        BudgetsConfig {
            is_on: self.budgets == Switch::On,
            network: self.budget_network,
            customer: self.budget_customer,
            token: self.budget_token,
            staff: self.budget_staff,
        }
    }

    /// The limits on what clients keep open.
    #[must_use]
    pub const fn held(&self) -> held::Limits {
        held::Limits { websockets: self.max_websockets, subscriptions: self.max_subscriptions }
    }
}
