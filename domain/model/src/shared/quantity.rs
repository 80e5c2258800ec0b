//! Quantities of units.

use serde::{Deserialize, Serialize};

/// A number of units, from 0 to [`Quantity::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(u32);

/// The number is negative or beyond the maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a whole number from 0 to {max}", max = Quantity::MAX)]
pub struct QuantityError;

impl Quantity {
    /// The maximum quantity of a line; a valid price times this quantity does not overflow.
    pub const MAX: u32 = 1_000_000;
    /// The quantity zero.
    pub const ZERO: Self = Self(0);

    /// The quantity as a number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Adds another quantity.
    ///
    /// # Errors
    /// [`QuantityError`] if the sum exceeds the maximum.
    pub fn plus(self, other: Self) -> Result<Self, QuantityError> {
        Self::try_from(i64::from(self.0) + i64::from(other.0))
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;
    fn try_from(number: i64) -> Result<Self, QuantityError> {
        match u32::try_from(number) {
            Ok(number) if number <= Self::MAX => Ok(Self(number)),
            _ => Err(QuantityError),
        }
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> Self {
        quantity.0.into()
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
