//! How a cart is delivered.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use model::{cart, pricing};
use schema_shared::{Address, TaxedMoney, to_id};

/// Lines that ship together.
pub struct DeliveryGroup {
    /// The cart, for its address.
    pub(super) cart: Arc<cart::Cart>,
    /// The group.
    pub(super) group: pricing::DeliveryGroup,
}

/// Lines that ship together, and the ways to deliver them.
#[Object]
impl DeliveryGroup {
    /// Global id, to be given to `cartDeliveryOptionSelect`.
    fn id(&self) -> ID {
        to_id(self.group.id)
    }

    /// Where it goes; null until it is known.
    fn address(&self) -> Option<Address<'_>> {
        self.cart.shipping_address.as_ref().map(Address)
    }

    /// The ids of the lines in it.
    fn line_ids(&self) -> Vec<ID> {
        self.group.lines.iter().map(|id| to_id(*id)).collect()
    }

    /// The ways to deliver it; empty when its country is not served.
    fn options(&self) -> Vec<DeliveryOption> {
        self.group.options.iter().map(DeliveryOption::from).collect()
    }

    /// The chosen way; null until one is chosen, and again when it is no longer offered.
    fn selected_option(&self) -> Option<DeliveryOption> {
        let selected = self.group.selected.as_ref()?;
        self.group.options.iter().find(|option| option.handle == *selected).map(DeliveryOption::from)
    }
}

/// A way to deliver.
#[derive(SimpleObject)]
pub struct DeliveryOption {
    /// What systems call it, such as `standard`.
    handle: String,
    /// What shoppers read.
    title: String,
    /// What it costs after discounts.
    price: TaxedMoney,
    /// Days until it arrives.
    estimated_days: DayRange,
    /// Whether the shopper fetches the goods.
    is_pickup: bool,
}

/// A range of days.
#[derive(SimpleObject)]
pub struct DayRange {
    /// The fewest.
    min: u16,
    /// The most.
    max: u16,
}

impl From<&pricing::DeliveryOption> for DeliveryOption {
    fn from(option: &pricing::DeliveryOption) -> Self {
        let (min, max) = option.estimated_days;
        Self {
            handle: option.handle.clone(),
            title: option.title.clone(),
            price: option.price.into(),
            estimated_days: DayRange { min, max },
            is_pickup: option.is_pickup,
        }
    }
}
