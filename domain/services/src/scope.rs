//! Use cases on objects of a channel, by actors whose permissions can be limited to channels. An object outside of the
//! channels of the actor is treated as absent. The channel of an order or payment never changes, so that it can be read
//! before the transaction; for a permission in every channel nothing is read.

use model::{
    access::{AccessError, Actor, ChannelScope, Permission},
    ids::{ChannelId, OrderId, PaymentId},
};
use persistence::{orders, payments};

use crate::{App, ServiceResult};

/// True if the actor holds the permission in the channel of the order.
///
/// # Errors
/// [`crate::ServiceError::Access`] if the actor holds it in no channel.
pub(crate) async fn admits_order(app: &App, actor: &Actor, permission: Permission, id: OrderId) -> ServiceResult<bool> {
    let scope = actor.channels_with(permission)?;
    if scope == ChannelScope::All {
        return Ok(true);
    }
    let channel = orders::channel_of(&mut *app.db.read().await?, id).await?;
    Ok(channel.is_some_and(|channel| scope.contains(channel)))
}

/// True if the actor holds the permission in the channel of the payment.
///
/// # Errors
/// [`crate::ServiceError::Access`] if the actor holds it in no channel.
pub(crate) async fn admits_payment(
    app: &App,
    actor: &Actor,
    permission: Permission,
    id: PaymentId,
) -> ServiceResult<bool> {
    let scope = actor.channels_with(permission)?;
    if scope == ChannelScope::All {
        return Ok(true);
    }
    let channel = payments::channel_of(&mut *app.db.read().await?, id).await?;
    Ok(channel.is_some_and(|channel| scope.contains(channel)))
}

/// The channels in which the actor holds one of two permissions.
pub(crate) struct EitherScope {
    scopes: [Option<ChannelScope>; 2],
}

impl EitherScope {
    /// The scope of an actor.
    ///
    /// # Errors
    /// [`AccessError`] if the actor holds neither permission.
    pub(crate) fn of(actor: &Actor, permissions: [Permission; 2]) -> Result<Self, AccessError> {
        let [one, other] = permissions.map(|permission| actor.channels_with(permission));
        match (one, other) {
            (Err(_), Err(error)) => Err(error),
            (one, other) => Ok(Self { scopes: [one.ok(), other.ok()] }),
        }
    }

    /// True if one of the permissions holds in the channel.
    pub(crate) fn contains(&self, channel: ChannelId) -> bool {
        self.scopes.iter().flatten().any(|scope| scope.contains(channel))
    }
}
