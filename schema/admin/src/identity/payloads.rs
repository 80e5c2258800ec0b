//! What changes of people and rights answer.

use async_graphql::ID;
use schema_shared::{Session, payload};

use super::{ApiToken, Customer, CustomerGroup, CustomerUserError, Role, StaffUser, StaffUserError};

payload! {
    /// The answer to a login.
    StaffLoginPayload {
        /// The new session.
        session: Session,
        /// Who logged in.
        staff_user: StaffUser,
    } errors StaffUserError
}
payload! {
    /// The answer to a refresh.
    StaffSessionRefreshPayload {
        /// The session with its next pair of tokens.
        session: Session,
    } errors StaffUserError
}
payload! {
    /// The answer to a logout.
    StaffLogoutPayload {
        /// Whether the session is over now; also true when it was before.
        is_logged_out: bool,
    } errors StaffUserError
}
payload! {
    /// The answer to a request for a new password; the same whether or not the address has an account.
    StaffPasswordResetRequestPayload {
        /// Where a mail is on its way to, if there is an account.
        email: String,
    } errors StaffUserError
}
payload! {
    /// The answer to a new password.
    StaffPasswordResetPayload {
        /// Whose password it is; they log in with it now.
        staff_user: StaffUser,
    } errors StaffUserError
}
payload! {
    /// The answer to an invitation.
    StaffInvitePayload {
        /// Who was invited.
        staff_user: StaffUser,
    } errors StaffUserError
}
payload! {
    /// The member of staff after the change.
    StaffUpdatePayload {
        /// Who was changed.
        staff_user: StaffUser,
    } errors StaffUserError
}
payload! {
    /// The new role.
    RoleCreatePayload {
        /// The role.
        role: Role,
    } errors StaffUserError
}
payload! {
    /// The new API token.
    ApiTokenCreatePayload {
        /// The secret, shown this once; send it as `Authorization: Bearer …`.
        token: String,
        /// What is kept of it.
        api_token: ApiToken,
    } errors StaffUserError
}
payload! {
    /// The deleted API token.
    ApiTokenDeletePayload {
        /// The id that the token had.
        deleted_id: ID,
    } errors StaffUserError
}
payload! {
    /// The customer after the change.
    CustomerUpdatePayload {
        /// The customer.
        customer: Customer,
    } errors CustomerUserError
}
payload! {
    /// The group of customers.
    CustomerGroupPutPayload {
        /// The group.
        group: CustomerGroup,
    } errors CustomerUserError
}
