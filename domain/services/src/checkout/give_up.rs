//! A refusal for good: nobody pays and is refused.

use model::{
    ids::{CartId, PaymentId},
    payments::Payment,
};
use persistence::{carts, db::Transactions as _, jobs, payments};

use crate::{App, ServiceError, ServiceResult, bus::Topic, payments::void_job};

/// Lets go of the payment that a cart was refused with: what is held is released, now or when it turns up. Safe to
/// repeat; nothing happens when the cart became an order after all, or when another payment has taken the place.
pub(super) async fn give_up(app: &App, id: CartId, refused: PaymentId) -> ServiceResult<()> {
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
        payments::mark_unwanted(conn, payment.id, now).await?;
        Ok(jobs::enqueue(conn, &[void_job(payment.id, now)]).await?)
    })
    .await?;
    app.bus.publish(Topic::Jobs);
    Ok(())
}
