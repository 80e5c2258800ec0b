mod fulfillments;
mod money;
mod updates;

use proptest::prelude::*;
use strum::VariantArray;

use super::*;
use crate::{
    ids::{CartLineId, DeliveryGroupId, PaymentId, ProductId, PromotionId, VariantId},
    payments::{Payment, PaymentMethod, PaymentStatus},
    pricing::{DeliveryGroup, DeliveryOption, PricedCart, PricedLine},
    tax::{TaxLine, TaxRate, TaxTreatment},
};

/// The reservation of orders by bank transfer.
const HOLD: PaymentHolds = PaymentHolds { transfer: chrono::TimeDelta::hours(72), other: chrono::TimeDelta::hours(48) };

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn taxed(net: i64, tax: i64) -> TaxedMoney {
    TaxedMoney { net: eur(net), gross: eur(net + tax) }
}

fn cart() -> crate::cart::Cart {
    let new = crate::cart::NewCart {
        channel: ChannelId::new(),
        currency: Currency::EUR,
        locale: "en".parse().unwrap(),
        customer: None,
        token: "token".to_owned(),
    };
    let mut cart = crate::cart::Cart::open(new, Timestamp::UNIX_EPOCH);
    cart.buyer.email = Some("ada@demo.test".to_owned());
    cart
}

fn priced_line(quantity: i64, requires_shipping: bool) -> PricedLine {
    let variant_id = VariantId::new();
    PricedLine {
        id: CartLineId::new(),
        variant_id,
        product_id: ProductId::new(),
        sku: "TEE".to_owned(),
        name: "Tee".to_owned(),
        quantity: quantity.try_into().unwrap(),
        unit_price: taxed(100, 19),
        subtotal: taxed(100 * quantity, 19 * quantity),
        total: taxed(100 * quantity, 19 * quantity),
        discounts: Vec::new(),
        tax_class: "standard".to_owned(),
        tax_rate: TaxRate::from_basis_points(1_900),
        taxes: vec![TaxLine {
            name: "VAT".to_owned(),
            rate: TaxRate::from_basis_points(1_900),
            amount: eur(19 * quantity),
        }],
        requires_shipping,
        is_gift: false,
        stock_needs: vec![(variant_id, quantity), (VariantId::new(), 2 * quantity)],
    }
}

fn priced(lines: Vec<PricedLine>) -> PricedCart {
    let goods = TaxedMoney::sum(Currency::EUR, lines.iter().map(|line| line.total)).unwrap();
    let option = DeliveryOption {
        handle: "standard".to_owned(),
        title: "Standard".to_owned(),
        name: "Standard".to_owned(),
        translations: crate::Translations::new(),
        price: taxed(412, 78),
        taxes: Vec::new(),
        estimated_days: (1, 3),
        is_pickup: false,
        pickup: None,
    };
    let group = DeliveryGroup {
        id: DeliveryGroupId::new(),
        lines: lines.iter().map(|line| line.id).collect(),
        options: vec![option],
        selected: Some("standard".to_owned()),
    };
    let code = |code: &str| AppliedPromotion {
        promotion_id: PromotionId::new(),
        code: Some(code.to_owned()),
        title: code.to_owned(),
        amount: eur(1),
    };
    PricedCart {
        currency: Currency::EUR,
        lines,
        subtotal: goods,
        discount_total: eur(0),
        shipping: taxed(412, 78),
        total: goods.plus(taxed(412, 78)).unwrap(),
        tax_treatment: TaxTreatment::Taxed,
        codes: Vec::new(),
        delivery_groups: vec![group],
        problems: Vec::new(),
        promotions: vec![code("B"), code("A"), code("B")],
    }
}

fn payment(amount: Money, status: PaymentStatus) -> Payment {
    let captured =
        matches!(status, PaymentStatus::Captured | PaymentStatus::PartiallyRefunded | PaymentStatus::Refunded);
    Payment {
        id: PaymentId::new(),
        cart_id: CartId::new(),
        order_id: None,
        channel_id: ChannelId::new(),
        country: None,
        method: PaymentMethod::Card,
        gateway: "sandbox-a".to_owned(),
        amount,
        status,
        authorized: amount,
        captured: if captured { amount } else { eur(0) },
        refunded: eur(0),
        charged_back: eur(0),
        action: None,
        failure: None,
        is_unwanted: false,
        decline_keys: Vec::new(),
        idempotency: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn placed(settlement: Settlement, lines: Vec<PricedLine>) -> PlacedOrder {
    place(&cart(), &priced(lines), settlement, "anonymous", Timestamp::UNIX_EPOCH).unwrap()
}

const HELD: Settlement = Settlement::Paid(PaymentProgress::Authorized);
const WAITING: Settlement = Settlement::Undecided { until: Timestamp::UNIX_EPOCH };

#[test]
fn payment_must_be_for_exactly_the_total() {
    let cart = priced(vec![priced_line(2, true)]);
    let total = cart.total.gross;
    let settle = |payment: Option<Payment>| Settlement::of(&cart, payment.as_ref(), HOLD, Timestamp::UNIX_EPOCH);
    assert_eq!(settle(Some(payment(total, PaymentStatus::Authorized))), Ok(HELD));
    assert!(matches!(settle(Some(payment(total, PaymentStatus::Pending))), Ok(Settlement::Undecided { .. })));
    assert_eq!(settle(None), Err(PlaceError::PaymentRequired));
    assert_eq!(settle(Some(payment(total, PaymentStatus::Failed))), Err(PlaceError::PaymentRequired));
    let action = payment(total, PaymentStatus::RequiresAction);
    assert_eq!(settle(Some(action)), Err(PlaceError::PaymentActionRequired));
    for status in [PaymentStatus::Authorized, PaymentStatus::RequiresAction] {
        let other = payment(eur(total.minor - 1), status);
        assert_eq!(settle(Some(other)), Err(PlaceError::PaymentAmountMismatch), "{status}");
    }
}

#[test]
fn completed_cart_has_the_prices_of_its_order() {
    let mut cart = cart();
    cart.discount_codes = vec!["A".to_owned(), "B".to_owned()];
    let lines = vec![priced_line(2, true), priced_line(1, false)];
    let wish = |line: &PricedLine| crate::cart::CartLine {
        id: line.id,
        variant_id: line.variant_id,
        product_id: line.product_id,
        quantity: line.quantity,
        attributes: BTreeMap::new(),
        price: None,
    };
    cart.lines = lines.iter().map(wish).collect();
    let code = |code: &String| crate::pricing::CodeStatus { code: code.clone(), is_applicable: true };
    let mut before = PricedCart { codes: cart.discount_codes.iter().map(code).collect(), ..priced(lines) };
    before.delivery_groups[0].id = cart.delivery_group;
    before.delivery_groups[0].lines.truncate(1);
    let PlacedOrder { order, lines, .. } = place(&cart, &before, HELD, "anonymous", Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(prices_of_cart(&cart, &order, &lines), before);
}

#[test]
fn free_cart_needs_no_payment_and_rejects_one() {
    let free = PricedCart { total: taxed(0, 0), ..priced(vec![priced_line(1, false)]) };
    assert_eq!(Settlement::of(&free, None, HOLD, Timestamp::UNIX_EPOCH), Ok(Settlement::Free));
    let held = payment(eur(5), PaymentStatus::Authorized);
    let settled = Settlement::of(&free, Some(&held), HOLD, Timestamp::UNIX_EPOCH);
    assert_eq!(settled, Err(PlaceError::PaymentAmountMismatch));
}

#[test]
fn order_copies_the_priced_cart_and_balances() {
    let placed = placed(HELD, vec![priced_line(2, true), priced_line(3, false)]);
    assert_eq!(
        (placed.order.status, placed.order.fulfillment_status),
        (OrderStatus::Open, FulfillmentStatus::Unfulfilled)
    );
    assert_eq!(placed.order.deliveries.len(), 1);
    assert_eq!(placed.used_codes(), ["A", "B"]);
    assert_eq!(placed.stock_needs().iter().map(|need| need.quantity).sum::<i64>(), 15);
    let amounts = placed.order.amounts().unwrap();
    assert!(crate::ledger::placement(placed.order.id, &amounts, Timestamp::UNIX_EPOCH).is_ok());
}

#[test]
fn problems_prevent_an_order() {
    let problem = crate::pricing::CartProblem {
        code: crate::pricing::ProblemCode::Empty,
        message: "nothing is in the cart".to_owned(),
        target: None,
    };
    let cart_with_problem = PricedCart { problems: vec![problem.clone()], ..priced(Vec::new()) };
    let refused = Settlement::of(&cart_with_problem, None, HOLD, Timestamp::UNIX_EPOCH);
    assert_eq!(refused, Err(PlaceError::Problems(vec![problem])));
}

#[test]
fn order_needs_an_email_address() {
    let mut cart = cart();
    cart.buyer.email = None;
    let refused = place(&cart, &priced(vec![priced_line(1, true)]), HELD, "anonymous", Timestamp::UNIX_EPOCH);
    assert_eq!(refused, Err(PlaceError::EmailMissing));
}

#[test]
fn free_download_is_completed_when_placed() {
    let placed = placed(Settlement::Free, vec![priced_line(1, false)]);
    assert_eq!(placed.order.status, OrderStatus::Completed);
    assert_eq!(placed.events.last().map(|event| event.kind), Some(OrderEventKind::Completed));
}

#[test]
fn pending_order_opens_when_paid_and_expires_otherwise() {
    let mut opened = placed(WAITING, vec![priced_line(1, true)]).order;
    let mut expired = opened.clone();
    let total = opened.total.gross;
    let learn = |order: &mut Order, status| {
        order.payment_changed(&payment(total, status), &[], "system", Timestamp::UNIX_EPOCH)
    };
    let outcome = learn(&mut opened, PaymentStatus::Authorized);
    assert_eq!((opened.status, outcome.has_expired), (OrderStatus::Open, false));
    let outcome = learn(&mut expired, PaymentStatus::Failed);
    assert_eq!((expired.status, outcome.has_expired), (OrderStatus::Expired, true));
    assert_eq!(
        outcome.events.iter().map(|event| event.kind).collect::<Vec<_>>(),
        [OrderEventKind::PaymentFailed, OrderEventKind::Expired]
    );
    assert_eq!(learn(&mut expired, PaymentStatus::Failed), PaymentOutcome::default());
}

#[test]
fn only_outstanding_units_are_fulfilled() {
    let PlacedOrder { mut order, mut lines, .. } = placed(HELD, vec![priced_line(3, true)]);
    let item = |quantity: i64| FulfillItem { line_id: lines[0].id, quantity: quantity.try_into().unwrap() };
    let [none, one, two, four] = [item(0), item(1), item(2), item(4)];
    let mut send = |items: &[FulfillItem]| order.fulfill(&mut lines, items, "staff", Timestamp::UNIX_EPOCH);
    assert_eq!(send(&[four]), Err(FulfillRefused::Quantity { at: 0, left: 3 }));
    assert_eq!(send(&[none]), Err(FulfillRefused::Quantity { at: 0, left: 3 }));
    assert_eq!(send(&[one, two]), Err(FulfillRefused::Duplicate { at: 1 }));
    let stranger = FulfillItem { line_id: OrderLineId::new(), ..one };
    assert_eq!(send(&[one, stranger]), Err(FulfillRefused::UnknownLine { at: 1 }));
    let first = send(&[one]).unwrap();
    assert_eq!(first.deductions.iter().map(|(_, _, units)| *units).collect::<Vec<_>>(), [1, 2]);
    let rest = send(&[]).unwrap();
    assert_eq!(rest.items, [two]);
    assert_eq!(send(&[]), Err(FulfillRefused::Nothing));
    assert_eq!(order.fulfillment_status, FulfillmentStatus::Fulfilled);
}

#[test]
fn orders_without_money_are_not_fulfilled() {
    for (status, progress) in
        [(PaymentStatus::Voided, PaymentProgress::Voided), (PaymentStatus::Refunded, PaymentProgress::Refunded)]
    {
        let PlacedOrder { mut order, mut lines, .. } = placed(HELD, vec![priced_line(3, true)]);
        order.payment_changed(&payment(order.total.gross, status), &[], "system", Timestamp::UNIX_EPOCH);
        let refused = order.fulfill(&mut lines, &[], "staff", Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(FulfillRefused::NotPaid(progress)));
    }
}

#[test]
fn order_is_canceled_once_and_only_before_shipping() {
    let PlacedOrder { mut order, mut lines, .. } = placed(HELD, vec![priced_line(2, true)]);
    let mut canceled = order.clone();
    canceled.cancel(&lines, CancelReason::Customer, "staff", Timestamp::UNIX_EPOCH).unwrap();
    let again = canceled.cancel(&lines, CancelReason::Fraud, "staff", Timestamp::UNIX_EPOCH);
    assert_eq!(again, Err(CancelRefused::AlreadyCanceled));
    let refused = canceled.fulfill(&mut lines.clone(), &[], "staff", Timestamp::UNIX_EPOCH);
    assert_eq!(refused, Err(FulfillRefused::Status(OrderStatus::Canceled)));
    let one = FulfillItem { line_id: lines[0].id, quantity: 1.try_into().unwrap() };
    order.fulfill(&mut lines, &[one], "staff", Timestamp::UNIX_EPOCH).unwrap();
    let too_late = order.cancel(&lines, CancelReason::Customer, "staff", Timestamp::UNIX_EPOCH);
    assert_eq!(too_late, Err(CancelRefused::Fulfilled));
}

#[test]
fn order_with_a_fulfilled_download_is_not_canceled() {
    let PlacedOrder { mut order, mut lines, .. } = placed(HELD, vec![priced_line(1, true), priced_line(1, false)]);
    let download = FulfillItem { line_id: lines[1].id, quantity: 1.try_into().unwrap() };
    order.fulfill(&mut lines, &[download], "staff", Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(order.fulfillment_status, FulfillmentStatus::Unfulfilled);
    let too_late = order.cancel(&lines, CancelReason::Customer, "staff", Timestamp::UNIX_EPOCH);
    assert_eq!(too_late, Err(CancelRefused::Fulfilled));
}

#[derive(Debug, Clone)]
enum Step {
    Pay(PaymentStatus),
    Send(usize, i64),
    Return(usize),
    Cancel,
    Expire,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..PaymentStatus::VARIANTS.len()).prop_map(|at| Step::Pay(PaymentStatus::VARIANTS[at])),
        (0_usize..3, 0_i64..4).prop_map(|(line, quantity)| Step::Send(line, quantity)),
        (0_usize..4).prop_map(Step::Return),
        Just(Step::Cancel),
        Just(Step::Expire),
    ];
    prop::collection::vec(step, 0..25)
}

proptest! {
    #[test]
    fn statuses_never_contradict_each_other(
        is_waiting: bool, quantities in prop::collection::vec((1_i64..5, any::<bool>()), 1..3), steps in steps(),
    ) {
        let sold = quantities.iter().map(|(quantity, ships)| priced_line(*quantity, *ships)).collect();
        let PlacedOrder { mut order, mut lines, .. } = placed(if is_waiting { WAITING } else { HELD }, sold);
        let mut deducted = 0;
        let mut parcels: Vec<Fulfillment> = Vec::new();
        for step in steps {
            let before = order.clone();
            match step {
                Step::Pay(status) => {
                    let payment = payment(order.total.gross, status);
                    let outcome = order.payment_changed(&payment, &[], "system", Timestamp::UNIX_EPOCH);
                    prop_assert_eq!(outcome.has_expired, !before.status.is_void() && order.status == OrderStatus::Expired);
                }
                Step::Send(at, quantity) => {
                    let line_id = lines.get(at).map_or(OrderLineId::new(), |line| line.id);
                    let item = FulfillItem { line_id, quantity: quantity.try_into().unwrap() };
                    let was_sent = order.fulfill(&mut lines, &[item], "staff", Timestamp::UNIX_EPOCH);
                    prop_assert!(was_sent.is_err() || before.status == OrderStatus::Open);
                    if let Ok(sent) = was_sent {
                        deducted += sent.deductions.iter().map(|(_, _, units)| units).sum::<i64>();
                        parcels.push(fulfillments::parcel(&order, sent.items));
                    }
                }
                Step::Return(at) => {
                    if let Some(parcel) = parcels.get_mut(at) {
                        let units: i64 = parcel.lines.iter().map(|item| i64::from(item.quantity)).sum();
                        let was = parcel.state;
                        let returned = order.cancel_fulfillment(&mut lines, parcel, "staff", Timestamp::UNIX_EPOCH);
                        prop_assert_eq!(returned.is_ok(), was == FulfillmentState::Shipped);
                        deducted -= returned.map_or(0, |_| 3 * units);
                    }
                }
                Step::Cancel => {
                    let was_canceled = order.cancel(&lines, CancelReason::Other, "staff", Timestamp::UNIX_EPOCH);
                    prop_assert!(was_canceled.is_err() || deducted == 0);
                }
                Step::Expire => drop(order.expire("system", Timestamp::UNIX_EPOCH)),
            }
            prop_assert!(lines.iter().all(|line| line.fulfilled <= line.sold.quantity));
            prop_assert_eq!(order.fulfillment_status, FulfillmentStatus::of(&lines));
            prop_assert!(!before.status.is_void() || order.status == before.status);
            prop_assert!(order.status != OrderStatus::PendingPayment || before.status == OrderStatus::PendingPayment);
            prop_assert_eq!(order.expires_at.is_some(), order.status == OrderStatus::PendingPayment);
            prop_assert!(order.status != OrderStatus::Completed || order.fulfillment_status.is_done());
            prop_assert!(order.version >= before.version);
            prop_assert!(order.version > before.version || order.status == before.status);
            let sent: i64 = lines.iter().map(|line| 3 * i64::from(line.fulfilled)).sum();
            prop_assert_eq!(deducted, sent);
        }
    }

    #[test]
    fn cancellation_reverses_exactly_what_is_still_owed(net in 0_i64..9_000, tax in 0_i64..900, share in 0_i64..=100) {
        let amounts = crate::ledger::PlacedAmounts {
            sales: eur(net), shipping: eur(412), tax: eur(tax), total: eur(net + 412 + tax),
        };
        let captured = eur(amounts.total.minor * share / 100);
        let entry = cancellation(OrderId::new(), &amounts, captured, Timestamp::UNIX_EPOCH).unwrap();
        let owed = entry.map_or(0, |entry| {
            let on_credit = entry.lines().iter().filter(|line| line.side == crate::ledger::LedgerSide::Credit);
            on_credit.map(|line| line.amount.minor).sum()
        });
        prop_assert_eq!(owed, amounts.total.minor - captured.minor);
    }
}
