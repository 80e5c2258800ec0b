//! The money ledger: double entry, append-only, every entry balanced in each currency.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Currency, Money, Timestamp,
    ids::{LedgerEntryId, OrderId, PaymentTransactionId},
};

/// Where money lies or why it moved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccount {
    /// What shoppers owe for orders placed.
    Receivable,
    /// Goods sold, without tax.
    Sales,
    /// Delivery sold, without tax.
    Shipping,
    /// Tax owed to states.
    Tax,
    /// Money given back, without tax.
    Refunds,
    /// Money that shoppers' banks took back.
    Chargebacks,
    /// What a gateway has taken for the shop and not paid out.
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

/// One side of a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The account.
    pub account: LedgerAccount,
    /// Its side.
    pub side: LedgerSide,
    /// How much, always positive.
    pub amount: Money,
}

impl LedgerLine {
    /// What it adds to the balance of its account: debits are positive, credits negative.
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

/// A movement of money between accounts; balanced in each currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Identifier, sorts by time.
    pub id: LedgerEntryId,
    /// Why money moved.
    pub kind: LedgerKind,
    /// The global id of what moved it: an order for placement and cancellation, else a payment transaction.
    pub reference: String,
    /// The order it belongs to.
    pub order_id: Option<OrderId>,
    /// When.
    pub at: Timestamp,
    lines: Vec<LedgerLine>,
}

/// Why lines do not make an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Debit and credit differ.
    #[error("debit and credit differ in {0}")]
    Unbalanced(Currency),
    /// A line is zero or negative.
    #[error("a ledger line must be positive")]
    NotPositive,
    /// The sums are beyond what 64 bits hold.
    #[error("the amounts are too large")]
    Overflow,
}

impl LedgerEntry {
    /// Makes an entry of lines; lines of zero are left out.
    ///
    /// # Errors
    /// [`LedgerError`] when they do not balance or a line is negative.
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

    /// Rebuilds an entry as it was stored.
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

    /// Its lines.
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

/// What an order is made of in the ledger.
#[derive(Debug, Clone, Copy)]
pub struct PlacedAmounts {
    /// Goods after discounts, without tax.
    pub sales: Money,
    /// Delivery after discounts, without tax.
    pub shipping: Money,
    /// All tax.
    pub tax: Money,
    /// What the shopper owes: the sum of the three.
    pub total: Money,
}

/// An order was placed: the shopper owes its total.
///
/// # Errors
/// [`LedgerError::Unbalanced`] when the parts do not sum to the total.
pub fn placement(order: OrderId, amounts: &PlacedAmounts, at: Timestamp) -> Result<LedgerEntry, LedgerError> {
    let lines = [
        debit(LedgerAccount::Receivable, amounts.total),
        credit(LedgerAccount::Sales, amounts.sales),
        credit(LedgerAccount::Shipping, amounts.shipping),
        credit(LedgerAccount::Tax, amounts.tax),
    ];
    LedgerEntry::parse(LedgerKind::Placement, order, Some(order), at, lines)
}

/// A payment transaction that moved money.
#[derive(Debug, Clone, Copy)]
pub struct Movement<'a> {
    /// The transaction.
    pub transaction: PaymentTransactionId,
    /// The order it is for, once there is one.
    pub order: Option<OrderId>,
    /// The gateway.
    pub gateway: &'a str,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

/// A gateway took money that the shopper owed.
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

/// A gateway gave money back: of a sale, or what was taken although nobody owed it.
///
/// # Errors
/// [`LedgerError`] when the parts are more than the amount.
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

/// A shopper's bank took money back from the gateway.
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

/// What the books say of an order that was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// What it came to, as far as it was not taken back when the order was called off.
    pub total: Money,
    /// The tax within.
    pub tax: Money,
    /// What of it was given back.
    pub refunded: Money,
    /// What was taken although nobody owes it, and was not given back: the sale had been taken back when it came.
    pub unowed: Money,
}

/// What a refund consists of besides the net amount of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundParts {
    /// Tax of the sale.
    pub tax: Money,
    /// What was taken beyond the sale.
    pub unowed: Money,
}

impl Sale {
    /// Reads the entries of an order; none when it was not placed or cost nothing.
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

    /// What a further refund gives back: what nobody owes first, then the sale.
    #[must_use]
    pub fn parts_of_refund(&self, amount: Money) -> RefundParts {
        let left = self.total.minor.saturating_sub(self.refunded.minor).max(0);
        // What is more than the sale is of a capture that the books learn of later.
        let beyond = amount.minor.saturating_sub(left);
        let unowed = self.unowed.minor.min(amount.minor).max(beyond);
        let sold = Money::new(amount.minor.saturating_sub(unowed), amount.currency);
        let tax = tax_of_refund(self.refunded, sold, self.total, self.tax);
        RefundParts { tax, unowed: Money::new(unowed, amount.currency) }
    }
}

/// The tax within a further refund, so that the parts of any number of refunds sum to the order's tax: the share of
/// everything refunded so far, less the share of what was refunded before.
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
