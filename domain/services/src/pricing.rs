//! Loads everything that the model needs to price a cart.

mod staff;

use std::collections::HashMap;

use model::{
    Slug, Timestamp,
    cart::Cart,
    ids::{ProductId, VariantId},
    inventory::VariantStock,
    pricing::{BuyerTax, PricedCart, PricingInputs, gift_promotions},
    promotions::{DiscountCode, PromotionAction},
    settings::Settings,
    shipping::PickupStock,
};
use persistence::{Conn, customers, promotions};

pub use staff::{CartToPrice, price_for_staff};

use crate::{App, ServiceResult, catalog, error::OrInternal as _, inventory::pickup_stock};

/// The age of the data that a price is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Products, settings and availability from the caches: for display.
    Cached,
    /// Products and settings as stored now: for placing an order. Availability is left out because the conditional update
    /// that allocates the stock decides.
    Fresh,
}

/// The prices of a cart, and the problems that stop it from becoming an order. With warm caches this needs no statement,
/// except one if discount codes are entered, and for a customer one, or two if a promotion depends on the groups. Fresh prices need one
/// more, which verifies that the cached settings are current. It takes no actor: a use case has returned the cart to it.
///
/// # Errors
/// [`crate::ServiceError`] if a store is unavailable, or the cart's channel no longer exists.
pub async fn price(app: &App, cart: &Cart, freshness: Freshness) -> ServiceResult<PricedCart> {
    let settings = match freshness {
        Freshness::Cached => app.settings.current(&app.db).await?,
        Freshness::Fresh => app.settings.confirmed(&app.db).await?,
    };
    price_with(app, cart, &settings, freshness).await
}

/// The prices of a cart by settings that the caller has read.
///
/// # Errors
/// [`crate::ServiceError`] if a store is unavailable, or the cart's channel no longer exists.
pub async fn price_with(
    app: &App,
    cart: &Cart,
    settings: &Settings,
    freshness: Freshness,
) -> ServiceResult<PricedCart> {
    let gifts = gifts(cart, settings, app.clock.now());
    let ids = product_ids(cart, &gifts);
    let products = match freshness {
        Freshness::Cached => app.catalog.products(&ids).await?,
        Freshness::Fresh => catalog::fresh_products(app, &ids).await?,
    };
    let Stock { availability, pickup } = match freshness {
        Freshness::Cached => stock(app, cart, settings, &ids).await?,
        Freshness::Fresh => Stock::default(),
    };
    let gift_availability = gift_availability(app, cart, settings, &gifts).await?;
    let taxonomy = app.catalog.taxonomy().await?;
    let BuyerFacts { codes, groups, is_tax_exempt } = buyer_facts(app, cart, settings).await?;
    let inputs = PricingInputs {
        settings,
        products: &products,
        taxonomy: &taxonomy,
        availability: &availability,
        gift_availability: &gift_availability,
        pickup_stock: &pickup,
        codes: &codes,
        customer_groups: &groups,
        buyer_tax: BuyerTax { is_exempt: is_tax_exempt, needs_confirmed_vat_id: app.vat_ids.needs_confirmation() },
        now: app.clock.now(),
    };
    model::pricing::price(cart, &inputs).or_internal("price a cart")
}

/// The products and variants that promotions may give with the cart.
fn gifts(cart: &Cart, settings: &Settings, now: Timestamp) -> Vec<(ProductId, VariantId)> {
    if cart.lines.is_empty() {
        return Vec::new();
    }
    let given = gift_promotions(&settings.promotions, cart.channel, now)
        // A promotion with codes cannot apply to a cart without one.
        .filter(|promotion| !promotion.needs_code || !cart.discount_codes.is_empty());
    given
        .filter_map(|promotion| match promotion.action {
            PromotionAction::Gift { product, variant, .. } => Some((product, variant)),
            _ => None,
        })
        .collect()
}

/// The available units of gifts and of their components, from the cache: if they are sold to others meanwhile, the order is
/// placed without gifts. Variants without a limit are left out.
async fn gift_availability(
    app: &App,
    cart: &Cart,
    settings: &Settings,
    gifts: &[(ProductId, VariantId)],
) -> ServiceResult<HashMap<VariantId, i64>> {
    if gifts.is_empty() {
        return Ok(HashMap::new());
    }
    let products: Vec<ProductId> = gifts.iter().map(|(product, _)| *product).collect();
    Ok(gifts_available_to(cart, settings, gifts, &app.availability.of(&products).await?))
}

/// The part of the supply that the cart's channel has for gifts.
fn gifts_available_to(
    cart: &Cart,
    settings: &Settings,
    gifts: &[(ProductId, VariantId)],
    stock: &HashMap<VariantId, VariantStock>,
) -> HashMap<VariantId, i64> {
    let Some(channel) = settings.channel_by_id(cart.channel) else { return HashMap::new() };
    let mut available = HashMap::new();
    for (_, variant) in gifts {
        let known = stock.get(variant);
        available.extend(known.into_iter().flat_map(|stock| stock.units_in(channel)));
        available.insert(*variant, known.map_or(0, |stock| stock.available_in(channel)));
    }
    available.retain(|_, available| *available < VariantStock::UNLIMITED);
    available
}

/// The distinct products of the cart's lines and of gifts, sorted.
fn product_ids(cart: &Cart, gifts: &[(ProductId, VariantId)]) -> Vec<ProductId> {
    let gifts = gifts.iter().map(|(product, _)| *product);
    let mut ids: Vec<ProductId> = cart.lines.iter().map(|line| line.product_id).chain(gifts).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The stock for the lines of a cart.
#[derive(Default)]
struct Stock {
    /// Units that the channel can sell, of variants and of the components of bundles; without those that never run out.
    availability: HashMap<VariantId, i64>,
    pickup: PickupStock,
}

async fn stock(app: &App, cart: &Cart, settings: &Settings, ids: &[ProductId]) -> ServiceResult<Stock> {
    Ok(stock_for(cart, settings, &app.availability.of(ids).await?))
}

/// The part of the supply that the cart's channel has for its lines.
fn stock_for(cart: &Cart, settings: &Settings, supply: &HashMap<VariantId, VariantStock>) -> Stock {
    let mut stock = Stock::default();
    // Pricing refuses a cart of an unknown channel.
    let Some(channel) = settings.channel_by_id(cart.channel) else { return stock };
    stock.pickup = pickup_stock(settings, cart, supply);
    for line in &cart.lines {
        let known = supply.get(&line.variant_id);
        stock.availability.extend(known.into_iter().flat_map(|stock| stock.units_in(channel)));
        stock.availability.insert(line.variant_id, known.map_or(0, |stock| stock.available_in(channel)));
    }
    stock.availability.retain(|_, available| *available < VariantStock::UNLIMITED);
    stock
}

/// Facts about the buyer, from the database, on which the prices of a cart depend.
#[derive(Default)]
struct BuyerFacts {
    /// The entered codes that exist.
    codes: Vec<DiscountCode>,
    /// The buyer's groups; empty if no promotion depends on them.
    groups: Vec<Slug>,
    is_tax_exempt: bool,
}

/// Reads nothing that the prices do not depend on.
async fn buyer_facts(app: &App, cart: &Cart, settings: &Settings) -> ServiceResult<BuyerFacts> {
    if cart.discount_codes.is_empty() && cart.customer.is_none() {
        return Ok(BuyerFacts::default());
    }
    let mut conn = app.db.read().await?;
    let codes = if cart.discount_codes.is_empty() { Vec::new() } else { codes(&mut conn, cart).await? };
    let Some(customer) = cart.customer else { return Ok(BuyerFacts { codes, ..BuyerFacts::default() }) };
    let is_tax_exempt = customers::is_tax_exempt(&mut conn, customer).await?;
    let has_group_promotions = settings.promotions.iter().any(|one| !one.conditions.customer_groups.is_empty());
    let groups =
        if has_group_promotions { customers::groups::slugs_of(&mut conn, customer).await? } else { Vec::new() };
    Ok(BuyerFacts { codes, groups, is_tax_exempt })
}

async fn codes(conn: &mut Conn, cart: &Cart) -> ServiceResult<Vec<DiscountCode>> {
    let email = cart.buyer.email.as_deref();
    Ok(promotions::codes_by_text(conn, &cart.discount_codes, cart.customer, email).await?)
}
