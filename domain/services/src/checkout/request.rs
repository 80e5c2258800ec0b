//! The input of completing a cart, and its idempotency key.

use model::{
    IdempotencyKey, Network,
    access::Actor,
    ids::{CartId, OrderId},
};
use persistence::Conn;

use super::CompleteError;
use crate::idempotency::{self, Keyed};

/// Input of [`super::complete`].
#[derive(Debug, Clone)]
pub struct CompleteCart {
    /// The cart.
    pub cart_id: CartId,
    /// The version the caller last saw.
    pub expected_version: Option<i32>,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The network of the client, whose unpaid orders are limited; none if it is not known.
    pub network: Option<Network>,
}

/// The idempotency key of a completion, if the caller sent one. The order of a repeated request is found by its cart, so
/// that the key only has to prevent its use with another request.
pub(super) struct CompletionKey(Option<Keyed>);

impl CompletionKey {
    /// The key of a request.
    pub fn of(actor: &Actor, input: &CompleteCart) -> Result<Self, CompleteError> {
        let request = (input.cart_id, input.expected_version);
        let keyed = Keyed::of_cart("cartComplete", actor, input.cart_id, input.idempotency_key.as_ref(), &request)?;
        Ok(Self(keyed))
    }

    /// Reports a reused key before any problem with the cart. A customer's key counts for all their carts; a guest's only
    /// within this cart, so that [`Self::keep`] suffices.
    pub async fn reject_if_reused(&self, conn: &mut Conn, actor: &Actor) -> Result<(), CompleteError> {
        if *actor != Actor::Anonymous {
            let _: Option<OrderId> = idempotency::look(conn, self.0.as_ref()).await?;
        }
        Ok(())
    }

    /// Keeps the order under the key. In the transaction that places the order, a reused key rolls everything back.
    pub async fn keep(&self, conn: &mut Conn, order: OrderId) -> Result<(), CompleteError> {
        let _: Option<OrderId> = idempotency::begin_with(conn, self.0.as_ref(), &order).await?;
        Ok(())
    }
}
