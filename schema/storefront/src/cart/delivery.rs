//! Delivery of a cart.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use model::{cart, pricing};
use schema_shared::{Address, TaxLine, TaxedMoney, to_id};

/// Cart lines that are delivered together.
pub struct DeliveryGroup {
    /// The cart, for its shipping address.
    pub(super) cart: Arc<cart::Cart>,
    /// The group with its lines and options.
    pub(super) group: pricing::DeliveryGroup,
}

/// Cart lines that are delivered together, with their delivery options.
#[Object]
impl DeliveryGroup {
    /// Global id of the group for `cartDeliveryOptionSelect`.
    fn id(&self) -> ID {
        to_id(self.group.id)
    }

    /// Address that the group is delivered to; null until it is known.
    fn address(&self) -> Option<Address<'_>> {
        self.cart.shipping_address.as_ref().map(Address)
    }

    /// Global ids of the cart lines in the group.
    fn line_ids(&self) -> Vec<ID> {
        self.group.lines.iter().map(|id| to_id(*id)).collect()
    }

    /// Available delivery options; empty if the country is not served.
    fn options(&self) -> Vec<DeliveryOption> {
        self.group.options.iter().map(DeliveryOption::from).collect()
    }

    /// Selected delivery option; null until one is selected, and if it is no longer available.
    fn selected_option(&self) -> Option<DeliveryOption> {
        self.group.selected_option().map(DeliveryOption::from)
    }
}

/// A delivery option of a group of cart lines.
#[derive(SimpleObject)]
pub struct DeliveryOption {
    /// Handle of the delivery option, such as `standard`.
    handle: String,
    /// Title of the delivery option for shoppers.
    title: String,
    /// Price after discounts.
    price: TaxedMoney,
    /// Taxes in the price; empty if the buyer pays no tax.
    taxes: Vec<TaxLine>,
    /// Estimated number of days until delivery.
    estimated_days: DayRange,
    /// True if the shopper picks up the goods.
    is_pickup: bool,
}

/// A range of days, both ends included.
#[derive(SimpleObject)]
pub struct DayRange {
    /// Minimum number of days.
    min: u16,
    /// Maximum number of days.
    max: u16,
}

impl From<&pricing::DeliveryOption> for DeliveryOption {
    fn from(option: &pricing::DeliveryOption) -> Self {
        let (min, max) = option.estimated_days;
        Self {
            handle: option.handle.clone(),
            title: option.title.clone(),
            price: option.price.into(),
            taxes: option.taxes.iter().map(TaxLine::from).collect(),
            estimated_days: DayRange { min, max },
            is_pickup: option.is_pickup,
        }
    }
}
