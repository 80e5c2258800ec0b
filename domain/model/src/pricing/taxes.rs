//! The taxes of a cart: the rate of each line and of delivery, and the treatment of the buyer.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    CheckedVatId, Money, MoneyError, TaxedMoney, Timestamp,
    channels::{Channel, DeliveryTaxMode, PriceMode, TaxRounding},
    ids::TaxRateId,
    promotions::Goods,
    settings::Settings,
    tax::{self, Destination, STANDARD_CLASS, Sale, TaxLine, TaxRate, TaxRule, TaxTreatment},
};

/// Facts about the buyer's taxes, besides the VAT identification number of the cart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BuyerTax {
    /// True if the customer is exempt from taxes.
    pub is_exempt: bool,
    /// True if only VAT identification numbers count that the tax authority has confirmed.
    pub needs_confirmed_vat_id: bool,
}

/// Everything that the taxes of a cart depend on.
pub(super) struct TaxContext<'a> {
    pub settings: &'a Settings,
    pub channel: &'a Channel,
    pub place: Option<Destination<'a>>,
    pub is_pickup: bool,
    pub vat_id: Option<&'a CheckedVatId>,
    pub buyer: BuyerTax,
    pub now: Timestamp,
}

/// The taxes of a cart. Each class is looked up once.
pub(super) struct Taxes<'a> {
    pub treatment: TaxTreatment,
    pub mode: PriceMode,
    rounding: TaxRounding,
    delivery: DeliveryTaxMode,
    rules: BTreeMap<&'a str, Option<&'a TaxRule>>,
}

/// A part of a delivery price that has one rate.
#[derive(Clone, Copy)]
pub(super) struct DeliveryPart<'a> {
    pub amount: Money,
    rule: Option<&'a TaxRule>,
}

/// The delivered goods by their rates, for the split of delivery prices.
pub(super) type Delivered = Vec<(Option<TaxRateId>, Money)>;

impl<'a> Taxes<'a> {
    /// The taxes of goods of these classes.
    pub fn new(context: &TaxContext<'a>, classes: impl IntoIterator<Item = &'a str>) -> Self {
        let classes: BTreeSet<&'a str> = classes.into_iter().chain([STANDARD_CLASS]).collect();
        let find = |class| context.settings.taxes.find(context.place?, class, context.now);
        let rules: BTreeMap<_, _> = classes.into_iter().map(|class| (class, find(class))).collect();
        let is_special = |rule: Option<&TaxRule>| rule.is_some_and(|rule| !rule.postal_codes.is_empty());
        let sale = Sale {
            seller: tax::seller_country(context.channel, &context.settings.locations),
            destination: context.place.map(|place| place.country),
            is_special_territory: rules.values().copied().any(is_special),
            is_pickup: context.is_pickup,
            vat_id: context.vat_id,
            needs_confirmation: context.buyer.needs_confirmed_vat_id,
            is_exempt: context.buyer.is_exempt,
        };
        Self {
            treatment: sale.treatment(),
            mode: context.channel.price_mode(),
            rounding: context.channel.tax_rounding,
            delivery: context.channel.delivery_tax_mode,
            rules,
        }
    }

    /// The rate of a class at the place of sale; None if none is configured.
    fn rule(&self, class: &str) -> Option<&'a TaxRule> {
        self.rules.get(class).copied().flatten()
    }

    /// True if a rate is configured for the class.
    pub fn is_configured(&self, class: &str) -> bool {
        self.rule(class).is_some()
    }

    /// True if rates are configured for delivery.
    pub fn is_delivery_configured(&self) -> bool {
        self.delivery == DeliveryTaxMode::Proportional || self.is_configured(STANDARD_CLASS)
    }

    /// The rate that the buyer pays for a class.
    pub fn rate(&self, class: &str) -> TaxRate {
        self.charged(self.rule(class))
    }

    fn charged(&self, rule: Option<&TaxRule>) -> TaxRate {
        rule.filter(|_| !self.treatment.is_relieved()).map_or(TaxRate::ZERO, |rule| rule.rate)
    }

    /// Takes the tax out of prices that include it, for a buyer who pays none.
    ///
    /// # Errors
    /// [`MoneyError`] if an amount overflows.
    pub fn relieve(&self, goods: &mut [Goods<'_>]) -> Result<(), MoneyError> {
        if !self.takes_tax_out() {
            return Ok(());
        }
        for goods in goods {
            goods.unit_price = self.relieved(&goods.product.tax_class, goods.unit_price)?;
            goods.full = goods.unit_price.times(goods.quantity)?;
            goods.left = goods.full;
        }
        Ok(())
    }

    /// A price of goods of a class without the tax that it includes, for a buyer who pays none.
    ///
    /// # Errors
    /// [`MoneyError`] if an amount overflows.
    pub fn relieved(&self, class: &str, price: Money) -> Result<Money, MoneyError> {
        match self.rule(class).filter(|_| self.takes_tax_out()) {
            Some(rule) => Ok(rule.rate.apply(price, self.mode)?.net),
            None => Ok(price),
        }
    }

    fn takes_tax_out(&self) -> bool {
        self.treatment.is_relieved() && self.mode == PriceMode::Gross
    }

    /// The goods of each line as an amount to tax, before or after discounts.
    pub fn amounts(&self, goods: &[Goods<'_>], amount: impl Fn(&Goods<'_>) -> Money) -> Vec<(Money, TaxRate)> {
        goods.iter().map(|goods| (amount(goods), self.rate(&goods.product.tax_class))).collect()
    }

    /// Splits amounts into net and gross with the rounding of the channel.
    ///
    /// # Errors
    /// [`MoneyError`] if an amount overflows.
    pub fn split(&self, amounts: &[(Money, TaxRate)]) -> Result<Vec<TaxedMoney>, MoneyError> {
        tax::split(amounts, self.mode, self.rounding)
    }

    /// The named taxes of a price; empty if the buyer pays none.
    pub fn lines(&self, class: &str, tax: Money) -> Vec<TaxLine> {
        self.named(self.rule(class), tax)
    }

    fn named(&self, rule: Option<&TaxRule>, tax: Money) -> Vec<TaxLine> {
        let charged = rule.filter(|_| !self.treatment.is_relieved());
        charged.map(|rule| tax::tax_lines(rule, tax)).unwrap_or_default()
    }

    /// Delivered goods by their rates.
    pub fn delivered<'g, 'b: 'g>(&self, goods: impl Iterator<Item = &'g Goods<'b>>) -> Delivered {
        goods.map(|goods| (self.rule(&goods.product.tax_class).map(|rule| rule.id), goods.left)).collect()
    }

    /// Takes the tax out of a delivery price that includes it, for a buyer who pays none.
    ///
    /// # Errors
    /// [`MoneyError`] if an amount overflows.
    pub fn relieved_delivery(&self, price: Money, delivered: &Delivered) -> Result<Money, MoneyError> {
        if !self.takes_tax_out() {
            return Ok(price);
        }
        let net = |part: DeliveryPart<'_>| {
            let rate = part.rule.map_or(TaxRate::ZERO, |rule| rule.rate);
            Ok(rate.apply(part.amount, self.mode)?.net)
        };
        let parts = self.parts(price, delivered).into_iter().map(net).collect::<Result<Vec<_>, MoneyError>>()?;
        Money::sum(price.currency, parts)
    }

    /// The parts of a delivery price by rate.
    pub fn parts(&self, price: Money, delivered: &Delivered) -> Vec<DeliveryPart<'a>> {
        match self.delivery {
            DeliveryTaxMode::StandardRate => vec![DeliveryPart { amount: price, rule: self.rule(STANDARD_CLASS) }],
            DeliveryTaxMode::Proportional => {
                let by_id = |id: TaxRateId| self.rules.values().flatten().find(|rule| rule.id == id).copied();
                let part = |(id, amount): (Option<TaxRateId>, Money)| DeliveryPart { amount, rule: id.and_then(by_id) };
                tax::in_proportion(price, delivered).into_iter().map(part).collect()
            }
        }
    }

    /// The parts as amounts to tax.
    pub fn part_amounts(&self, parts: &[DeliveryPart<'_>]) -> Vec<(Money, TaxRate)> {
        parts.iter().map(|part| (part.amount, self.charged(part.rule))).collect()
    }

    /// The named taxes of a delivery with these parts.
    ///
    /// # Errors
    /// [`MoneyError`] if an amount overflows.
    pub fn part_lines(&self, parts: &[DeliveryPart<'_>], taxed: &[TaxedMoney]) -> Result<Vec<TaxLine>, MoneyError> {
        let lines = parts.iter().zip(taxed).flat_map(|(part, taxed)| self.named(part.rule, taxed.tax()));
        tax::summary(&lines.collect::<Vec<_>>())
    }
}
