//! Delivery zones and methods, for staff.

mod draft;
mod methods;
mod rules;
mod zones;

use std::sync::Arc;

use model::{access::Actor, audit::Change, events::DomainEvent, settings::Settings};
use persistence::{Conn, audit, outbox};

pub use draft::{MethodInput, RowInput, TableInput};
pub use methods::{MethodTarget, archive_method, create_method, list_methods, update_method};
pub use rules::{MethodError, MethodRule};
pub use zones::{ZoneError, ZoneInput, ZoneRule, ZoneTarget, create_zone, delete_zone, list_zones, update_zone};

use crate::{App, ServiceResult, channels::require_settings_read};

/// The settings, if the actor may read them.
async fn readable(app: &App, actor: &Actor) -> ServiceResult<Arc<Settings>> {
    require_settings_read(actor)?;
    app.settings.current(&app.db).await
}

/// Writes the audit entry and the event of a change.
async fn record(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    id: impl std::fmt::Display,
    changes: Vec<Change>,
) -> ServiceResult<()> {
    let id = id.to_string();
    audit::push(conn, actor, action, &id, changes, app.clock.now()).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id }]).await?)
}
