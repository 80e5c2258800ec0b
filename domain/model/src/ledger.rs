//! The money ledger: double-entry and append-only; every entry balances in each currency.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Currency, Money, Timestamp,
    ids::{LedgerEntryId, OrderId, PaymentTransactionId},
};

/// A ledger account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccount {
    /// Amounts that shoppers owe for placed orders.
    Receivable,
    /// Revenue from goods, without tax.
    Sales,
    /// Revenue from delivery, without tax.
    Shipping,
    /// Tax owed to authorities.
    Tax,
    /// Refunds, without tax.
    Refunds,
    /// Chargebacks by shoppers' banks.
    Chargebacks,
    /// Money that a gateway has collected for the shop and not paid out.
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

/// One line of a ledger entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Account of the line.
    pub account: LedgerAccount,
    /// Debit or credit.
    pub side: LedgerSide,
    /// Amount, always positive.
    pub amount: Money,
}

impl LedgerLine {
    /// The change of the account's balance: positive for debits, negative for credits.
    const fn signed(&self) -> i64 {
        match self.side {
            LedgerSide::Debit => self.amount.minor,
            LedgerSide::Credit => -self.amount.minor,
        }
    }
}

/// A movement of money between accounts, balanced in each currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Global id; sorts by time.
    pub id: LedgerEntryId,
    /// Kind of the entry; unique together with the reference.
    pub kind: LedgerKind,
    /// Global id of the cause: an order for placement and cancellation, else a payment transaction.
    pub reference: String,
    /// Order that the entry belongs to; None before there is one.
    pub order_id: Option<OrderId>,
    /// Time of the entry.
    pub at: Timestamp,
    lines: Vec<LedgerLine>,
}

/// The reason why an entry is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Debits and credits differ.
    #[error("debit and credit differ in {0}")]
    Unbalanced(Currency),
    /// A line is negative.
    #[error("a ledger line must be positive")]
    NotPositive,
    /// A sum exceeds 64 bits.
    #[error("the amounts are too large")]
    Overflow,
}

impl LedgerEntry {
    /// Creates an entry from lines; lines of zero are dropped.
    ///
    /// # Errors
    /// [`LedgerError`] if the lines do not balance or one is negative.
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

    /// Restores an entry from its stored fields.
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

/// Creates a debit line.
#[must_use]
pub const fn debit(account: LedgerAccount, amount: Money) -> LedgerLine {
    LedgerLine { account, side: LedgerSide::Debit, amount }
}

/// Creates a credit line.
#[must_use]
pub const fn credit(account: LedgerAccount, amount: Money) -> LedgerLine {
    LedgerLine { account, side: LedgerSide::Credit, amount }
}

/// The amounts of a placed order for the ledger.
#[derive(Debug, Clone, Copy)]
pub struct PlacedAmounts {
    /// Goods after discounts, without tax.
    pub sales: Money,
    /// Delivery after discounts, without tax.
    pub shipping: Money,
    /// Total tax.
    pub tax: Money,
    /// Amount that the shopper owes: the sum of the three.
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

/// A payment transaction to post.
#[derive(Debug, Clone, Copy)]
pub struct Movement<'a> {
    /// Id of the transaction.
    pub transaction: PaymentTransactionId,
    /// Order of the payment; None before there is one.
    pub order: Option<OrderId>,
    /// Name of the gateway.
    pub gateway: &'a str,
    /// Amount that moved.
    pub amount: Money,
    /// Time of the transaction.
    pub at: Timestamp,
}

/// The entry of a capture: the gateway collected money that the shopper owed.
///
/// # Errors
/// [`LedgerError::NotPositive`] if the amount is negative.
pub fn capture(movement: &Movement<'_>) -> Result<LedgerEntry, LedgerError> {
    let lines = [
        debit(LedgerAccount::Gateway(movement.gateway.to_owned()), movement.amount),
        credit(LedgerAccount::Receivable, movement.amount),
    ];
    LedgerEntry::parse(LedgerKind::Capture, movement.transaction, movement.order, movement.at, lines)
}

/// The entry of a refund: of a sale, or of money that was captured although nothing was owed.
///
/// # Errors
/// [`LedgerError`] if the parts exceed the amount.
pub fn refund(movement: &Movement<'_>, parts: RefundParts) -> Result<LedgerEntry, LedgerError> {
    let sold = movement.amount.minus(parts.unowed).and_then(|rest| rest.minus(parts.tax));
    let lines = [
        debit(LedgerAccount::Refunds, sold.map_err(|_| LedgerError::Overflow)?),
        debit(LedgerAccount::Tax, parts.tax),
        debit(LedgerAccount::Receivable, parts.unowed),
        credit(LedgerAccount::Gateway(movement.gateway.to_owned()), movement.amount),
    ];
    LedgerEntry::parse(LedgerKind::Refund, movement.transaction, movement.order, movement.at, lines)
}

/// The entry of a chargeback: the shopper's bank reclaimed money from the gateway.
///
/// # Errors
/// [`LedgerError::NotPositive`] if the amount is negative.
pub fn chargeback(movement: &Movement<'_>) -> Result<LedgerEntry, LedgerError> {
    let lines = [
        debit(LedgerAccount::Chargebacks, movement.amount),
        credit(LedgerAccount::Gateway(movement.gateway.to_owned()), movement.amount),
    ];
    LedgerEntry::parse(LedgerKind::Chargeback, movement.transaction, movement.order, movement.at, lines)
}

/// The balances of a placed order in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Total of the sale, minus what a cancellation removed.
    pub total: Money,
    /// Tax included in the total.
    pub tax: Money,
    /// Refunded part of the total.
    pub refunded: Money,
    /// Captured amount that nobody owes and that was not refunded: it was captured after the sale was canceled.
    pub unowed: Money,
}

/// The parts of a refund besides the net amount of the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundParts {
    /// Tax of the sale.
    pub tax: Money,
    /// Amount captured beyond the sale.
    pub unowed: Money,
}

impl Sale {
    /// Computes the balances from the entries of an order. None if it was not placed or its total was zero.
    #[must_use]
    pub fn of(entries: &[LedgerEntry]) -> Option<Self> {
        let placed = entries.iter().find(|entry| entry.kind == LedgerKind::Placement)?;
        let currency = placed.lines.first()?.amount.currency;
        let balance = |account: &LedgerAccount, kinds: &[LedgerKind]| {
            let counting = entries.iter().filter(|entry| kinds.contains(&entry.kind));
            let lines = counting.flat_map(LedgerEntry::lines).filter(|line| line.account == *account);
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

    /// Splits a further refund: first what nobody owes, then the sale.
    #[must_use]
    pub fn parts_of_refund(&self, amount: Money) -> RefundParts {
        let left = self.total.minor.saturating_sub(self.refunded.minor).max(0);
        // An excess over the sale belongs to a capture that is posted later.
        let beyond = amount.minor.saturating_sub(left);
        let unowed = self.unowed.minor.min(amount.minor).max(beyond);
        let sold = Money::new(amount.minor.saturating_sub(unowed), amount.currency);
        let tax = tax_of_refund(self.refunded, sold, self.total, self.tax);
        RefundParts { tax, unowed: Money::new(unowed, amount.currency) }
    }
}

/// The tax included in a further refund: the tax share of all refunds so far minus the share of the earlier refunds, so
/// that the parts of any number of refunds sum to the order's tax.
#[must_use]
pub fn tax_of_refund(before: Money, amount: Money, order_total: Money, order_tax: Money) -> Money {
    let share = |refunded: i64| order_tax.fraction(refunded.min(order_total.minor), order_total.minor);
    let after = before.minor.saturating_add(amount.minor);
    match (share(before.minor), share(after)) {
        (Ok(earlier), Ok(all)) => all.minus(earlier).unwrap_or(Money::zero(amount.currency)),
        _ => Money::zero(amount.currency),
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
