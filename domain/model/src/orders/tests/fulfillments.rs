//! Changes of fulfillments after the shipment.

use super::{HELD, eur, payment, placed, priced_line};
use crate::{
    Timestamp,
    ids::FulfillmentId,
    orders::{
        FulfillItem, Fulfillment, FulfillmentRefused, FulfillmentState, FulfillmentStatus, InvalidTracking, Order,
        OrderStatus, PlacedOrder, Tracking,
    },
    payments::PaymentStatus,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A fulfillment of these items.
pub(super) fn parcel(order: &Order, lines: Vec<FulfillItem>) -> Fulfillment {
    Fulfillment {
        id: FulfillmentId::new(),
        order_id: order.id,
        state: FulfillmentState::Shipped,
        carrier: None,
        trackings: Vec::new(),
        location: None,
        lines,
        actor: "staff".to_owned(),
        created_at: NOW,
        updated_at: NOW,
        delivered_at: None,
    }
}

fn tracking(number: &str, url: Option<&str>) -> Tracking {
    Tracking { number: number.to_owned(), url: url.map(str::to_owned) }
}

#[test]
fn canceled_fulfillment_opens_a_completed_order_again() {
    let PlacedOrder { mut order, mut lines, .. } = placed(HELD, vec![priced_line(2, true)]);
    let sent = order.fulfill(&mut lines, &[], "staff", NOW).unwrap();
    let mut parcel = parcel(&order, sent.items);
    order.payment_changed(&payment(order.total.gross, PaymentStatus::Captured), &[], "system", NOW);
    assert_eq!(order.status, OrderStatus::Completed);
    let event = order.cancel_fulfillment(&mut lines, &mut parcel, "staff", NOW).unwrap();
    assert_eq!(event.details.fulfillment, Some(parcel.id));
    assert_eq!((order.status, order.fulfillment_status), (OrderStatus::Open, FulfillmentStatus::Unfulfilled));
    assert_eq!((lines[0].outstanding(), parcel.state), (2, FulfillmentState::Canceled));
    let again = order.cancel_fulfillment(&mut lines, &mut parcel, "staff", NOW);
    assert_eq!(again, Err(FulfillmentRefused::State(FulfillmentState::Canceled)));
    order.fulfill(&mut lines, &[], "staff", NOW).unwrap();
    assert_eq!(order.status, OrderStatus::Completed);
}

#[test]
fn delivered_fulfillment_is_neither_delivered_again_nor_canceled() {
    let PlacedOrder { mut order, mut lines, .. } = placed(HELD, vec![priced_line(2, true)]);
    let sent = order.fulfill(&mut lines, &[], "staff", NOW).unwrap();
    let mut parcel = parcel(&order, sent.items);
    parcel.deliver(NOW).unwrap();
    assert_eq!((parcel.state, parcel.delivered_at), (FulfillmentState::Delivered, Some(NOW)));
    let refused = FulfillmentRefused::State(FulfillmentState::Delivered);
    assert_eq!(parcel.deliver(NOW), Err(refused));
    assert_eq!(order.cancel_fulfillment(&mut lines, &mut parcel, "staff", NOW), Err(refused));
    parcel.track(Some("Post".to_owned()), vec![tracking("1", None)], NOW).unwrap();
    assert_eq!(parcel.details(Vec::new()).carrier.as_deref(), Some("Post"));
}

#[test]
fn tracking_information_is_trimmed_and_checked() {
    let good = tracking(" 1Z\t", Some("https://carrier.test/1Z")).normalized().unwrap();
    assert_eq!(good, tracking("1Z", Some("https://carrier.test/1Z")));
    for (given, refused) in [
        (tracking(" ", None), InvalidTracking::Number),
        (tracking(&"1".repeat(201), None), InvalidTracking::Number),
        (tracking("1\u{0}Z", None), InvalidTracking::Number),
        (tracking("1Z", Some("javascript:alert(1)")), InvalidTracking::Url),
    ] {
        assert_eq!(given.normalized(), Err(refused));
    }
    assert_eq!(Tracking::normalized_all(vec![good; 51]), Err(InvalidTracking::TooMany));
    assert_eq!(Tracking::carrier(""), Err(InvalidTracking::Carrier));
}

#[test]
fn events_of_payments_carry_their_amount() {
    let mut order = placed(HELD, vec![priced_line(2, true)]).order;
    let total = order.total.gross;
    let outcome = order.payment_changed(&payment(total, PaymentStatus::Captured), &[], "system", NOW);
    assert_eq!(outcome.events[0].details.amount, Some(eur(total.minor)));
}
