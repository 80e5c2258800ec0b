//! The settings that pricing and checkout read, as one immutable snapshot.

mod order_numbers;
mod periods;
mod shop;

use std::sync::Arc;

pub use order_numbers::OrderNumberFormat;
pub use periods::{CartLifetime, RetentionDays};
pub use shop::{MailSender, ShopSettings, ShopSettingsError};

use crate::{
    Timestamp,
    channels::{Channel, StockLocation, TransferAccount},
    ids::{ChannelId, DeliveryZoneId, StockLocationId},
    promotions::Promotion,
    shipping::{DeliveryMethod, DeliveryZone},
    tax::TaxTable,
};

/// All settings that pricing and checkout read. They are few and small, so every process caches the whole snapshot;
/// any change produces a new one.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The settings of the whole shop.
    pub shop: ShopSettings,
    /// Channels, in a stable order, with archived ones; their locations are the active ones.
    pub channels: Vec<Arc<Channel>>,
    /// Stock locations, in a stable order.
    pub locations: Vec<StockLocation>,
    /// Accounts of channels for bank transfers.
    pub transfer_accounts: Vec<TransferAccount>,
    /// Tax rates of all destinations.
    pub taxes: TaxTable,
    /// Delivery zones, in a stable order.
    pub delivery_zones: Vec<DeliveryZone>,
    /// Delivery methods of every channel that are not archived, in display order.
    pub delivery_methods: Vec<DeliveryMethod>,
    /// Promotions that are not archived, highest priority first, then by id.
    pub promotions: Vec<Promotion>,
    /// Lower bound of the number of writes to the settings when the snapshot was read.
    pub version: i64,
    /// Time when the snapshot was read; None for a snapshot that was not read from a store.
    pub read_at: Option<Timestamp>,
}

impl Settings {
    /// Channels that sell, in a stable order.
    pub fn open_channels(&self) -> impl Iterator<Item = &Arc<Channel>> {
        self.channels.iter().filter(|channel| !channel.is_archived())
    }

    /// Finds a channel by its slug, archived or not.
    #[must_use]
    pub fn channel(&self, slug: &str) -> Option<&Arc<Channel>> {
        self.channels.iter().find(|channel| channel.slug.as_str() == slug)
    }

    /// Finds a channel by its id, archived or not.
    #[must_use]
    pub fn channel_by_id(&self, id: ChannelId) -> Option<&Arc<Channel>> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// The account of a channel for bank transfers.
    #[must_use]
    pub fn transfer_account(&self, channel: ChannelId) -> Option<&TransferAccount> {
        self.transfer_accounts.iter().find(|account| account.channel == channel)
    }

    /// The channel of requests that name none.
    #[must_use]
    pub fn default_channel(&self) -> Option<&Arc<Channel>> {
        self.open_channels().find(|channel| channel.is_default).or_else(|| self.open_channels().next())
    }

    /// Finds a stock location by its slug.
    #[must_use]
    pub fn location(&self, slug: &str) -> Option<&StockLocation> {
        self.locations.iter().find(|location| location.slug.as_str() == slug)
    }

    /// Finds a stock location by its id.
    #[must_use]
    pub fn location_by_id(&self, id: StockLocationId) -> Option<&StockLocation> {
        self.locations.iter().find(|location| location.id == id)
    }

    /// Finds a delivery zone by its id.
    #[must_use]
    pub fn delivery_zone(&self, id: DeliveryZoneId) -> Option<&DeliveryZone> {
        self.delivery_zones.iter().find(|zone| zone.id == id)
    }
}
