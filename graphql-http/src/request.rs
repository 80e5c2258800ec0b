//! The parameters of a GraphQL request, from a JSON body or a query string, with strict types.

use std::{collections::HashSet, fmt};

use async_graphql::Variables;
use axum::http::StatusCode;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::rejection::Rejection;

type Object = serde_json::Map<String, Value>;

/// The parameters of a GraphQL request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The document; none if it is identified by its hash.
    #[serde(default)]
    pub query: Option<String>,
    /// The name of the operation; none if the document has one operation.
    #[serde(default)]
    pub operation_name: Option<String>,
    /// The values of the operation's variables.
    #[serde(default, deserialize_with = "variables")]
    pub variables: Variables,
    /// Protocol extensions, such as a persisted query's hash.
    #[serde(default)]
    pub extensions: Option<Object>,
}

/// One request or a batch.
#[derive(Debug)]
pub enum Body {
    /// One request.
    Single(Box<Params>),
    /// Requests that are answered together, in order.
    Batch(Vec<Params>),
}

impl Params {
    /// Parses a query string; other parameters are ignored.
    ///
    /// # Errors
    /// A parameter is given twice or has the wrong type.
    pub fn from_query_string(text: &str) -> Result<Self, Rejection> {
        let mut params = Self::default();
        let mut seen = HashSet::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "query" | "operationName" | "variables" | "extensions" if !seen.insert(name.clone()) => {
                    return Err(bad_request(format!("parameter \"{name}\" is given twice")));
                }
                "query" => params.query = Some(value),
                "operationName" => params.operation_name = Some(value).filter(|name| !name.is_empty()),
                "variables" => {
                    params.variables = parse_object(&value, "variables")?.map(to_variables).unwrap_or_default();
                }
                "extensions" => params.extensions = parse_object(&value, "extensions")?,
                _ => {}
            }
        }
        Ok(params)
    }

    /// The SHA-256 of a persisted query, in hexadecimal.
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn persisted_hash(&self) -> Result<Option<&str>, Rejection> {
        let Some(persisted) = self.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery")) else {
            return Ok(None);
        };
        if persisted.get("version").and_then(Value::as_i64) != Some(1) {
            return Err(Rejection::input("unsupported version of persisted queries, expected 1"));
        }
        match persisted.get("sha256Hash").and_then(Value::as_str) {
            Some(hash) if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(Some(hash)),
            _ => Err(Rejection::input("\"sha256Hash\" of a persisted query must be 64 hexadecimal digits")),
        }
    }
}

impl Body {
    /// Parses a JSON body.
    ///
    /// # Errors
    /// The body is not JSON, a parameter has the wrong type, or a batch is empty or too large.
    pub fn from_json(bytes: &[u8], batch_size: usize) -> Result<Self, Rejection> {
        let first = bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        if first != Some(b'[') {
            return from_slice(bytes).map(|params| Self::Single(Box::new(params)));
        }
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let requests = json.deserialize_seq(BatchVisitor { most: batch_size }).map_err(|error| explain(&error))?;
        json.end().map_err(|error| explain(&error))?;
        if requests.is_empty() {
            return Err(bad_request("a batch must not be empty"));
        }
        Ok(Self::Batch(requests))
    }
}

/// Parses a batch and stops as soon as it is too large.
struct BatchVisitor {
    most: usize,
}

impl<'de> Visitor<'de> for BatchVisitor {
    type Value = Vec<Params>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {} requests", self.most)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut requests = Vec::new();
        while let Some(request) = items.next_element()? {
            if requests.len() == self.most {
                return Err(serde::de::Error::custom(format!("a batch has at most {} requests", self.most)));
            }
            requests.push(request);
        }
        Ok(requests)
    }
}

fn variables<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Variables, D::Error> {
    Ok(Option::<Object>::deserialize(deserializer)?.map(to_variables).unwrap_or_default())
}

fn to_variables(object: Object) -> Variables {
    Variables::from_json(Value::Object(object))
}

fn parse_object(text: &str, name: &str) -> Result<Option<Object>, Rejection> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map_err(|_| bad_request(format!("parameter \"{name}\" must be a JSON object")))
}

fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    serde_json::from_slice(bytes).map_err(|error| explain(&error))
}

fn explain(error: &serde_json::Error) -> Rejection {
    let text: String = error.to_string().chars().take(200).collect();
    bad_request(format!("malformed request: {text}"))
}

/// The rejection of a request that is not a well-formed GraphQL request, with status 400.
pub fn bad_request(message: impl Into<String>) -> Rejection {
    Rejection::input(message).status(StatusCode::BAD_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(body: &str) -> String {
        Body::from_json(body.as_bytes(), 3).unwrap_err().errors[0].message.clone()
    }

    #[test]
    fn bodies_are_parsed_strictly() {
        assert!(rejection("{\"query\": 1}").contains("invalid type"));
        assert!(rejection("{\"query\": \"{a}\", \"variables\": []}").contains("invalid type"));
        assert!(rejection("{\"query\": \"{a}\", \"extensions\": \"x\"}").contains("invalid type"));
        assert!(rejection("{\"query\": \"{a}\", \"query\": \"{b}\"}").contains("duplicate field"));
        assert!(rejection("").contains("malformed request"));
        assert!(rejection("{} {}").contains("malformed request"));
        assert!(rejection("[]").contains("must not be empty"));
        assert!(rejection(&format!("[{}]", ["{}"; 4].join(","))).contains("at most 3 requests"));
        assert!(rejection(&format!("{{\"variables\": {}", "{\"a\":".repeat(10_000))).contains("recursion limit"));
    }

    #[test]
    fn null_parameters_count_as_absent() {
        let body = "{\"query\": \"{a}\", \"variables\": null, \"operationName\": null, \"extensions\": null}";
        assert!(matches!(Body::from_json(body.as_bytes(), 3), Ok(Body::Single(_))));
    }

    #[test]
    fn query_strings_are_parsed() {
        let params = Params::from_query_string("query=%7Ba%7D&variables=%7B%22x%22%3A1%7D&channel=eu").unwrap();
        assert_eq!(params.query.as_deref(), Some("{a}"));
        assert_eq!(params.variables.len(), 1);
        assert!(Params::from_query_string("query=a&query=b").is_err());
        assert!(Params::from_query_string("query=a&variables=1").is_err());
    }

    #[test]
    fn hashes_of_persisted_queries_are_checked() {
        let hash = |extensions: &str| {
            let params = Params::from_query_string(&format!("extensions={extensions}")).unwrap();
            params.persisted_hash().map(|hash| hash.map(str::to_owned)).map_err(|_| ())
        };
        let good = "a".repeat(64);
        assert_eq!(
            hash(&format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{good}\"}}}}")),
            Ok(Some(good))
        );
        assert_eq!(hash("{}"), Ok(None));
        assert_eq!(hash("{\"persistedQuery\":{\"version\":2}}"), Err(()));
        assert_eq!(hash("{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"zz\"}}"), Err(()));
    }
}
