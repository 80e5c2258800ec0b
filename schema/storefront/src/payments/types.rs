//! Payments as shoppers see them.

use async_graphql::{ID, Object, SimpleObject, Union};
use model::payments;
use schema_shared::{PaymentFields, to_id};

/// A payment for a cart.
pub struct Payment(pub payments::Payment);

/// A payment for a cart.
#[Object]
impl Payment {
    /// Global id of the payment.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> PaymentFields<'_> {
        PaymentFields(&self.0)
    }

    /// Action that the shopper has to take; null if there is none.
    fn action(&self) -> Option<PaymentAction> {
        self.0.action.clone().map(Into::into)
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
