//! Benchmarks of pricing a cart: lines, promotions and taxes, without stores.
#![expect(clippy::expect_used, reason = "benchmarks fail by panicking")]

use std::{
    collections::{BTreeMap, HashMap},
    hint::black_box,
    sync::Arc,
};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use model::{
    Currency, Money, Quantity, Timestamp,
    cart::{Cart, CartLine, NewCart},
    catalog::{Price, Product, Publication, Taxonomy, Variant},
    channels::{Channel, PriceMode},
    fixtures,
    ids::{CartLineId, ChannelId, DiscountCodeId, ProductId, PromotionId},
    pricing::{BuyerTax, PricingInputs, price},
    promotions::{Conditions, DiscountClass, DiscountCode, ProductSelector, Promotion, PromotionAction},
    settings::Settings,
    shipping::{DeliveryMethod, DeliveryZone},
    tax::{Destination, TaxRate, TaxRule, TaxTable},
};

const COUNTRIES: [&str; 6] = ["DE", "FR", "NL", "AT", "ES", "IT"];

/// The inputs of pricing and a cart with `lines` different lines.
struct Shop {
    settings: Settings,
    products: HashMap<ProductId, Arc<Product>>,
    taxonomy: Taxonomy,
    codes: Vec<DiscountCode>,
    cart: Cart,
}

impl Shop {
    fn new(lines: usize) -> Self {
        let channel = channel();
        let products: Vec<Product> = (0..lines).map(|number| product(channel.id, number)).collect();
        let cart = cart(channel.id, &products);
        let zone = fixtures::delivery_zone(channel.countries.clone());
        let settings = Settings {
            taxes: taxes(),
            delivery_methods: vec![delivery(&channel, &zone)],
            delivery_zones: vec![zone],
            channels: vec![Arc::new(channel)],
            ..Settings::default()
        };
        let products = products.into_iter().map(|product| (product.id, Arc::new(product))).collect();
        let taxonomy = Taxonomy::new(Vec::new(), Vec::new(), Vec::new());
        Self { settings, products, taxonomy, codes: Vec::new(), cart }
    }

    /// Adds a promotion for each of the first lines, and a code for 10 % off everything.
    fn with_promotions(mut self, count: usize) -> Self {
        for number in 0..count {
            let product = self.cart.lines.get(number).map_or_else(ProductId::new, |line| line.product_id);
            let target = ProductSelector { products: vec![product], ..ProductSelector::default() };
            let action = PromotionAction::PercentageOff { basis_points: 500, target: Some(target) };
            self.settings.promotions.push(promotion(action));
        }
        let code = Promotion {
            needs_code: true,
            ..promotion(PromotionAction::PercentageOff { basis_points: 1_000, target: None })
        };
        self.codes.push(DiscountCode {
            id: DiscountCodeId::new(),
            code: "TEN".to_owned(),
            promotion_id: code.id,
            usage_limit: None,
            usage_limit_per_customer: None,
            uses: 0,
            uses_by_buyer: 0,
            created_at: now(),
            deactivated_at: None,
        });
        self.settings.promotions.push(code);
        self.cart.discount_codes.push("TEN".to_owned());
        self
    }

    fn price(&self) -> Option<i64> {
        let inputs = PricingInputs {
            settings: &self.settings,
            products: &self.products,
            taxonomy: &self.taxonomy,
            availability: &HashMap::new(),
            gift_availability: &HashMap::new(),
            pickup_stock: &HashMap::new(),
            codes: &self.codes,
            customer_groups: &[],
            buyer_tax: BuyerTax::default(),
            now: now(),
        };
        price(&self.cart, &inputs).ok().map(|priced| priced.total.gross.minor)
    }
}

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap_or_default()
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn channel() -> Channel {
    Channel {
        locales: vec!["en".parse().expect("a locale")],
        countries: COUNTRIES.map(|code| code.parse().expect("a country")).to_vec(),
        is_default: true,
        ..fixtures::channel("eu".parse().expect("a slug"))
    }
}

fn delivery(channel: &Channel, zone: &DeliveryZone) -> DeliveryMethod {
    DeliveryMethod {
        free_from: Some(euros(10_000)),
        ..fixtures::delivery_method(channel.id, zone.id, "standard", euros(490))
    }
}

fn taxes() -> TaxTable {
    let rules = COUNTRIES.iter().flat_map(|code| {
        [("standard", 1_900), ("books", 700)].map(|(class, points)| {
            TaxRule::new(code.parse().expect("a country"), class, "VAT", TaxRate::from_basis_points(points))
        })
    });
    TaxTable::new(Vec::new(), rules.collect())
}

fn promotion(action: PromotionAction) -> Promotion {
    let all = [DiscountClass::Product, DiscountClass::Order, DiscountClass::Shipping];
    Promotion {
        id: PromotionId::new(),
        version: 1,
        name: "Sale".to_owned(),
        translations: BTreeMap::new(),
        channels: Vec::new(),
        starts_at: None,
        ends_at: None,
        priority: 0,
        combines_with: all.into(),
        needs_code: false,
        conditions: Conditions::default(),
        action,
    }
}

fn product(channel: ChannelId, number: usize) -> Product {
    let variant = Variant {
        weight_grams: Some(300),
        prices: vec![Price { channel, amount: euros(1_990), compare_at: None }],
        ..fixtures::variant(&format!("SKU-{number}"))
    };
    Product {
        name: format!("Thing {number}"),
        vendor: Some(format!("Vendor {number}")),
        tax_class: if number.is_multiple_of(3) { "books" } else { "standard" }.to_owned(),
        variants: vec![variant],
        publications: vec![Publication { channel, publish_at: now() }],
        ..fixtures::product("thing".parse().expect("a slug"))
    }
}

fn cart(channel: ChannelId, products: &[Product]) -> Cart {
    let locale = "en".parse().expect("a locale");
    let new = NewCart { channel, currency: Currency::EUR, locale, customer: None, token: String::new() };
    let mut cart = Cart::open(new, now());
    let lines = products.iter().flat_map(|product| product.variants.iter().map(move |variant| (product, variant)));
    let lines = lines.map(|(product, variant)| CartLine {
        id: CartLineId::new(),
        variant_id: variant.id,
        product_id: product.id,
        quantity: Quantity::try_from(2).expect("a quantity"),
        attributes: BTreeMap::new(),
        price: None,
    });
    cart.lines = lines.collect();
    cart
}

fn pricing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("price a cart");
    for lines in [1, 20, 200] {
        let plain = Shop::new(lines);
        group.bench_function(BenchmarkId::new("no promotion", lines), |bencher| {
            bencher.iter(|| black_box(plain.price()));
        });
        let promoted = Shop::new(lines).with_promotions(50);
        group.bench_function(BenchmarkId::new("50 promotions and a code", lines), |bencher| {
            bencher.iter(|| black_box(promoted.price()));
        });
    }
    group.finish();
}

fn taxation(criterion: &mut Criterion) {
    let table = taxes();
    let destination = Destination { country: "IT".parse().expect("a country"), region: None, postal_code: None };
    criterion.bench_function("find a tax rate", |bencher| {
        bencher.iter(|| black_box(table.find(black_box(destination), "books", now())));
    });
    criterion.bench_function("split a gross price", |bencher| {
        bencher.iter(|| black_box(TaxRate::from_basis_points(1_900).apply(black_box(euros(1_990)), PriceMode::Gross)));
    });
}

criterion_group!(benches, pricing, taxation);
criterion_main!(benches);
