//! URLs of images, and generated placeholder images for the demo shop.

mod placeholder;

use std::fmt::Write as _;

pub use placeholder::placeholder;

/// The requested size and format of an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transform {
    /// Maximum width in pixels.
    pub max_width: Option<u32>,
    /// Maximum height in pixels.
    pub max_height: Option<u32>,
    /// Requested format, such as `webp`.
    pub format: Option<&'static str>,
}

/// The URL of an image with the requested size and format as query parameters. URLs of other servers are returned
/// unchanged. The placeholder images of the demo shop follow the size and are always SVG.
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
    fn only_own_images_get_transform_parameters() {
        let transform = Transform { max_width: Some(800), max_height: None, format: Some("webp") };
        assert_eq!(url("/media/tee-1.svg", transform), "/media/tee-1.svg?w=800&format=webp");
        assert_eq!(url("/media/tee-1.svg", Transform::default()), "/media/tee-1.svg");
        assert_eq!(url("https://cdn.example/tee.png", transform), "https://cdn.example/tee.png");
    }
}
