//! Tracking information of parcels.

use serde::{Deserialize, Serialize};

use crate::WebUrl;

/// Tracking information of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// The carrier's tracking number.
    pub number: String,
    /// The carrier's tracking page, an `http` or `https` URL.
    pub url: Option<String>,
}

/// Carrier or tracking information is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTracking {
    /// The number is empty or too long.
    #[error("a tracking number has 1 to 200 characters")]
    Number,
    /// The URL is malformed.
    #[error("a tracking URL starts with https:// or http:// and has no user name, password and blanks")]
    Url,
    /// There are too many parcels.
    #[error("a fulfillment has at most {most} parcels", most = Tracking::MOST)]
    TooMany,
    /// The carrier is too long.
    #[error("a carrier has 1 to 200 characters")]
    Carrier,
}

impl Tracking {
    /// The most parcels of a fulfillment.
    pub const MOST: usize = 50;

    /// The tracking information as it is stored: the number without surrounding blanks.
    ///
    /// # Errors
    /// [`InvalidTracking`] if number or URL is malformed.
    pub fn normalized(self) -> Result<Self, InvalidTracking> {
        let number = bounded(&self.number).ok_or(InvalidTracking::Number)?;
        let url = self.url.as_deref().map(WebUrl::parse).transpose().map_err(|_| InvalidTracking::Url)?;
        Ok(Self { number, url: url.map(String::from) })
    }

    /// The tracking information of several parcels.
    ///
    /// # Errors
    /// [`InvalidTracking`] if there are too many, or one is malformed.
    pub fn normalized_all(all: Vec<Self>) -> Result<Vec<Self>, InvalidTracking> {
        if all.len() > Self::MOST {
            return Err(InvalidTracking::TooMany);
        }
        all.into_iter().map(Self::normalized).collect()
    }

    /// The name of a carrier as it is stored.
    ///
    /// # Errors
    /// [`InvalidTracking::Carrier`] if it is empty or too long.
    pub fn carrier(name: &str) -> Result<String, InvalidTracking> {
        bounded(name).ok_or(InvalidTracking::Carrier)
    }
}

/// The text without surrounding blanks; none if it is empty, too long, or has control characters.
fn bounded(text: &str) -> Option<String> {
    let text = text.trim();
    let is_good = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_good.then(|| text.to_owned())
}
