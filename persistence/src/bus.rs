//! Messages between the processes of one shop, over Postgres `LISTEN`/`NOTIFY`. Messages are lost if no process
//! listens.

use std::{pin::pin, time::Duration};

use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::{Conn, Db, StoreError, StoreResult};

/// The channel of all messages; every listener needs all of them.
const CHANNEL: &str = "mercator";

/// The maximum length of a message in bytes; Postgres allows fewer than 8,000.
pub const MAX_MESSAGE: usize = 7_900;

/// The time without messages after which the connection is checked.
const SILENCE: Duration = Duration::from_secs(10);

/// The time-out of the check.
const PING: Duration = Duration::from_secs(3);

/// A connection that receives all messages.
pub struct Listener {
    conn: Conn,
}

impl Listener {
    /// Starts to listen on a connection outside the pool.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Postgres does not answer.
    pub async fn connect(db: &Db) -> StoreResult<Self> {
        let mut conn = db.dedicated().await?;
        diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(&mut conn).await?;
        Ok(Self { conn })
    }

    /// Waits for the next message. Canceling the future loses no message.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the connection is lost; messages may be lost with it.
    pub async fn next(&mut self) -> StoreResult<String> {
        loop {
            let heard = timeout(SILENCE, async { pin!(self.conn.inner().notifications_stream()).next().await }).await;
            match heard {
                Ok(Some(message)) => return Ok(message?.payload),
                Ok(None) => return Err(lost()),
                Err(_) => self.ping().await?,
            }
        }
    }

    /// Checks the connection: a dead peer looks like one that sends nothing.
    async fn ping(&mut self) -> StoreResult<()> {
        let answer = timeout(PING, diesel::sql_query("SELECT 1").execute(&mut self.conn)).await;
        answer.map_err(|_| lost())??;
        Ok(())
    }
}

fn lost() -> StoreError {
    StoreError::Unavailable("the listening connection is lost".to_owned())
}

/// Sends messages to all listeners, in one statement; each has at most [`MAX_MESSAGE`] bytes.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn notify(conn: &mut Conn, messages: &[String]) -> StoreResult<()> {
    diesel::sql_query(include_str!("bus/notify.sql"))
        .bind::<Text, _>(CHANNEL)
        .bind::<Array<Text>, _>(messages)
        .execute(conn)
        .await?;
    Ok(())
}
