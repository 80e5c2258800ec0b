//! A refusal for good: nobody pays and is refused.

use model::ids::CartId;
use persistence::{carts, db::Transactions as _, jobs, payments};

use super::jobs::void_job;
use crate::{App, ServiceError, ServiceResult, bus::Topic};

/// Lets go of the payment of a cart that did not become an order: what is held is released, now or when it turns up.
/// Safe to repeat; nothing happens when the cart became an order after all.
pub(super) async fn give_up(app: &App, id: CartId) -> ServiceResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        let cart = carts::lock(conn, id).await?;
        if cart.is_some_and(|cart| cart.order.is_some()) {
            return Ok(());
        }
        let Some(payment) = payments::lock_active_for_cart(conn, id).await? else { return Ok(()) };
        payments::mark_unwanted(conn, payment.id, now).await?;
        Ok(jobs::enqueue(conn, &[void_job(payment.id, now)]).await?)
    })
    .await?;
    app.bus.publish(Topic::Jobs);
    Ok(())
}
