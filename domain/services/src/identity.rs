//! Who somebody is: accounts, passwords, sessions, access tokens, API tokens, staff and roles.

mod access_tokens;
mod addresses;
mod api_tokens;
mod authenticate;
mod client;
mod config;
mod customers;
mod demo;
mod ensure;
mod error;
mod keys;
mod login;
mod names;
mod passwords;
mod privacy;
mod refresh_tokens;
mod registration;
mod reset;
mod sessions;
mod staff;
mod throttle;
mod vault;

pub use addresses::{create_address, delete_address, update_address};
pub use api_tokens::{NewApiToken, count_api_tokens, create_api_token, list_api_tokens, revoke_api_token};
pub use authenticate::{Actors, AuthError, Identified, authenticate, identify, session_of};
pub use client::Client;
pub use config::IdentityConfig;
pub use customers::{
    CustomerUpdate, addresses_of, count_customers, customers_by_ids, customers_for_staff, find_customer,
    find_customer_by_email, groups_of, list_customers, list_groups, put_group, update_customer,
    update_customer_as_staff,
};
pub use demo::{has_other_shop, is_demo, is_demo_database, mark_demo};
pub use ensure::{InitialCustomer, ensure_customer, ensure_role, ensure_staff};
pub use error::{IdentityError, IdentityRule};
pub use keys::{Keys, jwks};
pub use login::{customer_login, staff_login};
pub use passwords::Passwords;
pub use persistence::customers::CustomerFilter;
pub use privacy::{erase_customer, export_customer};
pub use registration::{NewCustomer, register_customer, verify_email};
pub use reset::{request_customer_reset, request_staff_reset, reset_customer_password, reset_staff_password};
pub use sessions::{Audience, SessionTokens, end_session, end_session_of, refresh_session};
pub use staff::{
    NewStaff, StaffUpdate, count_staff, create_role, invite_staff, list_roles, list_staff, staff_by_ids, update_staff,
};

use model::ids::CustomerId;

use crate::{App, ServiceResult, bus::Topic, secrets};

/// What identity keeps in a process.
pub struct Identity {
    /// How logins and tokens behave.
    pub config: IdentityConfig,
    pub(crate) passwords: Passwords,
    pub(crate) actors: Actors,
}

impl Identity {
    /// Nobody is known yet.
    #[must_use]
    pub fn new(config: IdentityConfig) -> Self {
        Self { passwords: Passwords::new(config.hashers), actors: Actors::new(&config), config }
    }

    /// Forgets who is who, because something may have changed that this process was not told of.
    pub fn forget_actors(&self) {
        self.actors.forget_all();
    }

    /// Forgets a customer, whose sessions may have ended.
    pub(crate) fn forget_customer(&self, id: CustomerId) {
        self.actors.forget_customer(id);
    }
}

/// Forgets who is who in this process at once and in the others soon, after somebody lost a login or a right.
fn forget_actors_everywhere(app: &App) {
    app.identity.forget_actors();
    app.bus.publish(Topic::Actors);
}

/// Forgets what is of no more use: mailed tokens a week after their end, throttles, expired sessions. Safe to repeat
/// and to run in many processes.
///
/// # Errors
/// A store's error.
pub async fn purge(app: &App) -> ServiceResult<()> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    persistence::one_time_tokens::purge(&mut conn, now - chrono::TimeDelta::days(7)).await?;
    persistence::login_throttle::purge(&mut conn, now).await?;
    drop(conn);
    app.documents.remove_expired(now).await?;
    Ok(())
}
