//! Bank transfer: the shopper transfers the amount, and staff confirm its arrival. No other system is called, so that the
//! reports of this gateway follow from the requests.

use async_trait::async_trait;
use model::{
    Currency, Money, Timestamp,
    payments::{
        AttemptOutcome, ChargeReport, FailureCode, Operation, PaymentMethod, TransactionKind, TransactionStatus,
    },
};

use super::gateway::{
    AuthorizeRequest, ChargeQuery, ChargeRef, GatewayError, HeaderLookup, InvalidWebhook, PaymentGateway,
    WebhookMessage,
};

/// Bank transfers that staff confirm.
pub struct Manual {
    /// The currencies of the merchant's bank accounts; any when empty.
    pub currencies: Vec<Currency>,
}

#[async_trait]
impl PaymentGateway for Manual {
    fn supports(&self, method: PaymentMethod, currency: Currency) -> bool {
        method == PaymentMethod::BankTransfer && (self.currencies.is_empty() || self.currencies.contains(&currency))
    }

    async fn authorize(&self, request: &AuthorizeRequest) -> Result<ChargeReport, GatewayError> {
        Ok(awaited(&request.reference))
    }

    /// The money has arrived: as much as is captured is authorized at once. The rest may follow.
    async fn capture(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError> {
        let name = format!("{}/arrived/{key}", charge.reference);
        let arrived = operation(TransactionKind::Authorize, amount, &name, None);
        Ok(report(
            charge,
            AttemptOutcome::Authorized,
            vec![arrived, operation(TransactionKind::Capture, amount, key, Some(key))],
        ))
    }

    async fn void(&self, charge: &ChargeRef, key: &str) -> Result<ChargeReport, GatewayError> {
        let released = operation(TransactionKind::Void, charge.amount, key, Some(key));
        Ok(ChargeReport {
            failure: Some(FailureCode::Canceled),
            ..report(charge, AttemptOutcome::Canceled, vec![released])
        })
    }

    /// Staff transfer the money back to the shopper.
    async fn refund(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError> {
        let refund = operation(TransactionKind::Refund, amount, key, Some(key));
        Ok(report(charge, AttemptOutcome::Authorized, vec![refund]))
    }

    async fn find(&self, charge: ChargeQuery<'_>) -> Result<Option<ChargeReport>, GatewayError> {
        Ok(Some(awaited(charge.reference)))
    }

    fn read_webhook(&self, _: &HeaderLookup<'_>, _: &[u8], _: i64) -> Option<Result<WebhookMessage, InvalidWebhook>> {
        None
    }
}

fn awaited(reference: &str) -> ChargeReport {
    ChargeReport {
        gateway_reference: Some(reference.to_owned()),
        ..ChargeReport::bare(reference, AttemptOutcome::Pending, None)
    }
}

fn report(charge: &ChargeRef, outcome: AttemptOutcome, operations: Vec<Operation>) -> ChargeReport {
    ChargeReport { operations, outcome, ..awaited(&charge.reference) }
}

fn operation(kind: TransactionKind, amount: Money, name: &str, key: Option<&str>) -> Operation {
    Operation {
        gateway_reference: name.to_owned(),
        kind,
        status: TransactionStatus::Succeeded,
        key: key.map(str::to_owned),
        amount,
        failure: None,
        at: Timestamp::UNIX_EPOCH,
    }
}
