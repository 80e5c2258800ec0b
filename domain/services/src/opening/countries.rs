//! The countries that a new shop can start in with currency, language, price mode and tax rates; see `countries.toml`.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::{
    Country, Currency, Locale, PostalCodeRange,
    tax::{STANDARD_CLASS, TaxComponent, TaxRate, TaxRule},
};
use serde::Deserialize;

use crate::{ServiceResult, error::OrInternal as _};

/// The classes that rates can have, with the names for staff.
pub(super) const CLASSES: [(&str, &str); 5] = [
    (STANDARD_CLASS, "Standard"),
    ("reduced", "Reduced"),
    ("second-reduced", "Second reduced"),
    ("super-reduced", "Super-reduced"),
    ("zero", "Zero"),
];

/// The content of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Countries {
    /// The day of the last check.
    pub checked: NaiveDate,
    /// The countries.
    pub country: Vec<CountryDefaults>,
}

/// Rates by class.
type Rates = BTreeMap<String, TaxRate>;

/// The defaults of a shop in a country.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountryDefaults {
    /// The country.
    pub code: Country,
    /// The currency.
    pub currency: Currency,
    /// The most common language.
    pub language: Locale,
    /// True if prices are usually stated without tax.
    #[serde(default)]
    pub prices_exclude_tax: bool,
    /// Name of the tax.
    pub name: String,
    /// True for members of the European Union, whose shops charge the rates of all members.
    #[serde(default)]
    pub is_eu: bool,
    /// The day from which the rates have applied.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the readers of the file; a test checks it"))]
    pub since: NaiveDate,
    /// The law and the authority.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the readers of the file; a test checks it"))]
    pub source: String,
    /// True if local authorities charge further rates.
    #[serde(default)]
    pub lacks_local_rates: bool,
    /// Rates of the whole country.
    #[serde(default)]
    pub rates: Rates,
    /// Rates of states or provinces.
    #[serde(default)]
    pub region: Vec<RegionDefaults>,
    /// Parts of the country with other rates.
    #[serde(default)]
    pub territory: Vec<Territory>,
}

/// The rate of a state or province.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionDefaults {
    /// ISO 3166-2 suffix.
    pub code: String,
    /// Parts of the rate of the standard class.
    pub standard: Vec<Part>,
}

/// A part of a rate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Name of the tax.
    pub name: String,
    /// The rate.
    pub percent: TaxRate,
}

/// A part of a country with other rates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Territory {
    /// English name.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the readers of the file; a test checks it"))]
    pub name: String,
    /// The law.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the readers of the file; a test checks it"))]
    pub source: String,
    /// Postal codes and ranges, such as `6991-6993`.
    pub postal_codes: Vec<String>,
    /// True if the territory is outside the tax area, so that deliveries are exports.
    #[serde(default)]
    pub is_outside: bool,
    /// Rates of the territory.
    #[serde(default)]
    pub rates: Rates,
}

impl Countries {
    /// Reads the file, which is a part of the program.
    ///
    /// # Errors
    /// [`crate::ServiceError::Internal`] if it is malformed, which a test rules out.
    pub fn read() -> ServiceResult<Self> {
        toml::from_str(include_str!("countries.toml")).or_internal("read the tax rates of countries")
    }

    /// The defaults of a country; None if the file does not contain it.
    #[must_use]
    pub fn find(&self, country: Country) -> Option<&CountryDefaults> {
        self.country.iter().find(|found| found.code == country)
    }

    /// The slugs of the tax classes of a shop in a country.
    #[must_use]
    pub fn classes(&self, country: Country) -> Vec<(&'static str, &'static str)> {
        let rates = self.find(country).map(|found| &found.rates);
        let has = |class: &str| class == STANDARD_CLASS || rates.is_some_and(|rates| rates.contains_key(class));
        CLASSES.into_iter().filter(|(class, _)| has(class)).collect()
    }

    /// The rates of a shop in a country: those of all members for a member of the European Union. Classes that a place does
    /// not have get its standard rate.
    ///
    /// # Errors
    /// [`crate::ServiceError::Internal`] if the file is malformed, which a test rules out.
    pub fn rules(&self, country: Country) -> ServiceResult<Vec<TaxRule>> {
        let classes = self.classes(country);
        let is_class = |class: &str| classes.iter().any(|(slug, _)| *slug == class);
        let is_eu = self.find(country).is_some_and(|found| found.is_eu);
        let mut rules = Vec::new();
        for found in self.country.iter().filter(|found| found.code == country || (is_eu && found.is_eu)) {
            rules.extend(found.rules()?.into_iter().filter(|rule| is_class(&rule.class)));
        }
        Ok(rules)
    }
}

impl CountryDefaults {
    fn rules(&self) -> ServiceResult<Vec<TaxRule>> {
        let mut rules: Vec<TaxRule> = self.of_classes(&self.rates);
        for region in &self.region {
            rules.push(self.of_region(region)?);
            // The rate of a region is more precise than that of a class in the country, so each region repeats those.
            let others = self.rates.iter().filter(|(class, _)| *class != STANDARD_CLASS);
            rules.extend(others.map(|(class, rate)| TaxRule {
                region: Some(region.code.clone()),
                ..TaxRule::new(self.code, class, &self.name, *rate)
            }));
        }
        for territory in &self.territory {
            let postal_codes = territory.ranges()?;
            let none = Rates::from([(STANDARD_CLASS.to_owned(), TaxRate::ZERO)]);
            let rates = if territory.is_outside { &none } else { &territory.rates };
            let of_territory = self.of_classes(rates).into_iter();
            rules.extend(of_territory.map(|rule| TaxRule { postal_codes: postal_codes.clone(), ..rule }));
        }
        Ok(rules.into_iter().map(TaxRule::normalized).collect())
    }

    fn of_classes(&self, rates: &Rates) -> Vec<TaxRule> {
        rates.iter().map(|(class, rate)| TaxRule::new(self.code, class, &self.name, *rate)).collect()
    }

    fn of_region(&self, region: &RegionDefaults) -> ServiceResult<TaxRule> {
        let rate = TaxRate::sum(region.standard.iter().map(|part| part.percent)).or_internal("add up a tax rate")?;
        let names: Vec<&str> = region.standard.iter().map(|part| part.name.as_str()).collect();
        let component = |part: &Part| TaxComponent { name: part.name.clone(), rate: part.percent };
        let components = if names.len() > 1 { region.standard.iter().map(component).collect() } else { Vec::new() };
        let rule = TaxRule::new(self.code, STANDARD_CLASS, &names.join(" + "), rate);
        Ok(TaxRule { region: Some(region.code.clone()), components, ..rule })
    }
}

impl Territory {
    fn ranges(&self) -> ServiceResult<Vec<PostalCodeRange>> {
        let range = |text: &String| {
            let (from, to) = text.split_once('-').unwrap_or((text, text));
            PostalCodeRange::parse(from, to).or_internal("read a range of postal codes")
        };
        self.postal_codes.iter().map(range).collect()
    }
}
