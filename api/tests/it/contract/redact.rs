//! Replaces values that differ from run to run: ids, times, secrets and addresses.

use serde_json::Value;

/// Fields that contain a secret or an opaque cursor.
const OPAQUE: [&str; 7] =
    ["token", "accessToken", "refreshToken", "endCursor", "cursor", "gatewayReference", "clientSecret"];

/// Returns a copy whose ids are numbered in order of appearance.
pub fn redact(answer: &Value) -> Value {
    redact_at("", answer, &mut Vec::new())
}

fn redact_at(key: &str, value: &Value, seen: &mut Vec<String>) -> Value {
    match value {
        Value::String(text) => Value::String(redact_text(key, text, seen)),
        Value::Array(items) => items.iter().map(|item| redact_at(key, item, seen)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), redact_at(key, value, seen))).collect()
        }
        other => other.clone(),
    }
}

fn redact_text(key: &str, text: &str, seen: &mut Vec<String>) -> String {
    if OPAQUE.contains(&key) {
        format!("[{key}]")
    } else if is_time(text) {
        "[time]".to_owned()
    } else if text.starts_with("http://127.0.0.1:") {
        "[address of this run]".to_owned()
    } else {
        number_ids(text, seen)
    }
}

fn is_time(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok_and(|time| time.offset().local_minus_utc() == 0)
}

/// Replaces the unique part of every id, also inside free text.
fn number_ids(text: &str, seen: &mut Vec<String>) -> String {
    let is_part = |character: char| !(character.is_ascii_alphanumeric() || character == '-' || character == '_');
    let ids = text.split(is_part).filter(|part| is_id(part)).map(str::to_owned).collect::<Vec<_>>();
    ids.into_iter().fold(text.to_owned(), |text, id| {
        let number = seen.iter().position(|known| *known == id).unwrap_or_else(|| {
            seen.push(id.clone());
            seen.len() - 1
        });
        text.replace(&id, &format!("[{}]", number + 1))
    })
}

/// True for a UUID with or without hyphens.
fn is_id(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && part.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
