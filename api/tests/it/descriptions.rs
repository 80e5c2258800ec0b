//! The SDLs are documentation for strangers: nothing in them goes without a description.

use async_graphql::{EmptyMutation, ObjectType, Schema, SubscriptionType};
use serde_json::Value;

const INTROSPECTION: &str = "{ __schema { types { kind name description
    fields(includeDeprecated: true) { name description args { name description } }
    inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";

#[tokio::test]
async fn everything_in_the_storefront_schema_is_described() {
    assert_eq!(undescribed(&schema_storefront::builder().finish()).await, Vec::<String>::new());
}

#[tokio::test]
async fn everything_in_the_admin_schema_is_described() {
    assert_eq!(undescribed(&schema_admin::builder().finish()).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_missing_description_is_found() {
    struct Query;
    #[async_graphql::Object]
    impl Query {
        async fn bare(&self, argument: i32) -> i32 {
            argument
        }
    }
    let schema = Schema::new(Query, EmptyMutation, async_graphql::EmptySubscription);
    assert_eq!(undescribed(&schema).await, ["Query.bare", "Query.bare(argument)"]);
}

/// The paths of all members without a description, except root types and built-in types.
async fn undescribed<Q, M, S>(schema: &Schema<Q, M, S>) -> Vec<String>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let data = schema.execute(INTROSPECTION).await.data.into_json().unwrap();
    let built_in = ["Int", "Float", "String", "Boolean", "ID", "Query", "Mutation", "Subscription"];
    let mut missing = Vec::new();
    for kind in list(&data["__schema"]["types"]) {
        let name = text(&kind["name"]);
        if name.starts_with("__") {
            continue;
        }
        if is_bare(kind) && !built_in.contains(&name) {
            missing.push(name.to_owned());
        }
        for member in ["fields", "inputFields", "enumValues"].into_iter().flat_map(|key| list(&kind[key])) {
            let path = format!("{name}.{}", text(&member["name"]));
            if is_bare(member) {
                missing.push(path.clone());
            }
            let arguments = list(&member["args"]).filter(|argument| is_bare(argument));
            missing.extend(arguments.map(|argument| format!("{path}({})", text(&argument["name"]))));
        }
    }
    missing
}

fn is_bare(described: &Value) -> bool {
    text(&described["description"]).trim().is_empty()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
