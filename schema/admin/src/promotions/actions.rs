//! Conditions and actions of promotions, as they can be put in.

use async_graphql::{Context, Enum, ID, Object, Result, Union};
use model::{
    ids::{ProductId, VariantId},
    promotions,
};
use schema_shared::{Decimal, Money, RequestExt, nullable, to_id};

use crate::catalog::{Category, Collection, Product, ProductVariant};

/// The conditions of a promotion.
pub struct PromotionConditions(pub promotions::Conditions);

/// The conditions of a promotion. All must hold for the lines before discounts.
#[Object]
impl PromotionConditions {
    /// Minimum subtotal of the counted lines, with tax if the channel's prices include tax; null if there is none.
    fn minimum_subtotal(&self) -> Option<Money> {
        self.0.minimum_subtotal.map(Money)
    }

    /// Minimum number of units of the counted lines; null if there is none.
    fn minimum_quantity(&self) -> Option<u32> {
        self.0.minimum_quantity.map(model::Quantity::get)
    }

    /// Slugs of customer groups, one of which the buyer must belong to; empty for any buyer.
    fn customer_groups(&self) -> Vec<&str> {
        self.0.customer_groups.iter().map(model::Slug::as_str).collect()
    }

    /// Products that count, at least one of which must be in the cart; null if all products count.
    fn products(&self) -> Option<ProductSelection> {
        self.0.products.clone().map(ProductSelection)
    }
}

/// A selection of products.
pub struct ProductSelection(pub promotions::ProductSelector);

/// A selection of products: those in any of the categories, including their subcategories, or collections, or listed
/// themselves. All products if everything is empty. Objects that were deleted since are left out.
#[Object]
impl ProductSelection {
    /// Categories, including their subcategories.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let taxonomy = ctx.request()?.back_office()?.taxonomy().await?;
        let found = self.0.categories.iter().filter_map(|id| taxonomy.categories.get(id));
        Ok(found.cloned().map(Category).collect())
    }

    /// Collections whose products are selected.
    async fn collections(&self, ctx: &Context<'_>) -> Result<Vec<Collection>> {
        let taxonomy = ctx.request()?.back_office()?.taxonomy().await?;
        let found = self.0.collections.iter().filter_map(|id| taxonomy.collections.get(id));
        Ok(found.cloned().map(Collection).collect())
    }

    /// Products that are listed themselves.
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<Product>> {
        let ids = &self.0.products;
        let mut found = ctx.request()?.loaders().cached_products().load_many(ids.clone()).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(Product).collect())
    }
}

/// The discount that a promotion grants.
#[derive(Union)]
pub enum PromotionAction {
    /// A percentage off the price of products or of the order.
    PercentageOff(PercentageOff),
    /// An amount off, applied once per order.
    AmountOff(AmountOff),
    /// A maximum price per unit.
    FixedPrice(FixedPrice),
    /// A discount on the cheapest units of each group of units.
    BuyXGetY(BuyXGetY),
    /// Free delivery for some or all delivery methods.
    FreeShipping(FreeShipping),
    /// A free gift, as a line of its own.
    Gift(Gift),
}

impl From<&promotions::PromotionAction> for PromotionAction {
    fn from(action: &promotions::PromotionAction) -> Self {
        use promotions::PromotionAction as Action;
        let selection = |target: &Option<promotions::ProductSelector>| target.clone().map(ProductSelection);
        match action {
            Action::PercentageOff { basis_points, target } => {
                Self::PercentageOff(PercentageOff { basis_points: *basis_points, target: selection(target) })
            }
            Action::AmountOff { amount, target } => {
                Self::AmountOff(AmountOff { amount: *amount, target: selection(target) })
            }
            Action::FixedPrice { price, target } => {
                Self::FixedPrice(FixedPrice { price: *price, target: ProductSelection(target.clone()) })
            }
            Action::BuyXGetY { buy, get, basis_points, target } => Self::BuyXGetY(BuyXGetY {
                buy: *buy,
                get: *get,
                basis_points: *basis_points,
                target: ProductSelection(target.clone()),
            }),
            Action::FreeShipping { methods } => Self::FreeShipping(FreeShipping { methods: methods.clone() }),
            Action::Gift { product, variant, quantity } => {
                Self::Gift(Gift { product: *product, variant: *variant, quantity: quantity.get() })
            }
        }
    }
}

/// A percentage off the price of products or of the order.
pub struct PercentageOff {
    basis_points: i64,
    target: Option<ProductSelection>,
}

/// A percentage off the price of products or of the order.
#[Object]
impl PercentageOff {
    /// Percentage, such as `"12.5"`.
    fn percent(&self) -> Decimal {
        percent(self.basis_points)
    }

    /// Discounted products; null for the whole order.
    fn target(&self) -> Option<&ProductSelection> {
        self.target.as_ref()
    }
}

/// An amount off, applied once per order.
pub struct AmountOff {
    amount: model::Money,
    target: Option<ProductSelection>,
}

/// An amount off, applied once per order.
#[Object]
impl AmountOff {
    /// Amount with tax if the channel's prices include tax. The promotion applies in its currency only.
    fn amount(&self) -> Money {
        Money(self.amount)
    }

    /// Products that the amount is divided between; null for the whole order.
    fn target(&self) -> Option<&ProductSelection> {
        self.target.as_ref()
    }
}

/// A maximum price per unit.
pub struct FixedPrice {
    price: model::Money,
    target: ProductSelection,
}

/// A maximum price per unit.
#[Object]
impl FixedPrice {
    /// Maximum price of one unit, with tax if the channel's prices include tax. The promotion applies in its currency only.
    fn amount(&self) -> Money {
        Money(self.price)
    }

    /// Products that are discounted.
    fn target(&self) -> &ProductSelection {
        &self.target
    }
}

/// A discount on groups of units.
pub struct BuyXGetY {
    buy: u32,
    get: u32,
    basis_points: i64,
    target: ProductSelection,
}

/// A discount on groups of `buy` + `get` units, sorted from the most to the least expensive: the last `get` units of each
/// group are discounted.
#[Object]
impl BuyXGetY {
    /// Number of units per group at full price.
    fn buy(&self) -> u32 {
        self.buy
    }

    /// Number of units per group at the reduced price.
    fn get(&self) -> u32 {
        self.get
    }

    /// Percentage off the reduced units; `"100"` if they are free.
    fn percent(&self) -> Decimal {
        percent(self.basis_points)
    }

    /// Products that are discounted.
    fn target(&self) -> &ProductSelection {
        &self.target
    }
}

/// Free delivery for some or all delivery methods.
pub struct FreeShipping {
    methods: Vec<String>,
}

/// Free delivery for some or all delivery methods.
#[Object]
impl FreeShipping {
    /// Handles of the delivery methods; empty for all methods.
    fn methods(&self) -> &[String] {
        &self.methods
    }
}

/// A free gift, as a line of its own.
pub struct Gift {
    product: ProductId,
    variant: VariantId,
    quantity: u32,
}

/// A free gift: units of a variant, once per cart, as a line of its own with a discount of its whole price.
#[Object]
impl Gift {
    /// Global id of the variant that is given.
    fn variant_id(&self) -> ID {
        to_id(self.variant)
    }

    /// Global id of the product of the variant.
    fn product_id(&self) -> ID {
        to_id(self.product)
    }

    /// Number of units.
    fn quantity(&self) -> u32 {
        self.quantity
    }

    /// Variant that is given; null if it was deleted, so that nothing is given any longer.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<ProductVariant>> {
        nullable(async {
            let product = ctx.request()?.loaders().cached_products().load(self.product).await?;
            Ok(product.and_then(|product| {
                let variant = product.variant(self.variant).cloned()?;
                Some(ProductVariant(variant, product))
            }))
        })
        .await
    }
}

/// The kinds of discounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PromotionActionKind {
    /// A percentage off the price.
    PercentageOff,
    /// An amount off, applied once per order.
    AmountOff,
    /// A maximum price per unit.
    FixedPrice,
    /// A discount on the cheapest units of each group of units.
    #[graphql(name = "BUY_X_GET_Y")]
    BuyXGetY,
    /// Free delivery for some or all delivery methods.
    FreeShipping,
    /// A free gift, as a line of its own.
    Gift,
}

impl From<&promotions::PromotionAction> for PromotionActionKind {
    fn from(action: &promotions::PromotionAction) -> Self {
        use promotions::PromotionAction as Action;
        match action {
            Action::PercentageOff { .. } => Self::PercentageOff,
            Action::AmountOff { .. } => Self::AmountOff,
            Action::FixedPrice { .. } => Self::FixedPrice,
            Action::BuyXGetY { .. } => Self::BuyXGetY,
            Action::FreeShipping { .. } => Self::FreeShipping,
            Action::Gift { .. } => Self::Gift,
        }
    }
}

/// A percentage without trailing zeros.
fn percent(basis_points: i64) -> Decimal {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let text = match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    };
    Decimal(text.into())
}
