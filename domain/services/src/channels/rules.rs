//! Rules of channels.

use model::{InvalidSlug, channels::ChannelRuleError};

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps a channel from being created or changed.
#[derive(Debug, thiserror::Error)]
pub enum ChannelRule {
    /// No channel has the id or slug.
    #[error("there is no such channel")]
    NotFound,
    /// The channel has another version than the caller expects.
    #[error("the channel has changed: its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// The channel was archived.
    #[error("the channel is archived")]
    Archived,
    /// The slug is malformed.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// Another channel has the slug.
    #[error("another channel has this slug")]
    SlugTaken,
    /// No stock location has the slug.
    #[error("there is no stock location `{0}`")]
    LocationNotFound(String),
    /// The price mode of orders cannot change.
    #[error("the channel has orders, so its prices keep including or excluding tax")]
    PriceModeFixed,
    /// The channel is invalid.
    #[error(transparent)]
    Invalid(#[from] ChannelRuleError),
    /// The shop would have no default channel.
    #[error("make another channel the default one instead")]
    DefaultNeeded,
}

impl RuleError for ChannelRule {}
impl RuleError for InvalidSlug {}
impl RuleError for ChannelRuleError {}

/// The channel was not created or changed.
pub type ChannelError = UseCaseError<ChannelRule>;
