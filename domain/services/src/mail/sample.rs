//! A sample of each mail, for previews and for the check of templates.

use chrono::{DateTime, TimeDelta};
use model::{Currency, Formats, Money, Timestamp};

use super::{
    MailConfig, StorefrontLinks, Template,
    content::{
        AttributeContent, Content, DeliveryContent, DiscountContent, InstructionRow, InstructionsContent, LineContent,
        OrderContent, ParcelContent, RefundContent, ShipmentContent, ShippedContent, ShopContent, TaxContent,
    },
};

/// The name of the shop in samples.
const SHOP: &str = "Mercator";

/// The secret of the sample.
const SECRET: &str = "mot_2Zr8QwT5sample0000000000000000000000000000";

/// The time of the sample order.
pub(super) fn placed_at() -> Timestamp {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_786) + TimeDelta::hours(9)
}

/// The contents of a sample mail: of an order of two articles with a discount and a gift, in the currency of the language.
pub(super) fn content(template: Template, config: &MailConfig, formats: &Formats<'_>, language: &str) -> Content {
    let storefront = config
        .storefront
        .clone()
        .or_else(|| StorefrontLinks::parse("https://shop.example.org", StorefrontLinks::ORDER_PATH).ok());
    let sample = Sample { formats, language };
    let order = template.is_about_order();
    let token_page = template.token_page();
    let link = storefront.as_ref().and_then(|links| match token_page {
        Some(page) => Some(links.token_page(page, SECRET)),
        None => order.then(|| format!("{}/orders/0192c7a0-0000-7000-8000-000000000000?token=sample", links.base())),
    });
    Content {
        shop: ShopContent {
            name: SHOP.to_owned(),
            url: storefront.as_ref().map(|links| links.base().to_owned()),
            address: Vec::new(),
        },
        name: order.then(|| sample.buyer()),
        link,
        code: token_page.map(|_| SECRET.to_owned()),
        hours: 48,
        days: 7,
        shows_order: template.shows_order(),
        order: order.then(|| sample.order(template)),
        shipment: (template == Template::OrderShipped).then(|| sample.shipment()),
        refund: (template == Template::OrderRefunded).then(|| RefundContent { amount: sample.money(1_990) }),
        instructions: matches!(template, Template::OrderPaymentInstructions | Template::OrderPaymentReminder)
            .then(|| sample.instructions(template)),
    }
}

struct Sample<'a> {
    formats: &'a Formats<'a>,
    language: &'a str,
}

impl Sample<'_> {
    /// An amount in euros, or a hundred times as many yen.
    fn money(&self, cents: i64) -> String {
        let money =
            if self.language == "ja" { Money::new(cents, Currency::JPY) } else { Money::new(cents, Currency::EUR) };
        self.formats.money(money)
    }

    fn buyer(&self) -> String {
        match self.language {
            "ja" => self.formats.person("花子", "山田"),
            "fr" => self.formats.person("Amélie", "Moreau"),
            _ => self.formats.person("Ada", "Lovelace"),
        }
    }

    fn article(&self) -> (&'static str, &'static str, &'static str) {
        match self.language {
            "de" => ("Klassisches T-Shirt – M / Schwarz", "Emaille-Becher", "Baumwolltasche"),
            "fr" => ("T-shirt classique – M / Noir", "Tasse émaillée", "Sac en coton"),
            "ja" => ("クラシックTシャツ – M / ブラック", "ホーローマグ", "コットンバッグ"),
            _ => ("Classic tee – M / Black", "Enamel mug", "Cotton bag"),
        }
    }

    fn address(&self) -> Vec<String> {
        let lines: &[&str] = match self.language {
            "ja" => &["〒150-0001", "東京都渋谷区神宮前1-2-3", "日本"],
            "fr" => &["12 rue des Lilas", "69003 Lyon", "France"],
            "de" => &["Invalidenstraße 1", "10115 Berlin", "Deutschland"],
            _ => &["1 Invalidenstrasse", "10115 Berlin", "Germany"],
        };
        std::iter::once(self.buyer()).chain(lines.iter().map(|line| (*line).to_owned())).collect()
    }

    fn order(&self, template: Template) -> OrderContent {
        let (tee, mug, bag) = self.article();
        let line = |name: &str, sku: &str, quantity: u64, cents: i64| LineContent {
            name: name.to_owned(),
            sku: sku.to_owned(),
            quantity: self.formats.number(quantity),
            amount: self.money(cents),
            attributes: Vec::new(),
            is_gift: false,
        };
        let engraving = AttributeContent { key: "engraving".to_owned(), value: "A. L.".to_owned() };
        OrderContent {
            number: "1001".to_owned(),
            placed_at: self.formats.date(placed_at()),
            lines: vec![
                line(tee, "TEE-M-BLACK", 2, 3_980),
                LineContent { attributes: vec![engraving], ..line(mug, "MUG", 1, 1_250) },
                LineContent { is_gift: true, ..line(bag, "BAG", 1, 500) },
            ],
            subtotal: self.money(5_730),
            discounts: vec![
                DiscountContent {
                    title: "WELCOME10".to_owned(),
                    code: Some("WELCOME10".to_owned()),
                    amount: self.money(-523),
                },
                DiscountContent { title: bag.to_owned(), code: None, amount: self.money(-500) },
            ],
            shipping: Some(self.money(490)),
            taxes: vec![self.tax()],
            prices_include_tax: true,
            reverse_charge: false,
            vat_id: None,
            total: self.money(5_197),
            deliveries: vec![DeliveryContent {
                title: "DHL".to_owned(),
                days: Some("2–4".to_owned()),
                is_pickup: false,
                pickup: Vec::new(),
            }],
            shipping_address: Some(self.address()),
            billing_address: None,
            note: None,
            cancel_reason: if template == Template::OrderCanceled { "CUSTOMER" } else { "" }.to_owned(),
        }
    }

    /// The tax in the total, in Japan or in Germany.
    fn tax(&self) -> TaxContent {
        let (rate, amount) = if self.language == "ja" { (100_000, 472) } else { (190_000, 830) };
        TaxContent { name: None, percent: self.formats.percent(rate), amount: self.money(amount) }
    }

    fn shipment(&self) -> ShipmentContent {
        let (tee, mug, _) = self.article();
        let line = |name: &str, quantity: u64| ShippedContent {
            name: name.to_owned(),
            quantity: self.formats.number(quantity),
        };
        ShipmentContent {
            parcels: vec![ParcelContent {
                carrier: Some("DHL".to_owned()),
                number: "00340434161094042557".to_owned(),
                url: Some("https://carrier.example.org/track/00340434161094042557".to_owned()),
            }],
            lines: vec![line(tee, 2), line(mug, 1)],
            is_last: false,
            is_pickup: false,
            pickup: Vec::new(),
        }
    }

    fn instructions(&self, template: Template) -> InstructionsContent {
        let until = self.formats.date_time(placed_at() + TimeDelta::days(3));
        let is_reminder = template == Template::OrderPaymentReminder;
        let amount = self.money(if is_reminder { 3_197 } else { 5_197 });
        let row = |word, value: &str| InstructionRow { word, value: value.to_owned() };
        let mut rows = vec![
            row("account_holder", "Shop Example GmbH"),
            row("iban", "DE89 3704 0044 0532 0130 00"),
            row("bic", "COBADEFFXXX"),
            row("reference", "1001"),
            row("amount_due", &amount),
        ];
        if is_reminder {
            rows.push(row("received_so_far", &self.money(2_000)));
        }
        rows.push(row("due_until", &until));
        InstructionsContent { amount, until: Some(until), rows }
    }
}
