//! Sets of permissions.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Permission;

/// A set of permissions, closed under what they imply.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);

    /// Every permission.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// True if the set contains the permission.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        let bits = permission.bits();
        self.0 & bits == bits
    }

    /// True if the set contains every permission of `other`.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The permissions of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions of both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The permissions of the set, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bits()))
    }
}

impl From<Vec<String>> for Permissions {
    /// Ignores unknown names, so that a permission that was removed grants nothing.
    fn from(names: Vec<String>) -> Self {
        names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect()
    }
}

impl From<Permissions> for Vec<String> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().map(|permission| permission.to_string()).collect()
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
