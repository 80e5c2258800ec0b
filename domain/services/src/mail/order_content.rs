//! The contents of mails about an order, from what is stored when the mail is sent.

use model::{
    Address, Formats, Money, MoneyError,
    channels::PriceMode,
    ids::PromotionId,
    orders::{CancelReason, FulfillItem, Fulfillment, Order, OrderDelivery, OrderLine, OrderStatus, Tracking},
    pricing::DiscountAllocation,
    tax::TaxLine,
};

use super::content::{
    AttributeContent, DeliveryContent, DiscountContent, LineContent, OrderContent, ParcelContent, ShipmentContent,
    ShippedContent, TaxContent,
};

/// An order with its lines, for mails in one language.
pub(super) struct OrderMail<'a> {
    pub order: &'a Order,
    pub lines: &'a [OrderLine],
    pub mode: PriceMode,
    pub formats: Formats<'a>,
}

impl OrderMail<'_> {
    /// The order.
    ///
    /// # Errors
    /// [`MoneyError`] if its amounts cannot be added.
    pub fn content(&self) -> Result<OrderContent, MoneyError> {
        let Self { order, formats, .. } = self;
        let address = |address: &Address| formats.address(address);
        let billing =
            order.billing_address.as_ref().filter(|billing| Some(*billing) != order.shipping_address.as_ref());
        let shipping = self.mode.pick(order.shipping);
        Ok(OrderContent {
            number: order.number.to_string(),
            placed_at: formats.date(order.placed_at),
            lines: self.lines.iter().map(|line| self.line(line)).collect(),
            subtotal: formats.money(self.mode.pick(order.subtotal)),
            discounts: self.discounts()?,
            shipping: (!shipping.is_zero()).then(|| formats.money(shipping)),
            taxes: self.taxes()?,
            prices_include_tax: self.mode == PriceMode::Gross,
            reverse_charge: order.is_reverse_charge(),
            vat_id: order.vat_id.as_ref().map(|vat_id| vat_id.number.to_string()),
            total: formats.money(order.total.gross),
            deliveries: order.deliveries.iter().map(|delivery| self.delivery(delivery)).collect(),
            shipping_address: order.shipping_address.as_ref().map(address),
            billing_address: billing.map(address),
            note: order.note.clone(),
            cancel_reason: match (order.status, order.cancel_reason) {
                (OrderStatus::Expired, _) => CancelReason::Payment.to_string(),
                (_, reason) => reason.map(|reason| reason.to_string()).unwrap_or_default(),
            },
        })
    }

    /// The name of the buyer; none if no address contains one.
    pub fn name(&self) -> Option<String> {
        let address = self.order.billing_address.as_ref().or(self.order.shipping_address.as_ref())?;
        let name = self.formats.person(&address.first_name, &address.last_name);
        (!name.is_empty()).then_some(name)
    }

    /// A shipment of the order.
    pub fn shipment(&self, fulfillment: &Fulfillment) -> ShipmentContent {
        let line = |item: &FulfillItem| {
            let line = self.lines.iter().find(|line| line.id == item.line_id)?;
            Some(ShippedContent {
                name: line.sold.name.clone(),
                quantity: self.formats.number(u64::from(item.quantity.get())),
            })
        };
        let parcel = |tracking: &Tracking| ParcelContent {
            carrier: fulfillment.carrier.clone(),
            number: tracking.number.clone(),
            url: tracking.url.clone(),
        };
        ShipmentContent {
            parcels: fulfillment.trackings.iter().map(parcel).collect(),
            lines: fulfillment.lines.iter().filter_map(line).collect(),
            is_last: self.order.fulfillment_status.is_done(),
            is_pickup: self.order.deliveries.iter().any(|delivery| delivery.is_pickup),
            pickup: self.order.deliveries.iter().flat_map(|delivery| self.pickup(delivery)).collect(),
        }
    }

    fn line(&self, line: &OrderLine) -> LineContent {
        let attribute = |(key, value): (&String, &String)| AttributeContent { key: key.clone(), value: value.clone() };
        LineContent {
            name: line.sold.name.clone(),
            sku: line.sold.sku.clone(),
            quantity: self.formats.number(u64::from(line.sold.quantity.get())),
            amount: self.formats.money(self.mode.pick(line.sold.subtotal)),
            attributes: line.attributes.iter().map(attribute).collect(),
            is_gift: line.sold.is_gift,
        }
    }

    /// The discounts of the lines by promotion, in the order of application. Those of delivery are in its price.
    fn discounts(&self) -> Result<Vec<DiscountContent>, MoneyError> {
        let mut sums: Vec<(PromotionId, &DiscountAllocation, Money)> = Vec::new();
        for discount in self.lines.iter().flat_map(|line| &line.sold.discounts) {
            match sums.iter_mut().find(|(id, ..)| *id == discount.promotion_id) {
                Some((_, _, sum)) => *sum = sum.plus(discount.amount)?,
                None => sums.push((discount.promotion_id, discount, discount.amount)),
            }
        }
        let content = |(_, discount, sum): (PromotionId, &DiscountAllocation, Money)| DiscountContent {
            title: discount.title.clone(),
            code: discount.code.clone(),
            amount: self.formats.money(Money::new(-sum.minor, sum.currency)),
        };
        Ok(sums.into_iter().map(content).collect())
    }

    /// The taxes of lines and delivery by name and rate.
    fn taxes(&self) -> Result<Vec<TaxContent>, MoneyError> {
        let taxes = self.order.taxes(self.lines)?;
        let content = |tax: &TaxLine| TaxContent {
            name: (!tax.name.is_empty()).then(|| tax.name.clone()),
            percent: self.formats.percent(tax.rate.millionths()),
            amount: self.formats.money(tax.amount),
        };
        Ok(taxes.iter().filter(|tax| !tax.amount.is_zero()).map(content).collect())
    }

    fn delivery(&self, delivery: &OrderDelivery) -> DeliveryContent {
        let number = |days: u16| self.formats.number(u64::from(days));
        let days = match delivery.estimated_days {
            (_, 0) => None,
            (min, max) if min == max => Some(number(max)),
            (min, max) => Some(format!("{}–{}", number(min), number(max))),
        };
        DeliveryContent {
            title: delivery.title.clone(),
            days: days.filter(|_| !delivery.is_pickup),
            is_pickup: delivery.is_pickup,
            pickup: self.pickup(delivery),
        }
    }

    /// The name of the place of pickup and the lines of its address; empty if the goods are delivered.
    fn pickup(&self, delivery: &OrderDelivery) -> Vec<String> {
        let Some(place) = &delivery.pickup else { return Vec::new() };
        let address = place.address.as_ref().map(|address| self.formats.address(address)).unwrap_or_default();
        // The address can begin with the same name.
        let lines = address.into_iter().filter(|line| *line != place.name);
        std::iter::once(place.name.clone()).chain(lines).collect()
    }
}
