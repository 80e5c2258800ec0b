use proptest::prelude::*;

use super::*;
use crate::orders::cancellation;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// The amounts that the shopper owes.
fn receivable(entries: &[LedgerEntry]) -> i64 {
    let lines = entries.iter().flat_map(LedgerEntry::lines);
    lines.filter(|line| line.account == LedgerAccount::Receivable).map(LedgerLine::signed).sum()
}

#[test]
fn entry_must_balance_in_each_currency() {
    let lines = [debit(LedgerAccount::Receivable, eur(5)), credit(LedgerAccount::Sales, Money::new(5, Currency::USD))];
    let entry = LedgerEntry::parse(LedgerKind::Placement, "x", None, Timestamp::UNIX_EPOCH, lines);
    assert!(matches!(entry, Err(LedgerError::Unbalanced(_))));
}

#[test]
fn accounts_are_parsed_from_their_names() {
    for account in [LedgerAccount::Tax, LedgerAccount::Gateway("sandbox-a".to_owned())] {
        assert_eq!(account.to_string().parse(), Ok(account));
    }
    assert!("nonsense".parse::<LedgerAccount>().is_err());
}

#[test]
fn refund_returns_unowed_money_before_the_sale() {
    let parts = |total, tax, refunded, unowed, amount| {
        let sale = Sale { total: eur(total), tax: eur(tax), refunded: eur(refunded), unowed: eur(unowed) };
        let parts = sale.parts_of_refund(eur(amount)).unwrap();
        (parts.tax.minor, parts.unowed.minor)
    };
    assert_eq!(parts(1_190, 190, 0, 0, 1_190), (190, 0));
    assert_eq!(parts(0, 0, 0, 1_190, 1_190), (0, 1_190));
    assert_eq!(parts(595, 95, 0, 595, 595), (0, 595));
    assert_eq!(parts(595, 95, 0, 595, 1_190), (95, 595));
    assert_eq!(parts(595, 95, 595, 595, 595), (0, 595));
    assert_eq!(parts(0, 0, 0, 0, 1_190), (0, 1_190), "the capture is recorded after its refund");
}

#[test]
fn tax_of_refund_rejects_amounts_that_do_not_fit_together() {
    let dollars = Money::new(100, Currency::USD);
    assert!(matches!(tax_of_refund(eur(0), dollars, eur(1_190), eur(190)), Err(LedgerError::Money(_))));
    assert!(matches!(tax_of_refund(eur(i64::MAX), eur(1), eur(1_190), eur(190)), Err(LedgerError::Money(_))));
    assert_eq!(tax_of_refund(eur(0), eur(100), eur(0), eur(0)), Ok(eur(0)));
}

proptest! {
    #[test]
    fn taxes_of_refunds_sum_to_the_tax_of_the_order(
        tax in 0_i64..5_000, net in 1_i64..20_000, cuts in prop::collection::vec(1_i64..3_000, 0..8),
    ) {
        let total = tax + net;
        let mut refunded = 0;
        let mut taxes = 0;
        for amount in cuts.into_iter().chain([i64::MAX]) {
            let amount = amount.min(total - refunded);
            let part = tax_of_refund(eur(refunded), eur(amount), eur(total), eur(tax)).unwrap();
            prop_assert!(part.minor >= 0 && part.minor <= amount);
            refunded += amount;
            taxes += part.minor;
        }
        prop_assert_eq!((refunded, taxes), (total, tax));
    }

    #[test]
    fn every_kind_of_entry_balances(
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
        let parts = sale.parts_of_refund(part).unwrap();
        for entry in [
            placed, capture(&movement).unwrap(), refund(&movement, parts).unwrap(),
            chargeback(&movement).unwrap(),
        ] {
            prop_assert_eq!(check_balance(entry.lines()), Ok(()));
        }
    }

    /// Captures, refunds, a cancellation that keeps captured money, and refunds of money that was not owed, in any
    /// order: the money that is kept equals what is left of the sale, and in the end nothing is owed.
    #[test]
    fn no_unowed_money_is_kept_in_any_order_of_events(
        steps in prop::collection::vec((0_u8..4, 1_i64..600), 0..15),
    ) {
        let order = OrderId::new();
        let amounts = PlacedAmounts { sales: eur(800), shipping: eur(40), tax: eur(160), total: eur(1_000) };
        let mut entries = vec![placement(order, &amounts, Timestamp::UNIX_EPOCH).unwrap()];
        let (mut captured, mut kept, mut is_canceled) = (0, 0, false);
        for (step, minor) in steps.into_iter().chain([(3, 0)]) {
            let sale = Sale::of(&entries).unwrap();
            let movement = |minor| Movement {
                transaction: PaymentTransactionId::new(), order: Some(order), gateway: "a", amount: eur(minor),
                at: Timestamp::UNIX_EPOCH,
            };
            let refund_of = |minor| refund(&movement(minor), sale.parts_of_refund(eur(minor)).unwrap()).unwrap();
            match step {
                0 => {
                    let minor = minor.min(1_000 - captured);
                    (captured, kept) = (captured + minor, kept + minor);
                    entries.push(capture(&movement(minor)).unwrap());
                }
                1 => {
                    let minor = minor.min(kept);
                    kept -= minor;
                    entries.push(refund_of(minor));
                }
                2 if is_canceled => {}
                2 => {
                    is_canceled = true;
                    entries.extend(cancellation(order, &amounts, eur(captured), Timestamp::UNIX_EPOCH).unwrap());
                }
                _ => {
                    kept -= sale.unowed.minor;
                    entries.push(refund_of(sale.unowed.minor));
                }
            }
            let sale = Sale::of(&entries).unwrap();
            prop_assert_eq!(kept + receivable(&entries), sale.total.minor - sale.refunded.minor);
        }
        prop_assert_eq!(receivable(&entries), if is_canceled { 0 } else { 1_000 - captured });
    }
}
