//! Limits on unpaid orders by bank transfer, which reserve stock for nothing.

/// Unpaid orders by bank transfer of one e-mail address or network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnpaidTransfers {
    /// Number of orders.
    pub orders: i64,
    /// Units that they reserve.
    pub units: i64,
}

/// The most unpaid orders by bank transfer of one e-mail address or network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferLimits {
    /// Number of orders.
    pub orders: u32,
    /// Units that they may reserve together.
    pub units: u32,
}

/// The subjects that an unpaid order is counted for, as digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferSubjects {
    /// The e-mail address.
    pub email: String,
    /// The network; none if it is not known.
    pub network: Option<String>,
}

/// The e-mail address or network has too many unpaid orders or units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many orders or units wait for a bank transfer; pay for them first, or choose another payment method")]
pub struct TooManyUnpaid;

impl TransferLimits {
    /// Passes if one more order with these units may wait for its payment.
    ///
    /// # Errors
    /// [`TooManyUnpaid`] if there would be too many orders or units.
    pub fn admit(self, unpaid: UnpaidTransfers, units: i64) -> Result<(), TooManyUnpaid> {
        let is_within =
            unpaid.orders < i64::from(self.orders) && unpaid.units.saturating_add(units) <= i64::from(self.units);
        if is_within { Ok(()) } else { Err(TooManyUnpaid) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn orders_and_units_are_limited() {
        let limits = TransferLimits { orders: 2, units: 10 };
        let unpaid = |orders, units| UnpaidTransfers { orders, units };
        for (open, units, is_admitted) in [
            (unpaid(0, 0), 10, true),
            (unpaid(0, 0), 11, false),
            (unpaid(1, 4), 6, true),
            (unpaid(1, 4), 7, false),
            (unpaid(2, 2), 0, false),
            (unpaid(0, 1), i64::MAX, false),
        ] {
            assert_eq!(limits.admit(open, units).is_ok(), is_admitted, "{open:?} {units}");
        }
    }

    proptest! {
        #[test]
        fn admitted_orders_stay_within_the_limits(
            orders in 0_u32..20, units in 0_u32..200, wanted in prop::collection::vec(0_i64..60, 0..60),
        ) {
            let limits = TransferLimits { orders, units };
            let mut unpaid = UnpaidTransfers::default();
            for units in wanted {
                if limits.admit(unpaid, units).is_ok() {
                    unpaid = UnpaidTransfers { orders: unpaid.orders + 1, units: unpaid.units + units };
                }
            }
            prop_assert!(unpaid.orders <= i64::from(orders) && unpaid.units <= i64::from(units));
        }
    }
}
