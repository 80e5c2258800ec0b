//! Reading payments.

use std::collections::HashMap;

use model::{
    access::{AccessError, Actor, Permission},
    ids::{OrderId, PaymentId},
    payments::{Payment, PaymentAttempt, PaymentRecord, PaymentTransaction},
};
use persistence::{
    StoreError,
    payments::{self as store, Refund},
};

use crate::{App, ServiceResult, scope::EitherScope};

/// A payment with its attempts and transactions, for use cases.
///
/// # Errors
/// [`StoreError::NotFound`], or another error of the database.
pub(crate) async fn get_record(app: &App, id: PaymentId) -> ServiceResult<PaymentRecord> {
    let mut conn = app.db.read().await?;
    Ok(store::find_record(&mut conn, id).await?.ok_or(StoreError::NotFound)?)
}

/// The payments of orders may be read with the permission for payments or for orders, in the channel of the payment.
fn readable(actor: &Actor) -> Result<EitherScope, AccessError> {
    EitherScope::of(actor, [Permission::OrdersRead, Permission::PaymentsRead])
}

/// Payments by id.
///
/// # Errors
/// [`crate::ServiceError`] without the permission, or if the database fails.
pub async fn payments_by_ids(
    app: &App,
    actor: &Actor,
    ids: &[PaymentId],
) -> ServiceResult<HashMap<PaymentId, Payment>> {
    let scope = readable(actor)?;
    let mut found = store::by_ids(&mut *app.db.read().await?, ids).await?;
    found.retain(|_, payment| scope.contains(payment.channel_id));
    Ok(found)
}

/// The payments of orders, oldest first.
///
/// # Errors
/// [`crate::ServiceError`] without the permission, or if the database fails.
pub async fn payments_of_orders(
    app: &App,
    actor: &Actor,
    orders: &[OrderId],
) -> ServiceResult<HashMap<OrderId, Vec<Payment>>> {
    let scope = readable(actor)?;
    let mut found = store::by_orders(&mut *app.db.read().await?, orders).await?;
    for payments in found.values_mut() {
        payments.retain(|payment| scope.contains(payment.channel_id));
    }
    Ok(found)
}

/// The attempts of payments, in order.
///
/// # Errors
/// [`crate::ServiceError`] without the permission, or if the database fails.
pub async fn attempts_of(
    app: &App,
    actor: &Actor,
    payments: &[PaymentId],
) -> ServiceResult<HashMap<PaymentId, Vec<PaymentAttempt>>> {
    readable(actor)?;
    Ok(store::attempts_of(&mut *app.db.read().await?, payments).await?)
}

/// The transactions of payments, oldest first.
///
/// # Errors
/// [`crate::ServiceError`] without the permission, or if the database fails.
pub async fn transactions_of(
    app: &App,
    actor: &Actor,
    payments: &[PaymentId],
) -> ServiceResult<HashMap<PaymentId, Vec<PaymentTransaction>>> {
    readable(actor)?;
    Ok(store::transactions_of(&mut *app.db.read().await?, payments).await?)
}

/// The refunds of payments, oldest first.
///
/// # Errors
/// [`crate::ServiceError`] without the permission, or if the database fails.
pub async fn refunds_of(
    app: &App,
    actor: &Actor,
    payments: &[PaymentId],
) -> ServiceResult<HashMap<PaymentId, Vec<Refund>>> {
    readable(actor)?;
    Ok(store::refunds_of(&mut *app.db.read().await?, payments).await?)
}
