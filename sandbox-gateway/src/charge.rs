//! A charge: its decision and the operations on its money.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A charge, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The id.
    pub id: String,
    /// The merchant's reference; unique.
    pub reference: String,
    /// The amount in minor units.
    pub amount: i64,
    /// The ISO 4217 code of the currency.
    pub currency: String,
    /// The decision on the authorization.
    pub decision: Decision,
    /// The reason of a decline.
    pub failure: Option<String>,
    /// The URL that the shopper returns to.
    pub return_url: Option<String>,
    /// True if only half of the amount is authorized.
    #[serde(default)]
    pub is_partial: bool,
    /// True if its webhooks are sent late, twice and out of order.
    pub is_chaotic: bool,
    /// True if the charge is charged back after its capture.
    pub is_disputed: bool,
    /// The time of a delayed decision.
    pub decide_at: Option<DateTime<Utc>>,
    /// The time of the chargeback.
    pub dispute_at: Option<DateTime<Utc>>,
    /// The operations, oldest first.
    pub operations: Vec<Operation>,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
}

/// The decision on an authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// Not decided yet.
    Pending,
    /// Waits for the shopper's authentication.
    RequiresAction,
    /// The amount is authorized.
    Authorized,
    /// The authorization was declined.
    Declined,
    /// The merchant canceled the charge before the decision.
    Canceled,
}

/// An operation on the money of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: Kind,
    /// The amount in minor units of the charge's currency.
    pub amount: i64,
    /// The idempotency key of the request.
    pub key: Option<String>,
    /// The time of the operation.
    pub at: DateTime<Utc>,
}

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// The amount, or half of it, is authorized.
    Authorize,
    /// A part is captured.
    Capture,
    /// The authorization is voided.
    Void,
    /// A part of the captured amount is refunded.
    Refund,
    /// The bank charges back a part of the captured amount.
    Chargeback,
}

/// The reason why an operation was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// The amount is not positive, or exceeds the remaining amount.
    Amount,
    /// The state of the charge does not allow the operation.
    State,
}

/// A charge in the list of charges.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    id: &'a str,
    reference: &'a str,
    amount: i64,
    currency: &'a str,
    status: &'static str,
    captured: i64,
    refunded: i64,
}

impl Charge {
    /// The sum of the operations of a kind.
    pub fn sum(&self, kind: Kind) -> i64 {
        self.operations.iter().filter(|operation| operation.kind == kind).map(|operation| operation.amount).sum()
    }

    /// The status.
    pub fn status(&self) -> &'static str {
        let (captured, refunded) = (self.sum(Kind::Capture), self.sum(Kind::Refund));
        match self.decision {
            Decision::Pending => "PENDING",
            Decision::RequiresAction => "REQUIRES_ACTION",
            Decision::Declined => "DECLINED",
            Decision::Canceled => "CANCELED",
            Decision::Authorized if refunded > 0 && refunded == captured => "REFUNDED",
            Decision::Authorized if refunded > 0 => "PARTIALLY_REFUNDED",
            Decision::Authorized if captured > 0 && captured < self.sum(Kind::Authorize) => "PARTIALLY_CAPTURED",
            Decision::Authorized if captured > 0 => "CAPTURED",
            Decision::Authorized if self.sum(Kind::Void) > 0 => "VOIDED",
            Decision::Authorized if self.sum(Kind::Authorize) < self.amount => "PARTIALLY_AUTHORIZED",
            Decision::Authorized => "AUTHORIZED",
        }
    }

    /// The entry in the list of charges.
    pub fn summary(&self) -> Summary<'_> {
        Summary {
            id: &self.id,
            reference: &self.reference,
            amount: self.amount,
            currency: &self.currency,
            status: self.status(),
            captured: self.sum(Kind::Capture),
            refunded: self.sum(Kind::Refund),
        }
    }

    /// Authorizes or declines the charge. Returns false, and changes nothing, if it was decided before.
    pub fn decide(&mut self, failure: Option<&str>, now: DateTime<Utc>) -> bool {
        if !matches!(self.decision, Decision::Pending | Decision::RequiresAction) {
            return false;
        }
        self.decide_at = None;
        if let Some(reason) = failure {
            self.decision = Decision::Declined;
            self.failure = Some(reason.to_owned());
        } else {
            self.decision = Decision::Authorized;
            let amount = if self.is_partial { (self.amount / 2).max(1) } else { self.amount };
            self.push(Kind::Authorize, amount, None, now);
        }
        true
    }

    /// Performs an operation.
    pub fn operate(&mut self, kind: Kind, amount: i64, key: Option<&str>, now: DateTime<Utc>) -> Result<(), Rejected> {
        if kind == Kind::Void && matches!(self.decision, Decision::Pending | Decision::RequiresAction) {
            self.decision = Decision::Canceled;
            self.failure = Some("canceled".to_owned());
            return Ok(());
        }
        if self.decision != Decision::Authorized || (kind != Kind::Refund && self.sum(Kind::Void) > 0) {
            return Err(Rejected::State);
        }
        let authorized = self.sum(Kind::Authorize);
        let (captured, returned) = (self.sum(Kind::Capture), self.sum(Kind::Refund) + self.sum(Kind::Chargeback));
        let (most, amount) = match kind {
            Kind::Authorize => return Err(Rejected::State),
            Kind::Capture => (authorized - captured, amount),
            Kind::Void if captured > 0 => return Err(Rejected::State),
            Kind::Void => (authorized, authorized),
            Kind::Refund | Kind::Chargeback => (captured - returned, amount),
        };
        if amount <= 0 || amount > most {
            return Err(Rejected::Amount);
        }
        self.push(kind, amount, key, now);
        Ok(())
    }

    fn push(&mut self, kind: Kind, amount: i64, key: Option<&str>, at: DateTime<Utc>) {
        let id = if kind == Kind::Authorize { format!("auth_{}", self.id) } else { random_id("op") };
        self.operations.push(Operation { id, kind, amount, key: key.map(str::to_owned), at });
    }
}

/// A random id.
pub fn random_id(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::new_v4().simple())
}
