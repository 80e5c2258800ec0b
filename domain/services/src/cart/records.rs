//! Active carts as staff read them, for support and recovery. They contain personal data like orders, so the permission to
//! read orders is required, in the channel of the cart. The secret id of a cart needs a permission of its own.

use std::collections::HashMap;

use model::{
    Direction, Page, PageRequest, Timestamp,
    access::{Actor, Permission},
    cart::{CartCursor, CartRecord},
    customers::Email,
    ids::{CartRecordId, ChannelId, CustomerId},
};
use persistence::carts;
use serde_json::json;

use crate::{
    App, ServiceResult,
    identity::{Client, events},
};

/// Conditions for a list of carts; all given conditions must be met.
#[derive(Debug, Clone, Default)]
pub struct CartFilter {
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The e-mail address of the buyer, in any case.
    pub email: Option<String>,
    /// The slug of the channel; an unknown channel has no carts.
    pub channel: Option<String>,
    /// Carts changed at this time or later.
    pub updated_after: Option<Timestamp>,
    /// Carts changed before this time.
    pub updated_before: Option<Timestamp>,
    /// The smallest subtotal as a decimal, in the currency of each cart.
    pub minimum_subtotal: Option<String>,
    /// True for carts whose buyer has given an e-mail address, false for the others.
    pub has_email: Option<bool>,
}

/// A page of carts, sorted by the time of the last change. The audit log records who has read it.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::OrdersRead`] in any channel.
pub async fn list_records(
    app: &App,
    actor: &Actor,
    client: &Client,
    filter: &CartFilter,
    direction: Direction,
    page: &PageRequest<CartCursor>,
) -> ServiceResult<Page<CartRecord>> {
    let conditions = conditions(app, actor, filter).await?;
    let found = carts::list(&mut *app.db.read().await?, &conditions, direction, page, app.clock.now()).await?;
    let read = json!({
        "customer": filter.customer,
        "email": events::searched(filter.email.as_deref()),
        "channel": filter.channel,
        "updatedAfter": filter.updated_after,
        "updatedBefore": filter.updated_before,
        "minimumSubtotal": filter.minimum_subtotal,
        "hasEmail": filter.has_email,
    });
    events::record_list(app, (actor, client), "carts", read, found.rows.len()).await?;
    Ok(found)
}

/// A page of the carts of a customer, whose reading is recorded, last changed first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::OrdersRead`] in any channel.
pub async fn list_records_of(
    app: &App,
    actor: &Actor,
    customer: CustomerId,
    page: &PageRequest<CartCursor>,
) -> ServiceResult<Page<CartRecord>> {
    let filter = CartFilter { customer: Some(customer), ..CartFilter::default() };
    let conditions = conditions(app, actor, &filter).await?;
    let mut conn = app.db.read().await?;
    Ok(carts::list(&mut conn, &conditions, Direction::Descending, page, app.clock.now()).await?)
}

/// The number of carts that match the filter.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::OrdersRead`] in any channel.
pub async fn count_records(app: &App, actor: &Actor, filter: &CartFilter) -> ServiceResult<i64> {
    let conditions = conditions(app, actor, filter).await?;
    Ok(carts::count(&mut *app.db.read().await?, &conditions, app.clock.now()).await?)
}

/// Carts by their ids for staff, in the channels of the actor; absent ones are left out.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::OrdersRead`] in any channel.
pub async fn records_by_ids(
    app: &App,
    actor: &Actor,
    ids: &[CartRecordId],
) -> ServiceResult<HashMap<CartRecordId, CartRecord>> {
    let scope = actor.channels_with(Permission::OrdersRead)?;
    let mut found = carts::records_by_ids(&mut *app.db.read().await?, ids, app.clock.now()).await?;
    found.retain(|_, record| scope.contains(record.cart.channel));
    Ok(found)
}

/// True if the actor may read the secret id of a cart in this channel, which opens the cart in the storefront.
#[must_use]
pub fn may_recover(actor: &Actor, channel: ChannelId) -> bool {
    actor.require_in(Permission::CartsRecover, channel).is_ok()
}

/// The filter of the store, limited to the channels of the actor.
async fn conditions(app: &App, actor: &Actor, filter: &CartFilter) -> ServiceResult<model::cart::CartFilter> {
    let scope = actor.channels_with(Permission::OrdersRead)?;
    let settings = app.settings.current(&app.db).await?;
    let channel = filter.channel.as_ref().map(|slug| settings.channel(slug).map(|channel| channel.id));
    let wanted = channel.map(|channel| channel.into_iter().collect::<Vec<ChannelId>>());
    let minimums = filter.minimum_subtotal.as_ref().map(|decimal| {
        let mut currencies: Vec<_> = settings.channels.iter().flat_map(|channel| channel.currencies.clone()).collect();
        currencies.sort_unstable_by_key(|currency| currency.code());
        currencies.dedup();
        let minimum = |currency| model::cart::CartFilter::minimum_in(decimal, currency);
        currencies.into_iter().filter_map(minimum).collect()
    });
    Ok(model::cart::CartFilter {
        customer: filter.customer,
        // An address that is not valid belongs to no buyer.
        email: filter.email.as_ref().map(|email| email.parse::<Email>().map_or_else(|_| String::new(), Into::into)),
        channels: scope.narrowed_to(wanted.as_deref()),
        updated_after: filter.updated_after,
        updated_before: filter.updated_before,
        minimum_subtotals: minimums,
        has_email: filter.has_email,
    })
}
