//! Money in the API: decimal strings with exactly the digits of the currency.

use std::borrow::Cow;

use async_graphql::{InputValueError, InputValueResult, Object, Scalar, ScalarType, Value};

use crate::CurrencyCode;

/// A decimal number as a string, such as `"12.50"`. Amounts of money have exactly the digits of their currency:
/// `"12.50"` in EUR, `"1250"` in JPY, `"1.250"` in KWD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub Cow<'static, str>);

/// A decimal number as a string, such as `"12.50"`. Amounts of money have exactly the digits of their currency:
/// `"12.50"` in EUR, `"1250"` in JPY, `"1.250"` in KWD.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if is_decimal(&text) => Ok(Self(text.into())),
            Value::String(_) => Err(InputValueError::custom("a decimal is a string such as \"12.50\"")),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.len() <= 30 && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole) && is_number(fraction)
}

impl Decimal {
    /// Parses the amount in a currency.
    ///
    /// # Errors
    /// [`model::MoneyError`] if it has more digits than the currency, or is too large.
    pub fn to_money(&self, currency: model::Currency) -> Result<model::Money, model::MoneyError> {
        model::Money::parse(&self.0, currency)
    }
}

/// An amount of money in a currency.
#[derive(Debug, Clone, Copy)]
pub struct Money(pub model::Money);

/// An amount of money in a currency.
#[Object]
impl Money {
    /// Amount with exactly the digits of the currency.
    fn amount(&self) -> Decimal {
        Decimal(self.0.to_decimal().into())
    }

    /// Currency of the amount.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }
}

impl From<model::Money> for Money {
    fn from(money: model::Money) -> Self {
        Self(money)
    }
}

/// An amount of money with and without tax.
#[derive(Debug, Clone, Copy)]
pub struct TaxedMoney(pub model::TaxedMoney);

/// An amount of money with and without tax; `net` plus `tax` equals `gross`.
#[Object]
impl TaxedMoney {
    /// Amount without tax.
    fn net(&self) -> Money {
        Money(self.0.net)
    }

    /// Amount with tax.
    fn gross(&self) -> Money {
        Money(self.0.gross)
    }

    /// Tax contained in the gross amount.
    fn tax(&self) -> Money {
        Money(self.0.tax())
    }
}

impl From<model::TaxedMoney> for TaxedMoney {
    fn from(money: model::TaxedMoney) -> Self {
        Self(money)
    }
}

#[cfg(test)]
mod tests {
    use super::is_decimal;

    #[test]
    fn accepts_plain_decimals_only() {
        assert!(["0", "12.50", "-3"].into_iter().all(is_decimal));
        assert!(!["", ".5", "1.", "1e5", "+1", "--1", "1,5", "NaN"].into_iter().any(is_decimal));
    }
}
