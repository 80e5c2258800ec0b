use proptest::prelude::*;

use super::*;
use crate::{
    Currency,
    orders::PaymentProgress,
    payments::{
        PaymentStatus,
        record::tests::{event, now, record, report},
    },
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn transfer(minor: i64) -> PaymentRecord {
    record(minor, PaymentMethod::BankTransfer)
}

fn progress(record: &PaymentRecord) -> PaymentProgress {
    PaymentProgress::from(&record.payment)
}

#[test]
fn a_part_leaves_the_rest_open_and_the_order_unsecured() {
    let mut record = transfer(1000);
    record.receive(Some(eur(400)), "one", now()).unwrap();
    assert_eq!((record.payment.captured, record.payment.open()), (eur(400), eur(600)));
    assert_eq!((progress(&record), record.payment.is_secured()), (PaymentProgress::PartiallyPaid, false));
    assert_eq!((record.capturable(), record.refundable()), (eur(600), eur(400)));
    record.receive(None, "two", now()).unwrap();
    assert_eq!((progress(&record), record.payment.is_secured()), (PaymentProgress::Paid, true));
    assert_eq!(record.receive(None, "three", now()), Err(ReceiptRefused::NothingOpen));
    record.receive(Some(eur(50)), "three", now()).unwrap();
    assert_eq!((record.payment.overpaid(), record.refundable()), (eur(50), eur(1050)));
}

#[test]
fn money_that_arrives_after_the_void_is_kept_and_can_be_refunded() {
    let mut record = transfer(1000);
    let void = record.begin_void(now()).unwrap();
    let key = Some(void.id.uuid().to_string());
    let voided = Operation { key, ..event(TransactionKind::Void, 1000, "void") };
    let reference = record.attempts[0].reference.clone();
    let canceled = ChargeReport { reference, ..report(AttemptOutcome::Canceled, vec![voided]) };
    let attempt = record.attempts[0].id;
    record.apply(attempt, &canceled, now()).unwrap();
    assert_eq!(record.payment.status, PaymentStatus::Voided);
    record.receive(Some(eur(1000)), "late", now()).unwrap();
    assert_eq!((record.payment.status, record.refundable()), (PaymentStatus::Captured, eur(1000)));
    record.begin_refund(eur(1000), "back", now()).unwrap();
}

#[test]
fn refused_receipts_change_nothing() {
    let mut record = transfer(1000);
    let before = record.clone();
    let yen = Money::new(5, Currency::JPY);
    for (amount, refused) in [
        (eur(0), ReceiptRefused::Amount),
        (eur(-1), ReceiptRefused::Amount),
        (yen, ReceiptRefused::Amount),
        (eur(10_001), ReceiptRefused::TooMuch),
    ] {
        assert_eq!(record.receive(Some(amount), "one", now()), Err(refused));
    }
    assert_eq!(record, before);
    let mut card = super::super::record::tests::record(1000, PaymentMethod::Card);
    assert_eq!(card.receive(None, "one", now()), Err(ReceiptRefused::NoTransfer));
}

proptest! {
    #[test]
    fn receipts_sum_up(amount in 1_i64..5_000, parts in prop::collection::vec(1_i64..2_000, 0..12)) {
        let mut record = transfer(amount);
        let mut received = 0;
        for (at, part) in parts.into_iter().enumerate() {
            let outcome = record.receive(Some(eur(part)), &format!("receipt {at}"), now());
            if received + part <= 10 * amount {
                received += part;
                prop_assert!(outcome.is_ok());
            } else {
                prop_assert_eq!(outcome, Err(ReceiptRefused::TooMuch));
            }
            let payment = &record.payment;
            prop_assert_eq!(payment.captured, eur(received));
            prop_assert_eq!(payment.open().minor + received - payment.overpaid().minor, amount);
            prop_assert_eq!(payment.is_secured(), received >= amount);
            prop_assert_eq!(progress(&record) == PaymentProgress::Paid, received >= amount);
            prop_assert_eq!(record.refundable(), eur(received));
        }
    }
}
