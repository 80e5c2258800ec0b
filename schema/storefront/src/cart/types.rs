//! The cart itself.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{cart, pricing::ProblemCode};
use schema_shared::{Address, Connection, ConnectionArgs, CountryCode, CurrencyCode, connection_fields, to_id};
use services::App;

use super::{
    cost::{CartCost, CartDiscountCode, DiscountAllocation},
    delivery::DeliveryGroup,
    line::CartLine,
    prices::Pricing,
};

/// A cart with its prices, which are worked out at most once.
pub struct Cart {
    /// The cart.
    pub(super) cart: Arc<cart::Cart>,
    /// Its prices.
    pub(super) pricing: Pricing,
}

impl Cart {
    /// A cart whose prices are worked out when they are asked for.
    pub fn new(app: &App, cart: impl Into<Arc<cart::Cart>>) -> Self {
        let cart = cart.into();
        Self { pricing: Pricing::of(app, &cart), cart }
    }
}

/// What a shopper wants to buy, before it is an order.
#[connection_fields]
#[Object]
impl Cart {
    /// Global id. That of a guest's cart is the secret that opens it.
    pub async fn id(&self) -> ID {
        to_id(self.cart.id)
    }

    /// The secret that opens the order which this cart becomes: `order(id, token)`.
    fn token(&self) -> &str {
        &self.cart.token
    }

    /// Counts the changes, from 1. Give it back as `expectedVersion` to change only what you saw.
    fn version(&self) -> i32 {
        self.cart.version
    }

    /// Where it is in its life.
    fn status(&self) -> cart::CartStatus {
        self.cart.status
    }

    /// The currency of every amount.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.cart.currency)
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.cart.created_at
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.cart.updated_at
    }

    /// When it is removed, unless it is changed before or completed.
    fn expires_at(&self) -> DateTime<Utc> {
        self.cart.expires_at
    }

    /// Who buys.
    fn buyer(&self) -> CartBuyer {
        let cart::Buyer { email, phone, country } = self.cart.buyer.clone();
        CartBuyer { email, phone, country_code: country.map(CountryCode), is_customer: self.cart.customer.is_some() }
    }

    /// Where it goes.
    fn shipping_address(&self) -> Option<Address<'_>> {
        self.cart.shipping_address.as_ref().map(Address)
    }

    /// Who is billed; the shipping address counts where it is null.
    fn billing_address(&self) -> Option<Address<'_>> {
        self.cart.billing_address.as_ref().map(Address)
    }

    /// A word to the merchant.
    fn note(&self) -> Option<&str> {
        self.cart.note.as_deref()
    }

    /// How many units are in it.
    fn total_quantity(&self) -> i64 {
        self.cart.lines.iter().map(|line| i64::from(line.quantity)).sum()
    }

    /// What is in it, in the order it was added.
    fn lines(&self, args: ConnectionArgs) -> Result<Connection<CartLine>> {
        let page = args.page()?;
        let line = |line: &cart::CartLine| {
            (
                line.id,
                CartLine {
                    pricing: self.pricing.clone(),
                    line: line.clone(),
                    channel: self.cart.channel,
                    currency: self.cart.currency,
                },
            )
        };
        Ok(Connection::of_list(&page, self.cart.lines.iter().map(line).collect())?)
    }

    /// What it costs.
    async fn cost(&self) -> Result<CartCost> {
        Ok(CartCost(self.pricing.get().await?))
    }

    /// The promotions that reduce something, automatic ones and those of codes.
    async fn discounts(&self) -> Result<Vec<DiscountAllocation>> {
        Ok(self.pricing.get().await?.cart.promotions.iter().map(DiscountAllocation::from).collect())
    }

    /// The discount codes that were entered, in their order.
    async fn discount_codes(&self) -> Result<Vec<CartDiscountCode>> {
        if self.cart.discount_codes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.pricing.get().await?.cart.codes.iter().map(CartDiscountCode::from).collect())
    }

    /// What ships together and how; empty when nothing is delivered.
    async fn delivery_groups(&self) -> Result<Vec<DeliveryGroup>> {
        let prices = self.pricing.get().await?;
        let groups = prices.cart.delivery_groups.iter().cloned();
        Ok(groups.map(|group| DeliveryGroup { cart: self.cart.clone(), group }).collect())
    }

    /// Everything that stops it from becoming an order; empty when it can be completed.
    async fn problems(&self) -> Result<Vec<CartProblem>> {
        Ok(self.pricing.get().await?.cart.problems.iter().map(CartProblem::from).collect())
    }
}

/// Who buys.
#[derive(SimpleObject)]
pub struct CartBuyer {
    /// Where the confirmation goes.
    email: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// Where they are, until an address says it.
    country_code: Option<CountryCode>,
    /// Whether the cart belongs to a customer's account.
    is_customer: bool,
}

/// Something that stops a cart from becoming an order.
#[derive(SimpleObject)]
pub struct CartProblem {
    /// What it is, for programs.
    code: ProblemCode,
    /// What it is, for people.
    message: String,
    /// What it is about: the id of a line or delivery group, a discount code, or the name of a missing part.
    target: Option<String>,
}

impl From<&model::pricing::CartProblem> for CartProblem {
    fn from(problem: &model::pricing::CartProblem) -> Self {
        Self { code: problem.code, message: problem.message.clone(), target: problem.target.clone() }
    }
}
