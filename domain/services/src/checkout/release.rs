//! Releasing the payment of a cart that was refused.

use model::{
    ids::{CartId, PaymentId},
    payments::Payment,
};
use persistence::{carts, db::Transactions as _, payments};

use crate::{
    App, ServiceError, ServiceResult,
    bus::Topic,
    jobs::{self, release_payment},
};

/// Releases the payment that a cart was refused with. Safe to repeat; does nothing if the cart became an order after all,
/// or if another payment has replaced this one.
pub(super) async fn release_refused(app: &App, id: CartId, refused: PaymentId) -> ServiceResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        let cart = carts::lock(conn, id).await?;
        if cart.is_some_and(|cart| cart.order.is_some()) {
            return Ok(());
        }
        let active = payments::lock_active_for_cart(conn, id).await?;
        let is_refused = |payment: &Payment| payment.id == refused && payment.order_id.is_none();
        let Some(payment) = active.filter(is_refused) else { return Ok(()) };
        let release = release_payment(conn, &payment, now).await?;
        Ok(jobs::enqueue(conn, &[release]).await?)
    })
    .await?;
    app.bus.publish(Topic::Jobs);
    Ok(())
}
