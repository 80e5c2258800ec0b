//! A payment as its shopper sees it.

use async_graphql::{ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use model::payments;
use schema_shared::{Money, to_id};

/// What is to be collected for a cart, and how far that has come.
pub struct Payment(pub payments::Payment);

/// What is to be collected for a cart, and how far that has come.
#[Object]
impl Payment {
    /// The payment's id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Where it is.
    fn status(&self) -> payments::PaymentStatus {
        self.0.status
    }

    /// What is to be collected.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// How the shopper pays.
    fn method(&self) -> payments::PaymentMethod {
        self.0.method
    }

    /// The gateway that it went to.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// What the shopper has to do next; null when there is nothing to do.
    fn action(&self) -> Option<PaymentAction> {
        self.0.action.clone().map(Into::into)
    }

    /// Why it failed; null unless it has.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What the shopper has to do before the payment is decided.
#[derive(Union)]
pub enum PaymentAction {
    /// Go to a page.
    Redirect(RedirectAction),
    /// Run the SDK of the gateway. No gateway returns this action today.
    Sdk(SdkAction),
}

/// The shopper goes to a page of the gateway and comes back to the return address.
#[derive(SimpleObject)]
pub struct RedirectAction {
    /// The page.
    url: String,
}

/// An action for the SDK of the gateway in the page or app. No gateway returns it today.
#[derive(SimpleObject)]
pub struct SdkAction {
    /// Secret that the SDK needs; valid for this payment only.
    client_secret: String,
}

impl From<payments::PaymentAction> for PaymentAction {
    fn from(action: payments::PaymentAction) -> Self {
        match action {
            payments::PaymentAction::Redirect { url } => Self::Redirect(RedirectAction { url }),
            payments::PaymentAction::Sdk { client_secret } => Self::Sdk(SdkAction { client_secret }),
        }
    }
}
