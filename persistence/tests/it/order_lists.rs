//! Lists of orders: results equal a naive filter over all orders, and no statement scans a whole table.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl as _;
use model::{
    Currency, Direction, Money, PageRequest, Timestamp,
    customers::Customer,
    ids::{CustomerId, OrderId},
    orders::{
        FulfillmentStatus, Order, OrderCursor, OrderFilter, OrderSort, OrderSortKey, OrderStatus, PaymentProgress,
        ten_thousandths,
    },
    payments::PaymentMethod,
};
use persistence::{Conn, customers, orders};
use strum::VariantArray as _;
use testkit::TestDatabase;

const KEYS: [OrderSortKey; 4] =
    [OrderSortKey::PlacedAt, OrderSortKey::UpdatedAt, OrderSortKey::Number, OrderSortKey::Total];

/// Inserts `$1` orders with one or two lines each, and a bank transfer for every fifth. Several share each value.
const ORDERS: &str = "
    INSERT INTO orders (id, cart_id, token, version, channel_id, customer_id, email, status, payment_status,
        fulfillment_status, currency, subtotal_net, subtotal_gross, discount_total, shipping_net, shipping_gross,
        total_net, total_gross, body, tags, placed_at, updated_at, expires_at)
    SELECT md5('order' || i)::uuid, md5('cart' || i)::uuid, 'token', 1, md5('channel' || i % 3)::uuid,
        CASE WHEN i % 4 = 0 THEN (SELECT id FROM customers LIMIT 1) END,
        'buyer' || i % 97 || '@example.org', state.name,
        (ARRAY['PENDING', 'AUTHORIZED', 'PAID', 'PAID', 'PAID', 'REFUNDED'])[1 + i % 6],
        (ARRAY['UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'FULFILLED'])[1 + i % 4],
        (ARRAY['EUR', 'JPY', 'KWD'])[1 + i % 3], 0, 0, 0, 0, 0, (i * 37) % 5000, (i * 37) % 5000,
        '{\"locale\": \"en\"}',
        CASE i % 10 WHEN 0 THEN ARRAY['gift', 'b2b'] WHEN 1 THEN ARRAY['gift'] ELSE ARRAY[]::text[] END,
        timestamptz '2026-01-01' + i / 3 * interval '1 minute',
        timestamptz '2026-03-01' + (i * 7919) % 5000 * interval '1 minute',
        CASE WHEN state.name = 'PENDING_PAYMENT' THEN timestamptz '2027-01-01' END
    FROM generate_series(1, $1) AS i,
        LATERAL (SELECT (ARRAY['PENDING_PAYMENT', 'OPEN', 'COMPLETED', 'COMPLETED', 'CANCELED'])[1 + i % 5] AS name) AS state";
const LINES: &str = "
    INSERT INTO order_lines (id, order_id, position, variant_id, product_id, sku, name, quantity, currency, unit_net,
        unit_gross, subtotal_net, subtotal_gross, total_net, total_gross, tax_class, tax_millionths,
        requires_shipping, body)
    SELECT md5('line' || i || '/' || at)::uuid, md5('order' || i)::uuid, at, md5('v')::uuid, md5('p')::uuid,
        'SKU-' || (i * 31 + at) % 200, 'Name', 1, 'EUR', 0, 0, 0, 0, 0, 0, 'standard', 0, true, '{\"stock_needs\": []}'
    FROM generate_series(1, $1) AS i, generate_series(0, i % 2) AS at";
const PAYMENTS: &str = "
    INSERT INTO payments (id, cart_id, order_id, channel_id, method, gateway, currency, amount, status, created_at, updated_at)
    SELECT md5('payment' || i)::uuid, md5('cart' || i)::uuid, md5('order' || i)::uuid, md5('channel')::uuid,
        CASE WHEN i % 5 = 0 THEN 'BANK_TRANSFER' ELSE 'CARD' END, 'manual', 'EUR', 1, 'PENDING', now(), now()
    FROM generate_series(1, $1) AS i";

/// Inserts orders, and a customer who placed every fourth.
pub async fn seed(test: &TestDatabase, count: i64) -> CustomerId {
    let conn = &mut test.db.write().await.unwrap();
    let customer = Customer::new(CustomerId::new(), "ada@example.org".parse().unwrap(), Timestamp::UNIX_EPOCH);
    customers::insert(conn, &customer, None).await.unwrap();
    diesel::sql_query("SET statement_timeout = 0").execute(conn).await.unwrap();
    for statement in [ORDERS, LINES, PAYMENTS] {
        diesel::sql_query(statement).bind::<BigInt, _>(count).execute(conn).await.unwrap();
    }
    for table in ["orders", "order_lines", "payments"] {
        diesel::sql_query(format!("ANALYZE {table}")).execute(conn).await.unwrap();
    }
    customer.id
}

fn page(size: usize, cursor: Option<OrderCursor>, direction: Direction) -> PageRequest<OrderCursor> {
    PageRequest { size, cursor, direction }
}

/// Reads a whole list by pages from either end; returns it in the order of the list.
async fn read(conn: &mut Conn, filter: &OrderFilter, sort: OrderSort, size: usize, from: Direction) -> Vec<Order> {
    let mut pages = Vec::new();
    let mut cursor = None;
    loop {
        let found = orders::list(conn, filter, sort, &page(size, cursor, from)).await.unwrap();
        let next =
            if from == Direction::Ascending { found.rows.as_slice().last() } else { found.rows.as_slice().first() };
        cursor = next.map(|order| OrderCursor::of(order, sort.key));
        let is_last = !found.has_more;
        pages.push(found.rows);
        if is_last {
            break;
        }
    }
    if from == Direction::Descending {
        pages.reverse();
    }
    pages.into_iter().flatten().collect()
}

/// Everything that the naive filter looks at.
struct All {
    orders: Vec<Order>,
    skus: HashMap<OrderId, HashSet<String>>,
    transfers: HashSet<OrderId>,
}

impl All {
    async fn read(conn: &mut Conn) -> Self {
        let orders = read(conn, &OrderFilter::default(), OrderSort::default(), 100, Direction::Ascending).await;
        let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
        let lines = orders::lines_of(conn, &ids).await.unwrap();
        let skus = lines.into_iter().map(|(id, lines)| (id, lines.into_iter().map(|line| line.sold.sku).collect()));
        let paid = persistence::payments::by_orders(conn, &ids).await.unwrap();
        let is_transfer = |(id, all): (OrderId, Vec<model::payments::Payment>)| {
            all.iter().any(|payment| payment.method == PaymentMethod::BankTransfer).then_some(id)
        };
        Self { skus: skus.collect(), transfers: paid.into_iter().filter_map(is_transfer).collect(), orders }
    }

    fn matches(&self, filter: &OrderFilter, order: &Order) -> bool {
        let total = ten_thousandths(order.total.gross);
        let query = filter.query.as_deref().map(str::to_lowercase);
        (filter.status.is_empty() || filter.status.contains(&order.status))
            && (filter.payment_status.is_empty() || filter.payment_status.contains(&order.payment_status))
            && (filter.fulfillment_status.is_empty() || filter.fulfillment_status.contains(&order.fulfillment_status))
            && filter
                .payment_method
                .is_none_or(|method| (method == PaymentMethod::BankTransfer) == self.transfers.contains(&order.id))
            && filter.channel.is_none_or(|channel| channel == order.channel)
            && filter.customer.is_none_or(|customer| Some(customer) == order.customer)
            && filter.sku.as_ref().is_none_or(|sku| self.skus[&order.id].contains(sku))
            && filter.tags.iter().all(|tag| order.tags.contains(tag))
            && filter.created_after.is_none_or(|at| order.placed_at >= at)
            && filter.created_before.is_none_or(|at| order.placed_at < at)
            && filter.updated_after.is_none_or(|at| order.updated_at >= at)
            && filter.total_from.is_none_or(|least| total >= least)
            && filter.total_to.is_none_or(|most| total <= most)
            && query
                .is_none_or(|text| order.email.to_lowercase().starts_with(&text) || order.number.to_string() == text)
    }

    fn naive(&self, filter: &OrderFilter, sort: OrderSort) -> Vec<OrderId> {
        let mut found: Vec<&Order> = self.orders.iter().filter(|order| self.matches(filter, order)).collect();
        found.sort_by_key(|order| OrderCursor::of(order, sort.key));
        if sort.direction == Direction::Descending {
            found.reverse();
        }
        found.into_iter().map(|order| order.id).collect()
    }
}

/// A small generator of choices, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn some<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.roll(4) == 0).then(|| value(self))
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())].clone()
    }

    fn states<T: Clone>(&mut self, all: &[T]) -> Vec<T> {
        (0..self.roll(8).saturating_sub(5)).map(|_| self.of(all)).collect()
    }

    fn filter(&mut self, all: &All) -> OrderFilter {
        let like = self.of(&all.orders);
        let other = self.of(&all.orders);
        OrderFilter {
            status: self.states(OrderStatus::VARIANTS),
            payment_status: self.states(PaymentProgress::VARIANTS),
            fulfillment_status: self.states(FulfillmentStatus::VARIANTS),
            payment_method: self.some(|dice| dice.of(&[PaymentMethod::BankTransfer, PaymentMethod::Card])),
            channel: self.some(|_| like.channel),
            customer: self.some(|_| like.customer).flatten(),
            sku: self.some(|_| all.skus[&like.id].iter().min().unwrap().clone()),
            tags: self
                .some(|dice| dice.of(&[vec!["gift"], vec!["gift", "b2b"], vec!["none"]]))
                .into_iter()
                .flatten()
                .map(str::to_owned)
                .collect(),
            created_after: self.some(|_| like.placed_at),
            created_before: self.some(|_| other.placed_at),
            updated_after: self.some(|_| like.updated_at),
            total_from: self.some(|_| ten_thousandths(like.total.gross)),
            total_to: self.some(|_| ten_thousandths(other.total.gross)),
            scope: None,
            query: self.some(|dice| dice.of(&["Buyer1", "buyer42@", "nobody", &other.number.to_string()]).to_owned()),
        }
    }
}

#[tokio::test]
async fn lists_equal_a_naive_filter_over_all_orders() {
    let test = TestDatabase::new().await;
    seed(&test, 300).await;
    let conn = &mut test.db.write().await.unwrap();
    let all = All::read(conn).await;
    assert_eq!(all.orders.len(), 300);
    let mut dice = Dice(7);
    let mut matches = 0;
    for round in 0..400 {
        let filter = dice.filter(&all);
        let sort =
            OrderSort { key: dice.of(&KEYS), direction: dice.of(&[Direction::Ascending, Direction::Descending]) };
        let (size, from) = (1 + dice.roll(60), dice.of(&[Direction::Ascending, Direction::Descending]));
        let found: Vec<OrderId> = read(conn, &filter, sort, size, from).await.iter().map(|order| order.id).collect();
        assert_eq!(found, all.naive(&filter, sort), "{round}: {filter:?} {sort:?} by {size} {from:?}");
        let count = orders::count(conn, &filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), found.len(), "{round}: {filter:?}");
        matches += usize::from(!found.is_empty());
    }
    assert!(matches > 100, "too few filters match: {matches}");
}

#[derive(QueryableByName)]
struct Scans {
    #[diesel(sql_type = BigInt)]
    scans: i64,
}

/// The number of sequential scans in this transaction.
async fn sequential_scans(conn: &mut Conn) -> i64 {
    let mut sum = 0;
    for table in ["orders", "order_lines", "payments"] {
        let query = format!("SELECT pg_stat_get_xact_numscans('{table}'::regclass) AS scans");
        let found: Scans = diesel::sql_query(query).get_result(conn).await.unwrap();
        sum += found.scans;
    }
    sum
}

#[tokio::test]
async fn no_list_scans_all_of_200_000_orders() {
    let test = TestDatabase::new().await;
    let customer = seed(&test, 200_000).await;
    let conn = &mut test.db.write().await.unwrap();
    let at = |days: i64| Some("2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::days(days));
    let none = OrderFilter::default;
    let first = orders::list(conn, &none(), OrderSort::default(), &page(1, None, Direction::Ascending)).await.unwrap();
    let filters = [
        none(),
        OrderFilter { status: vec![OrderStatus::Open], ..none() },
        OrderFilter { status: vec![OrderStatus::Expired], ..none() },
        OrderFilter { status: vec![OrderStatus::Open, OrderStatus::Canceled], ..none() },
        OrderFilter { payment_status: vec![PaymentProgress::Paid], ..none() },
        OrderFilter { payment_status: vec![PaymentProgress::Failed], ..none() },
        OrderFilter { fulfillment_status: vec![FulfillmentStatus::Unfulfilled], ..none() },
        OrderFilter { payment_method: Some(PaymentMethod::BankTransfer), ..none() },
        OrderFilter { channel: Some(first.rows[0].channel), ..none() },
        OrderFilter { customer: Some(customer), ..none() },
        OrderFilter { sku: Some("SKU-7".to_owned()), ..none() },
        OrderFilter { sku: Some("absent".to_owned()), ..none() },
        OrderFilter { tags: vec!["gift".to_owned(), "b2b".to_owned()], ..none() },
        OrderFilter { tags: vec!["absent".to_owned()], ..none() },
        OrderFilter { created_after: at(30), created_before: at(31), ..none() },
        OrderFilter { updated_after: at(61), ..none() },
        OrderFilter { total_from: Some(90_000), total_to: Some(91_000), ..none() },
        OrderFilter { query: Some("buyer42@".to_owned()), ..none() },
        OrderFilter { query: Some("1234".to_owned()), ..none() },
    ];
    for filter in &filters {
        for key in KEYS {
            for direction in [Direction::Ascending, Direction::Descending] {
                let sort = OrderSort { key, direction };
                diesel::sql_query("BEGIN").execute(conn).await.unwrap();
                let start = page(20, None, Direction::Ascending);
                let found = orders::list(conn, filter, sort, &start).await.unwrap();
                if let Some(last) = found.rows.last() {
                    let next = page(20, Some(OrderCursor::of(last, key)), Direction::Ascending);
                    orders::list(conn, filter, sort, &next).await.unwrap();
                }
                let scans = sequential_scans(conn).await;
                diesel::sql_query("COMMIT").execute(conn).await.unwrap();
                assert_eq!(scans, 0, "{filter:?} {sort:?}");
            }
        }
    }
}

#[derive(QueryableByName)]
struct Amount {
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

#[tokio::test]
async fn the_database_knows_the_digits_of_every_currency() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    for currency in Currency::all() {
        let query = format!("SELECT order_amount(7, '{}')::bigint AS amount", currency.code());
        let found: Amount = diesel::sql_query(query).get_result(conn).await.unwrap();
        assert_eq!(found.amount, ten_thousandths(Money::new(7, currency)), "{currency}");
    }
}
