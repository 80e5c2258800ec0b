use proptest::prelude::*;

use super::*;
use crate::{
    Currency,
    ids::{CartId, ChannelId, PaymentId},
    payments::{ChargeReport, FailureCode, Operation, OperationRefused, PaymentMethod, operations::MOST_REFUSALS},
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(super) fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

pub(super) fn record(minor: i64, method: PaymentMethod) -> PaymentRecord {
    let payment = Payment {
        id: PaymentId::new(),
        cart_id: CartId::new(),
        order_id: None,
        channel_id: ChannelId::new(),
        country: None,
        method,
        gateway: "a".to_owned(),
        amount: eur(minor),
        status: PaymentStatus::Pending,
        authorized: eur(0),
        captured: eur(0),
        refunded: eur(0),
        charged_back: eur(0),
        action: None,
        failure: None,
        is_unwanted: false,
        decline_keys: Vec::new(),
        idempotency: None,
        created_at: now(),
        updated_at: now(),
    };
    let attempts = vec![attempt(&payment, 1, "a")];
    PaymentRecord { payment, attempts, transactions: Vec::new() }
}

pub(super) fn attempt(payment: &Payment, number: i32, gateway: &str) -> PaymentAttempt {
    PaymentAttempt {
        id: PaymentAttemptId::new(),
        payment_id: payment.id,
        number,
        gateway: gateway.to_owned(),
        reference: format!("{}-{number}", payment.id),
        gateway_reference: None,
        outcome: AttemptOutcome::Started,
        failure: None,
        started_at: now(),
        latency_ms: None,
        finished_at: None,
    }
}

pub(super) fn event(kind: TransactionKind, minor: i64, name: &str) -> Operation {
    Operation {
        gateway_reference: name.to_owned(),
        kind,
        status: TransactionStatus::Succeeded,
        key: None,
        amount: eur(minor),
        failure: None,
        at: now(),
    }
}

pub(super) fn report(outcome: AttemptOutcome, operations: Vec<Operation>) -> ChargeReport {
    ChargeReport { operations, ..ChargeReport::bare("r", outcome, None) }
}

fn authorized(minor: i64) -> PaymentRecord {
    let mut record = record(minor, PaymentMethod::Card);
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, minor, "auth")]));
    record
}

fn tell(record: &mut PaymentRecord, report: &ChargeReport) -> Applied {
    apply(record, 0, report)
}

/// Applies a report about the charge of an attempt.
fn apply(record: &mut PaymentRecord, at: usize, report: &ChargeReport) -> Applied {
    let PaymentAttempt { id, reference, .. } = record.attempts[at].clone();
    record.apply(id, &ChargeReport { reference, ..report.clone() }, now()).unwrap()
}

#[test]
fn payment_goes_from_authorized_to_refunded() {
    let mut record = authorized(1000);
    assert_eq!((record.payment.status, record.payment.authorized), (PaymentStatus::Authorized, eur(1000)));
    for (kind, minor, status) in [
        (TransactionKind::Capture, 400, PaymentStatus::PartiallyCaptured),
        (TransactionKind::Capture, 600, PaymentStatus::Captured),
        (TransactionKind::Refund, 1, PaymentStatus::PartiallyRefunded),
        (TransactionKind::Refund, 999, PaymentStatus::Refunded),
    ] {
        let name = format!("op-{}", record.transactions.len());
        tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(kind, minor, &name)]));
        assert_eq!(record.payment.status, status);
    }
}

#[test]
fn late_authorization_overrides_a_decline() {
    let mut record = record(1000, PaymentMethod::Card);
    tell(&mut record, &ChargeReport::bare("r", AttemptOutcome::Declined, Some(FailureCode::InsufficientFunds)));
    assert_eq!(record.payment.status, PaymentStatus::Failed);
    assert_eq!(record.payment.failure, Some(FailureCode::InsufficientFunds));
    assert!(!record.payment.is_active());
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]));
    assert_eq!((record.payment.status, record.payment.failure), (PaymentStatus::Authorized, None));
}

#[test]
fn second_gateway_is_effective_after_an_unavailable_first() {
    let mut record = record(1000, PaymentMethod::Card);
    let down = ChargeReport::bare("r", AttemptOutcome::Unavailable, Some(FailureCode::GatewayUnavailable));
    tell(&mut record, &down);
    assert_eq!(record.payment.status, PaymentStatus::Failed);
    record.attempts.push(attempt(&record.payment, 2, "b"));
    record.derive_status(now());
    assert_eq!((record.payment.status, record.payment.gateway.as_str()), (PaymentStatus::Pending, "b"));
    let yes = report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]);
    apply(&mut record, 1, &yes);
    assert_eq!(record.payment.status, PaymentStatus::Authorized);
}

#[test]
fn refused_automatic_operations_get_new_keys_up_to_a_limit() {
    let mut record = authorized(1000);
    for at in 0..MOST_REFUSALS {
        let key = record.automatic_key(TransactionKind::Capture, "automatic").unwrap();
        assert_eq!(key, if at == 0 { "automatic".to_owned() } else { format!("automatic/{at}") });
        let begun = record.begin_capture(eur(1000), &key, now()).unwrap();
        assert_eq!(record.automatic_key(TransactionKind::Capture, "automatic"), Ok(key), "it is under way");
        record.refuse(begun.id, FailureCode::Refused, now());
    }
    let no_use = record.automatic_key(TransactionKind::Capture, "automatic");
    assert_eq!(no_use, Err(OperationRefused::RefusedRepeatedly));
}

#[test]
fn operation_begins_once_per_key_and_within_what_is_left() {
    let mut record = authorized(1000);
    let first = record.begin_capture(eur(700), "k", now()).unwrap();
    assert_eq!(record.begin_capture(eur(700), "k", now()).unwrap().id, first.id);
    assert_eq!(record.begin_capture(eur(1), "k", now()), Err(OperationRefused::KeyReused));
    assert_eq!(record.begin_capture(eur(301), "l", now()), Err(OperationRefused::TooMuch { left: eur(300) }));
    assert_eq!(record.begin_void(now()), Err(OperationRefused::CaptureInProgress), "money is coming");
    assert!(matches!(record.begin_refund(eur(1), "r", now()), Err(OperationRefused::Status(_))), "nothing was taken");
    assert_eq!(record.begin_capture(eur(0), "z", now()), Err(OperationRefused::Amount));
    let wrong = Money::new(1, Currency::USD);
    assert_eq!(record.begin_capture(wrong, "z", now()), Err(OperationRefused::Amount));
}

#[test]
fn webhook_of_our_operation_is_the_same_transaction() {
    let mut record = authorized(1000);
    let ours = record.begin_capture(eur(1000), "k", now()).unwrap();
    let mut told = event(TransactionKind::Capture, 1000, "cap_1");
    told.key = Some(ours.id.uuid().to_string());
    let webhook = report(AttemptOutcome::Authorized, vec![told]);
    assert_eq!(tell(&mut record, &webhook).succeeded, [ours.id]);
    assert!(tell(&mut record, &webhook).succeeded.is_empty(), "told twice, counted once");
    assert_eq!(record.payment.captured, eur(1000));
    assert_eq!(record.transactions.len(), 2);
}

#[test]
fn void_releases_authorized_and_cancels_undecided_payments() {
    let mut held = authorized(1000);
    held.begin_void(now()).unwrap();
    assert_eq!(held.capturable(), eur(0));
    let key = held.transactions[1].id.uuid().to_string();
    let mut told = event(TransactionKind::Void, 1000, "void_1");
    told.key = Some(key);
    tell(&mut held, &report(AttemptOutcome::Authorized, vec![told]));
    assert_eq!(held.payment.status, PaymentStatus::Voided);

    let mut waiting = record(1000, PaymentMethod::Card);
    tell(&mut waiting, &report(AttemptOutcome::RequiresAction, Vec::new()));
    waiting.begin_void(now()).unwrap();
    tell(&mut waiting, &report(AttemptOutcome::Canceled, Vec::new()));
    assert_eq!(waiting.payment.status, PaymentStatus::Voided);
}

#[test]
fn charge_that_appears_after_its_void_can_be_voided_again() {
    let mut record = record(1000, PaymentMethod::Card);
    let first = record.begin_void(now()).unwrap();
    assert_eq!(record.begin_void(now()).unwrap().id, first.id);
    tell(&mut record, &ChargeReport::bare("r", AttemptOutcome::Unavailable, None));
    assert_eq!(record.payment.status, PaymentStatus::Failed);
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]));
    assert_eq!(record.payment.status, PaymentStatus::Authorized);
    assert_ne!(record.begin_void(now()).unwrap().id, first.id);
}

#[test]
fn pending_transfer_can_be_captured_but_not_a_pending_card() {
    assert_eq!(record(500, PaymentMethod::BankTransfer).capturable(), eur(500));
    assert_eq!(record(500, PaymentMethod::Card).capturable(), eur(0));
}

#[test]
fn chargeback_reduces_the_refundable_amount() {
    let mut record = authorized(1000);
    let events = vec![event(TransactionKind::Capture, 1000, "cap"), event(TransactionKind::Chargeback, 600, "cb")];
    tell(&mut record, &report(AttemptOutcome::Authorized, events));
    assert_eq!(record.payment.charged_back, eur(600));
    assert_eq!(record.begin_refund(eur(500), "r", now()), Err(OperationRefused::TooMuch { left: eur(400) }));
}

#[test]
fn refund_in_progress_reduces_the_refundable_part() {
    let mut record = authorized(1000);
    tell(&mut record, &report(AttemptOutcome::Authorized, vec![event(TransactionKind::Capture, 1000, "cap")]));
    assert_eq!(record.refundable_of(eur(300)), eur(300));
    assert_eq!(record.refundable_of(eur(1200)), eur(1000));
    record.begin_refund(eur(200), "r", now()).unwrap();
    assert_eq!(record.refundable_of(eur(300)), eur(100));
    record.begin_refund(eur(200), "s", now()).unwrap();
    assert_eq!(record.refundable_of(eur(300)), eur(0));
}

/// A payment with an unavailable first gateway, and a second one.
fn at_two_gateways() -> PaymentRecord {
    let mut record = record(1000, PaymentMethod::Card);
    tell(&mut record, &ChargeReport::bare("r", AttemptOutcome::Unavailable, None));
    record.attempts.push(attempt(&record.payment, 2, "b"));
    record.derive_status(now());
    record
}

#[test]
fn surplus_charge_is_released_and_the_effective_one_stays() {
    let mut record = at_two_gateways();
    let first = record.attempts[0].id;
    let mut told = vec![event(TransactionKind::Authorize, 1000, "auth")];
    apply(&mut record, 1, &report(AttemptOutcome::Authorized, told.clone()));
    apply(&mut record, 0, &report(AttemptOutcome::Authorized, told.clone()));
    assert_eq!((record.payment.status, record.payment.gateway.as_str()), (PaymentStatus::Authorized, "b"));

    let released = record.release_others(now());
    assert_eq!(
        released.iter().map(|void| (void.kind, void.attempt_id)).collect::<Vec<_>>(),
        [(TransactionKind::Void, first)]
    );
    assert!(record.release_others(now()).is_empty(), "it is under way");
    assert_eq!(record.capturable(), eur(1000), "the charge that counts is still held");
    record.refuse(released[0].id, FailureCode::Refused, now());
    told.push(event(TransactionKind::Capture, 1000, "cap"));
    apply(&mut record, 1, &report(AttemptOutcome::Authorized, told.clone()));
    apply(&mut record, 0, &report(AttemptOutcome::Authorized, told));
    assert_eq!((record.payment.captured, record.payment.gateway.as_str()), (eur(1000), "b"));
    let returned = record.release_others(now());
    assert_eq!(
        returned.iter().map(|one| (one.kind, one.amount)).collect::<Vec<_>>(),
        [(TransactionKind::Refund, eur(1000))]
    );
    assert_eq!(record.refundable(), eur(1000), "what counts can still be refunded");
}

#[test]
fn release_of_a_surplus_charge_is_retried_up_to_a_limit() {
    let mut record = at_two_gateways();
    for attempt in 0..2 {
        let held = report(AttemptOutcome::Authorized, vec![event(TransactionKind::Authorize, 1000, "auth")]);
        apply(&mut record, attempt, &held);
    }
    for _ in 0..MOST_REFUSALS {
        let released = record.release_others(now());
        record.refuse(released[0].id, FailureCode::Refused, now());
    }
    assert!(record.release_others(now()).is_empty());
}

/// The transactions that each of the two gateways knows.
type Books = [Vec<Operation>; 2];

fn sum_of(book: &[Operation], kind: TransactionKind) -> i64 {
    book.iter().filter(|event| event.kind == kind).map(|event| event.amount.minor).sum()
}

/// Executes the recorded operations at the gateways, as far as they allow it.
fn carry_out(record: &mut PaymentRecord, books: &mut Books) {
    let asked: Vec<_> =
        record.transactions.iter().filter(|one| one.status == TransactionStatus::Pending).cloned().collect();
    for one in asked {
        let book = &mut books[usize::from(one.attempt_id == record.attempts[1].id)];
        let (captured, refunded) = (sum_of(book, TransactionKind::Capture), sum_of(book, TransactionKind::Refund));
        let is_held = captured == 0 && sum_of(book, TransactionKind::Void) == 0;
        let may = match one.kind {
            TransactionKind::Capture => one.amount.minor <= 1000 - captured && sum_of(book, TransactionKind::Void) == 0,
            TransactionKind::Void => is_held,
            _ => one.amount.minor <= captured - refunded,
        };
        let key = Some(one.id.uuid().to_string());
        if book.iter().any(|event| event.key == key) {
            continue;
        }
        if may {
            book.push(Operation { key, ..event(one.kind, one.amount.minor, &one.id.to_string()) });
        } else {
            record.refuse(one.id, FailureCode::Refused, now());
        }
    }
}

fn hear(record: &mut PaymentRecord, books: &Books, at: usize) {
    apply(record, at, &report(AttemptOutcome::Authorized, books[at].clone()));
    record.release_others(now());
}

/// The history of a charge: outcomes in order, then transactions, each within what is left.
fn histories() -> impl Strategy<Value = (i64, Vec<ChargeReport>)> {
    let steps = prop::collection::vec((0_u8..4, 1_i64..400), 0..10);
    (1_i64..1000, steps, any::<bool>()).prop_map(|(amount, steps, is_declined)| {
        let mut snapshots = vec![report(AttemptOutcome::Pending, Vec::new())];
        if is_declined {
            snapshots.push(report(AttemptOutcome::Declined, Vec::new()));
            return (amount, snapshots);
        }
        let mut events = vec![event(TransactionKind::Authorize, amount, "auth")];
        let (mut captured, mut returned) = (0, 0);
        for (at, (step, minor)) in steps.into_iter().enumerate() {
            let (kind, minor) = match step {
                0 | 1 => (TransactionKind::Capture, minor.min(amount - captured)),
                2 => (TransactionKind::Refund, minor.min(captured - returned)),
                _ => (TransactionKind::Chargeback, minor.min(captured - returned)),
            };
            if minor > 0 {
                if kind == TransactionKind::Capture {
                    captured += minor;
                } else {
                    returned += minor;
                }
                events.push(event(kind, minor, &at.to_string()));
            }
        }
        snapshots.extend((1..=events.len()).map(|n| report(AttemptOutcome::Authorized, events[..n].to_vec())));
        (amount, snapshots)
    })
}

fn summary(record: &PaymentRecord) -> (PaymentStatus, Money, Money, Money, Money) {
    let payment = &record.payment;
    (payment.status, payment.authorized, payment.captured, payment.refunded, payment.charged_back)
}

proptest! {
    /// Both gateways have authorized the amount. In any order of reports and captures, by us or at a gateway: captured
    /// money stays captured, and in the end one charge is effective and the other is released.
    #[test]
    fn of_two_charges_one_is_effective_and_the_other_is_released(steps in prop::collection::vec((0_u8..4, any::<bool>()), 0..20)) {
        let mut record = at_two_gateways();
        let mut books: Books = [0, 1].map(|at| vec![event(TransactionKind::Authorize, 1000, &format!("auth-{at}"))]);
        for (number, (step, is_second)) in steps.into_iter().enumerate() {
            let before = record.payment.captured;
            let at = usize::from(is_second);
            match step {
                0 => hear(&mut record, &books, at),
                1 => drop(record.begin_capture(eur(300), &number.to_string(), now())),
                2 => carry_out(&mut record, &mut books),
                _ if sum_of(&books[at], TransactionKind::Void) == 0 && sum_of(&books[at], TransactionKind::Capture) < 800 => {
                    books[at].push(event(TransactionKind::Capture, 200, &number.to_string()));
                }
                _ => {}
            }
            prop_assert!(record.payment.captured >= before, "{} fell to {}", before, record.payment.captured);
        }
        for _ in 0..6 {
            carry_out(&mut record, &mut books);
            hear(&mut record, &books, 0);
            hear(&mut record, &books, 1);
        }
        let counting = record.effective_attempt().map(|attempt| attempt.id);
        let (counts, other) = if counting == Some(record.attempts[0].id) { (0, 1) } else { (1, 0) };
        prop_assert_eq!(sum_of(&books[counts], TransactionKind::Void), 0);
        prop_assert_eq!(sum_of(&books[counts], TransactionKind::Refund), 0);
        prop_assert_eq!(record.payment.captured.minor, sum_of(&books[counts], TransactionKind::Capture));
        let (taken, returned) = (sum_of(&books[other], TransactionKind::Capture), sum_of(&books[other], TransactionKind::Refund));
        prop_assert_eq!(taken, returned);
        prop_assert!(taken > 0 || sum_of(&books[other], TransactionKind::Void) > 0, "it is still held");
    }

    /// Snapshots of a charge in any order and repetition lead to the same state as its history.
    #[test]
    fn webhooks_late_twice_and_out_of_order_converge(
        (amount, history) in histories(), order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let mut straight = record(amount, PaymentMethod::Card);
        for snapshot in &history {
            tell(&mut straight, snapshot);
        }
        let mut shuffled = record(amount, PaymentMethod::Card);
        let mut told = Vec::new();
        for snapshot in order.iter().map(|at| at.get(&history)).chain(history.iter().rev()) {
            told.extend(tell(&mut shuffled, snapshot).succeeded);
            prop_assert!(shuffled.payment.captured <= shuffled.payment.authorized);
            prop_assert!(shuffled.payment.refunded <= shuffled.payment.captured);
        }
        prop_assert_eq!(summary(&shuffled), summary(&straight));
        prop_assert_eq!(told.len(), shuffled.transactions.len(), "each success is told exactly once");
    }

    /// Even single transactions without the earlier ones never show more captured than reported, or more refunded than
    /// captured.
    #[test]
    fn single_events_in_any_order_keep_the_sums_in_bounds(
        (amount, history) in histories(), order in prop::collection::vec(any::<prop::sample::Index>(), 1..30),
    ) {
        let all = history.last().unwrap();
        let mut record = record(amount, PaymentMethod::Card);
        for at in order {
            let operations = if all.operations.is_empty() { vec![] } else { vec![at.get(&all.operations).clone()] };
            tell(&mut record, &report(all.outcome, operations));
            prop_assert!(record.payment.captured.minor <= sum_of(&all.operations, TransactionKind::Capture));
            prop_assert!(record.payment.refunded <= record.payment.captured);
            prop_assert!(record.payment.kept().minor >= 0);
        }
    }

    /// Whatever staff request, at most the authorized amount is captured and at most the captured amount is refunded.
    #[test]
    fn operations_never_exceed_the_payment(steps in prop::collection::vec((0_u8..3, 1_i64..600, any::<bool>()), 1..20)) {
        let mut record = authorized(1000);
        for (at, (step, minor, succeeds)) in steps.into_iter().enumerate() {
            let key = at.to_string();
            let begun = match step {
                0 => record.begin_capture(eur(minor), &key, now()),
                1 => record.begin_refund(eur(minor), &key, now()),
                _ => record.begin_void(now()),
            };
            if let Ok(transaction) = begun {
                let mut answer = event(transaction.kind, transaction.amount.minor, &format!("op-{key}"));
                answer.key = Some(transaction.id.uuid().to_string());
                answer.status = if succeeds { TransactionStatus::Succeeded } else { TransactionStatus::Failed };
                tell(&mut record, &report(AttemptOutcome::Authorized, vec![answer]));
            }
            let sum = |kind| record.transactions.iter()
                .filter(|t| t.kind == kind && t.status == TransactionStatus::Succeeded)
                .map(|t| t.amount.minor).sum::<i64>();
            prop_assert!(sum(TransactionKind::Capture) <= 1000);
            prop_assert!(sum(TransactionKind::Refund) <= sum(TransactionKind::Capture));
            let is_released = sum(TransactionKind::Void) > 0;
            prop_assert!(!is_released || sum(TransactionKind::Capture) == 0, "released money is never taken");
        }
    }
}

#[test]
fn a_decided_payment_names_its_counters_once_if_it_was_declined() {
    for (status, failure, is_counted) in [
        (PaymentStatus::Pending, None, false),
        (PaymentStatus::RequiresAction, None, false),
        (PaymentStatus::Failed, Some(FailureCode::Declined), true),
        (PaymentStatus::Failed, Some(FailureCode::AuthenticationFailed), true),
        (PaymentStatus::Failed, Some(FailureCode::Canceled), false),
        (PaymentStatus::Failed, Some(FailureCode::GatewayUnavailable), false),
        (PaymentStatus::Authorized, None, false),
    ] {
        let keys = vec!["key".to_owned()];
        let payment = record(1_000, PaymentMethod::Card).payment;
        let mut payment = Payment { status, failure, decline_keys: keys.clone(), ..payment };
        let counted = payment.take_decline_keys();
        assert_eq!(counted, if is_counted { keys } else { Vec::new() }, "{status} {failure:?}");
        assert_eq!(payment.decline_keys.is_empty(), !status.is_undecided(), "{status}");
        assert!(payment.take_decline_keys().is_empty(), "{status}");
    }
}
