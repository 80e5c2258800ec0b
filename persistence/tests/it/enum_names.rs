//! Compares the names of the model's enums with the check constraints of their columns.

use std::{collections::BTreeSet, fmt::Display};

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::RunQueryDsl;
use model::{
    cart::CartStatus,
    channels::CaptureMode,
    customers::Purpose,
    inventory::MovementKind,
    ledger::{LedgerKind, LedgerSide},
    orders::{FulfillmentState, FulfillmentStatus, OrderStatus, PaymentProgress},
    payments::{AttemptOutcome, PaymentMethod, PaymentStatus, TransactionKind, TransactionStatus},
};
use strum::VariantArray;
use testkit::TestDatabase;

#[derive(QueryableByName)]
struct Check {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

fn names<T: VariantArray + Display>() -> BTreeSet<String> {
    T::VARIANTS.iter().map(ToString::to_string).collect()
}

/// The text literals of `CHECK ((status = ANY (ARRAY['OPEN'::text, …])))`.
fn literals(definition: &str) -> BTreeSet<String> {
    definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn stored_enum_names_equal_the_check_constraints() {
    let expected = [
        ("carts_status_check", names::<CartStatus>()),
        ("channels_capture_mode_check", names::<CaptureMode>()),
        ("fulfillments_state_check", names::<FulfillmentState>()),
        ("ledger_entries_kind_check", names::<LedgerKind>()),
        ("ledger_lines_side_check", names::<LedgerSide>()),
        ("one_time_tokens_purpose_check", names::<Purpose>()),
        ("orders_fulfillment_status_check", names::<FulfillmentStatus>()),
        ("orders_payment_status_check", names::<PaymentProgress>()),
        ("orders_status_check", names::<OrderStatus>()),
        ("payment_attempts_outcome_check", names::<AttemptOutcome>()),
        ("payment_transactions_kind_check", names::<TransactionKind>()),
        ("payment_transactions_status_check", names::<TransactionStatus>()),
        ("payments_method_check", names::<PaymentMethod>()),
        ("payments_status_check", names::<PaymentStatus>()),
        ("stock_movements_kind_check", names::<MovementKind>()),
    ];
    let test = TestDatabase::new().await;
    let mut conn = test.db.read().await.unwrap();
    let sql = "SELECT conname::text AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint \
               WHERE contype = 'c' AND connamespace = 'public'::regnamespace";
    let checks: Vec<Check> = diesel::sql_query(sql).load(&mut conn).await.unwrap();
    for (constraint, names) in expected {
        let check = checks.iter().find(|check| check.name == constraint);
        assert_eq!(check.map(|check| literals(&check.definition)), Some(names), "{constraint}");
    }
}
