//! Mails about orders, in the language of the order.

use model::orders::Order;
use serde_json::{Value, json};
use services::{mail::StorefrontLinks, orders::confirm};
use testkit::GraphqlClient;

use crate::{guest_shop::GuestShop, support::TestApp};

/// A shop whose mails link to a storefront.
async fn shop() -> GuestShop {
    let links = StorefrontLinks::parse("https://shop.example.org", StorefrontLinks::ORDER_PATH).unwrap();
    GuestShop::over(TestApp::configured(|config| config.mail.storefront = Some(links)).await).await
}

impl GuestShop {
    /// Sends the mails of the queue and returns the latest one to the buyer.
    async fn mail(&self) -> String {
        self.app.mails.deliver(&self.app.app).await;
        self.app.mails.to("ada@example.org").pop().unwrap()
    }

    /// An order of two tees, with its confirmation.
    async fn order(&self, locale: &str) -> (Order, String) {
        let tee = self.product("tee", "19.90", 100).await;
        let cart = self.cart(locale, &[(&tee, 2)]).await;
        let order = self.complete(&cart, 4_470).await;
        confirm(&self.app.app, order.id).await.unwrap();
        (order, self.mail().await)
    }
}

/// The text part without its first line, which a test compares by itself.
fn text(mail: &str) -> &str {
    let from = mail.find("\r\n\r\n").unwrap() + 4;
    let until = mail.find("<!doctype html>").unwrap();
    mail[from..until].trim()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_german_order_is_confirmed_in_german() {
    let shop = shop().await;
    let (order, mail) = shop.order("de").await;
    let (number, id, token) = (&order.number, order.id.uuid(), &order.token);
    let expected = format!(
        "Guten Tag Ada Lovelace,\n\n\
         vielen Dank für Ihre Bestellung! Hiermit bestätigen wir sie. Nachfolgend finden Sie eine Übersicht.\n\n\
         Bestellung ansehen:\n\n\
         https://shop.example.org/orders/{id}?token={token}\n\n\
         Bestellung {number}\n\
         Bestellt am {date}\n\n\
         2 x tee: 39,80\u{a0}€\n\n\
         Zwischensumme: 39,80\u{a0}€\n\
         Versand: 4,90\u{a0}€\n\
         Gesamtbetrag: 44,70\u{a0}€\n\
         inkl. VAT 19\u{a0}%: 7,13\u{a0}€\n\n\
         Lieferung: standard\n\
         Voraussichtliche Lieferzeit: 2–5 Tage\n\n\
         Lieferadresse:\n\
         Ada Lovelace\n\
         Invalidenstr. 1\n\
         10115 Berlin\n\
         Deutschland\n\n\
         Bei Fragen antworten Sie einfach auf diese E-Mail.\n\n",
        date = model::Formats::of(&"de".parse().unwrap()).date(order.placed_at),
    );
    let shown = text(&mail).replace("\r\n", "\n");
    assert!(shown.starts_with(&expected), "{shown}\n---\n{expected}");
    assert!(mail.contains("Content-Type: multipart/alternative"), "{mail}");
    assert!(mail.contains("<td class=\"number\">44,70\u{a0}€</td>"), "{mail}");
    assert!(mail.contains("lang=\"de\""), "{mail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_japanese_order_is_confirmed_in_japanese() {
    let shop = shop().await;
    let setup = "mutation {
        taxRateSet(input: { countryCode: JP, taxClass: \"standard\", name: \"消費税\", percent: \"10\" }) { userErrors { code } }
        productTypeCreate(input: { slug: \"shirt\", name: \"Shirt\" }) { userErrors { code } }
        productCreate(input: { productType: \"shirt\", slug: \"tee\", name: \"Tee\", channels: [\"jp\"],
            translations: [{ locale: \"ja\", name: \"クラシックTシャツ\" }],
            variants: [{ sku: \"TEE\", requiresShipping: false,
                prices: [{ channel: \"jp\", currencyCode: JPY, amount: \"2900\" }],
                stock: [{ location: \"osaka\", onHand: 5 }] }] }) {
            product { variants(first: 1) { nodes { id } } } userErrors { code field message } } }";
    let created = shop.owner.gql(setup, Value::Null).await.ok();
    let variant = created.text("/productCreate/product/variants/nodes/0/id");
    let guest = GraphqlClient::new(shop.app.url("/graphql?channel=jp&locale=ja"));
    let create = "mutation($i: CartCreateInput!) { cartCreate(input: $i) { cart { id } userErrors { code } } }";
    let input = json!({ "lines": [{ "variantId": variant, "quantity": 2 }],
        "buyer": { "email": "ada@example.org", "countryCode": "JP" } });
    let cart = guest.gql(create, json!({ "i": input })).await.ok().text("/cartCreate/cart/id");
    let order = shop.complete(&cart, 5_800).await;
    confirm(&shop.app.app, order.id).await.unwrap();
    let mail = shop.mail().await;
    let shown = text(&mail).replace("\r\n", "\n");
    let expected = format!(
        "ご注文番号 {number}\nご注文日：{date}\n\n2 x クラシックTシャツ：￥5,800\n\n小計：￥5,800\n合計：￥5,800\nうち消費税 10%：￥527\n",
        number = order.number,
        date = order.placed_at.format("%Y年%-m月%-d日"),
    );
    assert!(shown.starts_with("お客様\n\n"), "{shown}");
    assert!(shown.contains(&expected), "{shown}\n---\n{expected}");
    assert!(mail.contains("lang=\"ja\""), "{mail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipment_is_announced_with_its_tracking() {
    let shop = shop().await;
    let (order, _) = shop.order("de").await;
    let fulfill = "mutation($o: ID!) { orderFulfill(input: { orderId: $o,
        tracking: { number: \"00340434\", url: \"https://carrier.example.org/00340434?a=1&b=2\" } }) {
        fulfillment { id } userErrors { code message } } }";
    let _ = shop.owner.gql(fulfill, json!({ "o": order.id.to_string() })).await.ok();
    let mail = shop.mail().await;
    let shown = text(&mail);
    assert!(shown.contains(&format!("Ihre Bestellung {} ist auf dem Weg zu Ihnen.", order.number)), "{shown}");
    assert!(shown.contains("Sendungsnummer: 00340434") && shown.contains("2 x tee"), "{shown}");
    assert!(shown.contains("https://carrier.example.org/00340434?a=1&b=2"), "{shown}");
    assert!(mail.contains("?a=1&amp;b=2\">00340434</a>"), "{mail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_names_its_reason() {
    let shop = shop().await;
    let (order, _) = shop.order("fr").await;
    let cancel =
        "mutation($o: ID!) { orderCancel(input: { orderId: $o, reason: INVENTORY, restock: true, refund: true }) {
        order { status } userErrors { code message } } }";
    let _ = shop.owner.gql(cancel, json!({ "o": order.id.to_string() })).await.ok();
    let mail = shop.mail().await;
    assert!(text(&mail).contains("car un article n’est plus disponible"), "{mail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_is_not_true_any_longer_is_not_sent() {
    let shop = shop().await;
    let tee = shop.product("tee", "19.90", 100).await;
    let cart = shop.cart("en", &[(&tee, 2)]).await;
    let order = shop.complete(&cart, 4_470).await;
    confirm(&shop.app.app, order.id).await.unwrap();
    let cancel =
        "mutation($o: ID!) { orderCancel(input: { orderId: $o, reason: CUSTOMER, restock: true, refund: true }) {
        userErrors { code } } }";
    let _ = shop.owner.gql(cancel, json!({ "o": order.id.to_string() })).await.ok();
    shop.app.mails.deliver(&shop.app.app).await;
    let mails = shop.app.mails.to("ada@example.org");
    assert!(mails.len() == 1 && text(&mails[0]).contains("as you requested"), "{mails:?}");
}
