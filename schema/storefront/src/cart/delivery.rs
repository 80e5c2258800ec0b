//! Delivery of a cart.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use model::{cart, name_in, pricing};
use schema_shared::{Address, PickupPoint, RequestExt, TaxLine, TaxedMoney, to_id};

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

    /// Available delivery options in display order; empty if the place is not served, or no method carries all goods.
    fn options(&self) -> Vec<DeliveryOption> {
        self.group.options.iter().cloned().map(DeliveryOption).collect()
    }

    /// Selected delivery option; null until one is selected, and if it is no longer available.
    fn selected_option(&self) -> Option<DeliveryOption> {
        self.group.selected_option().cloned().map(DeliveryOption)
    }
}

/// A delivery option of a group of cart lines.
pub struct DeliveryOption(pricing::DeliveryOption);

/// A delivery option of a group of cart lines.
#[Object]
impl DeliveryOption {
    /// Handle of the delivery option, such as `standard`.
    fn handle(&self) -> &str {
        &self.0.handle
    }

    /// Title of the delivery option in the language of the request.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        let locales = &ctx.request()?.context()?.locales;
        // An order keeps the title that was shown when it was placed.
        Ok(name_in(&self.0.name, &self.0.translations, locales).to_owned())
    }

    /// Price after discounts.
    fn price(&self) -> TaxedMoney {
        self.0.price.into()
    }

    /// Taxes in the price; empty if the buyer pays no tax.
    fn taxes(&self) -> Vec<TaxLine> {
        self.0.taxes.iter().map(TaxLine::from).collect()
    }

    /// Estimated number of days until delivery.
    fn estimated_days(&self) -> DayRange {
        let (min, max) = self.0.estimated_days;
        DayRange { min, max }
    }

    /// True if the shopper picks up the goods.
    fn is_pickup(&self) -> bool {
        self.0.is_pickup
    }

    /// Place where the shopper picks up the goods; null if they are delivered. The option is offered only while all goods
    /// are in stock there.
    fn pickup(&self) -> Option<PickupPoint> {
        self.0.pickup.as_ref().map(PickupPoint::from)
    }
}

/// A range of days, both ends included.
#[derive(SimpleObject)]
pub struct DayRange {
    /// Minimum number of days.
    min: u16,
    /// Maximum number of days.
    max: u16,
}
