use std::collections::BTreeMap;

use super::*;
use crate::{Patch, access::Actor};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn cart() -> Cart {
    let new = NewCart {
        channel: ChannelId::new(),
        currency: Currency::EUR,
        locale: "en".parse().unwrap(),
        customer: None,
        token: "secret".to_owned(),
    };
    Cart::open(new, now())
}

fn line(variant_id: VariantId, quantity: i64) -> NewLine {
    NewLine { variant_id, product_id: ProductId::new(), quantity, attributes: BTreeMap::new(), price: None }
}

fn quantities(cart: &Cart) -> Vec<u32> {
    cart.lines.iter().map(|line| line.quantity.get()).collect()
}

#[test]
fn the_subtotal_uses_the_prices_at_which_lines_were_added() {
    let mut cart = cart();
    let currency = cart.currency;
    let money = |minor| Some(Money { minor, currency });
    let (tee, mug) = (VariantId::new(), VariantId::new());
    cart.add_lines(vec![NewLine { price: money(1_000), ..line(tee, 2) }]).unwrap();
    cart.add_lines(vec![NewLine { price: money(1_200), ..line(tee, 1) }]).unwrap();
    cart.add_lines(vec![NewLine { price: money(500), ..line(mug, 1) }]).unwrap();
    assert_eq!(cart.subtotal(), money(3 * 1_200 + 500));
    cart.add_lines(vec![line(VariantId::new(), 1)]).unwrap();
    assert_eq!(cart.subtotal(), None);
}

#[test]
fn lines_with_the_same_variant_and_attributes_are_merged() {
    let (mut cart, tee) = (cart(), VariantId::new());
    let engraved = NewLine { attributes: [("text".to_owned(), "Ada".to_owned())].into(), ..line(tee, 1) };
    cart.add_lines(vec![line(tee, 2), engraved.clone(), line(tee, 3), engraved]).unwrap();
    assert_eq!(quantities(&cart), [5, 2]);
}

#[test]
fn one_invalid_line_rejects_all_with_its_path() {
    let mut cart = cart();
    let name = "x".repeat(101);
    let long = NewLine { attributes: [(name, String::new())].into(), ..line(VariantId::new(), 1) };
    let new = vec![line(VariantId::new(), 1), line(VariantId::new(), 0), line(VariantId::new(), -1), long];
    let refusals = cart.add_lines(new).unwrap_err();
    assert_eq!(
        refusals,
        [
            Refusal::at(CartError::InvalidQuantity, &["lines", "1", "quantity"]),
            Refusal::at(CartError::InvalidQuantity, &["lines", "2", "quantity"]),
            Refusal::at(CartError::InvalidAttributes, &["lines", "3", "attributes"]),
        ]
    );
    assert!(cart.lines.is_empty());
}

#[test]
fn a_line_cannot_exceed_the_maximum_quantity() {
    let (mut cart, tee) = (cart(), VariantId::new());
    let most = i64::from(Quantity::MAX);
    cart.add_lines(vec![line(tee, most)]).unwrap();
    assert!(cart.add_lines(vec![line(tee, 1)]).is_err());
    assert!(cart.add_lines(vec![line(VariantId::new(), i64::MAX)]).is_err());
    assert_eq!(quantities(&cart), [Quantity::MAX]);
}

#[test]
fn the_501st_line_is_rejected() {
    let mut cart = cart();
    cart.add_lines((0..MAX_LINES).map(|_| line(VariantId::new(), 1)).collect()).unwrap();
    let refusals = cart.add_lines(vec![line(VariantId::new(), 1)]).unwrap_err();
    assert_eq!(refusals, [Refusal::at(CartError::TooManyLines, &["lines"])]);
    let known = cart.lines[0].variant_id;
    cart.add_lines(vec![line(known, 1)]).unwrap();
}

#[test]
fn updating_to_zero_removes_a_line_and_can_be_repeated() {
    let mut cart = cart();
    cart.add_lines(vec![line(VariantId::new(), 1), line(VariantId::new(), 1)]).unwrap();
    let (first, second) = (cart.lines[0].id, cart.lines[1].id);
    for _ in 0..2 {
        cart.update_lines(&[LineChange { line_id: first, quantity: 0 }]).unwrap();
    }
    cart.update_lines(&[LineChange { line_id: second, quantity: 7 }]).unwrap();
    assert_eq!(quantities(&cart), [7]);
    let gone = cart.update_lines(&[LineChange { line_id: first, quantity: 1 }]).unwrap_err();
    assert_eq!(gone, [Refusal::at(CartError::LineNotFound, &["lines", "0", "lineId"])]);
    cart.remove_lines(&[second, second, first]).unwrap();
    assert!(cart.lines.is_empty());
}

#[test]
fn updating_the_buyer_changes_only_the_given_fields() {
    let mut cart = cart();
    let email = |text: &str| BuyerChange { email: Patch::Set(text.to_owned()), ..BuyerChange::default() };
    cart.update_buyer(email(" ada@demo.test "), &[]).unwrap();
    cart.update_buyer(BuyerChange { phone: Patch::Set("+49 30 1234".to_owned()), ..BuyerChange::default() }, &[])
        .unwrap();
    assert_eq!(cart.buyer.email.as_deref(), Some("ada@demo.test"));
    for bad in ["", "ada", "@x", "a@", "ada@localhost", "ädä@demo.test", "a b@c.d", "a@b@c", "a@.b"] {
        let refusals = cart.update_buyer(email(bad), &["buyer"]).unwrap_err();
        assert_eq!(refusals, [Refusal::at(CartError::InvalidEmail, &["buyer", "email"])], "{bad:?}");
    }
    cart.update_buyer(BuyerChange { email: Patch::Clear, ..BuyerChange::default() }, &[]).unwrap();
    assert_eq!((cart.buyer.email, cart.buyer.phone.as_deref()), (None, Some("+49 30 1234")));
}

fn address() -> Address {
    Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        company: Some(" ".to_owned()),
        street1: "1 Main St".to_owned(),
        street2: None,
        postal_code: "94601".to_owned(),
        city: " Oakland ".to_owned(),
        region: Some("us-ca".to_owned()),
        country: "US".parse().unwrap(),
        phone: None,
    }
}

#[test]
fn addresses_are_trimmed_and_checked_field_by_field() {
    let mut cart = cart();
    let set = |address| AddressesChange { shipping: Patch::Set(address), ..AddressesChange::default() };
    cart.update_addresses(set(address())).unwrap();
    let kept = cart.shipping_address.clone().unwrap();
    assert_eq!((kept.region.as_deref(), kept.city.as_str(), kept.company), (Some("CA"), "Oakland", None));
    let broken = Address { city: String::new(), region: None, ..address() };
    let refusals = cart.update_addresses(set(broken)).unwrap_err();
    assert_eq!(
        refusals,
        [
            Refusal::at(CartError::InvalidAddress, &["shipping", "city"]),
            Refusal::at(CartError::InvalidAddress, &["shipping", "region"]),
        ]
    );
}

#[test]
fn an_unknown_region_is_rejected() {
    let mut cart = cart();
    for region in ["California", "ZZ", "C"] {
        let address = Address { region: Some(region.to_owned()), ..address() };
        let change = AddressesChange { billing: Patch::Set(address), ..AddressesChange::default() };
        let refusals = cart.update_addresses(change).unwrap_err();
        assert_eq!(refusals, [Refusal::at(CartError::InvalidAddress, &["billing", "region"])], "{region}");
    }
}

#[test]
fn a_note_is_kept_until_it_is_changed_or_cleared() {
    let mut cart = cart();
    let set = |note: &str| Patch::Set(note.to_owned());
    cart.update_note(set(" ring twice ")).unwrap();
    cart.update_note(Patch::Keep).unwrap();
    assert_eq!(cart.note.as_deref(), Some("ring twice"));
    assert!(cart.update_note(set(&"x".repeat(5_001))).is_err());
    for none in [Patch::Clear, set(" ")] {
        cart.note = Some("ring twice".to_owned());
        cart.update_note(none).unwrap();
        assert_eq!(cart.note, None);
    }
}

#[test]
fn attribute_sizes_are_limited_per_line_and_per_cart() {
    let with = |values: usize| {
        let attributes = (0..values).map(|at| (at.to_string(), "x".repeat(1_000))).collect();
        NewLine { attributes, ..line(VariantId::new(), 1) }
    };
    let mut cart = cart();
    let refusals = cart.add_lines(vec![with(4), with(5)]).unwrap_err();
    assert_eq!(refusals, [Refusal::at(CartError::InvalidAttributes, &["lines", "1", "attributes"])]);
    cart.add_lines((0..16).map(|_| with(4)).collect()).unwrap();
    let mut other = Cart { channel: cart.channel, ..self::cart() };
    other.add_lines(vec![with(4)]).unwrap();
    assert_eq!(cart.add_lines(vec![with(4)]).unwrap_err(), [Refusal::at(CartError::InvalidAttributes, &["lines"])]);
    assert_eq!(
        cart.merge(&mut other, now()).unwrap_err(),
        [Refusal::at(CartError::InvalidAttributes, &["fromCartId"])]
    );
    cart.add_lines(vec![line(VariantId::new(), 1)]).unwrap();
}

#[test]
fn more_than_500_changes_are_rejected() {
    let mut cart = cart();
    let ids: Vec<CartLineId> = (0..=MAX_LINES).map(|_| CartLineId::new()).collect();
    let changes: Vec<LineChange> = ids.iter().map(|id| LineChange { line_id: *id, quantity: 0 }).collect();
    let refused = |list: &str| Err(vec![Refusal::at(CartError::TooManyLines, &[list])]);
    assert_eq!(cart.update_lines(&changes), refused("lines"));
    assert_eq!(cart.remove_lines(&ids), refused("lineIds"));
}

#[test]
fn codes_are_upper_case_and_distinct() {
    let mut cart = cart();
    cart.set_discount_codes(&[" welcome10".to_owned(), "WELCOME10".to_owned(), "old".to_owned()], "codes").unwrap();
    assert_eq!(cart.discount_codes, ["WELCOME10", "OLD"]);
    let refusals = cart.set_discount_codes(&["two words".to_owned()], "discountCodes").unwrap_err();
    assert_eq!(refusals, [Refusal::at(CartError::InvalidCode, &["discountCodes", "0"])]);
    assert!(cart.set_discount_codes(&vec!["A".to_owned(); 11], "codes").is_err());
    assert_eq!(cart.discount_codes.len(), 2);
}

#[test]
fn carts_of_others_and_expired_carts_are_not_visible() {
    let mut cart = cart();
    let (ada, bob) = (Actor::Customer(CustomerId::new()), Actor::Customer(CustomerId::new()));
    assert!(cart.is_visible_to(&Actor::Anonymous, now()) && cart.is_visible_to(&ada, now()));
    cart.assign_to(&Actor::Anonymous);
    cart.assign_to(&ada);
    cart.assign_to(&bob);
    assert!(cart.is_visible_to(&ada, now()));
    assert!(!cart.is_visible_to(&bob, now()) && !cart.is_visible_to(&Actor::Anonymous, now()));
    assert!(!cart.is_visible_to(&ada, cart.expires_at));
}

#[test]
fn a_completed_cart_cannot_be_changed() {
    let mut cart = cart();
    cart.complete(OrderId::new(), now()).unwrap();
    assert_eq!(cart.require_active(), Err(CartError::Completed));
    assert_eq!(cart.complete(OrderId::new(), now()), Err(CartError::Completed));
    assert_eq!(cart.require_version(Some(1)), Err(CartError::VersionConflict { current: 2 }));
}

#[test]
fn merging_twice_adds_lines_once() {
    let (mut into, tee) = (cart(), VariantId::new());
    let mut from = Cart { channel: into.channel, ..cart() };
    into.add_lines(vec![line(tee, 1)]).unwrap();
    from.add_lines(vec![line(tee, 2), line(VariantId::new(), 4)]).unwrap();
    from.buyer.email = Some("ada@demo.test".to_owned());
    assert_eq!(into.merge(&mut from, now()), Ok(true));
    assert_eq!(into.merge(&mut from, now()), Ok(false));
    assert_eq!(quantities(&into), [3, 4]);
    assert_eq!((from.status, from.merged_into), (CartStatus::Merged, Some(into.id)));
    assert_eq!(into.buyer.email.as_deref(), Some("ada@demo.test"));
}

#[test]
fn carts_of_different_channels_cannot_be_merged() {
    let (mut into, mut from) = (cart(), cart());
    assert_eq!(into.merge(&mut from, now()), Err(vec![Refusal::at(CartError::CannotMerge, &["fromCartId"])]));
    let mut third = Cart { channel: into.channel, ..cart() };
    third.status = CartStatus::Merged;
    assert_eq!(into.merge(&mut third, now()), Err(vec![Refusal::at(CartError::Merged, &["fromCartId"])]));
}
