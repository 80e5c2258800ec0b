//! What a token makes the gateway do.

use sha2::{Digest as _, Sha256};

/// What the gateway does with a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behavior {
    /// Holds the amount.
    Success,
    /// Says no, with a reason.
    Decline(&'static str),
    /// Wants the shopper to prove who they are.
    Redirect,
    /// Decides later.
    Pending,
    /// Holds the amount and never answers.
    Timeout,
    /// Answers that it is out of order, and holds nothing.
    Unavailable,
    /// Holds the amount and takes its time to answer.
    Slow,
    /// Holds the amount; the bank takes it back after the capture.
    Dispute,
}

/// What `tok_chaos` picks from.
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

/// The token whose webhooks come late, twice and out of order.
pub const CHAOS: &str = "tok_chaos";

/// What the token makes the gateway do; none for a token it never gave out.
pub fn of_token(token: &str, reference: &str, seed: u64) -> Option<Behavior> {
    Some(match token {
        "tok_success" => Behavior::Success,
        "tok_declined" => Behavior::Decline("declined"),
        "tok_insufficient_funds" => Behavior::Decline("insufficient_funds"),
        "tok_3ds" => Behavior::Redirect,
        "tok_pending" => Behavior::Pending,
        "tok_timeout" => Behavior::Timeout,
        "tok_unavailable" => Behavior::Unavailable,
        "tok_slow" => Behavior::Slow,
        "tok_dispute" => Behavior::Dispute,
        CHAOS => {
            let pick = number(seed, reference) % ANY.len() as u64;
            ANY.into_iter().nth(usize::try_from(pick).unwrap_or(0)).unwrap_or(Behavior::Success)
        }
        _ => return None,
    })
}

/// A number that looks random and is the same for the same seed and name.
pub fn number(seed: u64, name: &str) -> u64 {
    let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(name).finalize();
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn chaos_is_the_same_for_the_same_seed_and_picks_everything_in_time() {
        let picks = |seed| -> Vec<_> { (0..200).map(|n| of_token(CHAOS, &n.to_string(), seed).unwrap()).collect() };
        assert_eq!(picks(7), picks(7));
        assert_ne!(picks(7), picks(8));
        let kinds: HashSet<_> = picks(7).into_iter().map(|pick| format!("{pick:?}")).collect();
        assert_eq!(kinds.len(), ANY.len());
    }

    #[test]
    fn tokens_that_were_never_given_out_are_not_known() {
        assert_eq!(of_token("tok_free_money", "r", 0), None);
    }
}
