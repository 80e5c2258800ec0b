use proptest::prelude::*;

use super::*;
use crate::orders::cancellation;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// What the shopper owes.
fn receivable(books: &[LedgerEntry]) -> i64 {
    let lines = books.iter().flat_map(LedgerEntry::lines);
    lines.filter(|line| line.account == LedgerAccount::Receivable).map(LedgerLine::signed).sum()
}

#[test]
fn an_entry_that_does_not_balance_in_each_currency_is_refused() {
    let lines = [debit(LedgerAccount::Receivable, eur(5)), credit(LedgerAccount::Sales, Money::new(5, Currency::USD))];
    let entry = LedgerEntry::parse(LedgerKind::Placement, "x", None, Timestamp::UNIX_EPOCH, lines);
    assert!(matches!(entry, Err(LedgerError::Unbalanced(_))));
}

#[test]
fn accounts_read_back_from_their_names() {
    for account in [LedgerAccount::Tax, LedgerAccount::Gateway("sandbox-a".to_owned())] {
        assert_eq!(account.to_string().parse(), Ok(account));
    }
    assert!("nonsense".parse::<LedgerAccount>().is_err());
}

#[test]
fn a_refund_gives_back_what_nobody_owes_before_the_sale() {
    let parts = |total, tax, refunded, unowed, amount| {
        let sale = Sale { total: eur(total), tax: eur(tax), refunded: eur(refunded), unowed: eur(unowed) };
        let parts = sale.parts_of_refund(eur(amount));
        (parts.tax.minor, parts.unowed.minor)
    };
    assert_eq!(parts(1_190, 190, 0, 0, 1_190), (190, 0));
    assert_eq!(parts(0, 0, 0, 1_190, 1_190), (0, 1_190));
    assert_eq!(parts(595, 95, 0, 595, 595), (0, 595));
    assert_eq!(parts(595, 95, 0, 595, 1_190), (95, 595));
    assert_eq!(parts(595, 95, 595, 595, 595), (0, 595));
    assert_eq!(parts(0, 0, 0, 0, 1_190), (0, 1_190), "the books learn of the capture after its refund");
}

proptest! {
    #[test]
    fn the_tax_of_any_refunds_sums_to_the_tax_of_the_order(
        tax in 0_i64..5_000, net in 1_i64..20_000, cuts in prop::collection::vec(1_i64..3_000, 0..8),
    ) {
        let total = tax + net;
        let mut refunded = 0;
        let mut taxes = 0;
        for amount in cuts.into_iter().chain([i64::MAX]) {
            let amount = amount.min(total - refunded);
            let part = tax_of_refund(eur(refunded), eur(amount), eur(total), eur(tax));
            prop_assert!(part.minor >= 0 && part.minor <= amount);
            refunded += amount;
            taxes += part.minor;
        }
        prop_assert_eq!((refunded, taxes), (total, tax));
    }

    #[test]
    fn whatever_is_placed_captured_refunded_and_taken_back_balances(
        sales in 0_i64..100_000, shipping in 0_i64..2_000, tax in 0_i64..20_000, share in 0_i64..=100,
    ) {
        let order = OrderId::new();
        let total = sales + shipping + tax;
        let amounts =
            PlacedAmounts { sales: eur(sales), shipping: eur(shipping), tax: eur(tax), total: eur(total) };
        let placed = placement(order, &amounts, Timestamp::UNIX_EPOCH).unwrap();
        let part = eur(total * share / 100);
        let movement = Movement {
            transaction: PaymentTransactionId::new(), order: Some(order), gateway: "a", amount: part,
            at: Timestamp::UNIX_EPOCH,
        };
        let sale = Sale { total: eur(total), tax: eur(tax), refunded: eur(0), unowed: eur(0) };
        let parts = sale.parts_of_refund(part);
        for entry in [
            placed, capture(&movement).unwrap(), refund(&movement, parts).unwrap(),
            chargeback(&movement).unwrap(),
        ] {
            prop_assert_eq!(check_balance(entry.lines()), Ok(()));
        }
    }

    /// Captures, refunds, a calling off that keeps what was taken, and giving back what nobody owes, in any order: what
    /// is kept of the money is what is left of the sale, and in the end nobody is owed anything.
    #[test]
    fn whatever_comes_first_nothing_is_kept_that_was_not_owed(
        steps in prop::collection::vec((0_u8..4, 1_i64..600), 0..15),
    ) {
        let order = OrderId::new();
        let amounts = PlacedAmounts { sales: eur(800), shipping: eur(40), tax: eur(160), total: eur(1_000) };
        let mut books = vec![placement(order, &amounts, Timestamp::UNIX_EPOCH).unwrap()];
        let (mut captured, mut kept, mut is_off) = (0, 0, false);
        for (step, minor) in steps.into_iter().chain([(3, 0)]) {
            let sale = Sale::of(&books).unwrap();
            let movement = |minor| Movement {
                transaction: PaymentTransactionId::new(), order: Some(order), gateway: "a", amount: eur(minor),
                at: Timestamp::UNIX_EPOCH,
            };
            let give_back = |minor| refund(&movement(minor), sale.parts_of_refund(eur(minor))).unwrap();
            match step {
                0 => {
                    let minor = minor.min(1_000 - captured);
                    (captured, kept) = (captured + minor, kept + minor);
                    books.push(capture(&movement(minor)).unwrap());
                }
                1 => {
                    let minor = minor.min(kept);
                    kept -= minor;
                    books.push(give_back(minor));
                }
                2 if is_off => {}
                2 => {
                    is_off = true;
                    books.extend(cancellation(order, &amounts, eur(captured), Timestamp::UNIX_EPOCH).unwrap());
                }
                _ => {
                    kept -= sale.unowed.minor;
                    books.push(give_back(sale.unowed.minor));
                }
            }
            let sale = Sale::of(&books).unwrap();
            prop_assert_eq!(kept + receivable(&books), sale.total.minor - sale.refunded.minor);
        }
        prop_assert_eq!(receivable(&books), if is_off { 0 } else { 1_000 - captured });
    }
}
