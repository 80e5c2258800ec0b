//! Prices of many carts at once, for lists of staff: the number of statements does not depend on the number of carts.

use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    sync::Arc,
};

use model::{
    Slug,
    cart::Cart,
    ids::{CartId, CustomerId, ProductId},
    pricing::{BuyerTax, PricedCart, PricingInputs},
    promotions::DiscountCode,
    settings::Settings,
};
use persistence::{
    customers::{self as store, groups},
    promotions,
};

use super::{Stock, gifts, gifts_available_to, product_ids, stock_for};
use crate::{App, ServiceResult, error::OrInternal as _};

/// A version of a cart to price.
#[derive(Debug, Clone)]
pub struct CartToPrice(pub Arc<Cart>);

impl CartToPrice {
    fn version(&self) -> (CartId, i32) {
        (self.0.id, self.0.version)
    }
}

impl PartialEq for CartToPrice {
    fn eq(&self, other: &Self) -> bool {
        self.version() == other.version()
    }
}

impl Eq for CartToPrice {}

impl Hash for CartToPrice {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.version().hash(state);
    }
}

/// The prices of carts as shoppers see them, except that limits of codes per customer are not checked. It takes no actor:
/// a use case has returned the carts to staff.
///
/// # Errors
/// [`crate::ServiceError`] if a store is unavailable, or the channel of a cart no longer exists.
pub async fn price_for_staff(app: &App, carts: &[CartToPrice]) -> ServiceResult<HashMap<CartToPrice, Arc<PricedCart>>> {
    let settings = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let given: Vec<_> = carts.iter().map(|CartToPrice(cart)| gifts(cart, &settings, now)).collect();
    let ids = carts.iter().zip(&given).flat_map(|(CartToPrice(cart), gifts)| product_ids(cart, gifts));
    let mut ids: Vec<ProductId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let products = app.catalog.products(&ids).await?;
    let stock = app.availability.of(&ids).await?;
    let taxonomy = app.catalog.taxonomy().await?;
    let codes = codes_of(app, carts).await?;
    let mut customers: Vec<CustomerId> = carts.iter().filter_map(|cart| cart.0.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let groups = groups_of(app, &customers, &settings).await?;
    let exempt = exempt_of(app, &customers).await?;
    let mut priced = HashMap::with_capacity(carts.len());
    for (CartToPrice(cart), gifts) in carts.iter().zip(&given) {
        let entered: Vec<DiscountCode> =
            codes.iter().filter(|code| cart.discount_codes.contains(&code.code)).cloned().collect();
        let Stock { availability, pickup } = stock_for(cart, &settings, &stock);
        let inputs = PricingInputs {
            settings: &settings,
            products: &products,
            taxonomy: &taxonomy,
            availability: &availability,
            pickup_stock: &pickup,
            gift_availability: &gifts_available_to(cart, &settings, gifts, &stock),
            codes: &entered,
            customer_groups: cart.customer.and_then(|customer| groups.get(&customer)).map_or(&[], Vec::as_slice),
            buyer_tax: BuyerTax {
                is_exempt: cart.customer.is_some_and(|customer| exempt.contains(&customer)),
                needs_confirmed_vat_id: app.vat_ids.needs_confirmation(),
            },
            now,
        };
        let result = model::pricing::price(cart, &inputs).or_internal("price a cart")?;
        priced.insert(CartToPrice(cart.clone()), Arc::new(result));
    }
    Ok(priced)
}

/// The codes that exist among those entered in the carts.
async fn codes_of(app: &App, carts: &[CartToPrice]) -> ServiceResult<Vec<DiscountCode>> {
    let mut entered: Vec<String> = carts.iter().flat_map(|cart| cart.0.discount_codes.clone()).collect();
    entered.sort_unstable();
    entered.dedup();
    if entered.is_empty() {
        return Ok(Vec::new());
    }
    Ok(promotions::codes_by_text(&mut *app.db.read().await?, &entered, None, None).await?)
}

/// The groups of customers, if a promotion depends on groups.
async fn groups_of(
    app: &App,
    customers: &[CustomerId],
    settings: &Settings,
) -> ServiceResult<HashMap<CustomerId, Vec<Slug>>> {
    let has_group_promotions = settings.promotions.iter().any(|one| !one.conditions.customer_groups.is_empty());
    if !has_group_promotions || customers.is_empty() {
        return Ok(HashMap::new());
    }
    let found = groups::by_customers(&mut *app.db.read().await?, customers).await?;
    let slugs = |groups: Vec<model::customers::CustomerGroup>| groups.into_iter().map(|group| group.slug).collect();
    Ok(found.into_iter().map(|(customer, groups)| (customer, slugs(groups))).collect())
}

/// The customers who pay no taxes.
async fn exempt_of(app: &App, customers: &[CustomerId]) -> ServiceResult<HashSet<CustomerId>> {
    if customers.is_empty() {
        return Ok(HashSet::new());
    }
    let found = store::by_ids(&mut *app.db.read().await?, customers).await?;
    Ok(found.into_values().filter(|customer| customer.is_tax_exempt).map(|customer| customer.id).collect())
}
