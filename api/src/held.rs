//! Limits on the websockets and subscriptions that the clients of one network keep open in this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use graphql_http::Held;
use services::budgets::Payer;

/// The default maximum number of websockets: one for each of 300 shoppers behind one address, and room for second tabs.
pub const MAX_WEBSOCKETS: u32 = 500;

/// The default maximum number of subscriptions.
pub const MAX_SUBSCRIPTIONS: u32 = 1_000;

/// The limits per network.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Open websockets.
    pub websockets: u32,
    /// Running subscriptions, over any transport.
    pub subscriptions: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { websockets: MAX_WEBSOCKETS, subscriptions: MAX_SUBSCRIPTIONS }
    }
}

/// The open sockets and subscriptions of the clients of this process. It has no entry for a client without any.
#[derive(Clone, Default)]
pub struct HeldCounts {
    limits: Limits,
    counts: Arc<Mutex<HashMap<Payer, Counts>>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    websockets: u32,
    subscriptions: u32,
}

impl Counts {
    const fn of(&mut self, held: Held) -> &mut u32 {
        match held {
            Held::WebSocket => &mut self.websockets,
            Held::Subscription => &mut self.subscriptions,
        }
    }
}

impl HeldCounts {
    /// No counts, with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, counts: Arc::default() }
    }

    /// Counts one more until the guard is dropped; none if the limit is reached.
    #[must_use]
    pub fn take(&self, payer: Payer, held: Held) -> Option<HeldGuard> {
        let limit = match held {
            Held::WebSocket => self.limits.websockets,
            Held::Subscription => self.limits.subscriptions,
        };
        let mut counts = lock(&self.counts);
        let count = counts.entry(payer).or_default().of(held);
        if *count >= limit {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(HeldGuard { counts: Arc::clone(&self.counts), payer, held })
    }
}

/// Counts until it is dropped.
pub struct HeldGuard {
    counts: Arc<Mutex<HashMap<Payer, Counts>>>,
    payer: Payer,
    held: Held,
}

impl Drop for HeldGuard {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        let Some(of_payer) = counts.get_mut(&self.payer) else { return };
        let count = of_payer.of(self.held);
        *count = count.saturating_sub(1);
        if *of_payer == Counts::default() {
            counts.remove(&self.payer);
        }
    }
}

fn lock(counts: &Mutex<HashMap<Payer, Counts>>) -> MutexGuard<'_, HashMap<Payer, Counts>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_limited_and_counts_end_with_their_guards() {
        let held = HeldCounts::new(Limits { websockets: 1, subscriptions: 2 });
        let payer = Payer::UnknownNetwork;
        let socket = held.take(payer, Held::WebSocket).unwrap();
        let (first, second) = (held.take(payer, Held::Subscription).unwrap(), held.take(payer, Held::Subscription));
        assert!(second.is_some());
        assert!(held.take(payer, Held::WebSocket).is_none());
        assert!(held.take(payer, Held::Subscription).is_none());
        drop(first);
        assert!(held.take(payer, Held::Subscription).is_some());
        drop((socket, second));
        assert!(lock(&held.counts).is_empty());
    }
}
