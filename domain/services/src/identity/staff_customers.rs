//! Customers in the hands of staff: lists, new accounts, invitations and changes.

use model::{
    Page, PageRequest, Timestamp,
    access::{Actor, Permission},
    audit::{changed, created},
    customers::{
        Customer, CustomerCursor, CustomerEdit, CustomerError, CustomerFilter, CustomerSort, Email, OneTimeToken,
        Purpose,
    },
    events::DomainEvent,
    ids::{CustomerGroupId, CustomerId},
};
use persistence::{
    Conn, audit,
    customers::{self, groups},
    db::Transactions as _,
    one_time_tokens, outbox,
};
use serde_json::{Value, json};

use super::{
    Client, IdentityError, IdentityRule,
    customer_groups::group_ids,
    events,
    throttle::{self, MailDecision},
    vat_id,
};
use crate::{App, ServiceResult, error::OnStoreError as _, mail};

/// Maximum number of groups of a customer.
const MAX_GROUPS: usize = 100;

/// Input of [`create_customer`].
#[derive(Debug, Clone)]
pub struct StaffCustomer {
    /// The e-mail address.
    pub email: Email,
    /// The other fields.
    pub edit: CustomerEdit,
    /// The slugs of the groups.
    pub groups: Vec<String>,
    /// The mail that the customer gets.
    pub invitation: Invitation,
}

/// The mail that a new customer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitation {
    /// None: the account has no password until it is invited or a password reset is requested.
    Later,
    /// An invitation to choose a password.
    Send,
}

/// A page of customers. The audit log records who has read it.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CustomersRead`].
pub async fn list_customers(
    app: &App,
    actor: &Actor,
    client: &Client,
    filter: &CustomerFilter,
    sort: CustomerSort,
    page: &PageRequest<CustomerCursor>,
) -> ServiceResult<Page<Customer>> {
    actor.require(Permission::CustomersRead)?;
    let found = customers::list(&mut *app.db.read().await?, filter, sort, page).await?;
    let conditions = json!({
        "query": events::searched(filter.query.as_deref()),
        "tags": filter.tags,
        "group": filter.group,
        "createdAfter": filter.created_after,
        "createdBefore": filter.created_before,
        "updatedAfter": filter.updated_after,
        "updatedBefore": filter.updated_before,
    });
    events::record_list(app, (actor, client), "customers", conditions, found.rows.len()).await?;
    Ok(found)
}

/// The number of customers that match the filter.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::CustomersRead`].
pub async fn count_customers(app: &App, actor: &Actor, filter: &CustomerFilter) -> ServiceResult<i64> {
    actor.require(Permission::CustomersRead)?;
    Ok(customers::count(&mut *app.db.read().await?, filter).await?)
}

/// Creates an account without a password, whose address is not verified.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule, [`IdentityRule::EmailTaken`], or without
/// [`Permission::CustomersWrite`].
pub async fn create_customer(app: &App, actor: &Actor, new: StaffCustomer) -> Result<Customer, IdentityError> {
    actor.require(Permission::CustomersWrite)?;
    let profile = vat_id::confirm(app, new.edit.profile.clone()).await?;
    let now = app.clock.now();
    let mut customer = Customer::new(CustomerId::new(), new.email, now);
    customer.edit(CustomerEdit { email: None, profile, ..new.edit }, now)?;
    let id = customer.id;
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let group_ids = checked_groups(conn, &new.groups).await?;
        customers::insert(conn, &customer, None).await?;
        groups::set(conn, id, &group_ids).await?;
        if new.invitation == Invitation::Send {
            invite(conn, &customer, now).await?;
        }
        let changes = created(&values(&customer, &new.groups));
        audit::push(conn, actor, "customerCreate", id, changes, now).await?;
        outbox::push(conn, &[DomainEvent::CustomerRegistered { id }]).await?;
        Ok(())
    });
    outcome.await.on_constraint(customers::EMAIL_KEY, IdentityRule::EmailTaken)?;
    Ok(customer)
}

/// Changes a customer, and replaces their groups if `groups` is set. A new e-mail address takes effect at once: it ends the
/// sessions, cancels mailed tokens, and the former address gets a notice.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule, [`IdentityRule::EmailTaken`], or without
/// [`Permission::CustomersWrite`].
pub async fn update_customer_as_staff(
    app: &App,
    actor: &Actor,
    id: CustomerId,
    edit: CustomerEdit,
    new_groups: Option<Vec<String>>,
) -> Result<Customer, IdentityError> {
    actor.require(Permission::CustomersWrite)?;
    let profile = vat_id::confirm(app, edit.profile.clone()).await?;
    let edit = CustomerEdit { profile, ..edit };
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let outcome = conn.transaction::<_, IdentityError, _>(async |conn| {
        let before = customers::lock(conn, id).await?;
        let mut customer = before.clone();
        let former = customer.edit(edit.clone(), now)?;
        let old_groups: Vec<String> = groups::slugs_of(conn, id).await?.iter().map(ToString::to_string).collect();
        if let Some(slugs) = &new_groups {
            let ids = checked_groups(conn, slugs).await?;
            groups::set(conn, id, &ids).await?;
        }
        customers::save(conn, &customer).await?;
        if let Some(former) = former {
            end_address(conn, &customer, former, now).await?;
        }
        let changes =
            changed(&values(&before, &old_groups), &values(&customer, new_groups.as_ref().unwrap_or(&old_groups)));
        audit::push(conn, actor, "customerUpdate", id, changes, now).await?;
        outbox::push(conn, &[DomainEvent::CustomerUpdated { id }]).await?;
        Ok(customer)
    });
    let customer = outcome.await.on_constraint(customers::EMAIL_KEY, IdentityRule::EmailTaken);
    let customer = customer.on_not_found(IdentityRule::NotFound)?;
    app.identity.invalidate_customer(id);
    Ok(customer)
}

/// Mails a customer without a password a token to choose one.
///
/// # Errors
/// [`IdentityRule::HasPassword`]; [`IdentityRule::MailedOften`] if the address has received too many invitations;
/// [`IdentityRule::NotFound`]; [`IdentityRule::Customer`] if the account was erased; or without
/// [`Permission::CustomersWrite`].
pub async fn invite_customer(app: &App, actor: &Actor, id: CustomerId) -> Result<Customer, IdentityError> {
    actor.require(Permission::CustomersWrite)?;
    let customer = customers::find(&mut *app.db.read().await?, id).await?.ok_or(IdentityRule::NotFound)?;
    let email = customer.email.clone().ok_or(CustomerError::Erased)?;
    // The network is that of staff, which invite many people.
    if throttle::mail(app, Purpose::CustomerInvite, &email, &Client::default()).await? == MailDecision::Suppress {
        return Err(IdentityRule::MailedOften.into());
    }
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, IdentityError, _>(async |conn| {
        let customer = customers::lock(conn, id).await?;
        if customers::has_password(conn, id).await? {
            return Err(IdentityRule::HasPassword.into());
        }
        invite(conn, &customer, now).await?;
        audit::push(conn, actor, "customerInvite", id, json!({}), now).await?;
        Ok(customer)
    })
    .await
}

async fn invite(conn: &mut Conn, customer: &Customer, now: Timestamp) -> Result<(), IdentityError> {
    let email = customer.email.clone().ok_or(CustomerError::Erased)?;
    let token = OneTimeToken::new(Purpose::CustomerInvite, email, now);
    let token = OneTimeToken { customer: Some(customer.id), ..token };
    one_time_tokens::insert(conn, &token).await?;
    Ok(mail::enqueue_token(conn, token.id, customer.locale.as_ref(), now).await?)
}

/// Deletes the tokens that were mailed to the former address of a customer, and notifies that address of the change.
async fn end_address(conn: &mut Conn, customer: &Customer, former: Email, now: Timestamp) -> Result<(), IdentityError> {
    let id = customer.id;
    customers::end_sessions(conn, id).await?;
    one_time_tokens::delete_unused_of_customer(conn, id).await?;
    one_time_tokens::delete_unused(conn, &former, &[Purpose::PasswordReset]).await?;
    Ok(mail::enqueue_email_changed(conn, former, customer.locale.as_ref(), now).await?)
}

async fn checked_groups(conn: &mut Conn, slugs: &[String]) -> Result<Vec<CustomerGroupId>, IdentityError> {
    if slugs.len() > MAX_GROUPS {
        return Err(CustomerError::InvalidField("groups").into());
    }
    group_ids(conn, slugs).await
}

/// The values of a customer, for the audit log. They are removed with the personal data.
fn values(customer: &Customer, groups: &[String]) -> Value {
    let mut groups = groups.to_vec();
    groups.sort_unstable();
    groups.dedup();
    json!({
        "email": customer.email,
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "phone": customer.phone,
        "locale": customer.locale,
        "acceptsMarketing": customer.accepts_marketing,
        "vatId": customer.vat_id.as_ref().map(|vat_id| vat_id.number.as_str()),
        "isTaxExempt": customer.is_tax_exempt,
        "note": customer.note,
        "tags": customer.tags,
        "groups": groups,
    })
}
