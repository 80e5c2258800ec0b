use proptest::prelude::*;

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
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
fn what_came_after_the_sale_was_taken_back_is_refunded_out_of_what_nobody_owes() {
    let parts = |total, tax, before, amount| {
        let parts = Sale { total: eur(total), tax: eur(tax) }.parts_of_refund(eur(before), eur(amount));
        (parts.tax.minor, parts.unowed.minor)
    };
    assert_eq!(parts(1_190, 190, 0, 1_190), (190, 0));
    assert_eq!(parts(0, 0, 0, 1_190), (0, 1_190));
    assert_eq!(parts(595, 95, 0, 1_190), (95, 595));
    assert_eq!(parts(595, 95, 595, 595), (0, 595));
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
        let parts = Sale { total: eur(total), tax: eur(tax) }.parts_of_refund(eur(0), part);
        let reversed = placed.reversed(LedgerKind::Cancellation, Timestamp::UNIX_EPOCH);
        for entry in [
            placed, reversed, capture(&movement).unwrap(), refund(&movement, parts).unwrap(),
            chargeback(&movement).unwrap(),
        ] {
            prop_assert_eq!(check_balance(entry.lines()), Ok(()));
        }
    }
}
