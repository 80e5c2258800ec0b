//! Tax classes and rates, managed by staff and integrations. A settings event announces each change to every process; all
//! processes know future rates in advance, so that each applies from its own moment on.

mod classes;
mod error;
mod rates;

pub use classes::{TaxClassRef, create_class, delete_class, list_classes, update_class};
pub use error::{TaxError, TaxSettingRule};
pub use rates::{SetRate, count_rates, delete_rate, list_rates, set_rate};

use model::{
    access::{AccessError, Actor, Permission},
    events::DomainEvent,
};
use persistence::{Conn, audit, outbox};

use crate::{App, ServiceResult};

/// Passes for readers of the catalog, whose products name tax classes, and for those who change settings.
fn require_read(actor: &Actor) -> Result<(), AccessError> {
    actor.require(Permission::CatalogRead).or_else(|_| actor.require(Permission::SettingsWrite))
}

/// Writes the audit entry and the event of a change.
async fn record(
    app: &App,
    conn: &mut Conn,
    (actor, action): (&Actor, &str),
    id: impl ToString,
    changes: Vec<model::audit::Change>,
) -> ServiceResult<()> {
    let id = id.to_string();
    audit::push(conn, actor, action, &id, changes, app.clock.now()).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id }]).await?)
}
