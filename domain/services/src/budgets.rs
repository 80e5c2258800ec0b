//! Budgets of cost per client: a token bucket per network, customer, API token and staff member, in the memory of each
//! process. Processes share what they charged; see [`share`] for the error that remains.

mod bucket;
mod config;
mod sharing;
mod table;

use std::time::{Duration, Instant};

pub use config::{Budget, BudgetsConfig, InvalidBudget};
pub use sharing::share;

use self::table::Table;
pub use crate::bus::Payer;

/// The budgets of all clients in this process.
pub struct Budgets {
    config: BudgetsConfig,
    start: Instant,
    buckets: Table,
}

/// A client has spent its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// The client.
    pub payer: Payer,
    /// The time after which the budget allows the cost.
    pub retry_after: Duration,
}

impl Budgets {
    /// The budgets at start: all are full.
    #[must_use]
    pub fn new(config: BudgetsConfig) -> Self {
        Self { config, start: Instant::now(), buckets: Table::default() }
    }

    /// True if budgets are enforced.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.config.is_on
    }

    /// Charges a cost to all payers, or to none if the budget of one does not allow it. A cost above the size of a budget
    /// takes the whole budget.
    ///
    /// # Errors
    /// [`Exhausted`] with the first payer whose budget does not allow it.
    pub fn charge(&self, payers: &[Payer], cost: u64) -> Result<(), Exhausted> {
        for payer in payers {
            self.check(*payer, cost)?;
        }
        for payer in payers {
            self.debit(*payer, cost);
        }
        Ok(())
    }

    /// Checks that a budget allows a cost.
    ///
    /// # Errors
    /// [`Exhausted`] if it does not.
    pub fn check(&self, payer: Payer, cost: u64) -> Result<(), Exhausted> {
        if !self.is_on() {
            return Ok(());
        }
        let wait = self.buckets.get(payer).wait(self.config.of(payer), cost, self.now());
        wait.map_or(Ok(()), |retry_after| Err(Exhausted { payer, retry_after }))
    }

    /// Charges a cost that the client has caused already, whether its budget allows it or not.
    pub fn debit(&self, payer: Payer, cost: u64) {
        if self.is_on() {
            let (budget, now) = (self.config.of(payer), self.now());
            self.buckets.update(payer, now, |bucket| bucket.charge(budget, cost, now));
        }
    }

    /// Nanoseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use model::{Network, ids::CustomerId};

    use super::*;

    #[test]
    fn a_cost_is_charged_to_all_payers_or_to_none() {
        let network = Payer::Network(Network::of([192, 0, 2, 1].into()));
        let customer = Payer::Customer(CustomerId::new());
        let (small, large) = (Budget { per_second: 1, burst: 10 }, Budget { per_second: 1, burst: 100 });
        let budgets = Budgets::new(BudgetsConfig { network: large, customer: small, ..BudgetsConfig::default() });
        budgets.charge(&[network, customer], 10).unwrap();
        let exhausted = budgets.charge(&[network, customer], 5).unwrap_err();
        assert_eq!(exhausted.payer, customer);
        assert!(exhausted.retry_after <= Duration::from_secs(5) && exhausted.retry_after > Duration::from_secs(4));
        budgets.charge(&[network], 90).unwrap();
        assert_eq!(budgets.charge(&[network], 10).unwrap_err().payer, network);
    }

    #[test]
    fn budgets_that_are_off_allow_everything() {
        let off = BudgetsConfig { is_on: false, ..BudgetsConfig::default() };
        let budgets = Budgets::new(off);
        for _ in 0..10 {
            budgets.charge(&[Payer::UnknownNetwork], u64::MAX).unwrap();
        }
    }
}
