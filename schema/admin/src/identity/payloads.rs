//! What changes of people and rights answer.

use async_graphql::ID;
use schema_shared::{Session, payloads};

use super::{ApiToken, Customer, CustomerGroup, CustomerUserError, Role, StaffUser, StaffUserError};

payloads! {
    errors StaffUserError;

    "staffLogin" => StaffLoginPayload {
        /// The new session.
        session: Session,
        /// Who logged in.
        staff_user: StaffUser,
    }
    "staffSessionRefresh" => StaffSessionRefreshPayload {
        /// The session with its next pair of tokens.
        session: Session,
    }
    "staffLogout" => StaffLogoutPayload {
        /// Whether the session is over now; also true when it was before.
        is_logged_out: bool,
    }
    "staffPasswordResetRequest" => StaffPasswordResetRequestPayload {
        /// Where a mail is on its way to, if there is an account.
        email: String,
    }
    "staffPasswordReset" => StaffPasswordResetPayload {
        /// Whose password it is; they log in with it now.
        staff_user: StaffUser,
    }
    "staffInvite" => StaffInvitePayload {
        /// Who was invited.
        staff_user: StaffUser,
    }
    "staffUpdate" => StaffUpdatePayload {
        /// Who was changed.
        staff_user: StaffUser,
    }
    "roleCreate" => RoleCreatePayload {
        /// The role.
        role: Role,
    }
    "apiTokenCreate" => ApiTokenCreatePayload {
        /// The secret, shown this once; send it as `Authorization: Bearer …`.
        token: String,
        /// What is kept of it.
        api_token: ApiToken,
    }
    "apiTokenDelete" => ApiTokenDeletePayload {
        /// The id that the token had.
        deleted_id: ID,
    }
}

payloads! {
    errors CustomerUserError;

    "customerUpdate" => CustomerUpdatePayload {
        /// The customer.
        customer: Customer,
    }
    "customerGroupPut" => CustomerGroupPutPayload {
        /// The group.
        group: CustomerGroup,
    }
}
