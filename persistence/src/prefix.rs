//! The half-open range of texts that start with a prefix, so that a B-tree index serves a prefix search.

/// Returns the prefix in lower case and the first text, in byte order, after all texts that start with it.
///
/// Compare with `~>=~` and `~<~`: unlike `LIKE`, these use an index in byte order whatever the bound values are.
pub(crate) fn prefix_range(text: &str) -> (String, String) {
    let start: String = text.chars().flat_map(char::to_lowercase).collect();
    let end = end_of(&start);
    (start, end)
}

/// Empty if the text has only the last code point, which is no character.
fn end_of(start: &str) -> String {
    let mut kept: Vec<char> = start.chars().collect();
    while let Some(last) = kept.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            kept.push(next);
            break;
        }
    }
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_ends_before_the_first_text_without_the_prefix() {
        for (text, start, end) in [
            ("Ada@", "ada@", "adaA"),
            ("50%_", "50%_", "50%`"),
            ("é", "é", "ê"),
            ("\u{d7ff}", "\u{d7ff}", "\u{e000}"),
            ("a\u{10ffff}", "a\u{10ffff}", "b"),
            ("\u{10ffff}", "\u{10ffff}", ""),
        ] {
            assert_eq!(prefix_range(text), (start.to_owned(), end.to_owned()));
        }
    }
}
