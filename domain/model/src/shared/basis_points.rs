//! Percentages as whole numbers.

/// A percentage in hundredths of a percent: 1,250 basis points are 12.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BasisPoints(pub i64);

/// The text is not a percentage with at most two digits after the decimal point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a percentage has at most two digits after the decimal point, such as `12.5`")]
pub struct InvalidPercentage;

impl BasisPoints {
    /// Parses a percentage such as `12.5`; a sign is not allowed.
    ///
    /// # Errors
    /// [`InvalidPercentage`] for any other text.
    pub fn parse(percent: &str) -> Result<Self, InvalidPercentage> {
        let (whole, fraction) = match percent.split_once('.') {
            Some((_, "")) => return Err(InvalidPercentage),
            Some(parts) => parts,
            None => (percent, ""),
        };
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 2 || !is_number(whole) || !is_number(fraction) {
            return Err(InvalidPercentage);
        }
        format!("{whole}{fraction:0<2}").parse().map(Self).map_err(|_| InvalidPercentage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_percentages_with_up_to_two_digits() {
        for (text, points) in [("0", 0), ("12.5", 1_250), ("0.01", 1), ("100", 10_000), ("100.00", 10_000)] {
            assert_eq!(BasisPoints::parse(text), Ok(BasisPoints(points)), "{text}");
        }
        for text in ["", "-5", "+5", "5.", ".5", "1.234", "1,5", "5 %", "x", "99999999999999999999"] {
            assert_eq!(BasisPoints::parse(text), Err(InvalidPercentage), "{text}");
        }
    }
}
