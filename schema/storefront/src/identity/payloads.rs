//! Payloads of customer account mutations.

use async_graphql::ID;
use schema_shared::{CustomerAddress, Session, payloads};

use super::{Customer, CustomerUserError};

payloads! {
    errors CustomerUserError;

    "customerRegister" => CustomerRegisterPayload {
        /// Address that the email is sent to; null if the request failed.
        email: String,
    }
    "customerEmailVerify" => CustomerEmailVerifyPayload {
        /// The new account, or the account with its new email address; null if the token was rejected.
        customer: Customer,
    }
    "customerLogin" => CustomerLoginPayload {
        /// The new session; null if the login failed.
        session: Session,
        /// The customer who logged in; null if the login failed.
        customer: Customer,
    }
    "sessionRefresh" => SessionRefreshPayload {
        /// The session with new tokens; null if the refresh failed.
        session: Session,
    }
    "customerLogout" => CustomerLogoutPayload {
        /// True if the session has ended, also if it had ended before.
        is_logged_out: bool,
    }
    "customerSessionEnd" => CustomerSessionEndPayload {
        /// Global id of the ended session; null if none was ended.
        ended_id: ID,
    }
    "customerSessionsEnd" => CustomerSessionsEndPayload {
        /// Number of ended sessions; null if none was ended because of an error.
        ended_count: usize,
    }
    "customerPasswordResetRequest" => CustomerPasswordResetRequestPayload {
        /// Address that the email is sent to if it has an account; null if the request failed.
        email: String,
    }
    "customerPasswordReset" => CustomerPasswordResetPayload {
        /// The new session; all earlier sessions have ended. Null if the password was not set.
        session: Session,
        /// The customer with the new password; null if it was not set.
        customer: Customer,
    }
    "customerUpdate" => CustomerUpdatePayload {
        /// The customer after the change; null if nothing was changed.
        customer: Customer,
        /// The new session after a change of the password, which ends all earlier sessions; null otherwise.
        session: Session,
    }
    "customerAddressCreate" => CustomerAddressCreatePayload {
        /// The new address; null if it was not added.
        address: CustomerAddress,
    }
    "customerAddressUpdate" => CustomerAddressUpdatePayload {
        /// The address after the change; null if nothing was changed.
        address: CustomerAddress,
    }
    "customerAddressDelete" => CustomerAddressDeletePayload {
        /// Global id of the deleted address; null if nothing was deleted.
        deleted_id: ID,
    }
    "customerDataExport" => CustomerDataExportPayload {
        /// Exported data as a JSON document; null if the export failed.
        json: String,
    }
    "customerErase" => CustomerErasePayload {
        /// Id of the erased account; null if nothing was erased.
        erased_id: ID,
    }
}
