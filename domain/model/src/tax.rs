//! Taxes: classes of goods, rates by place and class, and the split of amounts into net and tax. Tax is rounded half away
//! from zero to the minor unit, per line or per total as the channel says. The rules are in `docs/taxes.md`.

mod components;
mod rate;
mod rule;
mod split;
mod table;
mod treatment;

use serde::{Deserialize, Serialize};

pub use components::{TaxLine, summary, tax_lines};
pub use rate::{InvalidTaxRate, TaxRate};
pub use rule::{MAX_COMPONENTS, MAX_POSTAL_CODES, TaxComponent, TaxRule, TaxRuleError};
pub use split::{in_proportion, split};
pub use table::TaxTable;
pub use treatment::{Sale, TaxTreatment, seller_country};

use crate::{Country, Slug, ids::TaxClassId};

/// The tax class of most goods, and of delivery. It always exists.
pub const STANDARD_CLASS: &str = "standard";

/// A class of goods with rates of its own, such as books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxClass {
    /// Global id.
    pub id: TaxClassId,
    /// Unique name in the API and in products, such as `books`.
    pub slug: Slug,
    /// Name shown to staff.
    pub name: String,
}

/// The destination of goods, as far as taxes and delivery depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination<'a> {
    /// Country of the address.
    pub country: Country,
    /// ISO 3166-2 suffix of the state or province, such as `CA`.
    pub region: Option<&'a str>,
    /// Postal code of the address; None if only the country is known.
    pub postal_code: Option<&'a str>,
}

/// Conditions for a list of rates; an absent one restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxRateFilter {
    /// The country.
    pub country: Option<Country>,
    /// The ISO 3166-2 suffix of the state or province.
    pub region: Option<String>,
    /// The slug of the tax class.
    pub class: Option<String>,
}
