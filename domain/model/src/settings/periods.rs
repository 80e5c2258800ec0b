//! Lifetimes of carts and personal data.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Periods after which personal data is deleted, in days; zero keeps it forever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionDays {
    /// Contact data of finished orders, from their placement.
    pub order_contacts: i32,
    /// The invoice address of orders, from their placement.
    pub order_buyers: i32,
    /// Entries of the audit log.
    pub audit_log: i32,
}

impl RetentionDays {
    /// The largest number of days.
    pub const MAX: i32 = 36_500;

    /// The periods of a new shop. Ten years is the longest period for which a country of the EU requires invoices.
    pub const DEFAULT: Self = Self { order_contacts: 730, order_buyers: 3_653, audit_log: 730 };

    /// The time before which data with this period is due; None if it is kept forever.
    #[must_use]
    pub fn cutoff(days: i32, now: Timestamp) -> Option<Timestamp> {
        (days > 0).then(|| now.checked_sub_signed(TimeDelta::days(days.into()))).flatten()
    }
}

/// The time that a cart is kept after its last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartLifetime(u16);

impl CartLifetime {
    /// The largest number of days.
    pub const MAX_DAYS: u16 = 365;

    /// A number of days, at least one and at most [`Self::MAX_DAYS`].
    #[must_use]
    pub fn of_days(days: i32) -> Self {
        Self(u16::try_from(days).unwrap_or(1).clamp(1, Self::MAX_DAYS))
    }

    /// The number of days.
    #[must_use]
    pub const fn days(self) -> u16 {
        self.0
    }
}

impl Default for CartLifetime {
    /// 30 days.
    fn default() -> Self {
        Self(30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_zero_days_never_ends() {
        let now = Timestamp::UNIX_EPOCH + TimeDelta::days(100);
        assert_eq!(RetentionDays::cutoff(0, now), None);
        assert_eq!(RetentionDays::cutoff(100, now), Some(Timestamp::UNIX_EPOCH));
    }
}
