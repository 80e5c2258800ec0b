//! Hostile requests: each is rejected, or answered with an error, after bounded work. The times are printed.

use std::time::Instant;

use serde_json::{Value, json};

/// A hostile request.
pub struct Attack {
    name: &'static str,
    pub body: Vec<u8>,
}

fn attack(name: &'static str, query: impl Into<String>) -> Attack {
    Attack { name, body: json!({ "query": query.into() }).to_string().into_bytes() }
}

fn with_variables(name: &'static str, query: &str, variables: &str) -> Attack {
    let body = format!("{{\"query\": {}, \"variables\": {variables}}}", json!(query));
    Attack { name, body: body.into_bytes() }
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

#[expect(clippy::too_many_lines, reason = "one entry per attack")]
fn documents() -> Vec<Attack> {
    let aliases = |count| format!("{{ {} }}", numbered(count, |number| format!("a{number}: __typename ")));
    let deep = |levels: usize| format!("{}{}{}", "{ node(id: \"x\") ".repeat(levels), "{ id }", "}".repeat(levels));
    let list = |levels: usize| format!("{{ node(id: {}1{}) {{ id }} }}", "[".repeat(levels), "]".repeat(levels));
    let object = |levels: usize| format!("{{ node(id: {}1{}) {{ id }} }}", "{a:".repeat(levels), "}".repeat(levels));
    let inline = |levels: usize| format!("{}{}", "{ ... on Query ".repeat(levels), "}".repeat(levels));
    let bomb =
        numbered(30, |level| format!("fragment F{level} on Query {{ {} }} ", format!("...F{} ", level + 1).repeat(10)));
    let wide =
        numbered(8, |level| format!("fragment W{level} on Query {{ {} }} ", format!("...W{} ", level + 1).repeat(100)));
    let chain = numbered(2_000, |level| format!("fragment C{level} on Query {{ ...C{} }} ", level + 1));
    vec![
        attack("100,000 aliases", aliases(100_000)),
        attack("1,500 aliases", aliases(1_500)),
        attack("200 aliases", aliases(200)),
        attack("selections 10,000 deep", deep(10_000)),
        attack("selections 60 deep", deep(60)),
        attack("selections 30 deep", deep(30)),
        attack("inline fragments 10,000 deep", inline(10_000)),
        attack("list values 10,000 deep", list(10_000)),
        attack("list values 45 deep", list(45)),
        attack("object values 10,000 deep", object(10_000)),
        attack(
            "types 10,000 deep",
            format!("query Q($a: {}Int{}) {{ __typename }}", "[".repeat(10_000), "]".repeat(10_000)),
        ),
        attack("3 MB of braces", "{".repeat(3 << 20)),
        attack("900 kB of braces", "{".repeat(900_000)),
        attack("900 kB of brackets", format!("{{ node(id: {}", "[".repeat(900_000))),
        attack("900 kB of white space", " ".repeat(900_000)),
        attack("900 kB of comments", "#\n".repeat(450_000)),
        attack("a name of 900 kB", format!("{{ {} }}", "a".repeat(900_000))),
        attack("a name of 100 kB", format!("{{ {} }}", "a".repeat(100_000))),
        attack("an unterminated string", format!("{{ node(id: \"{}", "{".repeat(100_000))),
        attack("an unterminated block string", format!("{{ node(id: \"\"\"{}", "{".repeat(100_000))),
        attack("a fragment that contains itself", "{ ...A } fragment A on Query { ...A }"),
        attack("fragments in a circle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
        attack("a fragment bomb of 10^30 fields", format!("{{ ...F0 }} {bomb} fragment F30 on Query {{ __typename }}")),
        attack("a fragment bomb of 100^8 fields", format!("{{ ...W0 }} {wide} fragment W8 on Query {{ __typename }}")),
        attack("2,000 fragments in a row", format!("{{ ...C0 }} {chain} fragment C2000 on Query {{ __typename }}")),
        attack("3,000 directives on a field", format!("{{ __typename {} }}", "@skip(if: false) ".repeat(3_000))),
        attack("900 directives on a field", format!("{{ __typename {} }}", "@a ".repeat(900))),
        attack("2,500 unknown fields", format!("{{ {} }}", numbered(2_500, |number| format!("field{number} ")))),
        attack("the same field 9,000 times", format!("{{ {} }}", "nothing ".repeat(9_000))),
        attack("1,500 operations", numbered(1_500, |number| format!("query Q{number} {{ __typename }} "))),
        attack(
            "1,000 variables",
            format!("query Q({}) {{ __typename }}", numbered(1_000, |number| format!("$v{number}: Int "))),
        ),
        attack("an integer beyond 64 bits", "{ products(first: 99999999999999999999999999) { totalCount } }"),
        attack("a number beyond floats", "{ products(first: 1e999999) { totalCount } }"),
        attack("a number of 50,000 digits", format!("{{ products(first: {}) {{ totalCount }} }}", "9".repeat(50_000))),
        attack("a negative page", "{ products(first: -1) { nodes { id } } }"),
        attack("a page of two billion", "{ products(first: 2147483647) { nodes { id } } }"),
        attack("a foreign cursor", "{ products(first: 1, after: \"bm90LW91cnM=\") { nodes { id } } }"),
        attack("a broken cursor", "{ products(first: 1, after: \"\\u0000💥\") { nodes { id } } }"),
        attack("a foreign id", "{ node(id: \"gid://elsewhere/Thing/1\") { id } }"),
        attack("an id of 50 kB", format!("{{ node(id: \"{}\") {{ id }} }}", "x".repeat(50_000))),
        attack("5,000 ids", format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"gid://mercator/Product/1\" ".repeat(4_900))),
        attack(
            "deep introspection",
            format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(7), "} }".repeat(7)),
        ),
        attack(
            "introspection 90 times",
            format!(
                "{{ {} }} fragment V on __InputValue {{ name description type {{ ...T }} defaultValue }}
                fragment T on __Type {{ kind name {} kind name {} }}",
                numbered(90, |number| format!(
                    "s{number}: __schema {{ types {{ kind name description fields {{ name description args {{ ...V }} \
                     type {{ ...T }} }} inputFields {{ ...V }} interfaces {{ ...T }} possibleTypes {{ ...T }} }} \
                     directives {{ name description locations args {{ ...V }} }} }} "
                )),
                "ofType { kind name ".repeat(9),
                "}".repeat(9)
            ),
        ),
        attack("a null byte", "{ \u{0} }"),
        attack("an empty document", ""),
        attack("only a fragment", "fragment F on Query { __typename }"),
    ]
}

/// Documents of a few kilobytes that multiply during validation or execution.
fn multiplied() -> Vec<Attack> {
    let asked = |times: usize| format!("__typename({}) {}", "a: 1 ".repeat(times), "__typename ".repeat(times));
    let spread = "... { ...F } ".repeat(4);
    let long = json!({ "s": "x".repeat(900_000) }).to_string();
    let wide = json!({ "f": { "or": vec![json!({}); 200_000] } }).to_string();
    vec![
        attack("a field 2,000 times, once with 2,000 arguments", format!("{{ {} }}", asked(2_000))),
        attack("the same, spread four times", format!("{{ {spread} }} fragment F on Query {{ {} }}", asked(1_600))),
        with_variables(
            "a long variable 4,900 times",
            &format!("query Q($s: ID!) {{ nodes(ids: [{}]) {{ __typename }} }}", "$s ".repeat(4_900)),
            &long,
        ),
        with_variables(
            "a wide variable 3,000 times",
            &format!(
                "query Q($f: ProductFilter!) {{ products(filter: {{ and: [{}] }}) {{ totalCount }} }}",
                "$f ".repeat(3_000)
            ),
            &wide,
        ),
        attack("an unknown type in a list", "query Q($v: [Nope] = [1]) { __typename }"),
        with_variables("an empty list of an unknown type", "query Q($v: [Nope]) { __typename }", "{\"v\": []}"),
        attack(
            "a time before there were years",
            "{ orders(filter: { createdAfter: \"-9999-01-01T00:00:00Z\" }) { totalCount } }",
        ),
    ]
}

/// Pages that are larger than their arguments suggest.
fn hidden_pages() -> Vec<Attack> {
    let query = |field: &str| {
        let inner = "{ nodes { id } }";
        format!(
            "query Q($n: Int = 0) {{ {} }}",
            numbered(99, |at| format!("a{at}: {field}(first: $n, last: 101) {inner} "))
        )
    };
    vec![
        with_variables("a null page with a small default", &query("products"), "{\"n\": null}"),
        with_variables("a null page with a small default, of shops", &query("shops"), "{\"n\": null}"),
    ]
}

/// A document of many operations that share a large fragment.
pub fn shared_fragment(number: usize) -> Attack {
    let operations = numbered(340, |at| format!("query Q{number}x{at} {{ ...F }} "));
    let fragment = format!("fragment F on Query {{ nodes(ids: [{}]) {{ id }} }}", "\"x\" ".repeat(7_900));
    attack("340 operations with a large fragment", format!("{operations}{fragment}"))
}

/// Characters that Postgres cannot store.
fn null_characters() -> Vec<Attack> {
    let nul = "a\\u0000b";
    let mutation = |name, ty: &str, field: &str, input: String| {
        let query = format!("mutation M($i: {ty}!) {{ {field}(input: $i) {{ userErrors {{ code }} }} }}");
        with_variables(name, &query, &format!("{{\"i\": {input}}}"))
    };
    vec![
        attack("a null character in a slug", format!("{{ product(slug: \"{nul}\") {{ id }} }}")),
        attack("a null character in a search", format!("{{ search(query: \"{nul}\") {{ totalCount }} }}")),
        attack("a null character in a SKU", format!("{{ inventoryLevels(sku: \"{nul}\") {{ onHand }} }}")),
        with_variables(
            "a null character in a variable",
            "query Q($s: String!) { product(slug: $s) { id } }",
            &format!("{{\"s\": \"{nul}\"}}"),
        ),
        mutation(
            "a null character in a note",
            "CartNoteUpdateInput",
            "cartNoteUpdate",
            format!("{{\"cartId\": \"x\", \"note\": \"{nul}\"}}"),
        ),
        mutation(
            "a null character in an address",
            "CartAddressesUpdateInput",
            "cartAddressesUpdate",
            format!("{{\"cartId\": \"x\", \"shipping\": {{\"city\": \"{nul}\"}}}}"),
        ),
        mutation(
            "a null character in an attribute",
            "CartCreateInput",
            "cartCreate",
            format!(
                "{{\"lines\": [{{\"variantId\": \"x\", \"quantity\": 1, \"attributes\": [{{\"key\": \"a\", \"value\": \"{nul}\"}}]}}]}}"
            ),
        ),
        mutation(
            "a null character in an idempotency key",
            "CartCompleteInput",
            "cartComplete",
            format!("{{\"cartId\": \"x\", \"idempotencyKey\": \"{nul}\"}}"),
        ),
    ]
}

fn bodies() -> Vec<Attack> {
    let raw = |name, text: String| Attack { name, body: text.into_bytes() };
    let query = "query Q($v: String) { node(id: $v) { id } }";
    let batch = |count: usize| format!("[{}]", vec!["{\"query\": \"{ __typename }\"}"; count].join(","));
    vec![
        with_variables(
            "variables 10,000 deep",
            query,
            &format!("{{\"v\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000)),
        ),
        with_variables("variables 100 deep", query, &format!("{{\"v\": {}1{}}}", "[".repeat(100), "]".repeat(100))),
        with_variables("objects in variables 10,000 deep", query, &"{\"a\":".repeat(10_000)),
        with_variables(
            "an integer variable beyond 64 bits",
            "query Q($n: Int) { products(first: $n) { totalCount } }",
            "{\"n\": 99999999999999999999999}",
        ),
        with_variables(
            "an integer variable beyond 32 bits",
            "query Q($n: Int) { products(first: $n) { totalCount } }",
            "{\"n\": 2147483648}",
        ),
        raw("a batch of 1,000", batch(1_000)),
        raw("a batch of 30,000", batch(30_000)),
        raw("a batch of nothing, 300,000 times", format!("[{}]", vec!["{}"; 300_000].join(","))),
        raw("batches in batches", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        raw("900 kB of JSON braces", "{\"a\":".repeat(180_000)),
        raw("a duplicate query", "{\"query\": \"{ __typename }\", \"query\": \"{ __typename }\"}".to_owned()),
        raw("half a surrogate", "{\"query\": \"{ node(id: \\\"\\ud800\\\") { id } }\"}".to_owned()),
        Attack { name: "no UTF-8", body: b"{\"query\": \"{ \xff\xfe }\"}".to_vec() },
        raw("nothing", String::new()),
    ]
}

/// Sends every attack and checks the response.
pub async fn attack_all(url: &str) {
    let client = reqwest::Client::new();
    let hidden = multiplied().into_iter().chain(hidden_pages()).chain([shared_fragment(0)]);
    let documents = documents().into_iter().chain(hidden).chain(null_characters());
    for attack in documents.chain(bodies()) {
        let started = Instant::now();
        let request = client.post(url).header("content-type", "application/json").body(attack.body);
        let response = request.send().await.unwrap_or_else(|error| panic!("{}: {error}", attack.name));
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        println!("{:>8.1} ms  {status}  {}", started.elapsed().as_secs_f64() * 1000.0, attack.name);
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", attack.name));
        check(attack.name, status, &answer);
    }
    let alive = client.post(url).json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
    assert_eq!(alive.json::<Value>().await.unwrap()["data"]["__typename"], "Query");
}

fn check(name: &str, status: u16, answer: &Value) {
    assert!(status == 200 || (400..500).contains(&status), "{name}: {status} {answer}");
    let text = answer.to_string();
    assert!(!text.contains("panicked") && !text.contains(".rs:"), "{name}: {text}");
    let nothing = Vec::new();
    let errors = answer["errors"].as_array().unwrap_or(&nothing);
    // An id or a cursor of another shop's is not wrong, there just is nothing behind it.
    let is_absent = answer["data"].as_object().is_some_and(|data| data.values().all(Value::is_null));
    assert!(is_absent || (1..=20).contains(&errors.len()), "{name}: {} errors, {text:.500}", errors.len());
    for error in errors {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        assert!(["BAD_USER_INPUT", "QUERY_TOO_COMPLEX", "UNAUTHENTICATED"].contains(&code), "{name}: {error}");
    }
}
