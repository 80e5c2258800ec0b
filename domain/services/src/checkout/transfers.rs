//! Limits on unpaid orders by bank transfer. Nothing else keeps a stranger from reserving all stock without paying.

use model::{
    Network,
    orders::{OrderStatus, PlacedOrder, TransferSubjects},
    payments::{Payment, PaymentMethod},
};
use persistence::{Conn, orders};

use super::CompleteError;
use crate::{abuse::AbuseConfig, secrets};

/// Counts an order that waits for a bank transfer for its e-mail address and network; other orders pass. Call it in the
/// transaction that placed the order, which a refusal rolls back.
pub(super) async fn admit(
    conn: &mut Conn,
    limits: &AbuseConfig,
    network: Option<Network>,
    placed: &PlacedOrder,
    payment: Option<&Payment>,
) -> Result<(), CompleteError> {
    let order = &placed.order;
    let is_transfer = payment.is_some_and(|payment| payment.method == PaymentMethod::BankTransfer);
    let Some(expires_at) = order.expires_at.filter(|_| is_transfer && order.status == OrderStatus::PendingPayment)
    else {
        return Ok(());
    };
    let digest = |kind: &str, subject: &str| secrets::digest(format!("transfer {kind} {subject}")).to_string();
    let subjects = TransferSubjects {
        email: digest("email", &order.email.to_lowercase()),
        network: network.map(|network| digest("network", &network.to_string())),
    };
    let units: i64 = placed.stock_needs().iter().map(|need| need.quantity).sum();
    let (of_email, of_network) = orders::lock_unpaid_transfers(conn, &subjects).await?;
    limits.transfers_per_email.admit(of_email, units)?;
    if subjects.network.is_some() {
        limits.transfers_per_network.admit(of_network, units)?;
    }
    Ok(orders::insert_unpaid_transfer(conn, order.id, &subjects, units, expires_at).await?)
}
