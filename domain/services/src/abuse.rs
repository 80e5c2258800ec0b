//! Limits on abuse, counted across all processes: wrong discount codes, declined payments, wrong order tokens, mails.
//!
//! Only events that should be rare are counted, so that ordinary requests never wait for a counter. The counters of
//! several subjects, such as a cart and a network, are locked together in one order. Attempts that are in progress when
//! a limit is reached still end, so parallel attempts can exceed it by their number.

use std::fmt::Display;

use model::{
    Network, Timestamp,
    customers::{ThrottlePolicy, Throttled},
    ids::CartId,
    orders::TransferLimits,
};
use persistence::{Conn, StoreResult, login_throttle};

use crate::{counters::Counters, secrets};

/// The limits that a shop can configure. Those of networks have room for many shoppers behind one address.
#[derive(Debug, Clone)]
pub struct AbuseConfig {
    /// Wrong discount codes that are accepted from one network per hour.
    pub codes_per_network: u32,
    /// Wrong tokens of orders that are accepted from one network per hour.
    pub order_tokens_per_network: u32,
    /// Declined payments that are accepted from one network per hour.
    pub declines_per_network: u32,
    /// Unpaid orders by bank transfer of one e-mail address.
    pub transfers_per_email: TransferLimits,
    /// Unpaid orders by bank transfer of one network.
    pub transfers_per_network: TransferLimits,
}

impl Default for AbuseConfig {
    fn default() -> Self {
        Self {
            codes_per_network: 100,
            order_tokens_per_network: 100,
            declines_per_network: 100,
            transfers_per_email: TransferLimits { orders: 3, units: 20 },
            transfers_per_network: TransferLimits { orders: 30, units: 150 },
        }
    }
}

/// A limit on the events of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limit {
    key: String,
    policy: ThrottlePolicy,
}

impl Limit {
    /// The limit on the events of a kind, such as `codes-of-cart`, for a subject.
    pub fn new(kind: &str, subject: impl Display, policy: ThrottlePolicy) -> Self {
        Self { key: key(kind, subject), policy }
    }
}

/// The key of a counter. It contains only a digest of the subject, which can be an e-mail address or a network.
fn key(kind: &str, subject: impl Display) -> String {
    format!("{kind}:{}", secrets::digest(format!("{kind} {subject}")))
}

const DECLINES_OF_CART: &str = "declines-of-cart";
const DECLINES_OF_EMAIL: &str = "declines-of-email";
const DECLINES_OF_NETWORK: &str = "declines-of-network";

/// The keys of the counters of declined payments: of a cart, and of the e-mail address and the network as far as they
/// are known.
pub(crate) fn decline_keys(cart: CartId, email: Option<&str>, network: Option<Network>) -> Vec<String> {
    let of_email = email.map(|email| (DECLINES_OF_EMAIL, email.to_lowercase()));
    let of_network = network.map(|network| (DECLINES_OF_NETWORK, network.to_string()));
    let subjects = [(DECLINES_OF_CART, cart.to_string())].into_iter().chain(of_email).chain(of_network);
    subjects.map(|(kind, subject)| key(kind, subject)).collect()
}

impl AbuseConfig {
    /// The limits behind keys of declined payments. Keys of another version of the program are left out.
    pub(crate) fn decline_limits(&self, keys: Vec<String>) -> Vec<Limit> {
        let limit = |key: String| {
            let policy = match key.split_once(':')?.0 {
                DECLINES_OF_CART => ThrottlePolicy::DECLINES_OF_CART,
                DECLINES_OF_EMAIL => ThrottlePolicy::DECLINES_OF_EMAIL,
                DECLINES_OF_NETWORK => ThrottlePolicy::network(self.declines_per_network),
                _ => return None,
            };
            Some(Limit { key, policy })
        };
        keys.into_iter().filter_map(limit).collect()
    }
}

/// The block of one of the limits, if there is one. Locks nothing.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub(crate) async fn block_of(conn: &mut Conn, limits: &[Limit], now: Timestamp) -> StoreResult<Option<Throttled>> {
    let keys: Vec<&str> = limits.iter().map(|limit| limit.key.as_str()).collect();
    Ok(login_throttle::blocked_until(conn, &keys, now).await?.map(|retry_at| Throttled { retry_at }))
}

/// Counts events for every limit, unless one of them blocks; then returns the block and counts nothing. The caller
/// opens the transaction, in which the counters stay locked.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub(crate) async fn count(
    conn: &mut Conn,
    limits: &[Limit],
    events: usize,
    now: Timestamp,
) -> StoreResult<Option<Throttled>> {
    let mut counters = Counters::lock(conn, &keys_of(limits), now).await?;
    if let Some(throttled) = limits.iter().find_map(|limit| counters.of(&limit.key).check(now).err()) {
        return Ok(Some(throttled));
    }
    for Limit { key, policy } in limits {
        counters.count(key, policy, events);
    }
    counters.save(conn).await?;
    Ok(None)
}

/// Counts an event that has happened already for every limit that does not block: blocks are not prolonged. The caller
/// opens the transaction.
///
/// # Errors
/// [`persistence::StoreError`] of the database.
pub(crate) async fn count_fact(conn: &mut Conn, limits: &[Limit], now: Timestamp) -> StoreResult<()> {
    let mut counters = Counters::lock(conn, &keys_of(limits), now).await?;
    for Limit { key, policy } in limits {
        if counters.of(key).check(now).is_ok() {
            counters.count(key, policy, 1);
        }
    }
    counters.save(conn).await
}

fn keys_of(limits: &[Limit]) -> Vec<String> {
    limits.iter().map(|limit| limit.key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declines_are_counted_for_cart_address_and_network_without_naming_them() {
        let (config, cart) = (AbuseConfig::default(), CartId::new());
        let network = Some(Network::of([192, 0, 2, 1].into()));
        let keys = decline_keys(cart, Some("Ada@example.org"), network);
        let limits = config.decline_limits(keys.clone());
        let policies: Vec<_> = limits.iter().map(|limit| limit.policy).collect();
        let of_network = ThrottlePolicy::network(config.declines_per_network);
        assert_eq!(policies, [ThrottlePolicy::DECLINES_OF_CART, ThrottlePolicy::DECLINES_OF_EMAIL, of_network]);
        for subject in ["example.org", "192.0.2.1", &cart.to_string()] {
            assert!(keys.iter().all(|key| !key.to_lowercase().contains(subject)), "{subject}");
        }
        assert_eq!(keys, decline_keys(cart, Some("ada@EXAMPLE.org"), network));
        assert_eq!(decline_keys(cart, None, None).len(), 1);
        assert!(config.decline_limits(vec!["later:x".to_owned(), "none".to_owned()]).is_empty());
    }
}
