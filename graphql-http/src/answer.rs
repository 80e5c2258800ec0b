//! The answer to a request: its errors with stable codes, its status and its JSON.

use std::time::{Duration, Instant};

use async_graphql::{PathSegment, Response, ServerError, Value};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::{
    accept::MediaType,
    error_code::ErrorCode,
    hook::{Hook, OperationInfo},
    observe::Outcome,
    rejection::{MAX_ERRORS, Rejection, status_of},
};

/// The default of `Retry-After` for `UNAVAILABLE`.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The prefixes of the engine's errors about arguments, which have no source.
const COERCION: [&str; 4] = ["Failed to parse \"", "Expected input type \"", "Invalid value for", "Variable "];

/// The answer to one request.
pub struct Answer {
    /// The operation; none if the request was rejected before it was known.
    pub operation: Option<OperationInfo>,
    /// The start of processing.
    pub started: Instant,
    /// The number of database statements.
    pub statements: u64,
    /// The response, or the rejection of the request.
    pub result: Result<Response, Rejection>,
    /// Headers for the HTTP response.
    pub headers: HeaderMap,
}

impl Answer {
    /// The answer to a rejected request.
    pub fn rejected(rejection: Rejection) -> Self {
        let (operation, result, headers) = (None, Err(rejection), HeaderMap::new());
        Self { operation, started: Instant::now(), statements: 0, result, headers }
    }

    /// The outcome, for metrics.
    pub fn outcome(&self) -> Outcome {
        match &self.result {
            Err(rejection) => Outcome::Failed(rejection.code),
            Ok(response) => match response.errors.first().map(classified) {
                None => Outcome::Success,
                Some(code) if is_nothing(&response.data) => Outcome::Failed(code),
                Some(code) => Outcome::Partial(code),
            },
        }
    }

    /// The code of each error, for metrics.
    pub fn codes(&self) -> Vec<ErrorCode> {
        match &self.result {
            Err(rejection) => vec![rejection.code; rejection.errors.len()],
            Ok(response) => response.errors.iter().map(classified).collect(),
        }
    }

    /// The status of an HTTP response in this media type.
    pub fn status(&self, media_type: MediaType) -> StatusCode {
        match &self.result {
            Ok(_) if self.is_unavailable() => StatusCode::SERVICE_UNAVAILABLE,
            Ok(_) => StatusCode::OK,
            Err(Rejection { status: Some(status), .. }) => *status,
            Err(rejection) => match status_of(rejection.code) {
                // In these media types, an invalid document is a result like any other.
                StatusCode::BAD_REQUEST if media_type != MediaType::GraphqlResponse => StatusCode::OK,
                status => status,
            },
        }
    }

    /// The time after which the client should retry.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.result {
            Ok(_) => self.is_unavailable().then_some(RETRY_AFTER),
            Err(rejection) => rejection.retry_after,
        }
    }

    /// True if no field could be resolved because a dependency is unavailable.
    fn is_unavailable(&self) -> bool {
        self.outcome() == Outcome::Failed(ErrorCode::Unavailable)
    }

    /// The answer as JSON.
    pub fn encode(&self) -> Vec<u8> {
        let encoded = match &self.result {
            Ok(response) => serde_json::to_vec(response),
            Err(rejection) => serde_json::to_vec(&Rejected::new(rejection)),
        };
        encoded.unwrap_or_else(|error| {
            tracing::error!(%error, "cannot encode an answer");
            br#"{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}"#.to_vec()
        })
    }
}

/// True if no root field was resolved.
fn is_nothing(data: &Value) -> bool {
    match data {
        Value::Object(fields) => fields.values().all(|field| *field == Value::Null),
        data => *data == Value::Null,
    }
}

/// The JSON of a rejection, which has errors and no `data`.
#[derive(Serialize)]
struct Rejected<'a> {
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<serde_json::Value>,
}

impl<'a> Rejected<'a> {
    fn new(rejection: &'a Rejection) -> Self {
        let extensions = rejection
            .cost
            .map(|(requested, maximum)| json!({ "cost": { "requested": requested, "maximum": maximum } }));
        Self { errors: &rejection.errors, extensions }
    }
}

/// Sets the code of each error of an executed operation, hides what the client must not see, and keeps the first
/// [`MAX_ERRORS`]. Failures of resolvers are logged in one line, because one cause can fail every field of a response.
pub fn classify_errors(response: &mut Response, hook: &dyn Hook, request_id: &str) {
    let mut failures = Failures::default();
    for error in &mut response.errors {
        let code = code_of(error, hook);
        failures.add(code, error, hook);
        if code == ErrorCode::Internal {
            "internal error".clone_into(&mut error.message);
            error.extensions = None;
        }
        if code == ErrorCode::Unavailable {
            "the service is not available right now, try again".clone_into(&mut error.message);
        }
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code.as_str());
        if matches!(code, ErrorCode::Internal | ErrorCode::Unavailable) {
            extensions.set("requestId", request_id);
        }
    }
    failures.log(request_id);
    let omitted = response.errors.len().saturating_sub(MAX_ERRORS);
    if omitted > 0 {
        response.errors.truncate(MAX_ERRORS);
        response.extensions.insert("omittedErrors".to_owned(), omitted.into());
    }
}

/// The errors of one response that operators need to know of.
#[derive(Default)]
struct Failures {
    internal: usize,
    unavailable: usize,
    /// Path and message of the first error of the most severe kind.
    first: Option<(String, String)>,
}

impl Failures {
    fn add(&mut self, code: ErrorCode, error: &ServerError, hook: &dyn Hook) {
        let is_first = match code {
            ErrorCode::Internal => {
                self.internal += 1;
                self.internal == 1
            }
            ErrorCode::Unavailable => {
                self.unavailable += 1;
                self.unavailable == 1 && self.internal == 0
            }
            _ => false,
        };
        if is_first {
            self.first = Some((path_of(error), hook.log_message(error)));
        }
    }

    fn log(&self, request_id: &str) {
        let Self { internal, unavailable, .. } = self;
        match &self.first {
            Some((path, error)) if *internal > 0 => {
                tracing::error!(request_id, internal, unavailable, path, error, "resolvers failed");
            }
            Some((path, error)) => {
                tracing::warn!(request_id, unavailable, path, error, "resolvers cannot reach a store");
            }
            None => {}
        }
    }
}

/// The path of an error, such as `cart.lines.0`.
fn path_of(error: &ServerError) -> String {
    let part = |part: &PathSegment| match part {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
    };
    error.path.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The code of an error: the one the resolver set, or the one of its source. Errors about arguments come from the engine
/// without a source, so they are recognized by their text.
fn code_of(error: &ServerError, hook: &dyn Hook) -> ErrorCode {
    let is_coercion = || COERCION.iter().any(|start| error.message.starts_with(start));
    code_set(error)
        .or_else(|| hook.error_code(error))
        .unwrap_or_else(|| if is_coercion() { ErrorCode::BadUserInput } else { ErrorCode::Internal })
}

/// The code in the error's extensions.
fn code_set(error: &ServerError) -> Option<ErrorCode> {
    match error.extensions.as_ref()?.get("code") {
        Some(Value::String(text)) => ErrorCode::parse(text),
        _ => None,
    }
}

/// The code of an error that has passed [`classify_errors`], which sets one on each.
fn classified(error: &ServerError) -> ErrorCode {
    code_set(error).unwrap_or(ErrorCode::Internal)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tracing::span;

    use super::*;
    use crate::hook::NoHook;

    /// Counts log lines.
    struct Lines(Arc<AtomicUsize>);

    impl tracing::Subscriber for Lines {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, _: &tracing::Event<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    /// The response after classification, and the number of log lines.
    fn classified_with_lines(errors: Vec<ServerError>) -> (Response, usize) {
        let mut response = Response::from_errors(errors);
        let lines = Arc::new(AtomicUsize::new(0));
        tracing::subscriber::with_default(Lines(Arc::clone(&lines)), || {
            classify_errors(&mut response, &NoHook, "r-1");
        });
        (response, lines.load(Ordering::Relaxed))
    }

    fn error(code: &str) -> ServerError {
        let mut error = ServerError::new("secret", None);
        error.extensions.get_or_insert_default().set("code", code);
        error
    }

    #[test]
    fn many_failures_make_one_log_line_and_at_most_twenty_errors() {
        let mixed = ["UNAVAILABLE", "INTERNAL", "FORBIDDEN"].into_iter().cycle().take(900).map(error).collect();
        let (response, lines) = classified_with_lines(mixed);
        assert_eq!((response.errors.len(), lines), (20, 1));
        assert_eq!(response.extensions.get("omittedErrors"), Some(&Value::from(880)));
        assert!(
            response.errors.iter().all(|error| error.message != "secret" || classified(error) == ErrorCode::Forbidden)
        );
    }

    #[test]
    fn errors_of_the_client_are_not_logged() {
        let (response, lines) = classified_with_lines(vec![error("FORBIDDEN"), error("BAD_USER_INPUT")]);
        assert_eq!((response.errors.len(), lines), (2, 0));
        assert_eq!(response.extensions.get("omittedErrors"), None);
    }
}
