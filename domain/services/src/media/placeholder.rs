//! Generated placeholder images for the demo shop. The same name always produces the same image.

use std::fmt::Write as _;

/// Default width and height in pixels; placeholders are square.
const SIDE: u32 = 1_200;
const SMALLEST: u32 = 16;
const LARGEST: u32 = 4_000;

/// The SVG image of a name such as `classic-tee-1.svg`, within the maximum width and height; `None` for other names.
#[must_use]
pub fn placeholder(name: &str, max_width: Option<u32>, max_height: Option<u32>) -> Option<String> {
    let subject = name.strip_suffix(".svg")?;
    let is_plain = subject.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if subject.is_empty() || subject.len() > 200 || !is_plain {
        return None;
    }
    let side = max_width.unwrap_or(SIDE).min(max_height.unwrap_or(SIDE)).clamp(SMALLEST, LARGEST);
    let mut random = Random(hash(subject));
    let hue = random.below(360);
    let other = (hue + 25 + random.below(60)) % 360;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 100 100" role="img"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl({hue},45%,88%)"/><stop offset="1" stop-color="hsl({other},50%,72%)"/></linearGradient></defs><rect width="100" height="100" fill="url(#g)"/>"#
    );
    for _ in 0..3 + random.below(3) {
        let (x, y, radius) = (15 + random.below(70), 15 + random.below(60), 6 + random.below(18));
        let (tint, lightness) = ((hue + random.below(120)) % 360, 45 + random.below(30));
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r#"<circle cx="{x}" cy="{y}" r="{radius}" fill="hsl({tint},55%,{lightness}%)" fill-opacity="0.55"/>"#
        );
    }
    let caption = caption(subject);
    let _ = write!(
        svg,
        r##"<text x="50" y="92" text-anchor="middle" font-family="sans-serif" font-size="6" fill="#222">{caption}</text></svg>"##
    );
    Some(svg)
}

/// `classic tee` for `classic-tee-1`. It consists of letters, digits and spaces, so it needs no escaping.
fn caption(subject: &str) -> String {
    let words = subject.trim_end_matches(|last: char| last.is_ascii_digit()).trim_end_matches('-');
    words.replace('-', " ").chars().take(28).collect()
}

/// FNV-1a: short, and stable across platforms and Rust versions, unlike the standard hasher.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A linear congruential generator; the sequence depends on the seed only.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_produces_the_same_image_in_the_requested_size() {
        let small = placeholder("classic-tee-1.svg", Some(80), None).unwrap();
        assert_eq!(placeholder("classic-tee-1.svg", Some(80), None).as_ref(), Some(&small));
        assert!(small.contains(r#"width="80""#) && small.contains(">classic tee<"));
        assert_ne!(placeholder("classic-tee-2.svg", Some(80), None), Some(small));
    }

    #[test]
    fn other_names_have_no_image() {
        for name in ["", ".svg", "a.png", "<script>.svg", "../x.svg", "Logo.svg"] {
            assert_eq!(placeholder(name, None, None), None, "{name}");
        }
    }
}
