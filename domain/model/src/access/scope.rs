//! The channels in which permissions hold. A role can be limited to channels; the limits of several roles do not mix.

use std::collections::BTreeMap;

use super::{Permission, Permissions};
use crate::ids::ChannelId;

/// The channels in which an actor holds a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelScope {
    /// Every channel, and objects that belong to no channel.
    All,
    /// Only these channels, sorted; at least one.
    Only(Vec<ChannelId>),
}

impl ChannelScope {
    /// True if the permission holds in the channel.
    #[must_use]
    pub fn contains(&self, channel: ChannelId) -> bool {
        match self {
            Self::All => true,
            Self::Only(channels) => channels.contains(&channel),
        }
    }

    /// True if the permission holds in all channels of an object; an object without channels applies in every channel.
    #[must_use]
    pub fn contains_all(&self, channels: &[ChannelId]) -> bool {
        *self == Self::All || !channels.is_empty() && channels.iter().all(|channel| self.contains(*channel))
    }

    /// True if the permission holds in a channel of an object; an object without channels applies in every channel.
    #[must_use]
    pub fn contains_any(&self, channels: &[ChannelId]) -> bool {
        channels.is_empty() || channels.iter().any(|channel| self.contains(*channel))
    }

    /// The channels; None for every channel.
    #[must_use]
    pub fn only(&self) -> Option<&[ChannelId]> {
        match self {
            Self::All => None,
            Self::Only(channels) => Some(channels),
        }
    }

    /// The channels of both scopes and of a list; None for every channel.
    #[must_use]
    pub fn narrowed_to(&self, channels: Option<&[ChannelId]>) -> Option<Vec<ChannelId>> {
        match (self.only(), channels) {
            (None, None) => None,
            (Some(own), None) => Some(own.to_vec()),
            (_, Some(wanted)) => Some(wanted.iter().copied().filter(|channel| self.contains(*channel)).collect()),
        }
    }
}

/// The permissions of an account: those that hold in every channel, and those of roles that are limited to channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// Permissions in every channel and for objects that belong to no channel.
    pub everywhere: Permissions,
    /// Further permissions in single channels.
    pub limited: LimitedPermissions,
}

impl Grants {
    /// All permissions, whatever their channels.
    #[must_use]
    pub fn anywhere(&self) -> Permissions {
        self.everywhere.union(self.limited.anywhere())
    }

    /// The part of the grants that is in the set.
    #[must_use]
    pub fn restricted_to(&self, set: Permissions) -> Self {
        let limited = self.limited.0.iter().map(|(channel, held)| (*channel, held.intersection(set)));
        Self { everywhere: self.everywhere.intersection(set), limited: LimitedPermissions(limited.collect()) }
    }
}

/// Permissions that hold only in single channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitedPermissions(BTreeMap<ChannelId, Permissions>);

impl LimitedPermissions {
    /// No permission.
    pub const NONE: Self = Self(BTreeMap::new());

    /// Adds permissions in channels.
    pub fn add(&mut self, channels: &[ChannelId], permissions: Permissions) {
        for channel in channels {
            let held = self.0.entry(*channel).or_default();
            *held = held.union(permissions);
        }
    }

    /// The permissions in a channel.
    #[must_use]
    pub fn of(&self, channel: ChannelId) -> Permissions {
        self.0.get(&channel).copied().unwrap_or_default()
    }

    /// The permissions of all channels together.
    #[must_use]
    pub fn anywhere(&self) -> Permissions {
        self.0.values().fold(Permissions::NONE, |all, held| all.union(*held))
    }

    /// The channels in which a permission holds, sorted.
    #[must_use]
    pub fn channels_with(&self, permission: Permission) -> Vec<ChannelId> {
        let held = self.0.iter().filter(|(_, held)| held.contains(permission));
        held.map(|(channel, _)| *channel).collect()
    }

    /// The channels in which any permission holds, sorted.
    #[must_use]
    pub fn channels(&self) -> Vec<ChannelId> {
        let held = self.0.iter().filter(|(_, held)| **held != Permissions::NONE);
        held.map(|(channel, _)| *channel).collect()
    }
}
