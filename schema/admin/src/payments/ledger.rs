//! The money ledger as staff see it.

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::ledger::{self, LedgerSide};
use schema_shared::{CurrencyCode, Decimal, Money, to_id};
use services::payments::AccountBalance;

/// A movement of money between accounts; its debits and credits are equal in each currency, and it never changes.
pub struct LedgerEntry(pub ledger::LedgerEntry);

/// A movement of money between accounts; its debits and credits are equal in each currency, and it never changes.
#[Object]
impl LedgerEntry {
    /// The entry's id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// When.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Why money moved.
    fn kind(&self) -> ledger::LedgerKind {
        self.0.kind
    }

    /// The global id of what moved it: an order for placement and cancellation, else a payment transaction.
    fn reference(&self) -> &str {
        &self.0.reference
    }

    /// The order it belongs to; null when it belongs to none.
    fn order_id(&self) -> Option<ID> {
        self.0.order_id.map(to_id)
    }

    /// Its sides.
    fn lines(&self) -> Vec<LedgerLine> {
        self.0.lines().iter().map(Into::into).collect()
    }
}

/// One side of a movement.
#[derive(SimpleObject)]
pub struct LedgerLine {
    /// The account: `receivable`, `sales`, `shipping`, `tax`, `refunds`, `chargebacks`, or `gateway:` and its name.
    account: String,
    /// What the account is debited with; zero on a credit line.
    debit: Money,
    /// What the account is credited with; zero on a debit line.
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

/// What an account holds in one currency.
#[derive(SimpleObject)]
pub struct LedgerBalance {
    /// The account.
    account: String,
    /// The currency.
    currency_code: CurrencyCode,
    /// The sum of its debits.
    debit: Decimal,
    /// The sum of its credits.
    credit: Decimal,
    /// Debits less credits.
    balance: Decimal,
}

impl From<AccountBalance> for LedgerBalance {
    fn from(row: AccountBalance) -> Self {
        let currency = row.debit.currency;
        let balance = model::Money::new(row.debit.minor.saturating_sub(row.credit.minor), currency);
        let decimal = |money: model::Money| Decimal(money.to_decimal().into());
        Self {
            account: row.account.to_string(),
            currency_code: CurrencyCode(currency),
            debit: decimal(row.debit),
            credit: decimal(row.credit),
            balance: decimal(balance),
        }
    }
}

/// A comparison of what we know with what a gateway reports.
#[derive(SimpleObject)]
pub struct Reconciliation {
    /// The gateway.
    gateway: String,
    /// When it was made.
    at: DateTime<Utc>,
    /// Charges that both sides know alike.
    matched: i32,
    /// Charges that only the gateway knows.
    missing_here: i32,
    /// Charges that only we know.
    missing_there: i32,
    /// Charges whose amounts differ.
    amount_mismatches: i32,
}
