//! The lines of a cart with their prices, discounts and taxes.

use super::{
    DiscountAllocation, PricedLine,
    goods::{Basket, Item},
    taxes::Taxes,
};
use crate::{
    Locale, MoneyError, TaxedMoney,
    catalog::{Localized, Product, Variant},
    promotions::{Goods, Reduction},
};

/// The priced lines in the order of the cart.
///
/// # Errors
/// [`MoneyError`] if an amount overflows.
pub(super) fn priced_lines(
    basket: &Basket<'_>,
    taxes: &Taxes<'_>,
    subtotals: &[TaxedMoney],
    totals: &[TaxedMoney],
    locales: &[Locale],
) -> Result<Vec<PricedLine>, MoneyError> {
    let amounts = subtotals.iter().zip(totals);
    let price_line = |((item, goods), (subtotal, total)): ((&Item<'_>, &Goods<'_>), (&TaxedMoney, &TaxedMoney))| {
        Ok((item.at, priced_line(item, goods, taxes, (*subtotal, *total), locales)?))
    };
    let mut lines = basket.iter().zip(amounts).map(price_line).collect::<Result<Vec<_>, MoneyError>>()?;
    lines.sort_by_key(|(at, _)| *at);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn priced_line(
    item: &Item<'_>,
    goods: &Goods<'_>,
    taxes: &Taxes<'_>,
    (subtotal, total): (TaxedMoney, TaxedMoney),
    locales: &[Locale],
) -> Result<PricedLine, MoneyError> {
    let (line, quantity, class) = (item.line, goods.quantity, &goods.product.tax_class);
    let rate = taxes.rate(class);
    Ok(PricedLine {
        id: line.id,
        variant_id: line.variant_id,
        product_id: line.product_id,
        sku: item.variant.sku.clone(),
        name: name(item.variant, goods.product, locales),
        quantity: line.quantity,
        unit_price: rate.apply(goods.unit_price, taxes.mode)?,
        subtotal,
        total,
        discounts: goods.reductions.iter().map(|reduction| allocation(reduction, locales)).collect(),
        tax_class: class.clone(),
        tax_rate: rate,
        taxes: taxes.lines(class, total.tax()),
        requires_shipping: item.variant.requires_shipping,
        is_gift: item.is_gift,
        stock_needs: item.variant.stock_needs().map(|(id, units)| (id, i64::from(units) * quantity)).collect(),
    })
}

/// The product name in the cart's locale, followed by the variant name if the product has options.
fn name(variant: &Variant, product: &Product, locales: &[Locale]) -> String {
    let product = product.name_in(locales);
    if variant.selected_options.is_empty() { product.to_owned() } else { format!("{product} – {}", variant.name) }
}

fn allocation(reduction: &Reduction<'_>, locales: &[Locale]) -> DiscountAllocation {
    DiscountAllocation {
        promotion_id: reduction.promotion.id,
        title: reduction.promotion.title_in(locales).to_owned(),
        code: reduction.code.map(str::to_owned),
        amount: reduction.amount,
    }
}
