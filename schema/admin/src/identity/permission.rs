//! Permissions on the wire.

use model::access::{Permission, Permissions};

/// The permissions of a set, in the order in which they are defined.
pub(super) fn list(permissions: Permissions) -> Vec<Permission> {
    permissions.iter().collect()
}

/// The set of some permissions.
pub(super) fn set(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}
