//! Test tokens and the behavior that each selects.

use sha2::{Digest as _, Sha256};

/// The behavior of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behavior {
    /// Authorizes the amount.
    Success,
    /// Authorizes half of the amount, as a prepaid card does.
    Partial,
    /// Declines with a reason.
    Decline(&'static str),
    /// Requires the shopper's authentication.
    Redirect,
    /// Decides later.
    Pending,
    /// Authorizes the amount and never responds.
    Timeout,
    /// Responds that the gateway is unavailable and authorizes nothing.
    Unavailable,
    /// Authorizes the amount and responds slowly.
    Slow,
    /// Authorizes the amount; the bank charges it back after the capture.
    Dispute,
}

/// The behaviors that `tok_chaos` selects from.
const ANY: [Behavior; 9] = [
    Behavior::Success,
    Behavior::Decline("declined"),
    Behavior::Decline("insufficient_funds"),
    Behavior::Redirect,
    Behavior::Pending,
    Behavior::Timeout,
    Behavior::Unavailable,
    Behavior::Slow,
    Behavior::Dispute,
];

/// The token with a random behavior, whose webhooks are sent late, twice and out of order.
pub const CHAOS: &str = "tok_chaos";

/// The behavior that a token selects; none for an unknown token.
pub fn of_token(token: &str, reference: &str, seed: u64) -> Option<Behavior> {
    Some(match token {
        "tok_success" => Behavior::Success,
        "tok_partial" => Behavior::Partial,
        "tok_declined" => Behavior::Decline("declined"),
        "tok_insufficient_funds" => Behavior::Decline("insufficient_funds"),
        "tok_3ds" => Behavior::Redirect,
        "tok_pending" => Behavior::Pending,
        "tok_timeout" => Behavior::Timeout,
        "tok_unavailable" => Behavior::Unavailable,
        "tok_slow" => Behavior::Slow,
        "tok_dispute" => Behavior::Dispute,
        CHAOS => {
            // The remainder is an index of the list.
            let pick = number(seed, reference) % ANY.len() as u64;
            ANY.into_iter().nth(usize::try_from(pick).unwrap_or(0)).unwrap_or(Behavior::Success)
        }
        _ => return None,
    })
}

/// A pseudo-random number that derives from the seed and the name.
pub fn number(seed: u64, name: &str) -> u64 {
    let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(name).finalize();
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn chaos_depends_on_the_seed_and_selects_every_behavior() {
        let picks = |seed| -> Vec<_> { (0..200).map(|n| of_token(CHAOS, &n.to_string(), seed).unwrap()).collect() };
        assert_eq!(picks(7), picks(7));
        assert_ne!(picks(7), picks(8));
        let kinds: HashSet<_> = picks(7).into_iter().map(|pick| format!("{pick:?}")).collect();
        assert_eq!(kinds.len(), ANY.len());
    }

    #[test]
    fn unknown_tokens_have_no_behavior() {
        assert_eq!(of_token("tok_free_money", "r", 0), None);
    }
}
