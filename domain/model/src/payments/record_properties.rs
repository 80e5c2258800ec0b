//! Properties of payment records: money of two charges, reports in any order, operations.

use proptest::prelude::*;

use super::*;

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
