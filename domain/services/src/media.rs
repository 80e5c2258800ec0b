//! Pictures: their addresses, and drawings that stand for the demo shop's.

mod placeholder;

use std::fmt::Write as _;

pub use placeholder::placeholder;

/// How a picture is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transform {
    /// The widest it may be, in pixels.
    pub max_width: Option<u32>,
    /// The highest it may be, in pixels.
    pub max_height: Option<u32>,
    /// The format wished for, such as `webp`.
    pub format: Option<&'static str>,
}

/// The address of a picture in the form wanted. The wish travels in the query of pictures that this shop serves; those
/// from elsewhere keep their address. Drawings of the demo shop honour the size and are SVG whatever format is wished:
/// uploads and their conversion are not here yet.
#[must_use]
pub fn url(original: &str, transform: Transform) -> String {
    let mut query = String::new();
    if original.starts_with("/media/") {
        let mut push = |name: &str, value: &dyn std::fmt::Display| {
            let separator = if query.is_empty() { '?' } else { '&' };
            // Writing to a string cannot fail.
            let _ = write!(query, "{separator}{name}={value}");
        };
        if let Some(width) = transform.max_width {
            push("w", &width);
        }
        if let Some(height) = transform.max_height {
            push("h", &height);
        }
        if let Some(format) = transform.format {
            push("format", &format);
        }
    }
    format!("{original}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_travels_in_the_query_of_our_own_pictures_only() {
        let wish = Transform { max_width: Some(800), max_height: None, format: Some("webp") };
        assert_eq!(url("/media/tee-1.svg", wish), "/media/tee-1.svg?w=800&format=webp");
        assert_eq!(url("/media/tee-1.svg", Transform::default()), "/media/tee-1.svg");
        assert_eq!(url("https://cdn.example/tee.png", wish), "https://cdn.example/tee.png");
    }
}
