//! A GraphQL client on a real socket, and its responses.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Sends operations to one endpoint of a running server.
#[derive(Clone)]
pub struct GraphqlClient {
    http: reqwest::Client,
    url: String,
    headers: HashMap<String, String>,
}

impl GraphqlClient {
    /// Creates a client of an endpoint, such as `http://127.0.0.1:8080/graphql`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { http: reqwest::Client::new(), url: url.into(), headers: HashMap::new() }
    }

    /// The endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sends one operation.
    ///
    /// # Panics
    /// If there is no response, or it is not JSON.
    pub async fn gql(&self, query: &str, variables: Value) -> Answer {
        self.try_gql(query, variables).await.expect("the server answers")
    }

    /// Sends one operation to a server that may be unavailable.
    ///
    /// # Errors
    /// The error of the HTTP client.
    ///
    /// # Panics
    /// If the response is not JSON.
    pub async fn try_gql(&self, query: &str, variables: Value) -> Result<Answer, reqwest::Error> {
        let answer = self.post(query, variables, "application/json").await?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("status {status}, not JSON: {text}"));
        Ok(Answer { status, headers, body })
    }

    /// Starts a subscription over server-sent events.
    ///
    /// # Panics
    /// If there is no response.
    pub async fn subscribe(&self, query: &str, variables: Value) -> Events {
        let response = self.post(query, variables, "text/event-stream").await.expect("the server answers");
        Events { response, unread: String::new() }
    }

    async fn post(&self, query: &str, variables: Value, accept: &str) -> Result<reqwest::Response, reqwest::Error> {
        let mut request = self.http.post(&self.url).body(json!({ "query": query, "variables": variables }).to_string());
        request = request.header("content-type", "application/json").header("accept", accept);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.send().await
    }
}

/// The results of a subscription.
pub struct Events {
    response: reqwest::Response,
    unread: String,
}

impl Events {
    /// The next result with `data` or `errors`; none at the end of the stream.
    ///
    /// # Panics
    /// If the connection fails, or a result is not JSON.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some(end) = self.unread.find("\n\n") {
                let event: String = self.unread.drain(..end + 2).collect();
                let result = event.strip_prefix("event: next\ndata: ").map(|data| serde_json::from_str(data).unwrap());
                if result.is_some() {
                    return result;
                }
            }
            let chunk = self.response.chunk().await.expect("the connection holds")?;
            self.unread.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

/// A response of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// HTTP headers.
    pub headers: reqwest::header::HeaderMap,
    /// The complete JSON body.
    pub body: Value,
}

impl Answer {
    /// The `data` of a response without top-level errors.
    ///
    /// # Panics
    /// If there are errors.
    #[must_use]
    pub fn data(&self) -> &Value {
        assert!(self.body.get("errors").is_none(), "unexpected errors: {}", self.body);
        &self.body["data"]
    }

    /// The value at a JSON pointer such as `/cartCreate/cart/id` in `data`; null if there is none.
    #[must_use]
    pub fn at(&self, pointer: &str) -> &Value {
        self.body["data"].pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The text at a JSON pointer in `data`.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer}: {}", self.body)).to_owned()
    }

    /// The code of the first user error of any mutation.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn user_error_code(&self) -> &str {
        self.user_errors().first().and_then(|error| error["code"].as_str()).unwrap_or_else(|| {
            panic!("no user error: {}", self.body);
        })
    }

    /// The user errors of every mutation in the response.
    #[must_use]
    pub fn user_errors(&self) -> Vec<&Value> {
        let payloads = self.body["data"].as_object().into_iter().flat_map(serde_json::Map::values);
        payloads.filter_map(|payload| payload["userErrors"].as_array()).flatten().collect()
    }

    /// Returns the response if it has no user error and no top-level error.
    ///
    /// # Panics
    /// If there is a user error or a top-level error.
    #[must_use]
    pub fn ok(self) -> Self {
        assert!(self.body.get("errors").is_none(), "unexpected errors: {}", self.body);
        assert!(self.user_errors().is_empty(), "unexpected user errors: {}", self.body);
        self
    }

    /// The `extensions.code` of the first top-level error.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn error_code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error: {}", self.body))
    }
}
