//! A cart as staff see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{
    cart,
    ids::CartRecordId,
    pricing::{PricedCart, ProblemCode},
};
use schema_shared::{
    Address, Connection, ConnectionArgs, CountryCode, CurrencyCode, Money, RequestExt, TaxedMoney, connection_fields,
    nullable, to_id,
};
use services::{cart::may_recover, pricing::CartToPrice};

use crate::{catalog::ProductVariant, channels::Channel, identity::Customer};

/// A cart of a shopper that has not become an order.
#[expect(clippy::struct_field_names, reason = "the cart of the model")]
pub struct Cart {
    id: CartRecordId,
    cart: Arc<cart::Cart>,
    subtotal: Option<model::Money>,
}

impl Cart {
    /// A cart that a use case has returned.
    pub fn new(record: cart::CartRecord) -> Self {
        Self { id: record.id, cart: Arc::new(record.cart), subtotal: record.subtotal }
    }

    async fn prices(&self, ctx: &Context<'_>) -> Result<Option<Arc<PricedCart>>> {
        ctx.request()?.loaders().cart_prices().load(CartToPrice(self.cart.clone())).await
    }
}

/// A cart of a shopper that has not become an order. Staff read it and cannot change it.
#[connection_fields]
#[Object]
impl Cart {
    /// Global id of the cart for staff. It does not open the cart in the storefront.
    pub async fn id(&self) -> ID {
        to_id(self.id)
    }

    /// Global id of the cart in the storefront. It opens a guest's cart for changes and completion, so it is null
    /// without `CARTS_RECOVER` in the channel of the cart. For links in messages to the shopper.
    fn storefront_id(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        let request = ctx.request()?;
        Ok(may_recover(&request.actor, self.cart.channel).then(|| to_id(self.cart.id)))
    }

    /// Number of changes, starting at 1.
    fn version(&self) -> i32 {
        self.cart.version
    }

    /// Channel of the cart; null if it no longer exists.
    async fn channel(&self, ctx: &Context<'_>) -> Option<Result<Channel>> {
        nullable(async {
            let settings = ctx.request()?.back_office()?.settings().await?;
            Ok(settings.channel_by_id(self.cart.channel).map(|channel| Channel(channel.as_ref().clone())))
        })
        .await
    }

    /// Currency of all amounts of the cart.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.cart.currency)
    }

    /// Language of the shopper as a BCP 47 tag.
    fn locale(&self) -> &str {
        self.cart.locale.as_str()
    }

    /// Customer of the cart; null for a guest, and without `CUSTOMERS_READ`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(async {
            let Some(id) = self.cart.customer else { return Ok(None) };
            Ok(ctx.request()?.loaders().customers().load(id).await?.map(Customer))
        })
        .await
    }

    /// Contact data that the buyer has entered.
    fn buyer(&self) -> CartBuyer {
        let cart::Buyer { email, phone, country, vat_id } = self.cart.buyer.clone();
        let vat_id = vat_id.map(|vat_id| vat_id.number.as_str().to_owned());
        CartBuyer { email, phone, country_code: country.map(CountryCode), vat_id }
    }

    /// Address that the cart is delivered to; null until it is known.
    fn shipping_address(&self) -> Option<Address<'_>> {
        self.cart.shipping_address.as_ref().map(Address)
    }

    /// Address for the invoice; null if the shipping address is used.
    fn billing_address(&self) -> Option<Address<'_>> {
        self.cart.billing_address.as_ref().map(Address)
    }

    /// Note from the shopper; null if there is none.
    fn note(&self) -> Option<&str> {
        self.cart.note.as_deref()
    }

    /// Discount codes of the cart, in the order in which they were entered.
    fn discount_codes(&self) -> &[String] {
        &self.cart.discount_codes
    }

    /// Number of units in all lines.
    fn total_quantity(&self) -> i64 {
        self.cart.lines.iter().map(|line| i64::from(line.quantity)).sum()
    }

    /// Lines at the prices at which they were added, before discounts and in the channel's price mode (gross or net); lists
    /// of carts filter by it. Null in carts of earlier versions. `cost` has the present prices.
    fn subtotal(&self) -> Option<Money> {
        self.subtotal.map(Money)
    }

    /// Lines of the cart, in the order in which they were added.
    fn lines(&self, args: ConnectionArgs) -> Result<Connection<CartLine>> {
        let page = args.page()?;
        let line = |line: &cart::CartLine| CartLine { cart: self.cart.clone(), line: line.clone() };
        Ok(Connection::of_slice(&page, &self.cart.lines, |line| line.id, line)?)
    }

    /// Present cost of the cart, as the shopper sees it. Limits of discount codes per customer are not checked.
    async fn cost(&self, ctx: &Context<'_>) -> Option<Result<CartCost>> {
        nullable(async { Ok(self.prices(ctx).await?.map(|prices| CartCost::from(prices.as_ref()))) }).await
    }

    /// Problems that prevent completion; empty if the cart can be completed. Limits of discount codes per customer are not
    /// checked.
    async fn problems(&self, ctx: &Context<'_>) -> Result<Vec<CartProblem>> {
        let prices = self.prices(ctx).await?;
        Ok(prices.iter().flat_map(|prices| &prices.problems).map(CartProblem::from).collect())
    }

    /// Time at which the cart was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.cart.created_at
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.cart.updated_at
    }

    /// Time at which the cart is deleted if it is neither changed nor completed before.
    fn expires_at(&self) -> DateTime<Utc> {
        self.cart.expires_at
    }
}

/// A line of a cart.
pub struct CartLine {
    cart: Arc<cart::Cart>,
    line: cart::CartLine,
}

/// A line of a cart: a variant with its quantity.
#[Object]
impl CartLine {
    /// Global id of the line.
    fn id(&self) -> ID {
        to_id(self.line.id)
    }

    /// Number of units in the line.
    fn quantity(&self) -> u32 {
        self.line.quantity.get()
    }

    /// Variant of the line, published or not; null if it was deleted.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<ProductVariant>> {
        nullable(async {
            let product = ctx.request()?.loaders().cached_products().load(self.line.product_id).await?;
            let Some(product) = product else { return Ok(None) };
            let variant = product.variant(self.line.variant_id).cloned();
            Ok(variant.map(|variant| ProductVariant(variant, product)))
        })
        .await
    }

    /// Attributes that the shopper entered for the line, such as an engraving, ordered by key.
    fn attributes(&self) -> Vec<CartLineAttribute> {
        let attributes = self.line.attributes.iter();
        attributes.map(|(key, value)| CartLineAttribute { key: key.clone(), value: value.clone() }).collect()
    }

    /// Present price of all units after discounts; null if the variant is not sold any longer.
    async fn total(&self, ctx: &Context<'_>) -> Option<Result<TaxedMoney>> {
        nullable(async {
            let prices = ctx.request()?.loaders().cart_prices().load(CartToPrice(self.cart.clone())).await?;
            let line = prices.and_then(|prices| prices.lines.iter().find(|line| line.id == self.line.id).cloned());
            Ok(line.map(|line| TaxedMoney(line.total)))
        })
        .await
    }
}

/// An attribute that the shopper entered for a cart line.
#[derive(SimpleObject)]
pub struct CartLineAttribute {
    /// Name of the attribute.
    key: String,
    /// Value of the attribute.
    value: String,
}

/// The contact data of a buyer.
#[derive(SimpleObject)]
pub struct CartBuyer {
    /// Email address for messages about the order; null until it is known.
    email: Option<String>,
    /// Phone number of the buyer; null if none was given.
    phone: Option<String>,
    /// Country of the buyer until the cart has an address; null if it is not known.
    country_code: Option<CountryCode>,
    /// VAT identification number of the buyer; null if none was given.
    vat_id: Option<String>,
}

/// The present cost of a cart. All amounts are exact: lines and delivery add up to the total.
#[derive(SimpleObject)]
pub struct CartCost {
    /// Sum of the lines before discounts.
    subtotal: TaxedMoney,
    /// Total line discounts, in the channel's price mode (gross or net).
    discount_total: Money,
    /// Delivery cost after discounts; zero until a delivery method is selected.
    shipping: TaxedMoney,
    /// Total of lines and delivery after discounts.
    total: TaxedMoney,
}

impl From<&PricedCart> for CartCost {
    fn from(cart: &PricedCart) -> Self {
        Self {
            subtotal: cart.subtotal.into(),
            discount_total: cart.discount_total.into(),
            shipping: cart.shipping.into(),
            total: cart.total.into(),
        }
    }
}

/// A problem that prevents the completion of a cart.
#[derive(SimpleObject)]
pub struct CartProblem {
    /// Code of the problem, for programs.
    code: ProblemCode,
    /// Text of the problem, for people.
    message: String,
    /// Subject of the problem: the id of a line or delivery group, a discount code, or the name of a missing part; null
    /// if it is the whole cart.
    target: Option<String>,
}

impl From<&model::pricing::CartProblem> for CartProblem {
    fn from(problem: &model::pricing::CartProblem) -> Self {
        Self { code: problem.code, message: problem.message.clone(), target: problem.target.clone() }
    }
}
