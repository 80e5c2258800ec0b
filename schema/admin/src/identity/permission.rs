//! Permissions in the admin API.

use model::access::{Permission, Permissions};

/// The permissions of a set in the order of their definition.
pub(super) fn list(permissions: Permissions) -> Vec<Permission> {
    permissions.iter().collect()
}

/// The set of a list of permissions.
pub(super) fn set(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}
