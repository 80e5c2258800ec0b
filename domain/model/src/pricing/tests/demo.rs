//! Settings and products of the demo shop, as far as pricing needs them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    Address, Country, Currency, Money, Quantity, Slug, Timestamp,
    cart::{Cart, CartLine, NewCart},
    catalog::{Category, Price, Product, Publication, Taxonomy, Variant},
    channels::Channel,
    fixtures,
    ids::{
        CartLineId, CategoryId, ChannelId, DiscountCodeId, ProductId, PromotionId, StockLocationId, TaxClassId,
        VariantId,
    },
    pricing::{BuyerTax, PricedCart, PricingInputs, price},
    promotions::{Conditions, DiscountClass, DiscountCode, ProductSelector, Promotion, PromotionAction},
    settings::Settings,
    shipping::{DeliveryMethod, DeliveryZone, PickupStock},
    tax::{TaxClass, TaxRate, TaxRule, TaxTable},
};

pub fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// The demo shop with mutable inputs.
#[derive(Debug)]
pub struct Shop {
    pub settings: Settings,
    pub products: HashMap<ProductId, Arc<Product>>,
    pub taxonomy: Taxonomy,
    pub codes: Vec<DiscountCode>,
    pub groups: Vec<Slug>,
    pub availability: HashMap<VariantId, i64>,
    pub buyer_tax: BuyerTax,
    pub pickup_stock: PickupStock,
}

impl Shop {
    pub fn new() -> Self {
        let berlin = fixtures::stock_location("berlin".parse().unwrap(), country("DE"));
        let channels = vec![
            channel("eu", "EUR", true, &["DE", "FR", "NL", "AT", "ES", "IT"], &[berlin.id]),
            channel("us", "USD", false, &["US"], &[]),
            channel("jp", "JPY", true, &["JP"], &[]),
        ];
        let zones: Vec<DeliveryZone> =
            channels.iter().map(|channel| fixtures::delivery_zone(channel.countries.clone())).collect();
        let settings = Settings {
            taxes: taxes(),
            delivery_methods: methods(&channels, &zones, berlin.id),
            delivery_zones: zones,
            locations: vec![berlin],
            channels,
            ..Settings::default()
        };
        let taxonomy = Taxonomy::new(Vec::new(), categories(), Vec::new());
        let mut shop = Self {
            settings,
            products: HashMap::new(),
            taxonomy,
            codes: Vec::new(),
            groups: Vec::new(),
            availability: HashMap::new(),
            buyer_tax: BuyerTax::default(),
            pickup_stock: PickupStock::new(),
        };
        shop.add_promotions();
        shop
    }

    fn add_promotions(&mut self) {
        let percent = |basis_points| PromotionAction::PercentageOff { basis_points, target: None };
        let goods = [DiscountClass::Product, DiscountClass::Shipping];
        self.add_code("WELCOME10", promotion("10 % off", percent(1_000), &goods));
        let minimum = Conditions { minimum_subtotal: Some(euros(5_000)), ..Conditions::default() };
        let ten = PromotionAction::AmountOff { amount: euros(1_000), target: None };
        self.add_code("TENOFF", Promotion { conditions: minimum, ..promotion("10 off", ten, &goods) });
        let standard = PromotionAction::FreeShipping { methods: vec!["standard".to_owned()] };
        let all = [DiscountClass::Product, DiscountClass::Order, DiscountClass::Shipping];
        self.add_code("FREESHIP", promotion("Free delivery", standard, &all));
        self.add_code("ONLYONCE", promotion("Half price", percent(5_000), &goods));
        let yesterday = Some(now() - chrono::Duration::days(1));
        self.add_code("OLD", Promotion { ends_at: yesterday, ..promotion("Old", percent(1_000), &goods) });
        let target = ProductSelector { categories: vec![self.category("accessories")], ..ProductSelector::default() };
        let third = PromotionAction::BuyXGetY { buy: 2, get: 1, basis_points: 10_000, target };
        let third = Promotion { needs_code: false, ..promotion("Every third accessory free", third, &all) };
        self.settings.promotions.push(third);
    }

    pub fn add_code(&mut self, code: &str, promotion: Promotion) {
        self.codes.push(DiscountCode {
            id: DiscountCodeId::new(),
            code: code.to_owned(),
            promotion_id: promotion.id,
            usage_limit: (code == "ONLYONCE").then_some(1),
            usage_limit_per_customer: None,
            uses: 0,
            uses_by_buyer: 0,
            created_at: now(),
            deactivated_at: None,
        });
        self.settings.promotions.push(promotion);
    }

    pub fn category(&self, slug: &str) -> CategoryId {
        self.taxonomy.category_by_slug(slug).unwrap().id
    }

    pub fn channel(&self, slug: &str) -> ChannelId {
        self.settings.channel(slug).unwrap().id
    }

    /// Adds a product with one variant and a price in the channel's currency.
    pub fn product(&mut self, channel: &str, minor: i64, change: impl FnOnce(&mut Product)) -> ProductId {
        let place = self.settings.channel(channel).unwrap();
        let price = Money::new(minor, place.default_currency().unwrap());
        let prices = vec![Price { channel: place.id, amount: price, compare_at: None }];
        let mut product = Product {
            variants: vec![Variant { prices, ..fixtures::variant("SKU") }],
            publications: vec![Publication { channel: place.id, publish_at: now() }],
            ..fixtures::product("thing".parse().unwrap())
        };
        change(&mut product);
        let id = product.id;
        self.products.insert(id, Arc::new(product));
        id
    }

    pub fn cart(&self, channel: &str, lines: &[(ProductId, i64)]) -> Cart {
        let place = self.settings.channel(channel).unwrap();
        let new = NewCart {
            channel: place.id,
            currency: place.default_currency().unwrap(),
            locale: "en".parse().unwrap(),
            customer: None,
            token: String::new(),
        };
        let mut cart = Cart::open(new, now());
        let line = |(product, quantity): &(ProductId, i64)| CartLine {
            id: CartLineId::new(),
            variant_id: self.products[product].variants[0].id,
            product_id: *product,
            quantity: Quantity::try_from(*quantity).unwrap(),
            attributes: BTreeMap::new(),
            price: None,
        };
        cart.lines = lines.iter().map(line).collect();
        cart
    }

    pub fn price(&self, cart: &Cart) -> PricedCart {
        let inputs = PricingInputs {
            settings: &self.settings,
            products: &self.products,
            taxonomy: &self.taxonomy,
            availability: &self.availability,
            gift_availability: &self.availability,
            pickup_stock: &self.pickup_stock,
            codes: &self.codes,
            customer_groups: &self.groups,
            buyer_tax: self.buyer_tax,
            now: now(),
        };
        price(cart, &inputs).unwrap()
    }
}

pub fn with_codes(cart: Cart, codes: &[&str]) -> Cart {
    Cart { discount_codes: codes.iter().map(|code| (*code).to_owned()).collect(), ..cart }
}

pub fn delivered_by(mut cart: Cart, handle: &str) -> Cart {
    cart.delivery_choices.insert(cart.delivery_group, handle.to_owned());
    cart
}

pub fn sent_to(cart: Cart, code: &str, region: Option<&str>) -> Cart {
    let address = Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        company: None,
        street1: "Street 1".to_owned(),
        street2: None,
        postal_code: "10115".to_owned(),
        city: "City".to_owned(),
        region: region.map(str::to_owned),
        country: country(code),
        phone: None,
    };
    Cart { shipping_address: Some(address), ..cart }
}

pub fn promotion(name: &str, action: PromotionAction, combines_with: &[DiscountClass]) -> Promotion {
    Promotion {
        id: PromotionId::new(),
        version: 1,
        name: name.to_owned(),
        translations: BTreeMap::new(),
        channels: Vec::new(),
        starts_at: None,
        ends_at: None,
        priority: 0,
        combines_with: combines_with.iter().copied().collect(),
        needs_code: true,
        conditions: Conditions::default(),
        action,
    }
}

fn channel(
    slug: &str,
    currency: &str,
    prices_include_tax: bool,
    countries: &[&str],
    locations: &[StockLocationId],
) -> Arc<Channel> {
    Arc::new(Channel {
        locations: locations.to_vec(),
        prices_include_tax,
        currencies: vec![currency.parse().unwrap()],
        locales: vec!["en".parse().unwrap(), "de".parse().unwrap()],
        countries: countries.iter().map(|code| country(code)).collect(),
        is_default: slug == "eu",
        ..fixtures::channel(slug.parse().unwrap())
    })
}

fn taxes() -> TaxTable {
    let rule = |(code, region, class, points): (&str, Option<&str>, &str, i64)| TaxRule {
        region: region.map(str::to_owned),
        ..TaxRule::new(country(code), class, "VAT", TaxRate::from_basis_points(points))
    };
    let class = |slug: &str| TaxClass { id: TaxClassId::new(), slug: slug.parse().unwrap(), name: slug.to_owned() };
    let rules = [
        ("DE", None, "standard", 1_900),
        ("DE", None, "books", 700),
        ("FR", None, "standard", 2_000),
        ("NL", None, "standard", 2_100),
        ("AT", None, "standard", 2_000),
        ("ES", None, "standard", 2_100),
        ("IT", None, "standard", 2_200),
        ("US", None, "standard", 0),
        ("US", Some("CA"), "standard", 725),
        ("US", Some("NY"), "standard", 400),
        ("JP", None, "standard", 1_000),
    ];
    TaxTable::new(vec![class("standard"), class("books")], rules.into_iter().map(rule).collect())
}

fn methods(channels: &[Arc<Channel>], zones: &[DeliveryZone], store: StockLocationId) -> Vec<DeliveryMethod> {
    let method = |(at, handle, minor, free_from): (usize, &str, i64, Option<i64>)| {
        let channel: &Channel = &channels[at];
        let money = |minor| Money::new(minor, channel.default_currency().unwrap());
        DeliveryMethod {
            free_from: free_from.map(money),
            pickup_at: (handle == "pickup").then_some(store),
            ..fixtures::delivery_method(channel.id, zones[at].id, handle, money(minor))
        }
    };
    let all = [
        (0, "standard", 490, Some(10_000)),
        (0, "express", 1_290, None),
        (0, "pickup", 0, None),
        (1, "standard", 600, None),
        (1, "express", 1_900, None),
        (2, "standard", 800, None),
    ];
    all.into_iter().map(method).collect()
}

/// `accessories` with `accessories/bags` below it.
fn categories() -> Vec<Category> {
    let category = |slug: &str, parent| fixtures::category(slug.parse().unwrap(), parent);
    let accessories = category("accessories", None);
    let bags = category("accessories/bags", Some(accessories.id));
    vec![accessories, bags]
}
