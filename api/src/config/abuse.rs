//! Limits on abuse of the shop.

use clap::Args;
use model::orders::TransferLimits;
use services::abuse::AbuseConfig;

/// The limits on abuse of the shop. Those of networks are shared by everybody behind one address.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits on abuse")]
pub struct AbuseArgs {
    /// Wrong discount codes that are accepted from one network address in an hour.
    #[arg(long, env = "MERCATOR_CODES_PER_NETWORK", default_value_t = AbuseConfig::default().codes_per_network, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    codes_per_network: u32,
    /// Wrong tokens of orders that are accepted from one network address in an hour.
    #[arg(long, env = "MERCATOR_ORDER_TOKENS_PER_NETWORK", default_value_t = AbuseConfig::default().order_tokens_per_network, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    order_tokens_per_network: u32,
    /// Declined payments that are accepted from one network address in an hour.
    #[arg(long, env = "MERCATOR_DECLINES_PER_NETWORK", default_value_t = AbuseConfig::default().declines_per_network, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    declines_per_network: u32,
    /// Unpaid orders by bank transfer of one e-mail address.
    #[arg(long, env = "MERCATOR_TRANSFER_ORDERS_PER_EMAIL", default_value_t = AbuseConfig::default().transfers_per_email.orders)]
    transfer_orders_per_email: u32,
    /// Units in unpaid orders by bank transfer of one e-mail address.
    #[arg(long, env = "MERCATOR_TRANSFER_UNITS_PER_EMAIL", default_value_t = AbuseConfig::default().transfers_per_email.units)]
    transfer_units_per_email: u32,
    /// Unpaid orders by bank transfer of one network address.
    #[arg(long, env = "MERCATOR_TRANSFER_ORDERS_PER_NETWORK", default_value_t = AbuseConfig::default().transfers_per_network.orders)]
    transfer_orders_per_network: u32,
    /// Units in unpaid orders by bank transfer of one network address.
    #[arg(long, env = "MERCATOR_TRANSFER_UNITS_PER_NETWORK", default_value_t = AbuseConfig::default().transfers_per_network.units)]
    transfer_units_per_network: u32,
}

impl AbuseArgs {
    /// The limits.
    pub(super) const fn limits(&self) -> AbuseConfig {
        AbuseConfig {
            codes_per_network: self.codes_per_network,
            order_tokens_per_network: self.order_tokens_per_network,
            declines_per_network: self.declines_per_network,
            transfers_per_email: TransferLimits {
                orders: self.transfer_orders_per_email,
                units: self.transfer_units_per_email,
            },
            transfers_per_network: TransferLimits {
                orders: self.transfer_orders_per_network,
                units: self.transfer_units_per_network,
            },
        }
    }
}
