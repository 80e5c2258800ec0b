//! Reports that contradict the payment, and reports of other amounts than requested.

use std::collections::HashMap;

use proptest::prelude::*;
use strum::VariantArray as _;

use super::{
    tests::{attempt, event, now, record, report},
    *,
};
use crate::{
    Currency,
    orders::PaymentProgress,
    payments::{ChargeReport, Operation, PaymentMethod, ReportAlert},
};

/// A report about the first charge.
fn about(record: &PaymentRecord, operations: Vec<Operation>) -> ChargeReport {
    let reference = record.attempts[0].reference.clone();
    ChargeReport { reference, ..report(AttemptOutcome::Authorized, operations) }
}

fn apply(record: &mut PaymentRecord, report: &ChargeReport) -> Result<(), ReportAlert> {
    let attempt = record.attempts[0].id;
    record.apply(attempt, report, now()).map(drop)
}

#[test]
fn contradicting_reports_change_nothing() {
    let mut record = record(1000, PaymentMethod::Card);
    let good = event(TransactionKind::Authorize, 1000, "auth");
    let with = |change: fn(&mut Operation)| {
        let mut operation = good.clone();
        change(&mut operation);
        vec![operation]
    };
    let cases = [
        (with(|one| one.amount.currency = Currency::JPY), ReportAlert::Currency),
        (with(|one| one.amount.minor = 0), ReportAlert::Amount),
        (with(|one| one.amount.minor = -1000), ReportAlert::Amount),
        (with(|one| one.amount.minor = i64::MIN), ReportAlert::Amount),
        (with(|one| one.gateway_reference.clear()), ReportAlert::Reference),
        (with(|one| one.gateway_reference = "a\0b".to_owned()), ReportAlert::Reference),
        (with(|one| one.gateway_reference = "x".repeat(256)), ReportAlert::Reference),
        (with(|one| one.key = Some(String::new())), ReportAlert::Reference),
        (vec![good.clone(), event(TransactionKind::Authorize, 1, "auth")], ReportAlert::AmountChanged),
        (
            vec![good.clone(), event(TransactionKind::Capture, i64::MAX, "a"), event(TransactionKind::Capture, 1, "b")],
            ReportAlert::TooLarge,
        ),
    ];
    let before = record.clone();
    for (operations, expected) in cases {
        let report = about(&record, operations);
        assert_eq!(apply(&mut record, &report), Err(expected), "{report:?}");
        assert_eq!(record, before);
    }
    let other = ChargeReport { reference: "another".to_owned(), ..about(&record, vec![good.clone()]) };
    assert_eq!(apply(&mut record, &other), Err(ReportAlert::Charge));
    for url in ["javascript:alert(1)", "https://bank@evil.example/", "https://bank.example/\r\na"] {
        let action = Some(crate::payments::PaymentAction::Redirect { url: url.to_owned() });
        let report = ChargeReport { action, ..about(&record, Vec::new()) };
        assert_eq!(apply(&mut record, &report), Err(ReportAlert::Url), "{url}");
    }
    let unknown = record.apply(attempt(&record.payment, 2, "b").id, &about(&record, vec![good.clone()]), now());
    assert_eq!(unknown, Err(ReportAlert::Charge));
    assert_eq!(record, before);

    let first = about(&record, vec![good]);
    assert_eq!(apply(&mut record, &first), Ok(()));
    let changed = about(&record, vec![event(TransactionKind::Authorize, 999, "auth")]);
    assert_eq!(apply(&mut record, &changed), Err(ReportAlert::AmountChanged));
    assert_eq!(record.payment.authorized.minor, 1000);
}

#[test]
fn partial_authorization_is_voided_and_never_captured() {
    let mut record = record(1000, PaymentMethod::Card);
    let partial = about(&record, vec![event(TransactionKind::Authorize, 999, "auth")]);
    apply(&mut record, &partial).unwrap();
    assert_eq!(record.payment.status, PaymentStatus::PartiallyAuthorized);
    assert!(record.payment.is_short() && !record.payment.is_secured());
    assert_eq!(PaymentProgress::from(&record.payment), PaymentProgress::Pending);
    assert_eq!(record.capturable().minor, 0);
    let void = record.begin_void(now()).unwrap();
    let released = Operation { key: Some(void.id.uuid().to_string()), ..event(TransactionKind::Void, 999, "void") };
    let voided = about(&record, vec![released]);
    apply(&mut record, &voided).unwrap();
    assert_eq!((record.payment.status, record.transactions.len()), (PaymentStatus::Voided, 2));
}

#[test]
fn other_amounts_than_requested_are_recorded_as_reported() {
    for minor in [1, 400, 1000, 1001, i64::MAX] {
        let mut record = record(1000, PaymentMethod::Card);
        let held = about(&record, vec![event(TransactionKind::Authorize, 1000, "auth")]);
        apply(&mut record, &held).unwrap();
        let ours = record.begin_capture(record.payment.amount, "k", now()).unwrap();
        let taken =
            Operation { key: Some(ours.id.uuid().to_string()), ..event(TransactionKind::Capture, minor, "capture") };
        let captured = about(&record, vec![taken]);
        apply(&mut record, &captured).unwrap();
        assert_eq!((record.payment.captured.minor, record.transactions.len()), (minor, 2));
        let expected = if minor >= 1000 { PaymentProgress::Paid } else { PaymentProgress::PartiallyPaid };
        assert_eq!(PaymentProgress::from(&record.payment), expected, "{minor}");
        assert_eq!(record.refundable().minor, minor);
    }
}

/// The reports of a gateway in no order, with duplicates, contradictions and any amount.
fn reports() -> impl Strategy<Value = Vec<(AttemptOutcome, Vec<Operation>)>> {
    let outcome = prop::sample::select(AttemptOutcome::VARIANTS);
    let amount = prop_oneof![
        4 => Just(1000_i64),
        4 => 1_i64..2000,
        1 => -2_i64..2,
        1 => Just(1_i64 << 62),
        1 => any::<i64>(),
    ];
    let currency = prop_oneof![9 => Just(Currency::EUR), 1 => Just(Currency::JPY)];
    let status = prop_oneof![4 => Just(TransactionStatus::Succeeded), 1 => Just(TransactionStatus::Failed)];
    let operation = (prop::sample::select(TransactionKind::VARIANTS), amount, currency, status, 0_u8..4);
    let operation = operation.prop_map(|(kind, minor, currency, status, name)| Operation {
        amount: Money::new(minor, currency),
        status,
        ..event(kind, 1, &name.to_string())
    });
    prop::collection::vec((outcome, prop::collection::vec(operation, 0..4)), 1..20)
}

proptest! {
    /// Whatever a gateway reports: a rejected report changes nothing, the sums are those of the accepted transactions, and
    /// nothing counts as authorized or paid for less than the amount.
    #[test]
    fn sums_are_exactly_what_was_reported(reports in reports()) {
        let mut record = record(1000, PaymentMethod::Card);
        // The amounts of the transactions that have succeeded, as their first report states them.
        let mut reported: HashMap<(TransactionKind, String), i128> = HashMap::new();
        for (outcome, operations) in reports {
            let before = record.clone();
            let report = ChargeReport { outcome, ..about(&record, operations) };
            if apply(&mut record, &report).is_err() {
                prop_assert_eq!(&record, &before);
                continue;
            }
            for one in report.operations.iter().filter(|one| one.status == TransactionStatus::Succeeded) {
                prop_assert!(one.amount.minor > 0 && one.amount.currency == Currency::EUR);
                let minor = i128::from(one.amount.minor);
                let earlier = *reported.entry((one.kind, one.gateway_reference.clone())).or_insert(minor);
                prop_assert_eq!(earlier, minor);
            }
            let sum = |kind| reported.iter().filter(|((of, _), _)| *of == kind).map(|(_, minor)| minor).sum::<i128>();
            let payment = &record.payment;
            prop_assert_eq!(i128::from(payment.authorized.minor), sum(TransactionKind::Authorize));
            prop_assert_eq!(i128::from(payment.captured.minor), sum(TransactionKind::Capture));
            prop_assert!(i128::from(payment.refunded.minor) <= sum(TransactionKind::Refund));
            prop_assert!(payment.refunded <= payment.captured);
            prop_assert!(payment.charged_back <= payment.captured);
            prop_assert!(payment.kept().minor >= 0 && payment.held().minor >= 0);
            match PaymentProgress::from(payment) {
                PaymentProgress::Authorized => prop_assert!(payment.authorized >= payment.amount),
                PaymentProgress::Paid => prop_assert!(payment.captured >= payment.amount),
                _ => {}
            }
            if payment.is_secured() {
                prop_assert!(payment.authorized >= payment.amount || payment.captured >= payment.amount);
            }
        }
    }
}
