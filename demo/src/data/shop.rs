//! Settings and accounts.

use model::{
    Address, Country, Currency, Locale, Slug, Translations, payments::PaymentMethod, promotions::DiscountClass,
};
use serde::Deserialize;

/// Settings and accounts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shop {
    /// Stock locations.
    pub locations: Vec<LocationRow>,
    /// Channels; the first is the default.
    pub channels: Vec<ChannelRow>,
    /// Tax classes.
    pub tax_classes: Vec<TaxClassRow>,
    /// Tax rates by country.
    pub tax_rates: Vec<CountryRates>,
    /// Promotions.
    pub promotions: Vec<PromotionRow>,
    /// Routing rules of payments.
    pub routing_rules: Vec<RoutingRow>,
    /// Accounts of staff and customers.
    pub accounts: Accounts,
}

/// A stock location.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationRow {
    /// The slug.
    pub slug: Slug,
    /// The name.
    pub name: String,
    /// The address.
    pub address: Address,
}

/// A channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRow {
    /// The slug.
    pub slug: Slug,
    /// The name.
    pub name: String,
    /// Names in other languages.
    #[serde(default)]
    pub translations: Translations,
    /// True if prices include tax.
    pub prices_include_tax: bool,
    /// The currency.
    pub currency: Currency,
    /// Locales; the first is the default.
    pub locales: Vec<Locale>,
    /// Countries delivered to; the first is the default.
    pub countries: Vec<Country>,
    /// Slugs of stock locations, in order of preference.
    pub locations: Vec<String>,
    /// Delivery methods, in display order.
    pub delivery_methods: Vec<MethodRow>,
}

/// A delivery method of a channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodRow {
    /// The handle; unique in the channel.
    pub handle: String,
    /// The name.
    pub name: String,
    /// Names in other languages.
    #[serde(default)]
    pub translations: Translations,
    /// The price in minor units.
    pub price: i64,
    /// The value of goods in minor units from which delivery is free.
    #[serde(default)]
    pub free_from: Option<i64>,
    /// The fewest and most days of delivery.
    pub estimated_days: (u16, u16),
    /// The slug of the stock location where the customer picks the goods up.
    #[serde(default)]
    pub pickup_at: Option<String>,
}

/// A tax class.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxClassRow {
    /// The slug.
    pub slug: Slug,
    /// The name.
    pub name: String,
}

/// The tax rates of a country.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryRates {
    /// The country.
    pub country: Country,
    /// The rates.
    pub rates: Vec<RateRow>,
}

/// A tax rate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRow {
    /// The tax class.
    pub class: String,
    /// The name for shoppers.
    pub name: String,
    /// The region; none for the whole country.
    #[serde(default)]
    pub region: Option<String>,
    /// The rate in basis points.
    pub rate: i64,
}

/// A promotion.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionRow {
    /// The name that the id derives from.
    pub key: String,
    /// The name.
    pub name: String,
    /// The code that it needs; none if it applies automatically.
    #[serde(default)]
    pub code: Option<String>,
    /// The number of times that the code can be used.
    #[serde(default)]
    pub usage_limit: Option<i32>,
    /// Days since it started; none if it has no start.
    #[serde(default)]
    pub started_days_ago: Option<i64>,
    /// Days since it ended; none if it has no end.
    #[serde(default)]
    pub ended_days_ago: Option<i64>,
    /// The minimum value of goods in euro cents.
    #[serde(default)]
    pub minimum_subtotal: Option<i64>,
    /// Classes of discounts that it combines with.
    pub combines_with: Vec<DiscountClass>,
    /// The discount.
    pub action: ActionRow,
}

/// The discount of a promotion.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum ActionRow {
    /// A percentage of all goods.
    PercentageOff {
        /// The percentage in basis points.
        basis_points: i64,
    },
    /// An amount off all goods.
    AmountOff {
        /// The amount in euro cents.
        amount: i64,
    },
    /// Free delivery.
    FreeShipping {
        /// Handles of the free methods.
        methods: Vec<String>,
    },
    /// Of every `buy + get` units of a category, the last `get` are reduced.
    BuyXGetY {
        /// Units at full price.
        buy: u32,
        /// Reduced units.
        get: u32,
        /// The reduction in basis points.
        basis_points: i64,
        /// The path of the category.
        category: String,
    },
}

/// A routing rule of payments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRow {
    /// The name.
    pub name: String,
    /// The currency of payments.
    pub currency: Currency,
    /// The method of payments.
    pub method: PaymentMethod,
    /// The gateways, the preferred first.
    pub gateways: Vec<String>,
}

/// The accounts, all with one public password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// The password of every account.
    pub password: String,
    /// Roles of staff.
    pub roles: Vec<RoleRow>,
    /// Members of staff.
    pub staff: Vec<StaffRow>,
    /// Customers.
    pub customers: Vec<CustomerRow>,
}

/// A role.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRow {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Names of permissions; all permissions if absent.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
}

/// A member of staff.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffRow {
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The slug of the role.
    pub role: String,
}

/// A customer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerRow {
    /// The e-mail address.
    pub email: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// Slugs of customer groups.
    pub groups: Vec<String>,
    /// Addresses; the first is the default.
    pub addresses: Vec<Address>,
}
