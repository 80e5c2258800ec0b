//! Names of countries and the lines of postal addresses.

use super::{
    super::{address::Address, country::Country},
    Formats,
};

/// Code, German, French and Japanese name; from CLDR, sorted by code.
const NAMES: &str = include_str!("country_names.tsv");

/// The prefectures of Japan by their ISO 3166-2 suffix, from 01.
const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// The name of a country in a language; in English if there is none.
pub(super) fn country_name(language: &str, country: Country) -> &'static str {
    let column = match language {
        "de" => 1,
        "fr" => 2,
        "ja" => 3,
        _ => return country.name(),
    };
    let row = NAMES.lines().find(|row| row.starts_with(country.code()));
    row.and_then(|row| row.split('\t').nth(column)).unwrap_or_else(|| country.name())
}

impl Formats<'_> {
    /// The name of a person in the order of the language.
    #[must_use]
    pub fn person(&self, first_name: &str, last_name: &str) -> String {
        let (first, last) = (first_name.trim(), last_name.trim());
        match self.language {
            "ja" => format!("{last} {first}"),
            _ => format!("{first} {last}"),
        }
        .trim()
        .to_owned()
    }

    /// The lines of an address as its country writes them, with the name of the country last. Empty lines are left out.
    #[must_use]
    pub fn address(&self, address: &Address) -> Vec<String> {
        let optional = |text: Option<&String>| text.cloned().unwrap_or_default();
        let mut lines = vec![self.person(&address.first_name, &address.last_name), optional(address.company.as_ref())];
        lines.extend(self.place(address));
        lines.push(self.country(address.country).to_owned());
        lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// The lines between the name and the country.
    fn place(&self, address: &Address) -> Vec<String> {
        let Address { street1, street2, postal_code, city, region, country, .. } = address;
        let street2 = street2.clone().unwrap_or_default();
        let region = region.as_deref().unwrap_or_default();
        match country.code() {
            "JP" if self.language == "ja" => {
                vec![format!("〒{postal_code}"), format!("{}{city}{street1}", prefecture(region)), street2]
            }
            "JP" => vec![street1.clone(), street2, format!("{city} {postal_code}")],
            "US" | "CA" => vec![street1.clone(), street2, format!("{city}, {region} {postal_code}")],
            "AU" => vec![street1.clone(), street2, format!("{city} {region} {postal_code}")],
            "GB" => vec![street1.clone(), street2, city.clone(), postal_code.clone()],
            "IT" => vec![street1.clone(), street2, format!("{postal_code} {city} {region}")],
            _ => vec![street1.clone(), street2, format!("{postal_code} {city}")],
        }
    }
}

/// The name of a prefecture; a region that is not an ISO suffix is kept as it was entered.
fn prefecture(region: &str) -> &str {
    let number = region.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.and_then(|at| PREFECTURES.get(at).copied()).unwrap_or(region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Locale;

    fn address(country: &str, region: Option<&str>, postal_code: &str, city: &str, street1: &str) -> Address {
        Address {
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            company: None,
            street1: street1.to_owned(),
            street2: None,
            postal_code: postal_code.to_owned(),
            city: city.to_owned(),
            region: region.map(str::to_owned),
            country: country.parse().unwrap(),
            phone: None,
        }
    }

    #[test]
    fn addresses_are_written_as_in_their_country() {
        for (tag, address, expected) in [
            (
                "de",
                address("DE", Some("BE"), "10115", "Berlin", "Invalidenstr. 1"),
                vec!["Ada Lovelace", "Invalidenstr. 1", "10115 Berlin", "Deutschland"],
            ),
            (
                "fr",
                address("US", Some("CA"), "94607", "Oakland", "1 Broadway"),
                vec!["Ada Lovelace", "1 Broadway", "Oakland, CA 94607", "États-Unis"],
            ),
            (
                "ja",
                address("JP", Some("13"), "150-0001", "渋谷区", "神宮前1-2-3"),
                vec!["Lovelace Ada", "〒150-0001", "東京都渋谷区神宮前1-2-3", "日本"],
            ),
            (
                "en",
                address("GB", None, "SW1A 1AA", "London", "1 The Mall"),
                vec!["Ada Lovelace", "1 The Mall", "London", "SW1A 1AA", "United Kingdom"],
            ),
        ] {
            let locale: Locale = tag.parse().unwrap();
            assert_eq!(Formats::of(&locale).address(&address), expected, "{tag}");
        }
    }

    #[test]
    fn every_country_has_a_name_in_every_language() {
        let rows: Vec<Vec<&str>> = NAMES.lines().map(|row| row.split('\t').collect()).collect();
        assert!(rows.iter().all(|row| row.len() == 4 && row.iter().all(|cell| !cell.is_empty())));
        let codes: Vec<&str> = rows.iter().map(|row| row[0]).collect();
        assert_eq!(codes, Country::all().map(Country::code).collect::<Vec<_>>());
        assert_eq!(country_name("de", "DE".parse().unwrap()), "Deutschland");
        assert_eq!(country_name("es", "DE".parse().unwrap()), "Germany");
    }
}
