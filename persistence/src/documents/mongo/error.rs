//! Conversion of the driver's errors.

use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, WriteFailure};

use crate::{StoreError, documents::ID_CONSTRAINT, error::ConstraintKind};

const DUPLICATE_KEY: i32 = 11_000;

/// Codes of a server that is shutting down, stepping down, or timed out.
const AWAY: [i32; 14] = [6, 7, 50, 89, 91, 112, 189, 262, 9_001, 10_058, 10_107, 11_600, 11_602, 13_435];

pub(super) fn translate(error: &Error) -> StoreError {
    if let Some(message) = duplicate(error) {
        return StoreError::Constraint { constraint: index_of(message), kind: ConstraintKind::Unique };
    }
    let is_away = match error.kind.as_ref() {
        ErrorKind::Io(_)
        | ErrorKind::ServerSelection { .. }
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::Shutdown
        | ErrorKind::Write(WriteFailure::WriteConcernError(_)) => true,
        ErrorKind::Command(command) => AWAY.contains(&command.code),
        _ => error.contains_label(RETRYABLE_WRITE_ERROR),
    };
    let message = error.to_string();
    if is_away { StoreError::Unavailable(message) } else { StoreError::Internal(message) }
}

/// True if an unordered insert failed only because some of the documents exist.
pub(super) fn is_all_duplicates(error: &Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::InsertMany(many) => {
            let errors = many.write_errors.as_deref().unwrap_or_default();
            many.write_concern_error.is_none()
                && !errors.is_empty()
                && errors.iter().all(|error| error.code == DUPLICATE_KEY)
        }
        _ => duplicate(error).is_some(),
    }
}

fn duplicate(error: &Error) -> Option<&str> {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(write)) if write.code == DUPLICATE_KEY => Some(&write.message),
        ErrorKind::Command(command) if command.code == DUPLICATE_KEY => Some(&command.message),
        _ => None,
    }
}

/// The index that a duplicate-key message names. Servers do not agree on any other field with this name.
fn index_of(message: &str) -> String {
    let named = message.split_once("index: ").and_then(|(_, rest)| rest.split_whitespace().next());
    match named {
        Some("_id_") | None => ID_CONSTRAINT.to_owned(),
        Some(index) => index.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_read_from_the_message() {
        let message = |index| format!("E11000 duplicate key error collection: a.b index: {index} dup key: {{ x: 1 }}");
        assert_eq!(index_of(&message("_id_")), ID_CONSTRAINT);
        assert_eq!(index_of(&message("slug_1")), "slug_1");
    }
}
