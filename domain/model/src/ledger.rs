//! The money ledger: double entry, append-only, every entry balanced in each currency.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Currency, Money, MoneyError, Timestamp,
    ids::{LedgerEntryId, OrderId, PaymentTransactionId},
};

/// An account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccount {
    /// Receivables: what shoppers owe for orders.
    Receivable,
    /// Sales of goods, without tax.
    Sales,
    /// Sales of delivery, without tax.
    Shipping,
    /// Tax owed to tax authorities.
    Tax,
    /// Refunds, without tax.
    Refunds,
    /// Chargebacks by shoppers' banks.
    Chargebacks,
    /// Money that a gateway has captured for the shop and not paid out.
    Gateway(String),
}

/// The text names no ledger account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown ledger account")]
pub struct UnknownAccount;

const GATEWAY: &str = "gateway:";

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receivable => f.write_str("receivable"),
            Self::Sales => f.write_str("sales"),
            Self::Shipping => f.write_str("shipping"),
            Self::Tax => f.write_str("tax"),
            Self::Refunds => f.write_str("refunds"),
            Self::Chargebacks => f.write_str("chargebacks"),
            Self::Gateway(name) => write!(f, "{GATEWAY}{name}"),
        }
    }
}

impl FromStr for LedgerAccount {
    type Err = UnknownAccount;
    fn from_str(name: &str) -> Result<Self, UnknownAccount> {
        Ok(match name {
            "receivable" => Self::Receivable,
            "sales" => Self::Sales,
            "shipping" => Self::Shipping,
            "tax" => Self::Tax,
            "refunds" => Self::Refunds,
            "chargebacks" => Self::Chargebacks,
            other => Self::Gateway(other.strip_prefix(GATEWAY).ok_or(UnknownAccount)?.to_owned()),
        })
    }
}

/// The side of an account that a ledger line is on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum LedgerSide {
    /// Left side: increases assets and expenses.
    Debit,
    /// Right side: increases liabilities and income.
    Credit,
}

/// The kind of business event that a ledger entry records.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "LedgerEntryKind"))]
pub enum LedgerKind {
    /// An order was placed.
    Placement,
    /// A gateway captured money.
    Capture,
    /// A gateway refunded money.
    Refund,
    /// A shopper's bank charged a payment back.
    Chargeback,
    /// An order was canceled.
    Cancellation,
}

/// A line of a ledger entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The account of the line.
    pub account: LedgerAccount,
    /// Debit or credit.
    pub side: LedgerSide,
    /// The amount, always positive.
    pub amount: Money,
}

impl LedgerLine {
    /// The effect on the account's balance: debits are positive, credits negative.
    const fn signed(&self) -> i64 {
        match self.side {
            LedgerSide::Debit => self.amount.minor,
            LedgerSide::Credit => -self.amount.minor,
        }
    }
}

/// The balance of an account in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account.
    pub account: LedgerAccount,
    /// Sum of the debits.
    pub debit: Money,
    /// Sum of the credits.
    pub credit: Money,
}

/// A movement of money between accounts, balanced in each currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Identifier; sorts by time.
    pub id: LedgerEntryId,
    /// The kind of event.
    pub kind: LedgerKind,
    /// The global id of the order for placements and cancellations, else of the payment transaction.
    pub reference: String,
    /// The order, if there is one.
    pub order_id: Option<OrderId>,
    /// Time of the event.
    pub at: Timestamp,
    lines: Vec<LedgerLine>,
}

/// Lines do not make a valid entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Debit and credit differ.
    #[error("debit and credit differ in {0}")]
    Unbalanced(Currency),
    /// A line is zero or negative.
    #[error("a ledger line must be positive")]
    NotPositive,
    /// A sum exceeds 64 bits.
    #[error("the amounts are too large")]
    Overflow,
    /// Amounts cannot be computed with.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl LedgerEntry {
    /// Builds an entry from lines; lines with a zero amount are left out.
    ///
    /// # Errors
    /// [`LedgerError`] if they do not balance or a line is negative.
    pub fn parse(
        kind: LedgerKind,
        reference: impl fmt::Display,
        order_id: Option<OrderId>,
        at: Timestamp,
        lines: impl IntoIterator<Item = LedgerLine>,
    ) -> Result<Self, LedgerError> {
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.amount.is_zero()).collect();
        check_balance(&lines)?;
        Ok(Self { id: LedgerEntryId::new(), kind, reference: reference.to_string(), order_id, at, lines })
    }

    /// Rebuilds a stored entry.
    #[must_use]
    pub fn restore(
        id: LedgerEntryId,
        kind: LedgerKind,
        reference: String,
        order_id: Option<OrderId>,
        at: Timestamp,
        lines: Vec<LedgerLine>,
    ) -> Self {
        Self { id, kind, reference, order_id, at, lines }
    }

    /// The lines of the entry.
    #[must_use]
    pub fn lines(&self) -> &[LedgerLine] {
        &self.lines
    }
}

fn check_balance(lines: &[LedgerLine]) -> Result<(), LedgerError> {
    let mut sums: BTreeMap<&'static str, (Currency, i64)> = BTreeMap::new();
    for line in lines {
        if line.amount.minor < 0 {
            return Err(LedgerError::NotPositive);
        }
        let (_, sum) = sums.entry(line.amount.currency.code()).or_insert((line.amount.currency, 0));
        *sum = sum.checked_add(line.signed()).ok_or(LedgerError::Overflow)?;
    }
    match sums.values().find(|(_, sum)| *sum != 0) {
        Some((currency, _)) => Err(LedgerError::Unbalanced(*currency)),
        None => Ok(()),
    }
}

/// A line on the debit side.
#[must_use]
pub const fn debit(account: LedgerAccount, amount: Money) -> LedgerLine {
    LedgerLine { account, side: LedgerSide::Debit, amount }
}

/// A line on the credit side.
#[must_use]
pub const fn credit(account: LedgerAccount, amount: Money) -> LedgerLine {
    LedgerLine { account, side: LedgerSide::Credit, amount }
}

/// The parts of an order's total, as posted to the ledger.
#[derive(Debug, Clone, Copy)]
pub struct PlacedAmounts {
    /// Goods after discounts, without tax.
    pub sales: Money,
    /// Delivery after discounts, without tax.
    pub shipping: Money,
    /// The tax on goods and delivery.
    pub tax: Money,
    /// The total that the shopper owes: the sum of the other three.
    pub total: Money,
}

/// The entry of a placed order: the shopper owes its total.
///
/// # Errors
/// [`LedgerError::Unbalanced`] if the parts do not sum to the total.
pub fn placement(order: OrderId, amounts: &PlacedAmounts, at: Timestamp) -> Result<LedgerEntry, LedgerError> {
    let lines = [
        debit(LedgerAccount::Receivable, amounts.total),
        credit(LedgerAccount::Sales, amounts.sales),
        credit(LedgerAccount::Shipping, amounts.shipping),
        credit(LedgerAccount::Tax, amounts.tax),
    ];
    LedgerEntry::parse(LedgerKind::Placement, order, Some(order), at, lines)
}

/// A payment transaction that moves money.
#[derive(Debug, Clone, Copy)]
pub struct Movement<'a> {
    /// The transaction.
    pub transaction: PaymentTransactionId,
    /// The order of the payment, if it has one yet.
    pub order: Option<OrderId>,
    /// The name of the gateway.
    pub gateway: &'a str,
    /// The amount.
    pub amount: Money,
    /// Time of the event.
    pub at: Timestamp,
}

/// The entry of a capture: the shopper owes less.
///
/// # Errors
/// [`LedgerError::NotPositive`] for a negative amount.
pub fn capture(movement: &Movement<'_>) -> Result<LedgerEntry, LedgerError> {
    let lines = [
        debit(LedgerAccount::Gateway(movement.gateway.to_owned()), movement.amount),
        credit(LedgerAccount::Receivable, movement.amount),
    ];
    LedgerEntry::parse(LedgerKind::Capture, movement.transaction, movement.order, movement.at, lines)
}

/// The entry of a refund, of a sale or of money that was captured although nothing was owed.
///
/// # Errors
/// [`LedgerError`] if the parts exceed the amount.
pub fn refund(movement: &Movement<'_>, parts: RefundParts) -> Result<LedgerEntry, LedgerError> {
    let sold = movement.amount.minus(parts.unowed)?.minus(parts.tax)?;
    let lines = [
        debit(LedgerAccount::Refunds, sold),
        debit(LedgerAccount::Tax, parts.tax),
        debit(LedgerAccount::Receivable, parts.unowed),
        credit(LedgerAccount::Gateway(movement.gateway.to_owned()), movement.amount),
    ];
    LedgerEntry::parse(LedgerKind::Refund, movement.transaction, movement.order, movement.at, lines)
}

/// The entry of a chargeback.
///
/// # Errors
/// [`LedgerError::NotPositive`] for a negative amount.
pub fn chargeback(movement: &Movement<'_>) -> Result<LedgerEntry, LedgerError> {
    let lines = [
        debit(LedgerAccount::Chargebacks, movement.amount),
        credit(LedgerAccount::Gateway(movement.gateway.to_owned()), movement.amount),
    ];
    LedgerEntry::parse(LedgerKind::Chargeback, movement.transaction, movement.order, movement.at, lines)
}

/// An order as the ledger records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// The order's total, less what was reversed when the order was canceled.
    pub total: Money,
    /// The tax within the total.
    pub tax: Money,
    /// The part of the total that was refunded.
    pub refunded: Money,
    /// The amount that was captured after the sale was reversed, and is not refunded yet.
    pub unowed: Money,
}

/// The parts of a refund besides the net amount of the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundParts {
    /// The tax of the sale.
    pub tax: Money,
    /// The amount that was captured beyond the sale.
    pub unowed: Money,
}

impl Sale {
    /// Reads the sale from the entries of an order; none if the order was not placed or cost nothing.
    #[must_use]
    pub fn of(entries: &[LedgerEntry]) -> Option<Self> {
        let placed = entries.iter().find(|entry| entry.kind == LedgerKind::Placement)?;
        let currency = placed.lines.first()?.amount.currency;
        let balance = |account: &LedgerAccount, kinds: &[LedgerKind]| {
            let counting = entries.iter().filter(|entry| kinds.contains(&entry.kind));
            let lines = counting.flat_map(LedgerEntry::lines).filter(|line| line.account == *account);
            // The amounts of one order are far below 64 bits.
            lines.fold(0_i64, |sum, line| sum.saturating_add(line.signed()))
        };
        let sold = [LedgerKind::Placement, LedgerKind::Cancellation];
        let back = [LedgerKind::Refund];
        let refunded = balance(&LedgerAccount::Refunds, &back).saturating_add(balance(&LedgerAccount::Tax, &back));
        let owed = balance(&LedgerAccount::Receivable, LedgerKind::VARIANTS);
        Some(Self {
            total: Money::new(balance(&LedgerAccount::Receivable, &sold), currency),
            tax: Money::new(balance(&LedgerAccount::Tax, &sold).saturating_neg(), currency),
            refunded: Money::new(refunded, currency),
            unowed: Money::new(owed.saturating_neg().max(0), currency),
        })
    }

    /// The parts of a further refund: what was captured beyond the sale first, then the sale.
    ///
    /// # Errors
    /// [`LedgerError`] when the amounts do not fit together.
    pub fn parts_of_refund(&self, amount: Money) -> Result<RefundParts, LedgerError> {
        // Differences of amounts that are not negative cannot overflow.
        let left = self.total.minor.saturating_sub(self.refunded.minor).max(0);
        // An amount beyond the sale belongs to a capture that the ledger will record later.
        let beyond = amount.minor.saturating_sub(left);
        let unowed = self.unowed.minor.min(amount.minor).max(beyond);
        let unowed = Money::new(unowed, amount.currency);
        let tax = tax_of_refund(self.refunded, amount.minus(unowed)?, self.total, self.tax)?;
        Ok(RefundParts { tax, unowed })
    }
}

/// The tax within a further refund: the share of everything refunded so far, less the share of what was refunded before.
/// So the taxes of any number of refunds sum to the order's tax.
///
/// # Errors
/// [`LedgerError::Money`] for amounts in different currencies or beyond 64 bits.
pub fn tax_of_refund(before: Money, amount: Money, order_total: Money, order_tax: Money) -> Result<Money, LedgerError> {
    // A sale that was reversed completely has no tax left.
    if order_total.is_zero() {
        return Ok(Money::zero(order_tax.currency));
    }
    let share = |refunded: Money| order_tax.fraction(refunded.minor.min(order_total.minor), order_total.minor);
    let after = before.plus(amount)?;
    Ok(share(after)?.minus(share(before)?)?)
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
