//! Postal addresses.

use serde::{Deserialize, Serialize};

use super::{country::Country, region::is_region_valid};

/// A postal address. The required fields depend on the country, see [`Address::invalid_fields`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Given name of the recipient.
    pub first_name: String,
    /// Family name of the recipient.
    pub last_name: String,
    /// Company of the recipient; None for private addresses.
    #[serde(default)]
    pub company: Option<String>,
    /// Street and house number.
    pub street1: String,
    /// Apartment, floor or another additional line.
    #[serde(default)]
    pub street2: Option<String>,
    /// Postal code in the format of the country.
    pub postal_code: String,
    /// City or locality.
    pub city: String,
    /// ISO 3166-2 suffix of the state or province, such as `CA`; taxes depend on it.
    #[serde(default)]
    pub region: Option<String>,
    /// Country of the address.
    pub country: Country,
    /// Phone number for the carrier.
    #[serde(default)]
    pub phone: Option<String>,
}

impl Address {
    /// The address with trimmed fields, empty optional fields removed, and a region such as `us-ca` written as `CA`.
    #[must_use]
    pub fn normalized(self) -> Self {
        let trim = |text: String| text.trim().to_owned();
        let optional = |text: Option<String>| text.map(trim).filter(|text| !text.is_empty());
        let prefix = format!("{}-", self.country.code());
        let region = optional(self.region).map(|region| {
            let region = region.to_uppercase();
            region.strip_prefix(&prefix).map_or(region.clone(), str::to_owned)
        });
        Self {
            first_name: trim(self.first_name),
            last_name: trim(self.last_name),
            company: optional(self.company),
            street1: trim(self.street1),
            street2: optional(self.street2),
            postal_code: trim(self.postal_code),
            city: trim(self.city),
            region,
            country: self.country,
            phone: optional(self.phone),
        }
    }

    /// The GraphQL names of the fields that are empty, longer than 200 characters, or not a region of the country.
    #[must_use]
    pub fn invalid_fields(&self) -> Vec<&'static str> {
        let required = [
            ("lastName", &self.last_name),
            ("street1", &self.street1),
            ("postalCode", &self.postal_code),
            ("city", &self.city),
        ];
        let mut invalid: Vec<&'static str> =
            required.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| name).collect();
        if !is_region_valid(self.country, self.region.as_deref()) {
            invalid.push("region");
        }
        let bounded = [
            ("firstName", Some(&self.first_name)),
            ("lastName", Some(&self.last_name)),
            ("company", self.company.as_ref()),
            ("street1", Some(&self.street1)),
            ("street2", self.street2.as_ref()),
            ("postalCode", Some(&self.postal_code)),
            ("city", Some(&self.city)),
            ("phone", self.phone.as_ref()),
        ];
        let too_long = bounded.into_iter().filter(|(_, text)| text.is_some_and(|text| text.chars().count() > 200));
        invalid.extend(too_long.map(|(name, _)| name));
        invalid
    }
}
