//! Promotions from the outside: what staff put in and read back, codes and their uses, gifts.

mod codes;
mod gifts;
mod reading;

use serde_json::{Value, json};
use testkit::Answer;

use crate::guest_shop::GuestShop;

impl GuestShop {
    /// Creates a promotion and returns the answer.
    async fn promote(&self, input: Value) -> Answer {
        let query = "mutation($i: PromotionCreateInput!) { promotionCreate(input: $i) { promotion { id version }
            userErrors { code field message } } }";
        self.owner.gql(query, json!({ "i": input })).await
    }

    /// Creates a promotion and returns its id.
    async fn promotion(&self, input: Value) -> String {
        self.promote(input).await.ok().text("/promotionCreate/promotion/id")
    }
}

/// Codes and paths of the user errors.
fn refusals(answer: &Answer) -> Vec<(String, Value)> {
    let errors = answer.user_errors().into_iter();
    errors.map(|error| (error["code"].as_str().unwrap().to_owned(), error["field"].clone())).collect()
}
