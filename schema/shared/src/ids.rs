//! Global ids in the API.

use std::str::FromStr;

use async_graphql::ID;
use model::{GlobalId, InvalidId};

/// Parses a global id of the expected type.
///
/// # Errors
/// [`InvalidId`] if the id is malformed or of another type.
pub fn parse_id<T: GlobalId + FromStr<Err = InvalidId>>(id: &ID) -> Result<T, InvalidId> {
    id.as_str().parse()
}

/// The global id of an object.
pub fn to_id(id: impl GlobalId) -> ID {
    ID(id.to_string())
}
