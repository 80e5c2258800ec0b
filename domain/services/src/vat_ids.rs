//! Confirmation of VAT identification numbers by the tax authority, over the network. Never call it in a transaction.

mod vies;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use model::{Timestamp, VatId};
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::ServiceResult;
pub use vies::{VIES_URL, Vies};

/// The time for which an answer is remembered.
const LIFETIME: Duration = Duration::from_hours(1);
/// The number of answers that are remembered.
const ANSWERS: u64 = 10_000;
/// The number of questions that are open at once; further ones are not asked.
const QUESTIONS: usize = 8;

/// A service that knows which VAT identification numbers are registered.
#[async_trait]
pub trait VatIdCheck: Send + Sync {
    /// Asks about a number.
    async fn ask(&self, number: &VatId) -> VatIdAnswer;
}

/// The answer of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VatIdAnswer {
    /// A business has the number.
    Registered,
    /// Nobody has the number.
    NotRegistered,
    /// The service did not answer, or knows nothing about the country.
    Unknown,
}

/// Nobody has the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this VAT identification number is not registered")]
pub struct NotRegistered;

/// Settings of the confirmation of numbers.
#[derive(Debug, Clone, Default)]
pub struct VatIdConfig {
    /// The base URL of the European VIES service; None accepts numbers by their check digits.
    pub vies_url: Option<String>,
}

/// The confirmation of numbers, which is off unless a service is configured.
pub struct VatIds {
    service: Option<Arc<dyn VatIdCheck>>,
    /// The time of each confirmation; None for numbers that nobody has.
    answers: Cache<VatId, Option<Timestamp>>,
    questions: Semaphore,
}

impl VatIds {
    /// The confirmation by a service; sends nothing yet.
    ///
    /// # Errors
    /// [`crate::ServiceError::Internal`] if the URL is not valid.
    pub fn connect(config: &VatIdConfig) -> ServiceResult<Self> {
        let vies = config.vies_url.as_deref().map(Vies::connect).transpose()?;
        Ok(Self::by(vies.map(|vies| Arc::new(vies) as Arc<dyn VatIdCheck>)))
    }

    /// The confirmation by a service; off if there is none.
    #[must_use]
    pub fn by(service: Option<Arc<dyn VatIdCheck>>) -> Self {
        let answers = Cache::builder().max_capacity(ANSWERS).time_to_live(LIFETIME).build();
        Self { service, answers, questions: Semaphore::new(QUESTIONS) }
    }

    /// True if only confirmed numbers count.
    #[must_use]
    pub const fn needs_confirmation(&self) -> bool {
        self.service.is_some()
    }

    /// The time at which the number was confirmed. None if confirmation is off, if the service does not answer, or if the
    /// text is no number, which the model refuses.
    ///
    /// # Errors
    /// [`NotRegistered`] if nobody has the number.
    pub async fn confirm(&self, text: &str, now: Timestamp) -> Result<Option<Timestamp>, NotRegistered> {
        let (Some(service), Ok(number)) = (&self.service, text.parse::<VatId>()) else { return Ok(None) };
        if let Some(known) = self.answers.get(&number).await {
            return known.map(Some).ok_or(NotRegistered);
        }
        let Ok(_open) = self.questions.try_acquire() else { return Ok(None) };
        let answer = match service.ask(&number).await {
            VatIdAnswer::Unknown => return Ok(None),
            VatIdAnswer::Registered => Some(now),
            VatIdAnswer::NotRegistered => None,
        };
        self.answers.insert(number, answer).await;
        answer.map(Some).ok_or(NotRegistered)
    }
}
