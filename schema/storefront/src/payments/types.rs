//! Payments as shoppers see them.

use async_graphql::{ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use model::payments;
use schema_shared::{Money, to_id};

/// A payment for a cart.
pub struct Payment(pub payments::Payment);

/// A payment for a cart.
#[Object]
impl Payment {
    /// Global id of the payment.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Status of the payment.
    fn status(&self) -> payments::PaymentStatus {
        self.0.status
    }

    /// Amount to collect.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// Payment method of the shopper.
    fn method(&self) -> payments::PaymentMethod {
        self.0.method
    }

    /// Gateway of the payment.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// Action that the shopper has to take; null if there is none.
    fn action(&self) -> Option<PaymentAction> {
        self.0.action.clone().map(Into::into)
    }

    /// Reason for the failure; null unless the payment failed.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// Time at which the payment was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// An action that the shopper has to take before the payment has an outcome.
#[derive(Union)]
pub enum PaymentAction {
    /// Open a page of the gateway.
    Redirect(RedirectAction),
    /// Run the SDK of the gateway. No gateway returns this action today.
    Sdk(SdkAction),
}

/// A page of the gateway that the shopper opens; it redirects to the return URL afterwards.
#[derive(SimpleObject)]
pub struct RedirectAction {
    /// URL of the page.
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
