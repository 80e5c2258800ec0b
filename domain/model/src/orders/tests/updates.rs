//! Changing contact data, addresses, tags and metafields.

use super::{HELD, placed, priced_line};
use crate::{
    Address, Patch, Timestamp,
    catalog::Metafield,
    orders::{CancelReason, InvalidNote, OrderPatch, OrderStatus, PlacedOrder, REMOVED_EMAIL, UpdateRefused},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn address(city: &str) -> Address {
    Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        company: None,
        street1: "Unter den Linden 1".to_owned(),
        street2: None,
        postal_code: "10117".to_owned(),
        city: city.to_owned(),
        region: None,
        country: "DE".parse().unwrap(),
        phone: None,
    }
}

/// An order that is delivered to Berlin.
fn delivered() -> PlacedOrder {
    let mut placed = placed(HELD, vec![priced_line(2, true)]);
    placed.order.shipping_address = Some(address("Berlin"));
    placed
}

fn to(city: &str) -> OrderPatch {
    OrderPatch { shipping_address: Some(address(city)), ..OrderPatch::default() }
}

fn tagged(tags: &[&str]) -> OrderPatch {
    OrderPatch { tags: Some(tags.iter().map(|tag| (*tag).to_owned()).collect()), ..OrderPatch::default() }
}

#[test]
fn change_names_each_old_and_new_value() {
    let PlacedOrder { mut order, lines, .. } = delivered();
    let patch = OrderPatch {
        email: Some("grace@demo.test".parse().unwrap()),
        phone: Patch::Set(" 030 1 ".to_owned()),
        tags: Some(vec![" gift ".to_owned()]),
        ..to("Potsdam")
    };
    let event = order.update(&lines, patch, "staff", NOW).unwrap().unwrap();
    assert_eq!((order.email.as_str(), order.phone.as_deref(), order.version), ("grace@demo.test", Some("030 1"), 2));
    assert_eq!(order.tags, ["gift"]);
    let changes: Vec<_> = event.details.changes.iter().map(|one| (one.path.as_str(), one.to.as_deref())).collect();
    let expected = [
        ("email", Some("grace@demo.test")),
        ("phone", Some("030 1")),
        ("shippingAddress.city", Some("Potsdam")),
        ("tags", Some("[\"gift\"]")),
    ];
    assert_eq!(changes, expected);
    let again = order.update(&lines, tagged(&["gift"]), "staff", NOW).unwrap();
    assert_eq!((again, order.version), (None, 2));
}

#[test]
fn addresses_change_only_before_shipment() {
    let PlacedOrder { mut order, mut lines, .. } = delivered();
    let mut canceled = order.clone();
    canceled.cancel(&lines, CancelReason::Customer, "staff", NOW).unwrap();
    let ended = vec![UpdateRefused::Ended(OrderStatus::Canceled)];
    assert_eq!(canceled.update(&lines, to("Potsdam"), "staff", NOW), Err(ended));
    order.fulfill(&mut lines, &[], "staff", NOW).unwrap();
    let before = order.clone();
    assert_eq!(order.update(&lines, to("Potsdam"), "staff", NOW), Err(vec![UpdateRefused::Shipped]));
    assert_eq!(order, before);
    assert!(order.update(&lines, tagged(&["late"]), "staff", NOW).unwrap().is_some());
}

#[test]
fn malformed_changes_are_refused_together() {
    let PlacedOrder { mut order, lines, .. } = placed(HELD, vec![priced_line(1, false)]);
    let metafield = Metafield {
        namespace: "not a handle".to_owned(),
        key: "k".to_owned(),
        kind: "text".to_owned(),
        value: String::new(),
    };
    let patch = OrderPatch {
        phone: Patch::Set(" ".to_owned()),
        shipping_address: Some(Address { city: String::new(), ..address("") }),
        tags: Some(vec!["a".to_owned(), " a".to_owned()]),
        metafields: Some(vec![metafield]),
        ..OrderPatch::default()
    };
    let refused = order.update(&lines, patch, "staff", NOW).unwrap_err();
    let city = UpdateRefused::Address { which: "shippingAddress", field: "city" };
    assert_eq!(refused[..4], [UpdateRefused::NoDelivery, UpdateRefused::Phone, UpdateRefused::Tags, city]);
    assert!(matches!(&refused[4], UpdateRefused::Metafields(found) if found.len() == 1));
    order.email = REMOVED_EMAIL.to_owned();
    let email = OrderPatch { email: Some("ada@demo.test".parse().unwrap()), ..OrderPatch::default() };
    assert_eq!(order.update(&lines, email, "staff", NOW), Err(vec![UpdateRefused::Erased]));
}

#[test]
fn notes_have_a_text() {
    let mut order = delivered().order;
    assert_eq!(order.add_note(" \n", "staff", NOW), Err(InvalidNote));
    assert_eq!(order.add_note(&"x".repeat(5_001), "staff", NOW), Err(InvalidNote));
    let (note, event) = order.add_note(" call back ", "staff", NOW).unwrap();
    assert_eq!((note.text.as_str(), note.actor.as_str(), order.version), ("call back", "staff", 2));
    assert!(event.kind.is_internal());
}
