//! Shares charges between processes, so that several processes do not multiply a budget.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::broadcast::error::RecvError,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use super::Budgets;
use crate::{App, bus::Charge};

/// The interval at which a process sends its charges.
const INTERVAL: Duration = Duration::from_secs(1);

/// The maximum number of clients whose charges are sent at once: the largest first. A message of the bus has room for about
/// a hundred.
const MAX_CHARGES: usize = 512;

/// A process sends a client's charges once they exceed this part of its burst.
const PART_OF_BURST: u64 = 16;

/// The time for which a full bucket is kept.
const KEPT: Duration = Duration::from_mins(1);

/// Shares the charges of this process, and deducts those of the others, until stopped.
///
/// The processes together allow what one process would allow, and in addition for each further process: a sixteenth of the
/// burst, which may not be shared, and what it charges within a second, at most one burst. Charges of that second are
/// deducted afterwards, so that they do not raise the average.
pub async fn share(app: App, budgets: Arc<Budgets>, stop: CancellationToken) {
    if !budgets.is_on() {
        return;
    }
    let mut others = app.bus.charges();
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => app.bus.share(budgets.take_unshared()),
            charge = others.recv() => match charge {
                Ok(charge) => budgets.deduct(charge),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
        }
    }
}

impl Budgets {
    /// The charges to share, the largest first. Removes buckets that have been full for a while.
    pub(super) fn take_unshared(&self) -> Vec<Charge> {
        let now = self.now();
        let kept_until = u64::try_from(KEPT.as_nanos()).unwrap_or(u64::MAX);
        let mut charges = Vec::new();
        self.buckets.retain(|payer, bucket| {
            let part = u64::from(self.config.of(*payer).burst) / PART_OF_BURST;
            if bucket.unshared > part {
                charges.push(Charge { payer: *payer, cost: bucket.unshared });
            }
            bucket.full_at.saturating_add(kept_until) > now
        });
        charges.sort_unstable_by_key(|charge| std::cmp::Reverse(charge.cost));
        charges.truncate(MAX_CHARGES);
        for Charge { payer, cost } in &charges {
            self.buckets.update(*payer, now, |bucket| bucket.unshared = bucket.unshared.saturating_sub(*cost));
        }
        charges
    }

    /// Deducts what another process charged.
    pub(super) fn deduct(&self, Charge { payer, cost }: Charge) {
        let (budget, now) = (self.config.of(payer), self.now());
        self.buckets.update(payer, now, |bucket| bucket.deduct(budget, cost, now));
    }
}

#[cfg(test)]
mod tests {
    use model::ids::CustomerId;

    use super::{
        super::{Budget, BudgetsConfig, Payer},
        *,
    };

    fn budgets() -> Budgets {
        let customer = Budget { per_second: 1, burst: 160 };
        Budgets::new(BudgetsConfig { customer, ..BudgetsConfig::default() })
    }

    #[test]
    fn charges_are_sent_once_they_exceed_a_part_of_the_burst() {
        let (here, there) = (budgets(), budgets());
        let payer = Payer::Customer(CustomerId::new());
        here.charge(&[payer], 10).unwrap();
        assert_eq!(here.take_unshared(), []);
        here.charge(&[payer], 90).unwrap();
        let shared = here.take_unshared();
        assert_eq!(shared, [Charge { payer, cost: 100 }]);
        assert_eq!(here.take_unshared(), []);
        there.deduct(shared[0]);
        assert_eq!(there.take_unshared(), [], "what was received is not sent again");
        there.charge(&[payer], 60).unwrap();
        assert!(there.charge(&[payer], 10).is_err());
    }

    #[test]
    fn a_burst_at_every_process_is_paid_back() {
        let (here, there) = (budgets(), budgets());
        let payer = Payer::Customer(CustomerId::new());
        for budgets in [&here, &there] {
            budgets.charge(&[payer], 160).unwrap();
        }
        for charge in there.take_unshared() {
            here.deduct(charge);
        }
        assert!(here.check(payer, 1).unwrap_err().retry_after > Duration::from_secs(159));
    }
}
