//! Tests that the three spellings of an enum value agree: `Display`, `FromStr` and serde.

use std::{fmt, str::FromStr};

use serde::Serialize;
use strum::VariantArray;

use crate::{cart, catalog, channels, inventory, ledger, orders, payments};

fn check<T>()
where
    T: VariantArray + Serialize + PartialEq + fmt::Debug + fmt::Display + FromStr,
    T::Err: fmt::Debug,
{
    for value in T::VARIANTS {
        assert_eq!(serde_json::to_value(value).unwrap(), value.to_string());
        assert_eq!(&value.to_string().parse::<T>().unwrap(), value);
    }
}

#[test]
fn display_from_str_and_serde_use_the_same_names() {
    check::<cart::CartStatus>();
    check::<catalog::ProductStatus>();
    check::<channels::CaptureMode>();
    check::<channels::DeliveryTaxMode>();
    check::<channels::TaxRounding>();
    check::<inventory::MovementKind>();
    check::<ledger::LedgerKind>();
    check::<ledger::LedgerSide>();
    check::<orders::CancelReason>();
    check::<orders::FulfillmentState>();
    check::<orders::FulfillmentStatus>();
    check::<orders::OrderEventKind>();
    check::<orders::OrderStatus>();
    check::<orders::PaymentProgress>();
    check::<payments::AttemptOutcome>();
    check::<payments::FailureCode>();
    check::<payments::PaymentMethod>();
    check::<payments::PaymentStatus>();
    check::<payments::TransactionKind>();
    check::<payments::TransactionStatus>();
}
