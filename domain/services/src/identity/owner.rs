//! The first owner of a new shop, with a password or an invitation.

use model::{
    Timestamp,
    customers::{Email, OneTimeToken, Purpose, Role, StaffUser},
    ids::StaffUserId,
};
use persistence::{Conn, one_time_tokens, staff};

use super::{Audience, IdentityError, IdentityRule, names::checked_name, passwords::new_hash, staff::roles_of};
use crate::{App, mail};

/// The account of the owner of a new shop.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// E-mail address of the login.
    pub email: String,
    /// Name shown to other staff.
    pub name: String,
    /// The password; without one, the owner gets an invitation by mail.
    pub password: Option<String>,
}

impl NewOwner {
    /// True if the address is that of a demo account.
    pub(crate) fn is_demo(&self) -> bool {
        self.email.parse().is_ok_and(|email: Email| email.is_demo())
    }
}

/// An owner whose input is valid, with the hash of the password.
pub(crate) struct PreparedOwner {
    email: Email,
    name: String,
    hash: Option<String>,
}

/// The state of the owner's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The account was created and has a password.
    Created,
    /// The account was created, and a mail with an invitation waits for a worker.
    Invited,
    /// The account existed before and was not changed.
    Existed,
}

/// Checks the input and hashes the password, which takes too long for a transaction.
///
/// # Errors
/// [`IdentityError`] if the input breaks a rule.
pub(crate) async fn prepare_owner(app: &App, new: NewOwner, shop: &str) -> Result<PreparedOwner, IdentityError> {
    let email: Email = new.email.parse()?;
    let name = checked_name(&new.name)?;
    let hash = match &new.password {
        Some(password) => Some(new_hash(app, Audience::Staff, password, &email, &[&name, shop]).await?),
        None => None,
    };
    Ok(PreparedOwner { email, name, hash })
}

/// Inserts the owner, unless an owner with this address exists. Call it in the transaction that opens the shop.
///
/// # Errors
/// [`IdentityRule::EmailTaken`] if the address belongs to staff who is not an active owner.
pub(crate) async fn insert_owner(conn: &mut Conn, new: PreparedOwner, now: Timestamp) -> Result<Owner, IdentityError> {
    if let Some(user) = staff::find_by_email(conn, &new.email).await? {
        let is_owner = user.is_active && user.roles.iter().any(Role::is_owner);
        return if is_owner { Ok(Owner::Existed) } else { Err(IdentityRule::EmailTaken.into()) };
    }
    let id = StaffUserId::new();
    let user = StaffUser {
        id,
        email: new.email.clone(),
        name: new.name,
        is_active: true,
        roles: roles_of(conn, &[Role::OWNER.to_owned()]).await?,
        created_at: now,
        last_login_at: None,
        has_second_factor: false,
        deleted_at: None,
    };
    staff::insert(conn, &user, new.hash.as_deref()).await?;
    if new.hash.is_some() {
        return Ok(Owner::Created);
    }
    let token = OneTimeToken::new(Purpose::StaffInvite, new.email, now);
    let token = OneTimeToken { staff: Some(id), ..token };
    one_time_tokens::insert(conn, &token).await?;
    mail::enqueue_token(conn, token.id, None, now).await?;
    Ok(Owner::Invited)
}
