//! Global ids on the wire.

use std::str::FromStr;

use async_graphql::ID;
use model::{GlobalId, InvalidId};

/// Reads a global id of the expected type; one of another type names nothing here.
///
/// # Errors
/// [`InvalidId`] for anything else.
pub fn parse_id<T: GlobalId + FromStr<Err = InvalidId>>(id: &ID) -> Result<T, InvalidId> {
    id.as_str().parse()
}

/// The global id of an object.
pub fn to_id(id: impl GlobalId) -> ID {
    ID(id.to_string())
}
