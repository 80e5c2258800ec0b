//! Texts that are almost valid: examples whose tokens are deleted, repeated, exchanged or replaced.

use proptest::{prelude::*, sample::Index};

/// A change of a list of tokens.
#[derive(Debug, Clone)]
enum Edit {
    Delete(Index),
    /// Repeats a range of tokens.
    Repeat {
        from: Index,
        tokens: usize,
        times: usize,
    },
    Swap(Index, Index),
    Insert(Index, String),
}

/// Examples with up to eight edits; `words` are tokens that the language knows.
pub fn mutated(examples: Vec<String>, words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let edits = prop::collection::vec(edit(words), 0..8);
    (prop::sample::select(examples), edits).prop_map(|(example, edits)| {
        let mut tokens = tokens(&example);
        for edit in edits {
            apply(&mut tokens, edit);
        }
        tokens.concat()
    })
}

fn edit(words: &'static [&'static str]) -> impl Strategy<Value = Edit> {
    let word = prop_oneof![
        8 => prop::sample::select(words).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => any::<i128>().prop_map(|number| number.to_string()),
    ];
    let repeat = (any::<Index>(), 1_usize..40, prop_oneof![8 => 1_usize..4, 1 => 1_usize..400])
        .prop_map(|(from, tokens, times)| Edit::Repeat { from, tokens, times });
    prop_oneof![
        any::<Index>().prop_map(Edit::Delete),
        repeat,
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Edit::Swap(a, b)),
        (any::<Index>(), word).prop_map(|(at, word)| Edit::Insert(at, format!(" {word} "))),
    ]
}

fn apply(tokens: &mut Vec<String>, edit: Edit) {
    if tokens.is_empty() {
        return;
    }
    match edit {
        Edit::Delete(at) => {
            tokens.remove(at.index(tokens.len()));
        }
        Edit::Repeat { from, tokens: count, times } => {
            let at = from.index(tokens.len());
            let part: Vec<String> = tokens.iter().skip(at).take(count).cloned().collect();
            let copies = std::iter::repeat_n(part, times).flatten();
            tokens.splice(at..at, copies);
        }
        Edit::Swap(a, b) => {
            let len = tokens.len();
            tokens.swap(a.index(len), b.index(len));
        }
        Edit::Insert(at, token) => tokens.insert(at.index(tokens.len()), token),
    }
}

/// Words, and each other character for itself.
fn tokens(text: &str) -> Vec<String> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut tokens: Vec<String> = Vec::new();
    let mut continues = false;
    for letter in text.chars() {
        match tokens.last_mut() {
            Some(word) if continues && is_word(letter) => word.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        continues = is_word(letter);
    }
    tokens
}
