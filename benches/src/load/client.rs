//! A keep-alive HTTP connection that sends GraphQL requests.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, client::conn::http1::SendRequest, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::sleep};

use crate::Outcome;

/// A connection to a server.
pub struct Client {
    host: String,
    sender: SendRequest<Full<Bytes>>,
    /// Cart of this connection, for scenarios that reuse one.
    pub cart: Option<String>,
    /// True if requests that a busy server rejects are repeated.
    pub is_patient: bool,
    /// Access token, for scenarios of staff.
    pub token: Option<String>,
    /// Position of this connection in an export.
    pub position: Value,
}

/// The wait before a rejected request is repeated.
const PATIENCE: Duration = Duration::from_millis(50);

impl Client {
    /// Opens a connection.
    pub async fn connect(host: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // Ends when the client is dropped or the server closes. A broken request returns its own error.
            let _ = connection.await;
        });
        Ok(Self { host: host.to_owned(), sender, cart: None, is_patient: false, token: None, position: Value::Null })
    }

    /// Sends a GET request.
    pub async fn get(&mut self, path: &str) -> Outcome<Bytes> {
        success(self.send(Method::GET, path, Bytes::new()).await?)
    }

    /// Sends a POST request.
    pub async fn post(&mut self, path: &str, body: Bytes) -> Outcome<Bytes> {
        loop {
            let answer = self.try_post(path, body.clone()).await?;
            if answer.0 != StatusCode::SERVICE_UNAVAILABLE || !self.is_patient {
                return success(answer);
            }
            sleep(PATIENCE).await;
        }
    }

    /// Sends a POST request and returns the status with the body.
    pub async fn try_post(&mut self, path: &str, body: Bytes) -> Outcome<(StatusCode, Bytes)> {
        self.send(Method::POST, path, body).await
    }

    /// Sends an operation. A response with errors or user errors is an error.
    pub async fn graphql(&mut self, query: &str, variables: Value) -> Outcome<Value> {
        self.graphql_at("/graphql", query, variables).await
    }

    /// The same at a path.
    pub async fn graphql_at(&mut self, path: &str, query: &str, variables: Value) -> Outcome<Value> {
        let answer = self.post(path, request(query, &variables)).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        match refusal(&answer) {
            Some(refusal) => Err(format!("refused: {refusal}").into()),
            None => Ok(answer),
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: Bytes) -> Outcome<(StatusCode, Bytes)> {
        self.sender.ready().await?;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.sender.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}

/// The body of a successful response.
fn success((status, body): (StatusCode, Bytes)) -> Outcome<Bytes> {
    if status.is_success() { Ok(body) } else { Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into()) }
}

/// The request body of an operation.
pub fn request(query: &str, variables: &Value) -> Bytes {
    json!({ "query": query, "variables": variables }).to_string().into()
}

/// The first error or user error of a response.
fn refusal(answer: &Value) -> Option<String> {
    if let Some(errors) = answer.get("errors") {
        return Some(errors.to_string());
    }
    let payloads = answer.get("data")?.as_object()?.values();
    let errors = payloads.filter_map(|payload| payload.get("userErrors")?.as_array());
    errors.flatten().next().map(ToString::to_string)
}
