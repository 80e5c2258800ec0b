//! Places where shoppers pick goods up.

use async_graphql::Object;
use model::pricing;

use crate::Address;

/// A place where a shopper picks goods up.
#[derive(Debug, Clone)]
pub struct PickupPoint(pricing::PickupPoint);

impl From<&pricing::PickupPoint> for PickupPoint {
    fn from(point: &pricing::PickupPoint) -> Self {
        Self(point.clone())
    }
}

/// A place where a shopper picks goods up.
#[Object]
impl PickupPoint {
    /// Name of the place for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Postal address of the place; null if it is not known.
    fn address(&self) -> Option<Address<'_>> {
        self.0.address.as_ref().map(Address)
    }
}
