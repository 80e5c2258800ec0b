//! Accounts, passwords, sessions, access tokens, API tokens, staff and roles.

mod access_tokens;
mod account_sessions;
mod addresses;
mod api_tokens;
mod audience;
mod authenticate;
mod client;
mod config;
mod customer_groups;
mod customers;
mod demo;
mod enrollment;
mod ensure;
mod error;
pub(crate) mod events;
mod keys;
mod login;
mod names;
mod owner;
mod passwords;
mod refresh_tokens;
mod registration;
mod reset;
mod roles;
mod second_factor;
mod sessions;
mod staff;
mod staff_account;
mod staff_customers;
mod staff_deletion;
pub(crate) mod step_up;
mod throttle;
mod vat_id;
mod vault;

pub use account_sessions::{count_sessions, end_own_session, end_own_sessions, end_staff_sessions, list_sessions};
pub use addresses::{AddressOwner, create_address, delete_address, update_address};
pub use api_tokens::{NewApiToken, count_api_tokens, create_api_token, list_api_tokens, revoke_api_token};
pub use audience::Audience;
pub use authenticate::{Actors, AuthError, Identified, authenticate, identify, session_of};
pub use client::Client;
pub use config::{IdentityConfig, RefundAllowance, StepUpConfig};
pub use customer_groups::{delete_group, groups_of, list_groups, put_group};
pub use customers::{
    CustomerUpdate, addresses_of, customers_by_ids, customers_for_staff, find_customer, find_customer_by_email,
    update_customer,
};
pub use demo::{has_other_shop, is_demo, is_demo_database, mark_demo};
pub use enrollment::{TotpEnrollment, confirm_totp, enroll_totp, regenerate_recovery_codes, remove_totp, reset_totp};
pub use ensure::{InitialCustomer, ensure_customer, ensure_role, ensure_staff};
pub use error::{IdentityError, IdentityRule};
pub use keys::{Keys, jwks, reseal_keys};
pub use login::{customer_login, staff_login};
pub use model::customers::{CustomerEdit, CustomerFilter, CustomerSort};
pub use owner::{NewOwner, Owner};
pub(crate) use owner::{PreparedOwner, insert_owner, prepare_owner};
pub use passwords::Passwords;
pub use registration::{NewCustomer, register_customer, verify_email};
pub use reset::{request_customer_reset, request_staff_reset, reset_customer_password, reset_staff_password};
pub use roles::{NewRole, RoleUpdate, create_role, delete_role, list_roles, update_role};
pub use second_factor::reseal_second_factors;
pub use sessions::{SessionTokens, end_session, end_session_of, refresh_session};
pub use staff::{
    NewStaff, StaffUpdate, count_staff, invite_staff, list_staff, may_read_account, staff_by_ids, update_staff,
};
pub use staff_account::{StaffProof, change_staff_password, request_staff_email_change, verify_staff_email};
pub use staff_customers::{
    Invitation, StaffCustomer, count_customers, create_customer, invite_customer, list_customers,
    update_customer_as_staff,
};
pub use staff_deletion::delete_staff;
pub use step_up::step_up;

pub(crate) use customers::confirm_password;
use model::ids::CustomerId;
pub(crate) use throttle::{forget_attempts, known_networks};

use crate::{App, ServiceResult, bus::Topic, secrets};

/// The state of identity in a process.
pub struct Identity {
    /// The configuration of logins and tokens.
    pub config: IdentityConfig,
    customer_passwords: Passwords,
    staff_passwords: Passwords,
    pub(crate) actors: Actors,
    refused: events::Refused,
}

impl Identity {
    /// The state at start, with empty caches.
    #[must_use]
    pub fn new(config: IdentityConfig) -> Self {
        Self {
            customer_passwords: Passwords::new(config.hashers),
            staff_passwords: Passwords::new(config.staff_hashers),
            actors: Actors::new(&config),
            refused: events::Refused::new(),
            config,
        }
    }

    /// The hashers of customers or of staff.
    pub(crate) const fn passwords(&self, audience: Audience) -> &Passwords {
        match audience {
            Audience::Customers => &self.customer_passwords,
            Audience::Staff => &self.staff_passwords,
        }
    }

    /// Invalidates the cached actors, because this process may have missed changes.
    pub fn invalidate_actors(&self) {
        self.actors.invalidate_all();
    }

    /// Invalidates a cached customer, whose sessions may have ended.
    pub(crate) fn invalidate_customer(&self, id: CustomerId) {
        self.actors.invalidate_customer(id);
    }
}

/// Invalidates the cached actors of every process after a login or a permission was revoked: at once in this process,
/// with a message in the others.
fn invalidate_actors_everywhere(app: &App) {
    app.identity.invalidate_actors();
    app.bus.publish(Topic::Actors);
}

/// Deletes mailed tokens a week after they expired, throttles that no longer count, and expired sessions. Many processes
/// may run it at the same time.
///
/// # Errors
/// [`crate::ServiceError::Store`] if a store fails.
pub async fn purge(app: &App) -> ServiceResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    persistence::one_time_tokens::delete_expired(&mut conn, now - chrono::TimeDelta::days(7)).await?;
    persistence::login_throttle::delete_expired(&mut conn, now).await?;
    persistence::sessions::delete_expired(&mut conn, now).await?;
    drop(conn);
    app.documents.remove_expired(now).await?;
    Ok(())
}
