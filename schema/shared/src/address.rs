//! Postal addresses.

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

    /// Company of the recipient; null if there is none.
    fn company(&self) -> Option<&str> {
        self.0.company.as_deref()
    }

    /// Street and house number.
    fn street1(&self) -> &str {
        &self.0.street1
    }

    /// Additional line, such as apartment or floor; null if there is none.
    fn street2(&self) -> Option<&str> {
        self.0.street2.as_deref()
    }

    /// Postal code in the format of the country.
    fn postal_code(&self) -> &str {
        &self.0.postal_code
    }

    /// City or locality.
    fn city(&self) -> &str {
        &self.0.city
    }

    /// ISO 3166-2 suffix of the state or province, such as `CA`; null if there is none.
    fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// Country of the address.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }

    /// Phone number for the carrier; null if there is none.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }
}

/// A postal address. The country determines the required parts; each missing part is a user error that names it.
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
    /// Street and house number.
    #[graphql(default)]
    pub street1: String,
    /// Additional line, such as apartment or floor.
    pub street2: Option<String>,
    /// Postal code in the format of the country.
    #[graphql(default)]
    pub postal_code: String,
    /// City or locality.
    #[graphql(default)]
    pub city: String,
    /// ISO 3166-2 suffix of the state or province, such as `CA`. Australia, Canada and the United States require one of
    /// theirs; elsewhere it is optional, with 1 to 3 letters or digits.
    pub region: Option<String>,
    /// Country of the address.
    pub country_code: CountryCode,
    /// Phone number for the carrier.
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
