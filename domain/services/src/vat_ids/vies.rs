//! A client of VIES, the service of the European Commission that knows the VAT identification numbers of all member states.

use std::time::Duration;

use async_trait::async_trait;
use model::VatId;
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::{VatIdAnswer, VatIdCheck};
use crate::{ServiceResult, error::OrInternal as _};

/// The address of the service.
pub const VIES_URL: &str = "https://ec.europa.eu/taxation_customs/vies/rest-api";

/// The time that a shopper waits for an answer at most.
const TIMEOUT: Duration = Duration::from_secs(4);

/// A client of VIES over HTTP.
pub struct Vies {
    client: reqwest::Client,
    url: Url,
}

/// The answer about a number. `valid` is absent if a member state does not answer.
#[derive(Deserialize)]
struct Answer {
    valid: Option<bool>,
}

impl Vies {
    /// A client of the service at a base URL; sends nothing yet.
    ///
    /// # Errors
    /// [`crate::ServiceError::Internal`] if the URL is not valid.
    pub fn connect(base: &str) -> ServiceResult<Self> {
        let url = format!("{}/check-vat-number", base.trim_end_matches('/'));
        let url = url.parse().or_internal("read the URL of VIES")?;
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .or_internal("make the HTTP client of VIES")?;
        Ok(Self { client, url })
    }

    async fn answer(&self, number: &VatId) -> Result<Answer, reqwest::Error> {
        let question = json!({ "countryCode": number.prefix(), "vatNumber": number.national() });
        let answer = self.client.post(self.url.clone()).json(&question).send().await?;
        answer.error_for_status()?.json().await
    }
}

#[async_trait]
impl VatIdCheck for Vies {
    async fn ask(&self, number: &VatId) -> VatIdAnswer {
        // The service knows the numbers of the member states and of Northern Ireland.
        if number.member_state().is_none() && number.prefix() != "XI" {
            return VatIdAnswer::Unknown;
        }
        match self.answer(number).await {
            Ok(Answer { valid: Some(true) }) => VatIdAnswer::Registered,
            Ok(Answer { valid: Some(false) }) => VatIdAnswer::NotRegistered,
            Ok(Answer { valid: None }) => VatIdAnswer::Unknown,
            Err(error) => {
                tracing::warn!(error = %error.without_url(), "VIES did not answer");
                VatIdAnswer::Unknown
            }
        }
    }
}
