//! Checks the size, tokens and nesting of a document before the recursive parser runs.

use async_graphql::Pos;

use crate::{limits::Limits, rejection::Rejection};

/// The maximum length of a name. Validation compares unknown names with those of the schema, which is slow for long names.
const MAX_NAME: usize = 256;

/// Rejects a document that is too long, has too many tokens, nests too deeply or cannot be tokenized. Returns the number of
/// tokens.
///
/// Strings and comments are tokenized exactly as by the parser, so that brackets in them are not counted differently.
pub fn scan(text: &str, limits: &Limits) -> Result<usize, Rejection> {
    if text.len() > limits.query_bytes {
        return Err(Rejection::too_complex(format!("the document is longer than {} bytes", limits.query_bytes)));
    }
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    let (mut tokens, mut depth) = (0, 0_usize);
    loop {
        scanner.skip_ignored();
        let start = scanner.at;
        let Some(token) = scanner.token().map_err(|message| Rejection::input(message).at(position(text, start)))?
        else {
            return Ok(tokens);
        };
        tokens += 1;
        if tokens > limits.tokens {
            let message = format!("the document has more than {} tokens", limits.tokens);
            return Err(Rejection::too_complex(message));
        }
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Other => {}
        }
        if depth > limits.nesting {
            let message = format!("the document nests deeper than {} levels", limits.nesting);
            return Err(Rejection::too_complex(message).at(position(text, start)));
        }
    }
}

enum Token {
    Open,
    Close,
    Other,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(prefix))
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
    }

    /// Skips white space, commas, byte order marks and comments.
    fn skip_ignored(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
                0xEF if self.starts_with("\u{feff}".as_bytes()) => self.at += 3,
                b'#' => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
                _ => return,
            }
        }
    }

    fn token(&mut self) -> Result<Option<Token>, &'static str> {
        let Some(byte) = self.peek() else { return Ok(None) };
        match byte {
            b'{' | b'[' | b'(' => return Ok(Some(self.punctuator(Token::Open))),
            b'}' | b']' | b')' => return Ok(Some(self.punctuator(Token::Close))),
            b'!' | b'$' | b'&' | b':' | b'=' | b'@' | b'|' => return Ok(Some(self.punctuator(Token::Other))),
            b'.' if self.starts_with(b"...") => self.at += 3,
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_'));
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.name()?,
            _ => return Err("unexpected character"),
        }
        Ok(Some(Token::Other))
    }

    fn punctuator(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn name(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.at - start > MAX_NAME { Err("a name is too long") } else { Ok(()) }
    }

    fn string(&mut self) -> Result<(), &'static str> {
        if self.starts_with(b"\"\"\"") {
            return self.block_string();
        }
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
                b'\n' | b'\r' => break,
                _ => self.at += 1,
            }
        }
        Err("unterminated string")
    }

    fn block_string(&mut self) -> Result<(), &'static str> {
        self.at += 3;
        while self.at < self.bytes.len() {
            if self.starts_with(b"\"\"\"") {
                self.at += 3;
                return Ok(());
            }
            self.at += if self.starts_with(b"\\\"\"\"") { 4 } else { 1 };
        }
        Err("unterminated block string")
    }
}

/// The line and column, from one, of a byte of the text.
fn position(text: &str, at: usize) -> Pos {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    Pos { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(text: &str) -> Option<String> {
        scan(text, &Limits::default()).err().map(|rejection| rejection.errors[0].message.clone())
    }

    #[test]
    fn ordinary_documents_pass() {
        for text in [
            "{ a }",
            "query Q($a: [Int!] = [1, -2.5e3]) @x { a(b: \"}}}}\" c: $a) { ...F ... on T { d } } }",
            "\u{feff}# {{{ comment\n{ a(b: \"\"\" \\\"\"\" {{{ \"\"\") }",
            "{ a(b: \"\\\"{{{\") }",
        ] {
            assert_eq!(rejection(text), None, "{text}");
        }
    }

    #[test]
    fn nesting_is_counted_over_all_brackets() {
        assert!(rejection(&"{a".repeat(51)).is_some_and(|message| message.contains("nests deeper")));
        assert!(
            rejection(&format!("{{a(b:{}", "[".repeat(49))).is_some_and(|message| message.contains("nests deeper"))
        );
        assert!(rejection(&format!("{{a(b:{}", "{a:".repeat(49))).is_some_and(|message| message.contains("nests")));
        assert_eq!(rejection(&"{a}".repeat(1000)), None);
    }

    #[test]
    fn brackets_in_unterminated_strings_are_rejected() {
        assert_eq!(rejection("{ a(b: \"{{{ \n }"), Some("unterminated string".into()));
        assert_eq!(rejection("{ a(b: \"\"\" {{{ }"), Some("unterminated block string".into()));
        assert_eq!(rejection("{ a(b: \"x\\"), Some("unterminated string".into()));
        assert_eq!(rejection("{ ä }"), Some("unexpected character".into()));
    }

    #[test]
    fn tokens_and_bytes_are_limited() {
        assert!(rejection(&"a ".repeat(10_001)).is_some_and(|message| message.contains("tokens")));
        assert!(rejection(&" ".repeat(200_000)).is_some_and(|message| message.contains("bytes")));
    }

    #[test]
    fn errors_have_a_location() {
        let rejection = scan("{ a\n  ~ }", &Limits::default()).unwrap_err();
        assert_eq!(rejection.errors[0].locations, [Pos { line: 2, column: 3 }]);
    }
}
