//! Inputs of tax classes and rates.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use model::tax;
use schema_shared::{CountryCode, Decimal, PostalCodeRangeInput, parse_id};
use services::tax::{SetRate, TaxClassRef};

/// Input of `taxClassCreate`.
#[derive(InputObject)]
pub struct TaxClassCreateInput {
    /// Unique slug of lowercase letters, digits and single hyphens, such as `books`. It cannot be changed.
    pub(super) slug: String,
    /// Name of the class for staff, 1 to 100 characters.
    pub(super) name: String,
}

/// Input of `taxClassUpdate`.
#[derive(InputObject)]
pub struct TaxClassUpdateInput {
    /// Global id of the class. Either the id or the slug is required.
    id: Option<ID>,
    /// Slug of the class. Either the slug or the id is required.
    slug: Option<String>,
    /// New name of the class for staff, 1 to 100 characters.
    pub(super) name: String,
}

/// Input of `taxClassDelete`.
#[derive(InputObject)]
pub struct TaxClassDeleteInput {
    /// Global id of the class. Either the id or the slug is required.
    id: Option<ID>,
    /// Slug of the class. Either the slug or the id is required.
    slug: Option<String>,
}

/// Input of `taxRateSet`.
#[derive(InputObject)]
pub struct TaxRateSetInput {
    /// Country of the place.
    country_code: CountryCode,
    /// ISO 3166-2 suffix of a state or province of the country, such as `CA`; the whole country if absent.
    region: Option<String>,
    /// Postal codes of the place, at most 100 ranges; the whole country or region if empty.
    #[graphql(default)]
    postal_codes: Vec<PostalCodeRangeInput>,
    /// Slug or global id of the tax class. Rates of the class `standard` also apply to delivery, and to goods of classes
    /// without a rate.
    #[graphql(default_with = "tax::STANDARD_CLASS.to_owned()")]
    tax_class: String,
    /// Name of the tax for shoppers, 1 to 100 characters, such as `VAT`.
    name: String,
    /// Rate as a percentage from 0 to 100 with at most four decimals, such as `"7.25"`.
    percent: Decimal,
    /// Parts of the rate, at most 10, such as those of state and county; their percentages add up to that of the rate.
    #[graphql(default)]
    components: Vec<TaxRateComponentInput>,
    /// Time from which the rate applies, in every process; it always has if absent.
    valid_from: Option<DateTime<Utc>>,
}

/// A part of a tax rate.
#[derive(InputObject)]
pub struct TaxRateComponentInput {
    /// Name of the part for shoppers, 1 to 100 characters, such as `California`.
    name: String,
    /// Rate of the part as a percentage.
    percent: Decimal,
}

/// Input of `taxRateDelete`.
#[derive(InputObject)]
pub struct TaxRateDeleteInput {
    /// Global id of the rate.
    pub(super) id: ID,
}

/// Conditions for a list of tax rates; all given conditions must be met.
#[derive(InputObject, Default)]
pub struct TaxRateFilter {
    /// Country of the rates.
    country_code: Option<CountryCode>,
    /// ISO 3166-2 suffix of the state or province of the rates.
    region: Option<String>,
    /// Slug of the tax class of the rates.
    tax_class: Option<String>,
}

impl TaxClassUpdateInput {
    /// The class to change.
    pub(super) fn which(&self) -> TaxClassRef {
        which(self.id.as_ref(), self.slug.as_ref())
    }
}

impl TaxClassDeleteInput {
    /// The class to delete.
    pub(super) fn which(&self) -> TaxClassRef {
        which(self.id.as_ref(), self.slug.as_ref())
    }
}

/// The reference of exactly one of id and slug. No class has an empty slug, so that others are not found.
fn which(id: Option<&ID>, slug: Option<&String>) -> TaxClassRef {
    let none = TaxClassRef::Slug(String::new());
    match (id, slug) {
        (Some(id), None) => parse_id(id).map_or(none, TaxClassRef::Id),
        (None, Some(slug)) => TaxClassRef::Slug(slug.clone()),
        _ => none,
    }
}

impl TaxRateSetInput {
    /// The input of the use case.
    pub(super) fn into_service(self) -> SetRate {
        SetRate {
            country: self.country_code.0,
            region: self.region,
            postal_codes: self.postal_codes.into_iter().map(|range| (range.from, range.to)).collect(),
            class: self.tax_class.parse().map_or(TaxClassRef::Slug(self.tax_class), TaxClassRef::Id),
            name: self.name,
            percent: self.percent.0.into_owned(),
            components: self.components.into_iter().map(|part| (part.name, part.percent.0.into_owned())).collect(),
            valid_from: self.valid_from,
        }
    }
}

impl TaxRateFilter {
    /// The filter of the use case.
    pub(super) fn into_model(self) -> tax::TaxRateFilter {
        tax::TaxRateFilter {
            country: self.country_code.map(|code| code.0),
            region: self.region.map(|region| region.trim().to_ascii_uppercase()),
            class: self.tax_class,
        }
    }
}
