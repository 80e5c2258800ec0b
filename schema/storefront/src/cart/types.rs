//! The cart object.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{cart, pricing::ProblemCode, tax::TaxTreatment};
use schema_shared::{
    Address, Connection, ConnectionArgs, CountryCode, CurrencyCode, RequestData, connection_fields, to_id,
};
use services::{checkout::Pricing, storefront::CartUpdate};

use super::{
    cost::{CartCost, CartDiscountCode, DiscountAllocation},
    delivery::DeliveryGroup,
    line::CartLine,
};

/// A cart with its prices, which are computed at most once per request and version.
pub struct Cart {
    /// The cart without prices.
    pub(super) cart: Arc<cart::Cart>,
    /// The prices of the cart.
    pub(super) pricing: Pricing,
}

impl Cart {
    /// A cart whose prices are computed when they are needed.
    pub fn new(request: &RequestData, cart: impl Into<Arc<cart::Cart>>) -> Self {
        let cart = cart.into();
        Self { pricing: request.loaders().pricing(&cart), cart }
    }
}

impl From<CartUpdate> for Cart {
    fn from(update: CartUpdate) -> Self {
        let CartUpdate { cart, pricing } = update;
        Self { cart, pricing }
    }
}

/// A cart of a shopper, which becomes an order when it is completed.
#[connection_fields]
#[Object]
impl Cart {
    /// Global id of the cart. The id of a guest's cart is secret, because it grants access to the cart.
    pub async fn id(&self) -> ID {
        to_id(self.cart.id)
    }

    /// Secret that grants access to the later order with `order(id, token)`.
    fn token(&self) -> &str {
        &self.cart.token
    }

    /// Version of the cart: starts at 1 and increases with each change. Send it as `expectedVersion` to reject a lost
    /// update.
    fn version(&self) -> i32 {
        self.cart.version
    }

    /// State of the cart.
    fn status(&self) -> cart::CartStatus {
        self.cart.status
    }

    /// Currency of all amounts of the cart.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.cart.currency)
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

    /// Contact data of the buyer.
    fn buyer(&self) -> CartBuyer {
        let cart::Buyer { email, phone, country, vat_id } = self.cart.buyer.clone();
        CartBuyer {
            email,
            phone,
            country_code: country.map(CountryCode),
            is_vat_id_confirmed: vat_id.as_ref().is_some_and(|vat_id| vat_id.confirmed_at.is_some()),
            vat_id: vat_id.map(|vat_id| vat_id.number.into()),
            is_customer: self.cart.customer.is_some(),
        }
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

    /// Number of units in all lines, without free gifts.
    fn total_quantity(&self) -> i64 {
        self.cart.lines.iter().map(|line| i64::from(line.quantity)).sum()
    }

    /// Lines of the cart, in the order in which they were added, then free gifts of promotions.
    async fn lines(&self, args: ConnectionArgs) -> Result<Connection<CartLine>> {
        let page = args.page()?;
        let gifts = self.pricing.gifts().await?;
        let gift_ids: Vec<_> = gifts.iter().map(|gift| gift.id).collect();
        let line = |line: &cart::CartLine| CartLine {
            pricing: self.pricing.clone(),
            line: line.clone(),
            channel: self.cart.channel,
            currency: self.cart.currency,
            is_gift: gift_ids.contains(&line.id),
        };
        let lines: Vec<cart::CartLine> = self.cart.lines.iter().cloned().chain(gifts).collect();
        Ok(Connection::of_slice(&page, &lines, |line| line.id, line)?)
    }

    /// Cost of the cart.
    async fn cost(&self) -> Result<CartCost> {
        Ok(CartCost(self.pricing.get().await?))
    }

    /// True if the buyer is a business in another member state of the European Union and owes the tax itself (reverse
    /// charge). Prices that include tax are then reduced by it.
    async fn is_reverse_charge(&self) -> Result<bool> {
        Ok(self.pricing.get().await?.cart.tax_treatment == TaxTreatment::ReverseCharge)
    }

    /// True if the customer is exempt from taxes. Prices that include tax are then reduced by it.
    async fn is_tax_exempt(&self) -> Result<bool> {
        Ok(self.pricing.get().await?.cart.tax_treatment == TaxTreatment::Exempt)
    }

    /// Promotions that reduce the cart, automatic or activated by codes.
    async fn discounts(&self) -> Result<Vec<DiscountAllocation>> {
        Ok(self.pricing.get().await?.cart.promotions.iter().map(DiscountAllocation::from).collect())
    }

    /// Discount codes of the cart, in the order in which they were entered.
    async fn discount_codes(&self) -> Result<Vec<CartDiscountCode>> {
        if self.cart.discount_codes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.pricing.get().await?.cart.codes.iter().map(CartDiscountCode::from).collect())
    }

    /// Groups of lines that are delivered together; empty if nothing is delivered.
    async fn delivery_groups(&self) -> Result<Vec<DeliveryGroup>> {
        let prices = self.pricing.get().await?;
        let groups = prices.cart.delivery_groups.iter().cloned();
        Ok(groups.map(|group| DeliveryGroup { cart: self.cart.clone(), group }).collect())
    }

    /// Problems that prevent completion; empty if the cart can be completed.
    async fn problems(&self) -> Result<Vec<CartProblem>> {
        Ok(self.pricing.get().await?.cart.problems.iter().map(CartProblem::from).collect())
    }
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
    /// VAT identification number of a business; null if none was given.
    vat_id: Option<String>,
    /// True if the tax authority confirmed the VAT identification number. False if there is none, and if confirmation is
    /// off.
    is_vat_id_confirmed: bool,
    /// True if the cart belongs to a customer's account.
    is_customer: bool,
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
