//! The sizes of budgets.

use std::{fmt, str::FromStr};

use crate::bus::Payer;

/// A budget: a cost per second, and the cost that a client can cause at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The cost per second.
    pub per_second: u32,
    /// The cost after a time without requests.
    pub burst: u32,
}

/// The text is not a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a cost per second and a larger cost at once, both from 1 to 1000000000, for example 20000:10000000")]
pub struct InvalidBudget;

/// The largest rate and burst; sums of costs then fit into nanoseconds of 64 bits.
const MAX: u32 = 1_000_000_000;

impl FromStr for Budget {
    type Err = InvalidBudget;

    fn from_str(text: &str) -> Result<Self, InvalidBudget> {
        let (per_second, burst) = text.split_once(':').ok_or(InvalidBudget)?;
        let number = |text: &str| text.parse().ok().filter(|number| (1..=MAX).contains(number)).ok_or(InvalidBudget);
        let budget = Self { per_second: number(per_second)?, burst: number(burst)? };
        if budget.burst < budget.per_second { Err(InvalidBudget) } else { Ok(budget) }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.per_second, self.burst)
    }
}

/// The budgets of the kinds of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetsConfig {
    /// False if no budget is enforced.
    pub is_on: bool,
    /// The budget of a network: anonymous callers and customers.
    pub network: Budget,
    /// The budget of a customer.
    pub customer: Budget,
    /// The budget of an API token.
    pub token: Budget,
    /// The budget of a staff member.
    pub staff: Budget,
}

impl BudgetsConfig {
    /// The default budget of a network: the checkouts of 300 shoppers at once, see docs/security.md.
    pub const NETWORK: Budget = Budget { per_second: 20_000, burst: 10_000_000 };
    /// The default budget of a customer.
    pub const CUSTOMER: Budget = Budget { per_second: 5_000, burst: 500_000 };
    /// The default budget of an API token.
    pub const TOKEN: Budget = Budget { per_second: 50_000, burst: 10_000_000 };
    /// The default budget of a staff member.
    pub const STAFF: Budget = Budget { per_second: 20_000, burst: 2_000_000 };

    /// The budget of a client.
    #[must_use]
    pub const fn of(&self, payer: Payer) -> Budget {
        match payer {
            Payer::Network(_) | Payer::UnknownNetwork => self.network,
            Payer::Customer(_) => self.customer,
            Payer::Token(_) => self.token,
            Payer::Staff(_) => self.staff,
        }
    }
}

impl Default for BudgetsConfig {
    fn default() -> Self {
        Self { is_on: true, network: Self::NETWORK, customer: Self::CUSTOMER, token: Self::TOKEN, staff: Self::STAFF }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_rate_and_a_larger_burst() {
        assert_eq!("20:400".parse(), Ok(Budget { per_second: 20, burst: 400 }));
        for text in ["", "20", "20:", ":20", "0:10", "20:19", "20:1000000001", "-1:10", "1:2:3"] {
            assert_eq!(text.parse::<Budget>(), Err(InvalidBudget), "{text}");
        }
    }
}
