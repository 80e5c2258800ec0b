//! GraphQL over HTTP: media types, status codes, errors, limits, batches, persisted queries.

use std::time::Duration;

use graphql_http::{Introspection, Limits};
use serde_json::{Value, json};

use crate::test_server::TestServer;

const STRICT: &str = "application/graphql-response+json";
const LEGACY: &str = "application/json";

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn well_formed_requests_are_answered_in_the_accepted_type() {
    let server = TestServer::start().await;
    for (accept, expected) in [(STRICT, STRICT), (LEGACY, LEGACY), ("*/*", LEGACY)] {
        let request =
            server.client.post(&server.url).header("accept", accept).json(&json!({ "query": "{ shop { name } }" }));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(expected));
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["data"], json!({ "shop": { "name": "shop" } }));
        assert_eq!(answer["extensions"]["cost"], json!({ "requested": 2, "maximum": 10_000 }));
    }
}

#[tokio::test]
async fn the_status_of_a_rejected_document_depends_on_the_media_type() {
    let server = TestServer::start().await;
    for query in
        ["{", "{ nothing }", "query Q($a: Int!) { sum(numbers: [$a]) }", "{ shops(first: 1000000) { nodes { name } } }"]
    {
        let (status, answer) = server.post(STRICT, &json!({ "query": query })).await;
        assert_eq!(status, 400, "{query}");
        assert!(answer.get("data").is_none(), "{answer}");
        let (status, answer) = server.post(LEGACY, &json!({ "query": query })).await;
        assert_eq!(status, 200, "{query}");
        assert!(["BAD_USER_INPUT", "QUERY_TOO_COMPLEX"].contains(&code(&answer)), "{answer}");
    }
}

#[tokio::test]
async fn malformed_requests_are_rejected_in_both_media_types() {
    let server = TestServer::start().await;
    for body in [json!({}), json!({ "query": 1 }), json!({ "query": "{ a }", "variables": [] }), json!([]), json!(1)] {
        for accept in [STRICT, LEGACY] {
            let (status, answer) = server.post(accept, &body).await;
            assert_eq!((status, code(&answer)), (400, "BAD_USER_INPUT"), "{body}");
        }
    }
}

#[tokio::test]
async fn requests_that_html_forms_can_send_are_rejected() {
    let server = TestServer::start().await;
    let body = json!({ "query": "{ shop { name } }" }).to_string();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let request = server.client.post(&server.url).header("content-type", content_type).body(body.clone());
        assert_eq!(request.send().await.unwrap().status(), 415, "{content_type}");
    }
    assert_eq!(server.client.post(&server.url).body(body).send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn other_methods_and_media_types_are_rejected() {
    let server = TestServer::start().await;
    for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH] {
        let response = server.client.request(method, &server.url).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers().contains_key("allow")), (405, true));
    }
    let request =
        server.client.post(&server.url).header("accept", "image/png").json(&json!({ "query": "{ shop { name } }" }));
    assert_eq!(request.send().await.unwrap().status(), 406);
}

#[tokio::test]
async fn get_accepts_queries_but_not_mutations() {
    let server = TestServer::start().await;
    let get = async |query: &str, more: &[(&str, &str)]| {
        let url = reqwest::Url::parse_with_params(&server.url, [("query", query)].iter().chain(more)).unwrap();
        server.client.get(url).send().await.unwrap()
    };
    let answer: Value =
        get("query Q($n: [Int!]!) { sum(numbers: $n) }", &[("variables", "{\"n\": [1, 2]}"), ("channel", "eu")])
            .await
            .json()
            .await
            .unwrap();
    assert_eq!(answer["data"]["sum"], 3);
    let refused = get("mutation { rename(name: \"x\") }", &[]).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, "GET, POST, OPTIONS"));
    let named = "query A { shop { name } } mutation B { rename(name: \"x\") }";
    assert_eq!(get(named, &[("operationName", "A")]).await.status(), 200);
    assert_eq!(get(named, &[("operationName", "B")]).await.status(), 405);
}

#[tokio::test]
async fn large_bodies_are_rejected() {
    let server = TestServer::start().await;
    let body = vec![b' '; 3 << 20];
    let request = server.client.post(&server.url).header("content-type", LEGACY);
    assert_eq!(request.body(body).send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn batches_are_answered_in_order_and_limited() {
    let server = TestServer::start().await;
    let request = |number: usize| json!({ "query": format!("{{ echo(text: \"{number}\") }}") });
    let (status, answer) = server.post(LEGACY, &(0..10).map(request).collect()).await;
    assert_eq!(status, 200);
    let echoes: Vec<&str> =
        answer.as_array().unwrap().iter().map(|one| one["data"]["echo"].as_str().unwrap()).collect();
    assert_eq!(echoes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let (status, _) = server.post(LEGACY, &(0..11).map(request).collect()).await;
    assert_eq!(status, 400);
    let mixed = json!([{ "query": "mutation { rename(name: \"x\") }" }, { "query": "{ nothing }" }, {}]);
    let (status, answer) = server.post(STRICT, &mixed).await;
    assert_eq!(status, 200);
    assert_eq!(answer[0]["data"]["rename"], "x");
    assert_eq!((answer[1]["data"].is_null(), answer[2]["errors"].is_array()), (true, true));
}

#[tokio::test]
async fn a_batch_costs_the_sum_of_its_operations() {
    let server = TestServer::start().await;
    let large = json!({ "query": "{ shops(first: 6000) { nodes { name } } }" });
    let (status, answer) = server.post(LEGACY, &json!([large, large])).await;
    let mut codes: Vec<&str> = answer.as_array().unwrap().iter().map(code).collect();
    codes.sort_unstable();
    assert_eq!(status, 200);
    assert_eq!(codes, ["", "QUERY_TOO_COMPLEX"]);
}

#[tokio::test]
async fn skip_and_include_use_the_defaults_of_variables() {
    let server = TestServer::start().await;
    let query = "query P($full: Boolean = true) { shop { name id @include(if: $full) } }";
    assert_eq!(server.ask(query, json!({})).await["data"]["shop"], json!({ "name": "shop", "id": "1" }));
    assert_eq!(server.ask(query, json!({ "full": false })).await["data"]["shop"], json!({ "name": "shop" }));
}

#[tokio::test]
async fn operations_of_a_document_can_reuse_variable_names() {
    let server = TestServer::start().await;
    let document = "query A($x: String!) { echo(text: $x) } query B($x: [Int!]!) { ...S }
        fragment S on Query { sum(numbers: $x) }";
    for (name, x) in [("A", json!("hi")), ("B", json!([1, 2])), ("A", json!("hi"))] {
        let body = json!({ "query": document, "operationName": name, "variables": { "x": x } });
        let (status, answer) = server.post(STRICT, &body).await;
        assert_eq!((status, answer.get("errors")), (200, None), "{name}: {answer}");
    }
    let body = json!({ "query": document, "operationName": "B", "variables": { "x": "hi" } });
    assert_eq!(code(&server.post(STRICT, &body).await.1), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_mutation_that_is_selected_twice_runs_once() {
    let server = TestServer::start().await;
    for (thing, query) in [
        ("plain", "mutation M($t: String!) { touch(thing: $t) { thing } touch(thing: $t) { times } }"),
        (
            "fragments",
            "mutation M($t: String!) { ...A ... { ...B } } fragment A on Mutation { touch(thing: $t) { thing } }
             fragment B on Mutation { touch(thing: $t) { times } }",
        ),
    ] {
        let answer = server.ask(query, json!({ "t": thing })).await;
        assert_eq!(answer["data"], json!({ "touch": { "thing": thing, "times": 1 } }), "{answer}");
    }
    let aliases = "mutation { touch(thing: \"aliases\") { times } again: touch(thing: \"aliases\") { times } }";
    let answer = server.ask(aliases, json!({})).await;
    assert_eq!(answer["data"], json!({ "touch": { "times": 1 }, "again": { "times": 2 } }));
    let different =
        "mutation { touch(thing: \"a\") { times } ...B } fragment B on Mutation { touch(thing: \"b\") { times } }";
    assert_eq!(code(&server.ask(different, json!({})).await), "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_unknown_input_field_next_to_a_variable_is_rejected() {
    let server = TestServer::start().await;
    let query = "query Q($q: String) { nested(filter: { isAviable: true, name: $q }) }";
    for variables in [json!({}), json!({ "q": "x" })] {
        assert_eq!(code(&server.ask(query, variables).await), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_failing_non_null_field_nulls_the_nearest_nullable_parent() {
    let server = TestServer::start().await;
    let answer = server.ask("{ optionalShop { name shop { number } } shop { name } }", json!({})).await;
    assert_eq!(answer["data"], json!({ "optionalShop": null, "shop": { "name": "shop" } }));
    assert_eq!(answer["errors"][0]["path"], json!(["optionalShop", "shop", "number"]));
    let answer = server.ask("{ optionalShop { name } shop { shops(first: 1) { nodes { number } } } }", json!({})).await;
    assert_eq!(answer["data"], Value::Null, "{answer}");
    assert_eq!((code(&answer), answer["errors"].as_array().unwrap().len()), ("INTERNAL", 1), "{answer}");
    let answer = server.ask("{ shop { name optionalNumber } }", json!({})).await;
    assert_eq!(answer["data"], json!({ "shop": { "name": "shop", "optionalNumber": null } }));
    assert_eq!((code(&answer), answer["errors"][0]["message"].as_str()), ("FORBIDDEN", Some("not for you")));
}

#[tokio::test]
async fn internal_errors_expose_only_a_request_id() {
    let server = TestServer::start().await;
    for query in ["{ shop { number } }", "{ panics }"] {
        let (_, answer) = server.post(STRICT, &json!({ "query": query })).await;
        assert_eq!((code(&answer), &answer["errors"][0]["message"]), ("INTERNAL", &json!("internal error")));
        assert!(answer["errors"][0]["extensions"]["requestId"].is_string());
        assert!(!answer.to_string().contains("secret"), "{answer}");
    }
    assert_eq!(server.post(STRICT, &json!({ "query": "{ panics }" })).await.0, 500);
    assert_eq!(server.ask("{ shop { name } }", json!({})).await["data"]["shop"]["name"], "shop");
}

#[tokio::test]
async fn unavailable_dependencies_return_503_with_retry_after() {
    let server = TestServer::start().await;
    let request = server.client.post(&server.url).json(&json!({ "query": "{ unavailable }" }));
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    let answer: Value = response.json().await.unwrap();
    assert_eq!(code(&answer), "UNAVAILABLE");
    assert!(!answer.to_string().contains("10.0.0.1"));
}

#[tokio::test]
async fn operations_time_out() {
    let server = TestServer::with(Limits { execution_timeout: Duration::from_millis(50), ..Limits::default() }).await;
    let (status, answer) = server.post(LEGACY, &json!({ "query": "{ slow }" })).await;
    assert_eq!((status, code(&answer)), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn the_hook_authenticates_the_caller() {
    let server = TestServer::start().await;
    let ask = async |name: &str| {
        let request =
            server.client.post(&server.url).header("authorization", name).json(&json!({ "query": "{ who }" }));
        request.send().await.unwrap()
    };
    let answer: Value = ask("ada").await.json().await.unwrap();
    assert_eq!(answer["data"]["who"], "ada");
    let refused = ask("mallory").await;
    assert_eq!((refused.status().as_u16(), refused.headers()["www-authenticate"].to_str().unwrap()), (401, "Bearer"));
    assert_eq!(code(&refused.json().await.unwrap()), "UNAUTHENTICATED");
    let limited = ask("flood").await;
    assert_eq!((limited.status().as_u16(), limited.headers()["retry-after"].to_str().unwrap()), (429, "7"));
}

#[tokio::test]
async fn the_hook_sees_the_length_of_a_request_before_it_is_parsed() {
    let server = TestServer::start().await;
    let malformed = "x".repeat(200);
    let request =
        server.client.post(&server.url).header("authorization", "long").header("content-type", "application/json");
    let refused = request.body(malformed.clone()).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    let answer: Value = refused.json().await.unwrap();
    assert_eq!((code(&answer), &answer["errors"][0]["extensions"]["retryAfter"]), ("RATE_LIMITED", &json!(2)));
    let url = format!("{}?query={malformed}", server.url);
    assert_eq!(server.client.get(url).header("authorization", "long").send().await.unwrap().status().as_u16(), 429);
}

#[tokio::test]
async fn headers_of_resolvers_are_sent() {
    let server = TestServer::start().await;
    let response = server.client.post(&server.url).json(&json!({ "query": "{ cookie }" })).send().await.unwrap();
    assert_eq!(response.headers()["x-toy"], "1");
}

#[tokio::test]
async fn variables_are_checked_before_anything_runs() {
    let server = TestServer::start().await;
    for (query, variables) in [
        ("mutation M($n: String!) { a: rename(name: \"x\") b: rename(name: $n) }", json!({})),
        ("query Q($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": [2_147_483_648_i64] })),
        ("query Q($f: Filter) { nested(filter: $f) }", json!({ "f": { "unknown": 1 } })),
    ] {
        let (status, answer) = server.post(STRICT, &json!({ "query": query, "variables": variables })).await;
        assert_eq!((status, code(&answer)), (400, "BAD_USER_INPUT"), "{query}");
    }
    // The engine finds this one only when it reads the argument.
    let answer = server.ask("{ sum(numbers: [2147483648]) }", json!({})).await;
    assert_eq!((code(&answer), &answer["data"]), ("BAD_USER_INPUT", &Value::Null));
}

#[tokio::test]
async fn documents_with_several_operations_need_a_name() {
    let server = TestServer::start().await;
    let query = "query A { a: echo(text: \"a\") } query B { b: echo(text: \"b\") }";
    let answer = server.post(LEGACY, &json!({ "query": query, "operationName": "B" })).await.1;
    assert_eq!(answer["data"], json!({ "b": "b" }));
    for body in [json!({ "query": query }), json!({ "query": query, "operationName": "C" })] {
        assert_eq!(code(&server.post(LEGACY, &body).await.1), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn introspection_can_be_disabled() {
    let server = TestServer::with(Limits { introspection: Introspection::Off, ..Limits::default() }).await;
    for query in ["{ __schema { types { name } } }", "{ ...F } fragment F on Query { __type(name: \"Shop\") { name } }"]
    {
        assert_eq!(code(&server.ask(query, json!({})).await), "BAD_USER_INPUT");
    }
    let answer = server.ask("{ __typename shp }", json!({})).await;
    assert!(!answer.to_string().contains("Did you mean"), "{answer}");
}

#[tokio::test]
async fn introspection_can_be_left_to_the_hook() {
    let server = TestServer::with(Limits { introspection: Introspection::Restricted, ..Limits::default() }).await;
    let query = json!({ "query": "{ __schema { queryType { name } } }" });
    let ask = async |who: &str| {
        let request = server.client.post(&server.url).header("authorization", who).json(&query);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(code(&ask("grace").await), "FORBIDDEN");
    assert_eq!(ask("staff").await["data"]["__schema"]["queryType"]["name"], "Query");
    let answer = server.ask("{ __typename shp }", json!({})).await;
    assert!(!answer.to_string().contains("Did you mean"), "{answer}");
}

#[tokio::test]
async fn documents_are_persisted_by_their_hash() {
    let server = TestServer::start().await;
    let hash = "d33b6e0bc3ae9a6d3b6ef1e9ff1e4b4d8e1b6ab7f1ab1b1f9d3f8bb9c0a4e0aa";
    let wrong = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let (status, answer) = server.post(LEGACY, &json!({ "extensions": wrong })).await;
    assert_eq!((status, code(&answer)), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(answer["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(server.post(STRICT, &json!({ "extensions": wrong })).await.0, 400);
    let query = "{ shop { name } }";
    assert_eq!(code(&server.post(LEGACY, &json!({ "query": query, "extensions": wrong })).await.1), "BAD_USER_INPUT");

    let hash = sha256(query);
    let right = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let registered = server.post(LEGACY, &json!({ "query": query, "extensions": right })).await.1;
    assert_eq!(registered["data"]["shop"]["name"], "shop");
    assert_eq!(server.post(LEGACY, &json!({ "extensions": right })).await.1, registered);
    let url = reqwest::Url::parse_with_params(&server.url, [("extensions", right.to_string())]).unwrap();
    assert_eq!(server.client.get(url).send().await.unwrap().json::<Value>().await.unwrap(), registered);
}

#[tokio::test]
async fn invalid_documents_are_not_persisted() {
    let server = TestServer::start().await;
    let query = "{ nothing }";
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256(query) } });
    assert_eq!(
        code(&server.post(LEGACY, &json!({ "query": query, "extensions": extensions })).await.1),
        "BAD_USER_INPUT"
    );
    assert_eq!(code(&server.post(LEGACY, &json!({ "extensions": extensions })).await.1), "PERSISTED_QUERY_NOT_FOUND");
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    let hex: Vec<String> = sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    hex.concat()
}

#[tokio::test]
async fn a_mutation_completes_after_its_client_disconnects() {
    let limits = Limits { execution_timeout: Duration::from_millis(50), ..Limits::default() };
    let server = TestServer::with(limits).await;
    let (status, answer) = server.post(STRICT, &json!({ "query": "mutation { pass }" })).await;
    assert_eq!((status, code(&answer)), (503, "UNAVAILABLE"));
    server.gate.open.add_permits(1);
    let passed = tokio::time::timeout(Duration::from_secs(10), server.gate.passed.acquire());
    passed.await.expect("the mutation goes on").unwrap().forget();
}

#[tokio::test]
async fn responses_are_not_cached_and_have_a_vary_header() {
    let server = TestServer::start().await;
    let url = reqwest::Url::parse_with_params(&server.url, [("query", "{ shop { name } }")]).unwrap();
    let response = server.client.get(url).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let vary = response.headers()["vary"].to_str().unwrap();
    for header in ["accept", "accept-language", "authorization"] {
        assert!(vary.split(", ").any(|name| name == header), "{header}: {vary}");
    }
}
