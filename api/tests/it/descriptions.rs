//! Rules for the descriptions in both SDLs, which are the reference documentation of the APIs.

use std::collections::HashMap;

use async_graphql::{EmptyMutation, EmptySubscription, Object, ObjectType, Schema, SubscriptionType};
use serde_json::Value;

const INTROSPECTION: &str = "{ __schema { mutationType { fields { name type { name ofType { name } }
    args { type { name ofType { name } } } } } types { kind name description
    fields(includeDeprecated: true) { name description args { name description } }
    inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";

/// Question words start a clause; a description is a noun phrase or a sentence.
const QUESTION_WORDS: &[&str] = &["What", "Whether", "How", "Who", "Whose", "Whoever", "Which", "Where", "Why", "When"];

/// Starts of words in British spelling, and the British "fulfil".
#[rustfmt::skip] // a block, not a line each
const BRITISH: &[&str] = &[
    "authoris", "behaviour", "cancelled", "cancelling", "catalogue", "centre", "colour", "favour", "fulfilment",
    "honour", "labell", "licence", "modell", "normalis", "organis", "recognis", "travell", "unauthoris",
];

#[rustfmt::skip] // a block, not a line each
const BANNED: &[&str] = &[
    "a word of", "a word to", "as good as", "became of", "become of", "call off", "called off", "calls off",
    "for ever", "gave back", "give back", "given back", "gives back", "had to", "is spoken", "is told",
    "left the building", "let go", "lets it in", "lets a promotion", "made of", "moved on", "not there", "reckon",
    "said no", "said otherwise", "says no", "so many", "take up", "taken up", "takes up", "was told", "was-price",
];

const CONNECTION_ARGUMENTS: &[(&str, &str)] = &[
    ("first", "Number of entries from the start, 1 to 100. The default is 20."),
    ("after", "Cursor after which the page starts."),
    ("last", "Number of entries from the end, 1 to 100."),
    ("before", "Cursor before which the page ends."),
];

#[tokio::test]
async fn storefront_descriptions_follow_the_rules() {
    assert_eq!(violations(&schema_storefront::builder().finish()).await, Vec::<String>::new());
}

#[tokio::test]
async fn admin_descriptions_follow_the_rules() {
    assert_eq!(violations(&schema_admin::builder().finish()).await, Vec::<String>::new());
}

#[tokio::test]
async fn violations_of_the_rules_are_found() {
    struct Query;
    #[Object]
    impl Query {
        async fn bare(&self, argument: i32) -> i32 {
            argument
        }

        /// The total.
        async fn short(&self) -> i32 {
            0
        }

        /// Whether the order is open.
        async fn question(&self) -> i32 {
            0
        }

        /// Fulfil the whole order.
        async fn british(&self) -> i32 {
            0
        }

        /// The money is given back.
        async fn banned(&self) -> i32 {
            0
        }

        /// The size of the list.
        async fn list(
            &self,
            #[graphql(desc = "So much from the start.")] first: i32,
            #[graphql(desc = "Cursor after which the page starts.")] after: i32,
        ) -> i32 {
            first + after
        }
    }
    struct Mutation;
    #[Object]
    impl Mutation {
        /// Cancels the whole order.
        async fn order_cancel(&self, #[graphql(desc = "Order to cancel.")] input: Changed) -> Changed {
            input
        }
    }
    /// The order after cancellation.
    #[derive(async_graphql::InputObject, async_graphql::SimpleObject)]
    #[graphql(name = "Changed", input_name = "ChangedInput")]
    struct Changed {
        /// Number of the order.
        number: i32,
    }
    let schema = Schema::new(Query, Mutation, EmptySubscription);
    let expected = [
        "Changed: is not \"Payload of `orderCancel`.\"",
        "ChangedInput: does not start with \"Input of `orderCancel`.\"",
        "Query.banned: contains \"given back\"",
        "Query.bare(argument): has no description",
        "Query.bare: has no description",
        "Query.british: British spelling",
        "Query.list(first): is not \"Number of entries from the start, 1 to 100. The default is 20.\"",
        "Query.question: starts with a question word",
        "Query.short: has less than three words",
    ];
    assert_eq!(violations(&schema).await, expected);
    let empty = Schema::new(Query, EmptyMutation, EmptySubscription);
    assert_eq!(
        violations(&empty).await,
        expected.into_iter().filter(|rule| rule.starts_with("Query")).collect::<Vec<_>>()
    );
}

/// The violations of a schema, sorted. The root types and the types of GraphQL itself are exempt.
async fn violations<Q, M, S>(schema: &Schema<Q, M, S>) -> Vec<String>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let data = schema.execute(INTROSPECTION).await.data.into_json().unwrap();
    let descriptions = descriptions(&data["__schema"]["types"]);
    let mut found: Vec<String> = descriptions
        .iter()
        .filter_map(|(path, description)| Some(format!("{path}: {}", broken_rule(description)?)))
        .collect();
    found.extend(wrong_connection_arguments(&descriptions));
    found.extend(wrong_payloads_and_inputs(&data["__schema"]["mutationType"]["fields"], &descriptions));
    found.sort();
    found
}

/// Each path, such as `Order.lines(first)`, with its description.
fn descriptions(types: &Value) -> HashMap<String, String> {
    let built_in = ["Int", "Float", "String", "Boolean", "ID"];
    let roots = ["Query", "Mutation", "Subscription"];
    let mut all = HashMap::new();
    for kind in list(types) {
        let name = text(&kind["name"]);
        if name.starts_with("__") || built_in.contains(&name) {
            continue;
        }
        if !roots.contains(&name) {
            all.insert(name.to_owned(), text(&kind["description"]).to_owned());
        }
        for member in ["fields", "inputFields", "enumValues"].into_iter().flat_map(|key| list(&kind[key])) {
            let path = format!("{name}.{}", text(&member["name"]));
            for argument in list(&member["args"]) {
                let path = format!("{path}({})", text(&argument["name"]));
                all.insert(path, text(&argument["description"]).to_owned());
            }
            all.insert(path, text(&member["description"]).to_owned());
        }
    }
    all
}

fn broken_rule(description: &str) -> Option<String> {
    let lower = description.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '`').collect();
    if description.trim().is_empty() {
        return Some("has no description".to_owned());
    }
    if description.split_whitespace().count() < 3 {
        return Some("has less than three words".to_owned());
    }
    if QUESTION_WORDS.contains(&description.split_whitespace().next()?) {
        return Some("starts with a question word".to_owned());
    }
    let is_british =
        |word: &&str| ["fulfil", "fulfils"].contains(word) || BRITISH.iter().any(|start| word.starts_with(start));
    if words.iter().any(is_british) {
        return Some("British spelling".to_owned());
    }
    BANNED.iter().find(|phrase| lower.contains(**phrase)).map(|phrase| format!("contains \"{phrase}\""))
}

fn wrong_connection_arguments(descriptions: &HashMap<String, String>) -> Vec<String> {
    let connections = descriptions.keys().filter_map(|path| path.strip_suffix("(after)"));
    let wrong = |connection: &str| {
        CONNECTION_ARGUMENTS
            .iter()
            .filter_map(|(argument, wording)| {
                let path = format!("{connection}({argument})");
                let is_wrong = descriptions.get(&path)? != wording;
                is_wrong.then(|| format!("{path}: is not \"{wording}\""))
            })
            .collect::<Vec<_>>()
    };
    connections.flat_map(wrong).collect()
}

fn wrong_payloads_and_inputs(mutations: &Value, descriptions: &HashMap<String, String>) -> Vec<String> {
    let named = |of: &Value| text(of["name"].as_str().map_or(&of["ofType"]["name"], |_| &of["name"])).to_owned();
    let mut wrong = Vec::new();
    for mutation in list(mutations) {
        let name = text(&mutation["name"]);
        let payload = named(&mutation["type"]);
        let wording = format!("Payload of `{name}`.");
        if descriptions.get(&payload).is_none_or(|description| *description != wording) {
            wrong.push(format!("{payload}: is not \"{wording}\""));
        }
        for input in list(&mutation["args"]).map(|argument| named(&argument["type"])) {
            let wording = format!("Input of `{name}`.");
            if descriptions.get(&input).is_none_or(|description| !description.starts_with(&wording)) {
                wrong.push(format!("{input}: does not start with \"{wording}\""));
            }
        }
    }
    wrong
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
