//! Merging two carts, in one transaction that locks both in the order of their ids.

use model::{
    Timestamp,
    access::Actor,
    cart::{Cart, CartError},
    ids::CartId,
};
use persistence::{Conn, carts, db::Transactions as _};

use super::{CartChangeError, CartRefused, account::fill_in};
use crate::{App, bus::Topic};

/// Input of [`merge_carts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeCarts {
    /// The cart whose lines move; it can no longer be changed afterwards.
    pub from: CartId,
    /// The cart that gets the lines.
    pub into: CartId,
    /// The version of `into` that the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
}

/// Moves the lines of one cart into another. Repeating it changes nothing.
///
/// # Errors
/// [`CartChangeError`] if the carts cannot be merged.
pub async fn merge_carts(app: &App, actor: &Actor, input: MergeCarts) -> Result<Cart, CartChangeError> {
    if input.from == input.into {
        return Err(CartRefused::at(CartError::CannotMerge, &["fromCartId"]).into());
    }
    let now = app.clock.now();
    let lifetime = app.settings.current(&app.db).await?.shop.cart_lifetime();
    let mut conn = app.db.write().await?;
    let (cart, has_changed) = conn
        .transaction::<_, CartChangeError, _>(async |conn| {
            let mut pair = Pair::lock(conn, actor, input, now).await?;
            let is_claimed = pair.into.customer.is_none();
            let has_changed = pair.merge(actor, input.expected_version, now)?;
            if has_changed {
                pair.into.extend(lifetime, now);
                if is_claimed {
                    // After the merge, so that details that the guest entered in either cart stay.
                    fill_in(conn, &mut pair.into).await?;
                }
                carts::save(conn, &pair.from, pair.from.version - 1).await?;
                carts::save(conn, &pair.into, pair.into.version - 1).await?;
            }
            Ok((pair.into, has_changed))
        })
        .await?;
    if has_changed {
        app.bus.publish(Topic::Cart(input.from));
        app.bus.publish(Topic::Cart(input.into));
    }
    Ok(cart)
}

/// The two carts, locked.
struct Pair {
    from: Cart,
    into: Cart,
}

impl Pair {
    async fn lock(conn: &mut Conn, actor: &Actor, input: MergeCarts, now: Timestamp) -> Result<Self, CartChangeError> {
        let mut found = carts::lock_both(conn, input.from, input.into).await?;
        found.retain(|cart| cart.is_visible_to(actor, now));
        let mut take = |id: CartId, field: &str| {
            let at = found.iter().position(|cart| cart.id == id);
            at.map(|at| found.swap_remove(at)).ok_or_else(|| CartRefused::at(CartError::NotFound, &[field]))
        };
        Ok(Self { from: take(input.from, "fromCartId")?, into: take(input.into, "intoCartId")? })
    }

    fn merge(&mut self, actor: &Actor, expected: Option<i32>, now: Timestamp) -> Result<bool, CartChangeError> {
        let is_repeated = self.from.merged_into == Some(self.into.id);
        if !is_repeated {
            let refuse = |error| CartRefused::at(error, &["expectedVersion"]);
            self.into.require_version(expected).map_err(refuse)?;
            self.from.assign_to(actor);
            self.into.assign_to(actor);
        }
        Ok(self.into.merge(&mut self.from, now)?)
    }
}
