//! Errors of changing a cart.

use model::cart::{CartError, Refusal, Refusals};

use crate::{UseCaseError, error::RuleError};

/// The rules that a change of a cart breaks, each with the path of the input that breaks it; never empty.
#[derive(Debug, thiserror::Error)]
#[error("the cart was not changed: {}", .0.iter().map(|refusal| refusal.error.to_string()).collect::<Vec<_>>().join("; "))]
pub struct CartRefused(pub Refusals);

impl CartRefused {
    /// One broken rule.
    #[must_use]
    pub fn at(error: CartError, path: &[&str]) -> Self {
        Self(vec![Refusal::at(error, path)])
    }
}

impl From<Refusals> for CartRefused {
    fn from(refusals: Refusals) -> Self {
        Self(refusals)
    }
}

impl RuleError for CartRefused {}
impl RuleError for Refusals {}

/// The cart was not changed.
pub type CartChangeError = UseCaseError<CartRefused>;
