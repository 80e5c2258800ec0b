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
        example("channelUpdate", json!({ "id": "$channel", "name": "Austria and South Tyrol" })),
        example("paymentRoutingRuleCreate", json!({ "name": "EUR", "when": { "currencies": ["EUR"] }, "gateways": ["sandbox-a"] }))
            .keeping("rule { id }", &[("rule", "/rule/id")]),
        example("paymentRoutingRuleDelete", json!({ "id": "$rule" })),
    ]
}
