//! Orders of a channel.

use diesel::{dsl::exists, prelude::*};
use diesel_async::RunQueryDsl;
use model::ids::ChannelId;

use super::tables::orders;
use crate::{Conn, StoreResult};

/// True if the channel has an order.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn exist_in(conn: &mut Conn, channel: ChannelId) -> StoreResult<bool> {
    let orders = orders::table.filter(orders::channel_id.eq(channel.uuid()));
    Ok(diesel::select(exists(orders)).get_result(conn).await?)
}
