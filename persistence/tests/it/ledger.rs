use diesel_async::RunQueryDsl;
use model::{
    Currency, Money, Page, PageRequest, Timestamp,
    ids::{OrderId, PaymentTransactionId},
    ledger::{self, AccountBalance, LedgerAccount, LedgerEntry, LedgerKind, Movement, PlacedAmounts, credit, debit},
};
use persistence::{StoreResult, ledger as store};
use testkit::TestDatabase;

fn now() -> Timestamp {
    Timestamp::from_timestamp_micros(1_800_000_000_123_456).unwrap()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn placement(order: OrderId) -> LedgerEntry {
    let amounts = PlacedAmounts { sales: eur(1000), shipping: eur(490), tax: eur(283), total: eur(1773) };
    ledger::placement(order, &amounts, now()).unwrap()
}

#[tokio::test]
async fn entries_are_listed_newest_first_and_balances_add_up() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    let order = OrderId::new();
    let placed = placement(order);
    store::post(&conn, std::slice::from_ref(&placed)).await.unwrap();
    let movement = Movement {
        transaction: PaymentTransactionId::new(),
        order: Some(order),
        gateway: "a",
        amount: eur(1773),
        at: now(),
    };
    let captured = ledger::capture(&movement).unwrap();
    store::post(&conn, std::slice::from_ref(&captured)).await.unwrap();

    let page = |cursor| PageRequest::parse(Some(1), cursor, None, None).unwrap();
    assert_eq!(
        store::list(&mut conn, &page(None)).await.unwrap(),
        Page { rows: vec![captured.clone()], has_more: true }
    );
    assert_eq!(
        store::list(&mut conn, &page(Some(captured.id))).await.unwrap(),
        Page { rows: vec![placed.clone()], has_more: false }
    );
    let back = PageRequest::parse(None, None, Some(1), Some(placed.id)).unwrap();
    assert_eq!(store::list(&mut conn, &back).await.unwrap(), Page { rows: vec![captured.clone()], has_more: false });
    assert_eq!(store::count(&mut conn).await.unwrap(), 2);
    assert_eq!(store::of_order(&mut conn, order).await.unwrap(), [placed, captured]);
    assert!(store::of_order(&mut conn, OrderId::new()).await.unwrap().is_empty());

    let balances = store::balances(&mut conn).await.unwrap();
    let receivable = balances.iter().find(|balance| balance.account == LedgerAccount::Receivable).unwrap();
    assert_eq!((receivable.debit, receivable.credit), (eur(1773), eur(1773)));
    let all = |side: fn(&AccountBalance) -> Money| balances.iter().map(|balance| side(balance).minor).sum::<i64>();
    assert_eq!(all(|balance| balance.debit), all(|balance| balance.credit));
}

#[tokio::test]
async fn an_entry_is_posted_once() {
    let test = TestDatabase::new().await;
    let conn = test.db.write().await.unwrap();
    let order = OrderId::new();
    store::post(&conn, &[placement(order)]).await.unwrap();
    let refused = store::post(&conn, &[placement(order)]).await.unwrap_err();
    assert!(refused.is_constraint("ledger_entries_kind_reference_key"), "{refused}");
}

#[tokio::test]
async fn the_database_rejects_unbalanced_entries_and_changes() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    let lines = vec![debit(LedgerAccount::Receivable, eur(5)), credit(LedgerAccount::Sales, eur(4))];
    let id = model::ids::LedgerEntryId::new();
    let unbalanced = LedgerEntry::restore(id, LedgerKind::Placement, "x".to_owned(), None, now(), lines);
    let refused = store::post(&conn, &[unbalanced]).await.unwrap_err();
    assert!(refused.is_constraint("ledger_lines_balance_check"), "{refused}");

    store::post(&conn, &[placement(OrderId::new())]).await.unwrap();
    for sql in [
        "UPDATE ledger_lines SET amount = amount + 1",
        "DELETE FROM ledger_lines",
        "TRUNCATE ledger_lines",
        "UPDATE ledger_entries SET reference = 'y'",
        "TRUNCATE ledger_entries CASCADE",
    ] {
        let done: StoreResult<usize> = diesel::sql_query(sql).execute(&mut *conn).await.map_err(Into::into);
        assert!(done.unwrap_err().is_constraint("ledger_append_only_check"), "{sql}");
    }
}
