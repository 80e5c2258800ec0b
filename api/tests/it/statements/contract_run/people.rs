//! Customers, carts as staff see them, roles and accounts of staff.

use serde_json::{Value, json};

use super::{ContractRun, TIMES, address};

/// The passwords of the clerk, one after the other; the first one is the demo's.
const PASSWORDS: [&str; 2 * TIMES + 1] = [
    "mercator-demo",
    "first of the statements",
    "second of the statements",
    "third of the statements",
    "fourth of the statements",
];

impl ContractRun<'_> {
    /// Customers, their addresses and their groups; each round deletes the groups that it creates.
    pub(super) async fn customers(&mut self) {
        let staff = &self.stage.staff;
        for time in 0..TIMES {
            let own = format!("{}-{time}", self.size);
            let input = json!({ "email": format!("statements-{own}@example.org"), "firstName": "Grace" });
            let made = self.change(staff, "CustomerCreate", json!({ "input": input }), &[]).await;
            let id = made.at("/customerCreate/customer/id").clone();
            let input = json!({ "id": id, "lastName": "Hopper", "tags": ["press"] });
            self.staff("CustomerUpdate", json!({ "input": input })).await;
            self.staff("CustomerInvite", json!({ "id": id })).await;
            let input = json!({ "customerId": id, "address": address() });
            let made = self.change(staff, "CustomerAddressCreate", json!({ "input": input }), &[]).await;
            let kept = made.at("/customerAddressCreate/address/id").clone();
            let input = json!({ "customerId": id, "id": kept, "address": address() });
            self.staff("CustomerAddressUpdate", json!({ "input": input })).await;
            let input = json!({ "customerId": id, "id": kept });
            self.staff("CustomerAddressDelete", json!({ "input": input })).await;
            let put = "mutation($s: String!) { customerGroupPut(input: { slug: $s, name: \"Statements\" }) {
                group { id } userErrors { code } } }";
            let group = staff.gql(put, json!({ "s": format!("statements-{own}") })).await.ok();
            self.staff("CustomerGroupDelete", json!({ "id": group.at("/customerGroupPut/group/id") })).await;
        }
        let ada = self.stage.ada.gql("{ me { id } }", json!({})).await.ok();
        for (name, variables) in [
            ("Customers", json!({})),
            ("CustomerGroups", json!({})),
            ("CustomerPage", json!({ "id": ada.at("/me/id") })),
        ] {
            self.repeat(staff, name, variables).await;
        }
    }

    /// A cart with `size` lines as staff see it, and lists of carts with and without customers.
    pub(super) async fn carts_of_staff(&mut self, variants: &[String]) {
        let staff = &self.stage.staff;
        self.stage.cart(&self.stage.ada, variants, 1).await;
        self.stage.cart(&self.stage.guest, variants, self.size).await;
        let carts = self.repeat(staff, "Carts", json!({})).await;
        let cart = carts.at("/carts/nodes/0/id").clone();
        let seen = self.repeat(staff, "CartForStaff", json!({ "id": cart })).await;
        self.shows(&seen, "/cart/lines/nodes", 100);
    }

    /// Roles and accounts; each round deletes what it creates.
    pub(super) async fn roles_and_staff(&mut self) {
        let staff = &self.stage.staff;
        for time in 0..TIMES {
            let own = format!("statements-{}-{time}", self.size);
            let create = "mutation($s: String!) { roleCreate(input: { slug: $s, name: \"Reader\",
                permissions: [ORDERS_READ] }) { role { id } userErrors { code } } }";
            let role = staff.gql(create, json!({ "s": own })).await.ok().at("/roleCreate/role/id").clone();
            self.staff("RoleLimit", json!({ "id": role, "channels": ["eu"] })).await;
            self.repeat(staff, "Roles", json!({})).await;
            self.staff("RoleDelete", json!({ "id": role })).await;
            let invite =
                "mutation($e: String!) { staffInvite(input: { email: $e, name: \"Max\", roles: [\"clerk\"] }) {
                staffUser { id } userErrors { code } } }";
            let max = staff.gql(invite, json!({ "e": format!("{own}@example.org") })).await.ok();
            self.staff("StaffDelete", json!({ "id": max.at("/staffInvite/staffUser/id") })).await;
        }
        self.own_account().await;
    }

    /// The password and the address of a clerk.
    async fn own_account(&mut self) {
        let first = if self.size == 1 { 0 } else { TIMES };
        let login = "mutation($p: String!) { staffLogin(input: { email: \"clerk@demo.test\", password: $p }) {
            session { accessToken } userErrors { code } } }";
        let session = self.stage.staff.gql(login, json!({ "p": PASSWORDS[first] })).await.ok();
        let clerk = self.stage.staff.clone().bearer(&session.text("/staffLogin/session/accessToken"));
        for (time, pair) in PASSWORDS.windows(2).enumerate().skip(first).take(TIMES) {
            let input = json!({ "currentPassword": pair[0], "newPassword": pair[1] });
            self.change(&clerk, "StaffPasswordChange", json!({ "input": input }), &[]).await;
            let input = json!({ "email": format!("clerk-{time}@example.org"), "password": pair[1] });
            self.change(&clerk, "StaffEmailChange", json!({ "input": input }), &[]).await;
            // The token is in a mail that no worker sends: only the refusal is counted.
            let refused = self.count(&clerk, "StaffEmailVerify", json!({ "token": "mot_unknown" }), &[]).await;
            assert_ne!(refused.at("/staffEmailVerify/userErrors"), &Value::Array(Vec::new()));
        }
    }
}
