//! Whose turn it is to complete a cart in this process.

use std::sync::Arc;

use model::ids::CartId;
use tokio::sync::{Mutex, MutexGuard};

/// Carts that share a turn wait for each other, which is rare with this many and does no harm.
const TURNS: u128 = 256;

/// Lets those who complete one cart at once do so one after the other, before they take a connection: waiting for the
/// cart's row instead, a few impatient clients would hold the whole pool. That there is one order for each cart is not
/// decided here but by a constraint, for all processes.
#[derive(Clone)]
pub struct Turns(Arc<[Mutex<()>]>);

impl Turns {
    /// Waits for the cart's turn, which lasts as long as what is returned.
    pub(super) async fn of(&self, cart: CartId) -> MutexGuard<'_, ()> {
        let at = usize::try_from(cart.uuid().as_u128() % TURNS).unwrap_or_default();
        self.0[at].lock().await
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self((0..TURNS).map(|_| Mutex::default()).collect())
    }
}
