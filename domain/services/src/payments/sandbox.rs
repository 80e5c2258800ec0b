//! A client of the sandbox gateway.

mod wire;

use std::time::Duration;

use async_trait::async_trait;
use model::{
    Currency, Money,
    payments::{ChargeReport, PaymentMethod},
};
use reqwest::{RequestBuilder, StatusCode, Url};
use serde_json::json;

use super::gateway::{
    AuthorizeRequest, ChargeQuery, ChargeRef, GatewayError, HeaderLookup, InvalidWebhook, PaymentGateway,
    WebhookMessage,
};
use crate::webhook_signature::{Secret, Signed, Unverified};

/// A client of the sandbox gateway over HTTP.
pub struct Sandbox {
    client: reqwest::Client,
    base: Url,
    api_key: String,
    secret: Secret,
    timeout: Duration,
}

impl Sandbox {
    /// Creates a client; sends nothing yet.
    #[must_use]
    pub fn new(client: reqwest::Client, base: Url, api_key: String, secret: Secret, timeout: Duration) -> Self {
        Self { client, base, api_key, secret, timeout }
    }

    fn url(&self, segments: &[&str]) -> Result<Url, GatewayError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| GatewayError::Unavailable("the gateway's address cannot be used".to_owned()))?
            .pop_if_empty()
            .extend(segments);
        Ok(url)
    }

    fn post(&self, url: Url, key: &str, body: &serde_json::Value) -> RequestBuilder {
        self.client.post(url).header("idempotency-key", key).json(body)
    }

    async fn send(&self, request: RequestBuilder) -> Result<ChargeReport, GatewayError> {
        let answer = request.bearer_auth(&self.api_key).timeout(self.timeout).send().await.map_err(not_answered)?;
        let status = answer.status();
        // A truncated body is treated like a time-out: the outcome is unknown.
        let body = answer.bytes().await.map_err(|error| GatewayError::Unknown(error.to_string()))?;
        if status.is_success() {
            return wire::report(&body).map_err(|error| GatewayError::Unknown(error.to_string()));
        }
        Err(refusal(status, &wire::error_code(&body)))
    }
}

/// A request that could not connect had no effect; any other may have had one.
fn not_answered(error: reqwest::Error) -> GatewayError {
    let what = error.without_url();
    if what.is_connect() {
        GatewayError::Unavailable(what.to_string())
    } else {
        GatewayError::Unknown(what.to_string())
    }
}

fn refusal(status: StatusCode, code: &str) -> GatewayError {
    let what = format!("{} {code}", status.as_u16());
    match (status, code) {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable") | (StatusCode::UNAUTHORIZED, _) => {
            GatewayError::Unavailable(what)
        }
        // A charge with our reference exists: a query reports it.
        (StatusCode::CONFLICT, "reference_taken") => GatewayError::Unknown(what),
        (StatusCode::NOT_FOUND, "not_found") => GatewayError::NotFound,
        _ if status.is_client_error() => GatewayError::Refused(what),
        _ => GatewayError::Unknown(what),
    }
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn supports(&self, method: PaymentMethod, _currency: Currency) -> bool {
        method == PaymentMethod::Card
    }

    async fn authorize(&self, request: &AuthorizeRequest) -> Result<ChargeReport, GatewayError> {
        let body = json!({
            "reference": request.reference,
            "amount": request.amount.minor,
            "currency": request.amount.currency.code(),
            // A card payment always has a token; the gateway declines an empty one.
            "token": request.token.as_deref().unwrap_or_default(),
            "returnUrl": request.return_url,
        });
        self.send(self.post(self.url(&["charges"])?, &request.key, &body)).await
    }

    async fn capture(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError> {
        let url = self.url(&["charges", &charge.gateway_reference, "captures"])?;
        self.send(self.post(url, key, &json!({ "amount": amount.minor }))).await
    }

    async fn void(&self, charge: &ChargeRef, key: &str) -> Result<ChargeReport, GatewayError> {
        let url = self.url(&["charges", &charge.gateway_reference, "voids"])?;
        self.send(self.post(url, key, &json!({}))).await
    }

    async fn refund(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError> {
        let url = self.url(&["charges", &charge.gateway_reference, "refunds"])?;
        self.send(self.post(url, key, &json!({ "amount": amount.minor }))).await
    }

    async fn find(&self, charge: ChargeQuery<'_>) -> Result<Option<ChargeReport>, GatewayError> {
        let mut url = self.url(&["charges", "by-reference"])?;
        url.query_pairs_mut().append_pair("reference", charge.reference);
        match self.send(self.client.get(url)).await {
            Ok(report) => Ok(Some(report)),
            Err(GatewayError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read_webhook(
        &self,
        headers: &HeaderLookup<'_>,
        body: &[u8],
        now: i64,
    ) -> Option<Result<WebhookMessage, InvalidWebhook>> {
        let verified = signed(headers).ok_or(Unverified::Headers).and_then(|signed| {
            self.secret.verify(&signed, body, now)?;
            Ok(signed.id)
        });
        let unreadable = |id: &str, problem: String| InvalidWebhook::Unreadable { id: id.to_owned(), problem };
        let read = |id| wire::message(id, body).map_err(|error| unreadable(id, error.to_string()));
        Some(verified.map_err(|error| InvalidWebhook::Unverified(error.to_string())).and_then(read))
    }
}

/// The headers of the Standard Webhooks scheme.
fn signed<'a>(headers: &HeaderLookup<'a>) -> Option<Signed<'a>> {
    Some(Signed {
        id: headers("webhook-id")?,
        timestamp: headers("webhook-timestamp")?,
        signature: headers("webhook-signature")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_of_the_gateway_itself_means_unavailable() {
        let unavailable = |status, code| matches!(refusal(status, code), GatewayError::Unavailable(_));
        assert!(unavailable(StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert!(!unavailable(StatusCode::SERVICE_UNAVAILABLE, ""), "a 503 of a proxy tells nothing about the charge");
        assert!(!unavailable(StatusCode::BAD_GATEWAY, "unavailable"));
        let unknown = |status, code| matches!(refusal(status, code), GatewayError::Unknown(_));
        assert!(unknown(StatusCode::INTERNAL_SERVER_ERROR, "not_durable"));
        assert!(unknown(StatusCode::CONFLICT, "reference_taken"));
        assert!(matches!(refusal(StatusCode::CONFLICT, "state"), GatewayError::Refused(_)));
        assert_eq!(refusal(StatusCode::NOT_FOUND, "not_found"), GatewayError::NotFound);
        assert!(matches!(refusal(StatusCode::NOT_FOUND, ""), GatewayError::Refused(_)), "a 404 of a proxy");
    }
}
