//! A demo shop with one client per kind of actor, and objects that belong to Ada.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use super::api::Things;
use crate::{
    mail_server::MailServer,
    processes::{Plan, Processes},
    purchase::{cart_ready_to_pay, complete, pay, until_payment_is, variant},
};

const SOON: Duration = Duration::from_secs(30);
const PASSWORD: &str = "a long enough secret";
/// Quantity in Ada's order, so that it can be fulfilled that often.
const UNITS: u32 = 100;

/// An actor with clients of both APIs.
pub struct Person {
    pub name: &'static str,
    pub storefront: GraphqlClient,
    pub admin: GraphqlClient,
}

/// The shop and its clients.
pub struct Shop {
    _processes: Processes,
    pub anonymous: Person,
    /// Ada, who owns the objects.
    pub customer: Person,
    pub other_customer: Person,
    /// An integration whose token has only the permission to read promotions.
    pub token: Person,
    pub clerk: Person,
    pub owner: Person,
    /// The objects that calls refer to.
    pub things: Things,
    /// A storefront client of Ada with a separate session that no test call ends.
    ada: GraphqlClient,
    /// A client of the admin API with a separate session of the owner.
    keeper: GraphqlClient,
}

impl Shop {
    pub async fn open() -> Self {
        let mails = MailServer::silent().await;
        mails.work();
        let processes = Processes::start_with(Plan::default(), vec![("MERCATOR_SMTP_URL", mails.url.clone())]).await;
        let person = |name, token: Option<String>| {
            let as_them = |client: GraphqlClient| token.iter().fold(client, |client, token| client.bearer(token));
            Person { name, storefront: as_them(processes.storefront(0)), admin: as_them(processes.admin()) }
        };
        let anonymous = person("anonymous", None);
        let owner = person("owner", Some(staff(&anonymous, "admin@demo.test").await));
        let create = r#"mutation { apiTokenCreate(input: { name: "irrelevant", permissions: [PROMOTIONS_READ] }) { token userErrors { code } } }"#;
        let token = owner.admin.gql(create, json!({})).await.ok().text("/apiTokenCreate/token");
        register(&anonymous, &mails, "other@example.org").await;
        let ada = processes.storefront(0).bearer(&customer(&anonymous, "ada@demo.test", "mercator-demo").await);
        let keeper = processes.admin().bearer(&staff(&anonymous, "admin@demo.test").await);
        let mut shop = Self {
            customer: person("customer", Some(customer(&anonymous, "ada@demo.test", "mercator-demo").await)),
            other_customer: person("other customer", Some(customer(&anonymous, "other@example.org", PASSWORD).await)),
            token: person("irrelevant token", Some(token)),
            clerk: person("clerk", Some(staff(&anonymous, "clerk@demo.test").await)),
            anonymous,
            owner,
            things: things(),
            ada,
            keeper,
            _processes: processes,
        };
        shop.give_ada_an_order().await;
        shop.give_ada_carts().await;
        shop.name_ada().await;
        shop
    }

    /// The objects that an actor's calls refer to. Each actor has its own e-mail addresses, because mail is limited per
    /// address.
    pub fn things_of(&self, who: &Person) -> Things {
        let mut things = self.things.clone();
        things.insert("email".to_owned(), json!(format!("{}@example.org", who.name.replace(' ', "-"))));
        things
    }

    /// Ada's data, which nobody else may change, as Ada and the owner read it.
    pub async fn belongings(&self) -> Value {
        let query = "query($c: ID!, $o: ID!) {
            cart(id: $c) { version status note buyer { email } shippingAddress { city } lines(first: 10) { nodes { id quantity } } }
            order(id: $o) { version status paymentStatus fulfillmentStatus events { kind } }
            me { id email firstName updatedAt addresses { id city } orders(first: 10) { nodes { id } } } }";
        let variables = json!({ "c": self.things["cartId"], "o": self.things["orderId"] });
        self.ada.gql(query, variables).await.data().clone()
    }

    /// Changes Ada's cart and order in a repeatable way.
    pub async fn change_things(&self, times: usize) {
        let note =
            "mutation($c: ID!, $n: String) { cartNoteUpdate(input: { cartId: $c, note: $n }) { userErrors { code } } }";
        let variables = json!({ "c": self.things["cartId"], "n": format!("note {times}") });
        let _ = self.ada.gql(note, variables).await.ok();
        let fulfill = "mutation($o: ID!, $l: ID!) {
            orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) { userErrors { code } } }";
        let variables = json!({ "o": self.things["orderId"], "l": self.things["orderLineId"] });
        let _ = self.keeper.gql(fulfill, variables).await.ok();
    }

    async fn give_ada_an_order(&mut self) {
        let stock = "mutation($n: Int!) { inventoryAdjust(input: { reason: RECEIVED,
            changes: [{ sku: \"TEE-M-NAVY\", location: \"berlin\", delta: $n }] }) { userErrors { code } } }";
        let _ = self.keeper.gql(stock, json!({ "n": UNITS })).await.ok();
        let ada = &self.ada;
        let variant = variant(ada, "classic-tee", "TEE-M-NAVY").await;
        let (cart, token) = cart_ready_to_pay(ada, &variant).await;
        let line = ada.gql("query($c: ID!) { cart(id: $c) { lines { nodes { id } } } }", json!({ "c": cart })).await;
        let more = "mutation($c: ID!, $l: ID!, $n: Int!) { cartLinesUpdate(input: { cartId: $c,
            lines: [{ lineId: $l, quantity: $n }] }) { userErrors { code } } }";
        let line = line.text("/cart/lines/nodes/0/id");
        let _ = ada.gql(more, json!({ "c": cart, "l": line, "n": UNITS })).await.ok();
        let _ = pay(ada, &cart, "tok_success").await.ok();
        let order = complete(ada, &cart).await.ok().text("/cartComplete/order/id");
        until_payment_is(ada, &order, &token, "PAID").await;
        let query = "query($o: ID!) { order(id: $o) { lines { id } payments { id } } }";
        let seen = self.keeper.gql(query, json!({ "o": order })).await;
        let line = seen.at("/order/lines/0/id");
        let found = [
            ("orderId", json!(order)),
            ("order.id", json!(order)),
            ("node.id", json!(order)),
            ("orderUpdated.id", json!(order)),
            ("variantId", json!(variant)),
            ("orderLineId", line.clone()),
            ("orderFulfill.input.lines", json!([{ "lineId": line, "quantity": 1 }])),
            ("paymentId", seen.at("/order/payments/0/id").clone()),
            ("payment.id", seen.at("/order/payments/0/id").clone()),
        ];
        self.things.extend(found.map(|(name, value)| (name.to_owned(), value)));
    }

    async fn give_ada_carts(&mut self) {
        let ada = &self.ada;
        let variant = self.things["variantId"].as_str().unwrap();
        let (cart, _) = cart_ready_to_pay(ada, variant).await;
        let (second, _) = cart_ready_to_pay(ada, variant).await;
        let query = "query($c: ID!) { cart(id: $c) { lines { nodes { id } } deliveryGroups { id } } }";
        let seen = ada.gql(query, json!({ "c": cart })).await;
        let line = seen.at("/cart/lines/nodes/0/id");
        let found = [
            ("cartId", json!(cart)),
            ("cart.id", json!(cart)),
            ("cartUpdated.id", json!(cart)),
            ("fromCartId", json!(second)),
            ("intoCartId", json!(cart)),
            ("lineId", line.clone()),
            ("lineIds", json!([line])),
            ("deliveryGroupId", seen.at("/cart/deliveryGroups/0/id").clone()),
        ];
        self.things.extend(found.map(|(name, value)| (name.to_owned(), value)));
    }

    async fn name_ada(&mut self) {
        let me = self.ada.gql("{ me { id addresses { id } } }", json!({})).await;
        let staff = self.keeper.gql("{ me { id } promotions(first: 1) { nodes { id } } }", json!({})).await;
        let address = me.at("/me/addresses/0/id");
        let all = json!([self.things["cartId"], self.things["orderId"], me.at("/me/id"), address]);
        let found = [
            ("nodes.ids", &all),
            ("customerUpdate.input.id", me.at("/me/id")),
            ("customerAddressUpdate.input.id", address),
            ("customerAddressDelete.input.id", address),
            ("staffUser.id", staff.at("/me/id")),
            ("promotion.id", staff.at("/promotions/nodes/0/id")),
        ];
        self.things.extend(found.map(|(name, value)| (name.to_owned(), value.clone())));
    }
}

/// Values that do not depend on this shop.
fn things() -> Things {
    let address = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Unter den Linden 1",
        "postalCode": "10117", "city": "Berlin", "countryCode": "DE" });
    let known = [
        ("product.slug", json!("classic-tee")),
        ("productVariant.sku", json!("TEE-M-NAVY")),
        ("category.slug", json!("clothing")),
        ("collection.slug", json!("new-arrivals")),
        ("customer.email", json!("ada@demo.test")),
        ("customerLogin.input.email", json!("ada@demo.test")),
        ("customerLogin.input.password", json!("mercator-demo")),
        ("staffLogin.input.email", json!("admin@demo.test")),
        ("staffLogin.input.password", json!("mercator-demo")),
        ("staffTotpReset.input.id", json!("gid://mercator/StaffUser/0192c7a0-0000-7000-8000-000000000000")),
        ("roleUpdate.input.id", json!("gid://mercator/Role/0192c7a0-0000-7000-8000-000000000000")),
        ("roleDelete.input.id", json!("gid://mercator/Role/0192c7a0-0000-7000-8000-000000000000")),
        ("staffDelete.input.id", json!("gid://mercator/StaffUser/0192c7a0-0000-7000-8000-000000000000")),
        ("customerId", json!("gid://mercator/Customer/0192c7a0-0000-7000-8000-000000000000")),
        ("customerInvite.input.id", json!("gid://mercator/Customer/0192c7a0-0000-7000-8000-000000000000")),
        ("customerGroupDelete.input.id", json!("gid://mercator/CustomerGroup/0192c7a0-0000-7000-8000-000000000000")),
        ("channelUpdate.input.slug", json!("text")),
        ("channelArchive.input.slug", json!("text")),
        ("stockLocationUpdate.input.slug", json!("text")),
        ("staffUpdate.input.id", json!("gid://mercator/StaffUser/0192c7a0-0000-7000-8000-000000000000")),
        ("customerSessionEnd.input.id", json!("gid://mercator/Session/0192c7a0-0000-7000-8000-000000000000")),
        ("staffSessionEnd.input.id", json!("gid://mercator/Session/0192c7a0-0000-7000-8000-000000000000")),
        ("customerSessionsEnd.input.exceptCurrent", json!(true)),
        ("staffSessionsEnd.input.exceptCurrent", json!(true)),
        ("password", json!(PASSWORD)),
        ("sku", json!("TEE-M-NAVY")),
        ("location", json!("berlin")),
        ("address", address),
        ("handle", json!("standard")),
        ("customerErase.input.password", json!("not hers")),
        ("customerErase.input.person", json!({ "email": "nobody@demo.test" })),
        ("customerDataExport.input.person", json!({ "email": "nobody@demo.test" })),
        ("roles", json!(["clerk"])),
        ("gateways", json!(["sandbox-a"])),
        ("channels", json!(["eu"])),
        ("locales", json!(["en"])),
        ("products", json!(["gid://mercator/Product/0192c7a0-0000-7000-8000-000000000000"])),
        ("changes", json!([{ "sku": "TEE-M-NAVY", "location": "berlin", "delta": 1 }])),
    ];
    known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn register(somebody: &Person, mails: &MailServer, email: &str) {
    let query = "mutation($e: String!, $p: String!) { customerRegister(input: { email: $e, password: $p }) { userErrors { code } } }";
    let _ = somebody.storefront.gql(query, json!({ "e": email, "p": PASSWORD })).await.ok();
    let secret = eventually("the mail with the secret", SOON, async || {
        let mail = mails.mails().into_iter().find(|mail| mail.contains(email))?;
        mail.lines().map(str::trim).find(|line| line.starts_with("mot_")).map(str::to_owned)
    });
    let query = "mutation($t: String!, $p: String!) { customerEmailVerify(input: { token: $t, password: $p }) { userErrors { code } } }";
    let _ = somebody.storefront.gql(query, json!({ "t": secret.await, "p": PASSWORD })).await.ok();
}

/// The access token of a customer.
async fn customer(somebody: &Person, email: &str, password: &str) -> String {
    let query = "mutation($e: String!, $p: String!) { customerLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let answer = somebody.storefront.gql(query, json!({ "e": email, "p": password })).await.ok();
    answer.text("/customerLogin/session/accessToken")
}

/// The access token of one of the demo's staff.
async fn staff(somebody: &Person, email: &str) -> String {
    let query = "mutation($e: String!) { staffLogin(input: { email: $e, password: \"mercator-demo\" }) {
        session { accessToken } userErrors { code } } }";
    somebody.admin.gql(query, json!({ "e": email })).await.ok().text("/staffLogin/session/accessToken")
}
