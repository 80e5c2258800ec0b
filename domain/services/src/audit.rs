//! Reading the audit log.

pub use model::audit::AuditFilter;
use model::{
    Page, PageRequest,
    access::{Actor, Permission},
    audit::AuditEntry,
    ids::AuditEntryId,
};
use persistence::audit;

use crate::{App, ServiceResult};

/// A page of the audit log, newest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::AuditRead`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &AuditFilter,
    page: &PageRequest<AuditEntryId>,
) -> ServiceResult<Page<AuditEntry>> {
    actor.require(Permission::AuditRead)?;
    Ok(audit::list(&mut *app.db.read().await?, filter, page).await?)
}

/// The number of entries that match the filter.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::AuditRead`].
pub async fn count(app: &App, actor: &Actor, filter: &AuditFilter) -> ServiceResult<i64> {
    actor.require(Permission::AuditRead)?;
    Ok(audit::count(&mut *app.db.read().await?, filter).await?)
}
