//! Staff, roles, API tokens and customers.

use serde_json::json;

use crate::audit_all::{Example, example};

pub fn people() -> Vec<Example> {
    let address = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Unter den Linden 1",
        "postalCode": "10117", "city": "Berlin", "countryCode": "DE" });
    let moved = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Jungfernstieg 1",
        "postalCode": "20095", "city": "Hamburg", "countryCode": "DE" });
    vec![
        example(
            "roleCreate",
            json!({ "slug": "packer", "name": "Packer", "permissions": ["ORDERS_FULFILL"], "channels": ["eu"] }),
        )
        .keeping("role { id }", &[("role", "/role/id")]),
        example("roleUpdate", json!({ "id": "$role", "channels": null })),
        example("staffInvite", json!({ "email": "max@example.org", "name": "Max", "roles": ["packer"] }))
            .keeping("staffUser { id }", &[("max", "/staffUser/id")]),
        example("staffUpdate", json!({ "id": "$max", "name": "Maximilian" })),
        example("staffUserSessionsEnd", json!({ "id": "$max" })),
        example("staffDelete", json!({ "id": "$max" })),
        example("roleDelete", json!({ "id": "$role" })),
        example("apiTokenCreate", json!({ "name": "erp", "permissions": ["CATALOG_READ"] }))
            .keeping("apiToken { id }", &[("token", "/apiToken/id")]),
        example("apiTokenDelete", json!({ "id": "$token" })),
        example("customerGroupPut", json!({ "slug": "press", "name": "Press" }))
            .keeping("group { id }", &[("group", "/group/id")]),
        example("customerCreate", json!({ "email": "grace@example.org", "groups": ["press"], "note": "writes" }))
            .keeping("customer { id }", &[("customer", "/customer/id")]),
        example("customerUpdate", json!({ "id": "$customer", "firstName": "Grace", "tags": ["press"], "groups": [] })),
        example("customerInvite", json!({ "id": "$customer" })),
        example("customerAddressCreate", json!({ "customerId": "$customer", "address": address }))
            .keeping("address { id }", &[("address", "/address/id")]),
        example("customerAddressUpdate", json!({ "customerId": "$customer", "id": "$address", "address": moved })),
        example("customerAddressDelete", json!({ "customerId": "$customer", "id": "$address" })),
        example("customerDataExport", json!({ "person": { "id": "$customer" } })),
        example("customerErase", json!({ "person": { "id": "$customer" } })),
        example("customerGroupDelete", json!({ "id": "$group" })),
    ]
}
