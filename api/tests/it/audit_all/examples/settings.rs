//! Channels, stock locations, taxes, delivery and other settings.

use serde_json::json;

use crate::audit_all::{Example, example};

pub fn settings() -> Vec<Example> {
    vec![
        example("stockLocationCreate", json!({ "slug": "vienna", "name": "Vienna", "countryCode": "AT" }))
            .keeping("stockLocation { id }", &[("location", "/stockLocation/id")]),
        example(
            "channelCreate",
            json!({ "slug": "at", "name": "Austria", "pricesIncludeTax": true, "currencyCodes": ["EUR"], "locales": ["de"],
                "countryCodes": ["AT"], "locations": ["vienna"] }),
        )
        .keeping("channel { id }", &[("channel", "/channel/id")]),
        example("stockLocationUpdate", json!({ "slug": "vienna", "name": "Vienna Central" })),
        example("channelUpdate", json!({ "id": "$channel", "name": "Austria and South Tyrol" })),
        example("deliveryZoneCreate", json!({ "name": "Austria only", "countries": ["AT"] }))
            .keeping("deliveryZone { id }", &[("zone", "/deliveryZone/id")]),
        example("deliveryZoneUpdate", json!({ "id": "$zone", "name": "Austria without exclaves" })),
        example(
            "deliveryMethodCreate",
            json!({ "zoneId": "$zone", "channel": "at", "handle": "post", "name": "Post", "currencyCode": "EUR",
                "price": "4.50", "minDays": 1, "maxDays": 3 }),
        )
        .keeping("deliveryMethod { id }", &[("method", "/deliveryMethod/id")]),
        example("deliveryMethodUpdate", json!({ "id": "$method", "price": "4.90" })),
        example("deliveryMethodArchive", json!({ "id": "$method" })),
        example("deliveryZoneCreate", json!({ "name": "Nowhere", "countries": ["AQ"] }))
            .keeping("deliveryZone { id }", &[("emptyZone", "/deliveryZone/id")]),
        example("deliveryZoneDelete", json!({ "id": "$emptyZone" })),
        example("channelArchive", json!({ "slug": "at" })),
        example("settingsUpdate", json!({ "shopName": "Records" })),
        example("paymentInstructionsSet", json!({ "channel": "eu", "accountHolder": "Records GmbH", "iban": "DE89370400440532013000" })),
        example("paymentInstructionsDelete", json!({ "channel": "eu" })),
        example("taxClassCreate", json!({ "slug": "vinyl", "name": "Vinyl" })),
        example("taxClassUpdate", json!({ "slug": "vinyl", "name": "Records" })),
        example("taxRateSet", json!({ "countryCode": "AT", "taxClass": "vinyl", "name": "USt", "percent": "20" }))
            .keeping("taxRate { id }", &[("rate", "/taxRate/id")]),
        example("taxRateDelete", json!({ "id": "$rate" })),
        example("taxClassDelete", json!({ "slug": "vinyl" })),
        example("paymentRoutingRuleCreate", json!({ "name": "EUR", "when": { "currencies": ["EUR"] }, "gateways": ["sandbox-a"] }))
            .keeping("rule { id }", &[("rule", "/rule/id")]),
        example("paymentRoutingRuleDelete", json!({ "id": "$rule" })),
    ]
}
