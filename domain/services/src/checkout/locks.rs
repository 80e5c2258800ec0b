//! Serializes the completions of one cart within this process.

use std::sync::Arc;

use model::ids::CartId;
use tokio::sync::{Mutex, MutexGuard};

/// Carts that share a lock wait for each other, which is rare with this many and does no harm.
const LOCKS: u128 = 256;

/// Serializes concurrent completions of one cart before they take a database connection: if they waited for the cart's row
/// instead, a few impatient clients would hold the whole pool. A constraint, not this lock, guarantees one order per cart.
#[derive(Clone)]
pub struct CartLocks(Arc<[Mutex<()>]>);

impl CartLocks {
    /// Locks a cart until the guard is dropped.
    #[expect(clippy::indexing_slicing, reason = "the remainder is below the number of locks")]
    pub(super) async fn lock(&self, cart: CartId) -> MutexGuard<'_, ()> {
        let at = usize::try_from(cart.uuid().as_u128() % LOCKS).unwrap_or_default();
        self.0[at].lock().await
    }
}

impl Default for CartLocks {
    fn default() -> Self {
        Self((0..LOCKS).map(|_| Mutex::default()).collect())
    }
}
