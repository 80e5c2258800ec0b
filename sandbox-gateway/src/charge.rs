//! One charge: what was decided on it, and what happened to its money.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One charge, as it is recorded and as it is shown to its shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The gateway's name for it.
    pub id: String,
    /// The shop's name for it; unique.
    pub reference: String,
    /// In minor units.
    pub amount: i64,
    /// The ISO 4217 code.
    pub currency: String,
    /// Whether the amount is held.
    pub decision: Decision,
    /// Why it is not.
    pub failure: Option<String>,
    /// Where the shopper goes afterwards.
    pub return_url: Option<String>,
    /// Whether its webhooks come late, twice and out of order.
    pub is_chaotic: bool,
    /// Whether the bank takes the money back.
    pub is_disputed: bool,
    /// When it is decided, if that takes time.
    pub decide_at: Option<DateTime<Utc>>,
    /// When the bank takes the money back.
    pub dispute_at: Option<DateTime<Utc>>,
    /// What happened to the money, in order.
    pub operations: Vec<Operation>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What the gateway decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// Not yet.
    Pending,
    /// The shopper has to act first.
    RequiresAction,
    /// The amount is held.
    Authorized,
    /// No.
    Declined,
    /// The shop gave up before the decision.
    Canceled,
}

/// One thing that happened to the money of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// The gateway's name for it.
    pub id: String,
    /// What happened.
    pub kind: Kind,
    /// In minor units of the charge's currency.
    pub amount: i64,
    /// The idempotency key it was asked for with.
    pub key: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What can happen to the money of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// It is held.
    Authorize,
    /// A part of it is taken.
    Capture,
    /// What is held is let go.
    Void,
    /// A part of what was taken is given back.
    Refund,
    /// The bank takes a part of it back.
    Chargeback,
}

/// Why nothing was done with a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The amount is not positive, or more than is left.
    Amount,
    /// The charge is not in a state for it.
    State,
}

/// What the list of charges shows.
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
    /// The sum of what happened of a kind.
    pub fn sum(&self, kind: Kind) -> i64 {
        self.operations.iter().filter(|operation| operation.kind == kind).map(|operation| operation.amount).sum()
    }

    /// Where the charge is, in one word.
    pub fn status(&self) -> &'static str {
        let (captured, refunded) = (self.sum(Kind::Capture), self.sum(Kind::Refund));
        match self.decision {
            Decision::Pending => "PENDING",
            Decision::RequiresAction => "REQUIRES_ACTION",
            Decision::Declined => "DECLINED",
            Decision::Canceled => "CANCELED",
            Decision::Authorized if refunded > 0 && refunded == captured => "REFUNDED",
            Decision::Authorized if refunded > 0 => "PARTIALLY_REFUNDED",
            Decision::Authorized if captured > 0 && captured < self.amount => "PARTIALLY_CAPTURED",
            Decision::Authorized if captured > 0 => "CAPTURED",
            Decision::Authorized if self.sum(Kind::Void) > 0 => "VOIDED",
            Decision::Authorized => "AUTHORIZED",
        }
    }

    /// What the list of charges shows of it.
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

    /// Holds the amount or says no, once; a decision that was made stays.
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
            self.push(Kind::Authorize, self.amount, None, now);
        }
        true
    }

    /// Does one thing to the money.
    pub fn operate(&mut self, kind: Kind, amount: i64, key: Option<&str>, now: DateTime<Utc>) -> Result<(), Refused> {
        if kind == Kind::Void && matches!(self.decision, Decision::Pending | Decision::RequiresAction) {
            self.decision = Decision::Canceled;
            self.failure = Some("canceled".to_owned());
            return Ok(());
        }
        if self.decision != Decision::Authorized || (kind != Kind::Refund && self.sum(Kind::Void) > 0) {
            return Err(Refused::State);
        }
        let (captured, returned) = (self.sum(Kind::Capture), self.sum(Kind::Refund) + self.sum(Kind::Chargeback));
        let (most, amount) = match kind {
            Kind::Authorize => return Err(Refused::State),
            Kind::Capture => (self.amount - captured, amount),
            Kind::Void if captured > 0 => return Err(Refused::State),
            Kind::Void => (self.amount, self.amount),
            Kind::Refund | Kind::Chargeback => (captured - returned, amount),
        };
        if amount <= 0 || amount > most {
            return Err(Refused::Amount);
        }
        self.push(kind, amount, key, now);
        Ok(())
    }

    fn push(&mut self, kind: Kind, amount: i64, key: Option<&str>, at: DateTime<Utc>) {
        let id = if kind == Kind::Authorize { format!("auth_{}", self.id) } else { random_id("op") };
        self.operations.push(Operation { id, kind, amount, key: key.map(str::to_owned), at });
    }
}

/// A name that nobody guesses.
pub fn random_id(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::new_v4().simple())
}
