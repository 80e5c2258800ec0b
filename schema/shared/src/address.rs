//! Postal addresses, read and written.

use async_graphql::{InputObject, Object};

use crate::CountryCode;

/// A postal address.
#[derive(Debug, Clone)]
pub struct Address<'a>(pub &'a model::Address);

/// A postal address.
#[Object]
impl Address<'_> {
    /// Given name of the recipient.
    fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// Family name of the recipient.
    fn last_name(&self) -> &str {
        &self.0.last_name
    }

    /// Company of the recipient.
    fn company(&self) -> Option<&str> {
        self.0.company.as_deref()
    }

    /// Street and number.
    fn street1(&self) -> &str {
        &self.0.street1
    }

    /// Apartment, floor, additional line.
    fn street2(&self) -> Option<&str> {
        self.0.street2.as_deref()
    }

    /// Postal code in the form of its country.
    fn postal_code(&self) -> &str {
        &self.0.postal_code
    }

    /// City or locality.
    fn city(&self) -> &str {
        &self.0.city
    }

    /// ISO 3166-2 suffix of the state or province, such as `CA`.
    fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// Country.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }

    /// Telephone for the carrier.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }
}

/// A postal address. Which parts are required depends on the country; a missing one is a user error that names it.
#[derive(Debug, Clone, InputObject)]
pub struct AddressInput {
    /// Given name of the recipient.
    #[graphql(default)]
    pub first_name: String,
    /// Family name of the recipient.
    #[graphql(default)]
    pub last_name: String,
    /// Company of the recipient.
    pub company: Option<String>,
    /// Street and number.
    #[graphql(default)]
    pub street1: String,
    /// Apartment, floor, additional line.
    pub street2: Option<String>,
    /// Postal code in the form of its country.
    #[graphql(default)]
    pub postal_code: String,
    /// City or locality.
    #[graphql(default)]
    pub city: String,
    /// ISO 3166-2 suffix of the state or province, such as `CA`: one of theirs in Australia, Canada and the United
    /// States, where it is required; elsewhere 1 to 3 letters or digits, or none.
    pub region: Option<String>,
    /// Country.
    pub country_code: CountryCode,
    /// Telephone for the carrier.
    pub phone: Option<String>,
}

impl From<AddressInput> for model::Address {
    fn from(input: AddressInput) -> Self {
        Self {
            first_name: input.first_name,
            last_name: input.last_name,
            company: input.company,
            street1: input.street1,
            street2: input.street2,
            postal_code: input.postal_code,
            city: input.city,
            region: input.region,
            country: input.country_code.0,
            phone: input.phone,
        }
    }
}
