//! Channels, taxes and delivery.

use serde_json::{Value, json};

use super::{
    super::{cart_flow::Cart, storefront},
    demo,
};

const TEE: (&str, &str, i64) = ("classic-tee", "TEE-M-NAVY", 1);
const ATLAS: (&str, &str, i64) = ("atlas-of-rivers", "ATLAS", 1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_three_channels_have_their_currencies_and_locales() {
    let processes = demo().await;
    let staff = processes.staff("admin@demo.test").await;
    let query = "{ channels { slug pricesIncludeTax currencyCodes locales countryCodes locations isDefault } }";
    let answer = staff.gql(query, Value::Null).await;
    let mut channels = answer.at("/channels").as_array().unwrap().clone();
    channels.sort_by_key(|channel| channel["slug"].to_string());
    let channel =
        |slug: &str, gross: bool, currency: &str, locales: &[&str], countries: &[&str], locations: &[&str]| {
            json!({ "slug": slug, "pricesIncludeTax": gross, "currencyCodes": [currency], "locales": locales,
            "countryCodes": countries, "locations": locations, "isDefault": slug == "eu" })
        };
    let expected = [
        channel("eu", true, "EUR", &["en", "de", "fr"], &["DE", "FR", "NL", "AT", "ES", "IT"], &["berlin", "lyon"]),
        channel("jp", true, "JPY", &["ja", "en"], &["JP"], &["osaka"]),
        channel("us", false, "USD", &["en"], &["US"], &["oakland"]),
    ];
    assert_eq!(channels, expected);

    for (context, slug, locale, currency, country) in [
        ("", "eu", "en", "EUR", "DE"),
        ("locale=de&country=AT", "eu", "de", "EUR", "AT"),
        ("channel=us", "us", "en", "USD", "US"),
        ("channel=jp", "jp", "ja", "JPY", "JP"),
    ] {
        let resolved = storefront(&processes, context)
            .gql("{ channel { slug locale currencyCode countryCode } }", Value::Null)
            .await;
        let expected = json!({ "slug": slug, "locale": locale, "currencyCode": currency, "countryCode": country });
        assert_eq!(resolved.at("/channel"), &expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_destination_taxes_products_and_delivery() {
    let processes = demo().await;
    for (context, line, country, region, expected) in [
        ("", TEE, "DE", None, ["4.90", "3.96", "24.80"]),
        ("", ATLAS, "DE", None, ["4.90", "3.07", "39.90"]),
        ("", TEE, "FR", None, ["4.90", "4.14", "24.80"]),
        ("", TEE, "NL", None, ["4.90", "4.30", "24.80"]),
        ("", TEE, "AT", None, ["4.90", "4.14", "24.80"]),
        ("", TEE, "ES", None, ["4.90", "4.30", "24.80"]),
        ("", TEE, "IT", None, ["4.90", "4.47", "24.80"]),
        // 22.00 and 6.00 with 7.25 % on top: 1.595 and 0.435, each rounded away from zero.
        ("channel=us", TEE, "US", Some("CA"), ["6.44", "2.04", "30.04"]),
        ("channel=us", TEE, "US", Some("NY"), ["6.24", "1.12", "29.12"]),
        ("channel=us", TEE, "US", Some("OR"), ["6.00", "0.00", "28.00"]),
        ("channel=jp", TEE, "JP", None, ["800", "337", "3700"]),
    ] {
        let cart = Cart::with(&storefront(&processes, context), &[line]).await;
        let cart = cart.sent_to(country, region).await.by("standard").await;
        assert_eq!(cart.sums().await, expected, "{country} {region:?} {line:?}");
        assert!(cart.problems().await.is_empty());
    }
}

/// Handles and prices of the options of a cart.
async fn options(cart: &Cart) -> Vec<(String, String)> {
    let page = cart.page().await;
    let options = page.at("/cart/deliveryGroups/0/options").as_array().unwrap().clone();
    let text = |option: &Value, at: &str| option.pointer(at).unwrap().as_str().unwrap().to_owned();
    options.iter().map(|option| (text(option, "/handle"), text(option, "/price/gross/amount"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_channel_has_its_delivery_prices() {
    let processes = demo().await;
    for (context, country, region, expected) in [
        ("", "FR", None, &[("standard", "4.90"), ("express", "12.90"), ("pickup", "0.00")][..]),
        ("channel=us", "US", Some("OR"), &[("standard", "6.00"), ("express", "19.00")]),
        ("channel=jp", "JP", None, &[("standard", "800")]),
    ] {
        let cart = Cart::with(&storefront(&processes, context), &[TEE]).await.sent_to(country, region).await;
        let expected: Vec<_> =
            expected.iter().map(|(handle, price)| ((*handle).to_owned(), (*price).to_owned())).collect();
        assert_eq!(options(&cart).await, expected);
    }
    let shop = storefront(&processes, "");
    let picked_up = Cart::with(&shop, &[TEE]).await.sent_to("DE", None).await.by("pickup").await;
    assert_eq!(picked_up.sums().await, ["0.00", "3.18", "19.90"]);
    for (country, context) in [("PL", ""), ("US", ""), ("DE", "channel=us"), ("DE", "channel=jp")] {
        let cart = Cart::with(&storefront(&processes, context), &[TEE]).await.sent_to(country, Some("CA")).await;
        let problems = cart.problems().await;
        assert!(problems.contains(&"COUNTRY_NOT_SERVED".to_owned()), "{country} from {context}: {problems:?}");
        assert_eq!(cart.complete().await.user_error_code(), "COUNTRY_NOT_SERVED");
    }
    let digital = [("field-recordings", "FIELD-FLAC", 1)];
    let downloaded = Cart::with(&shop, &digital).await.sent_to("PL", None).await;
    assert_eq!(
        downloaded.complete().await.user_error_code(),
        "COUNTRY_NOT_SERVED",
        "digital goods are restricted, too"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn standard_delivery_is_free_from_100_euros_after_discounts() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let one_hundred_and_ten = [("stove", "STOVE", 1), ("mat", "MAT", 1), ("field-recordings", "FIELD-FLAC", 4)];
    for (lines, codes, shipping) in [
        (&[("classic-tee", "TEE-M-NAVY", 5)][..], &[][..], "4.90"),
        (&[("classic-tee", "TEE-M-NAVY", 6)], &[], "0.00"),
        (&[("atlas-of-rivers", "ATLAS", 3)], &[], "0.00"),
        (&[("atlas-of-rivers", "ATLAS", 3)], &["WELCOME10"], "4.90"),
        (&one_hundred_and_ten, &["TENOFF"], "0.00"),
        (&one_hundred_and_ten, &["WELCOME10"], "4.90"),
    ] {
        let cart = Cart::with(&shop, lines).await.sent_to("DE", None).await.by("standard").await;
        let _ = cart.codes(codes).await.ok();
        assert_eq!(cart.sums().await[0], shipping, "{lines:?} {codes:?}");
    }
}
