//! Tax classes and rates as staff see them.

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::tax;
use schema_shared::{CountryCode, Decimal, PostalCodeRange, to_id};

/// A class of goods with tax rates of its own.
pub struct TaxClass(pub tax::TaxClass);

/// A class of goods with tax rates of its own, such as books. The class `standard` always exists: its rates apply to
/// delivery, and to goods of a class without a rate.
#[Object]
impl TaxClass {
    /// Global id of the class.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Slug of the class, which products and rates name, such as `books`.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the class for staff.
    fn name(&self) -> &str {
        &self.0.name
    }
}

/// A tax rate of a place and a tax class.
pub struct TaxRate(pub tax::TaxRule);

/// A tax rate for goods of a class that are sold to a place. The most precise place decides: postal codes before regions
/// before countries. Within a place, the rate of the class is preferred to that of the class `standard`.
#[Object]
impl TaxRate {
    /// Global id of the rate.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Country of the place.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }

    /// ISO 3166-2 suffix of the state or province, such as `CA`; null for the whole country.
    fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// Postal codes of the place; empty for the whole country or region.
    fn postal_codes(&self) -> Vec<PostalCodeRange> {
        self.0.postal_codes.iter().map(PostalCodeRange::from).collect()
    }

    /// Slug of the tax class.
    fn tax_class(&self) -> &str {
        &self.0.class
    }

    /// Name of the tax for shoppers, such as `VAT`.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Rate as a percentage, such as `"19"` or `"7.25"`.
    fn percent(&self) -> Decimal {
        self.0.rate.into()
    }

    /// Parts of the rate, such as those of state and county; empty if it has no parts.
    fn components(&self) -> Vec<TaxRateComponent> {
        self.0.components.iter().map(TaxRateComponent::from).collect()
    }

    /// Time from which the rate applies; null if it always has. Of rates of one place and class, the one that began last
    /// applies.
    fn valid_from(&self) -> Option<DateTime<Utc>> {
        self.0.valid_from
    }
}

/// A part of a tax rate.
#[derive(SimpleObject)]
pub struct TaxRateComponent {
    /// Name of the part for shoppers, such as `California`.
    name: String,
    /// Rate of the part as a percentage.
    percent: Decimal,
}

impl From<&tax::TaxComponent> for TaxRateComponent {
    fn from(component: &tax::TaxComponent) -> Self {
        Self { name: component.name.clone(), percent: component.rate.into() }
    }
}
