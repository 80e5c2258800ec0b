//! Splits text into words, in the same way for indexing and searching.

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RawTokenizer, TextAnalyzer, TokenStream as _};

/// Maximum length of a word; longer words are truncated.
const MAX_WORD: usize = 64;
/// Maximum number of words of a search; further words are ignored.
const MAX_SEARCHED: usize = 12;

/// Folds a text to lower case without accents: `Jacke für Zoë` becomes `jacke fur zoe`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut analyzer =
        TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build();
    let mut stream = analyzer.token_stream(text);
    stream.next().map(|token| token.text.clone()).unwrap_or_default()
}

/// The folded words of a text in order: runs of letters and digits, and each character of scripts that do not separate
/// words.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in folded.chars() {
        let alone = is_unspaced(letter);
        if alone || !letter.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if alone {
            words.push(letter.to_string());
        } else if letter.is_alphanumeric() && word.len() < MAX_WORD {
            word.push(letter);
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The words of a text that are searched for.
#[must_use]
pub fn searched_words(text: &str) -> Vec<String> {
    let mut words = words(text);
    words.truncate(MAX_SEARCHED);
    words
}

/// Han, Hiragana, Katakana and Thai do not separate words.
const fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0E00}'..='\u{0E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_split() {
        for (text, expected) in [
            ("Klassisches T-Shirt", vec!["klassisches", "t", "shirt"]),
            ("Jacke für Zoë", vec!["jacke", "fur", "zoe"]),
            ("TEE-S-BLACK 40%", vec!["tee", "s", "black", "40"]),
            ("定番Tシャツ", vec!["定", "番", "t", "シ", "ャ", "ツ"]),
            ("  ", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_words_are_truncated() {
        assert_eq!(words(&"x".repeat(10_000)), vec!["x".repeat(MAX_WORD)]);
    }
}
