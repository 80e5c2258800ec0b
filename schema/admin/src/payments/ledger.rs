//! The money ledger as staff see it.

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::{
    MoneyError,
    ledger::{self, LedgerSide},
};
use schema_shared::{CurrencyCode, Decimal, Money, to_id};
use services::payments::AccountBalance;

/// An immutable entry of the double-entry ledger. Its debits and credits are equal in each currency.
pub struct LedgerEntry(pub ledger::LedgerEntry);

/// An immutable entry of the double-entry ledger. Its debits and credits are equal in each currency.
#[Object]
impl LedgerEntry {
    /// Global id of the entry.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Time of the entry.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Kind of the entry.
    fn kind(&self) -> ledger::LedgerKind {
        self.0.kind
    }

    /// Global id of the cause: an order for placement and cancellation, a payment transaction otherwise.
    fn reference(&self) -> &str {
        &self.0.reference
    }

    /// Global id of the order; null if the entry belongs to none.
    fn order_id(&self) -> Option<ID> {
        self.0.order_id.map(to_id)
    }

    /// Debits and credits of the entry.
    fn lines(&self) -> Vec<LedgerLine> {
        self.0.lines().iter().map(Into::into).collect()
    }
}

/// A debit or a credit of a ledger entry.
#[derive(SimpleObject)]
pub struct LedgerLine {
    /// Account: `receivable`, `sales`, `shipping`, `tax`, `refunds`, `chargebacks`, or `gateway:` followed by the name
    /// of a gateway.
    account: String,
    /// Amount debited to the account; zero for a credit.
    debit: Money,
    /// Amount credited to the account; zero for a debit.
    credit: Money,
}

impl From<&ledger::LedgerLine> for LedgerLine {
    fn from(line: &ledger::LedgerLine) -> Self {
        let zero = model::Money::zero(line.amount.currency);
        let (debit, credit) = match line.side {
            LedgerSide::Debit => (line.amount, zero),
            LedgerSide::Credit => (zero, line.amount),
        };
        Self { account: line.account.to_string(), debit: debit.into(), credit: credit.into() }
    }
}

/// The balance of an account in one currency.
#[derive(SimpleObject)]
pub struct LedgerBalance {
    /// Name of the account.
    account: String,
    /// Currency of the amounts.
    currency_code: CurrencyCode,
    /// Sum of all debits.
    debit: Decimal,
    /// Sum of all credits.
    credit: Decimal,
    /// Sum of debits minus sum of credits.
    balance: Decimal,
}

impl TryFrom<AccountBalance> for LedgerBalance {
    type Error = MoneyError;

    fn try_from(row: AccountBalance) -> Result<Self, MoneyError> {
        let currency = row.debit.currency;
        let balance = row.debit.minus(row.credit)?;
        let decimal = |money: model::Money| Decimal(money.to_decimal().into());
        Ok(Self {
            account: row.account.to_string(),
            currency_code: CurrencyCode(currency),
            debit: decimal(row.debit),
            credit: decimal(row.credit),
            balance: decimal(balance),
        })
    }
}

/// A comparison of recorded charges with the report of a gateway.
#[derive(SimpleObject)]
pub struct Reconciliation {
    /// Name of the gateway.
    gateway: String,
    /// Time of the comparison.
    at: DateTime<Utc>,
    /// Number of charges that match.
    matched: i32,
    /// Number of charges that only the gateway reports.
    missing_here: i32,
    /// Number of charges that only Mercator records.
    missing_there: i32,
    /// Number of charges with different amounts.
    amount_mismatches: i32,
}
