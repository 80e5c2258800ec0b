//! Customers in the admin API: accounts, invitations, address books, groups, notes and lists.

mod accounts;
mod groups;
mod lists;

use model::access::Permission;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";
const CREATE: &str = "mutation($i: CustomerCreateInput!) { customerCreate(input: $i) {
    customer { id email firstName phone locale acceptsMarketing note tags emailVerifiedAt groups { slug } }
    userErrors { code field } } }";
const UPDATE: &str = "mutation($i: CustomerUpdateInput!) { customerUpdate(input: $i) {
    customer { id email firstName note tags emailVerifiedAt groups { slug } } userErrors { code field } } }";

/// A client that may do everything with customers, and read the audit log.
async fn manager(app: &TestApp) -> GraphqlClient {
    let permissions = [
        Permission::CustomersWrite,
        Permission::CustomersExport,
        Permission::CustomersErase,
        Permission::OrdersRead,
        Permission::PromotionsWrite,
        Permission::AuditRead,
    ];
    app.staff("manager", &permissions).await
}

/// Creates a customer and returns the id.
async fn create(client: &GraphqlClient, input: Value) -> String {
    client.gql(CREATE, json!({ "i": input })).await.ok().text("/customerCreate/customer/id")
}

async fn update(client: &GraphqlClient, input: Value) -> Answer {
    client.gql(UPDATE, json!({ "i": input })).await
}

/// The changes of the latest entry of an action on an object.
async fn changes(client: &GraphqlClient, action: &str, object: &str) -> Value {
    let log = "query($f: AuditLogFilter) { auditLog(first: 1, filter: $f) { nodes { changes { path from to } } } }";
    let answer = client.gql(log, json!({ "f": { "action": action, "object": object } })).await.ok();
    answer.at("/auditLog/nodes/0/changes").clone()
}
