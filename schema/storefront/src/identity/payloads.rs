//! What changes of accounts answer.

use async_graphql::ID;
use schema_shared::{CustomerAddress, Session, payloads};

use super::{Customer, CustomerUserError};

payloads! {
    errors CustomerUserError;

    "customerRegister" => CustomerRegisterPayload {
        /// Where a mail is on its way to.
        email: String,
    }
    "customerEmailVerify" => CustomerEmailVerifyPayload {
        /// The account, opened or moved to its new address.
        customer: Customer,
    }
    "customerLogin" => CustomerLoginPayload {
        /// The new session.
        session: Session,
        /// Who logged in.
        customer: Customer,
    }
    "sessionRefresh" => SessionRefreshPayload {
        /// The session with its next pair of tokens.
        session: Session,
    }
    "customerLogout" => CustomerLogoutPayload {
        /// Whether the session is over now; also true when it was before.
        is_logged_out: bool,
    }
    "customerPasswordResetRequest" => CustomerPasswordResetRequestPayload {
        /// Where a mail is on its way to, if there is an account.
        email: String,
    }
    "customerPasswordReset" => CustomerPasswordResetPayload {
        /// A new session; every older one is over.
        session: Session,
        /// Whose password it is.
        customer: Customer,
    }
    "customerUpdate" => CustomerUpdatePayload {
        /// The account.
        customer: Customer,
        /// A new session when the password was changed, because every older one is over then; else null.
        session: Session,
    }
    "customerAddressCreate" => CustomerAddressCreatePayload {
        /// The address.
        address: CustomerAddress,
    }
    "customerAddressUpdate" => CustomerAddressUpdatePayload {
        /// The address.
        address: CustomerAddress,
    }
    "customerAddressDelete" => CustomerAddressDeletePayload {
        /// The id that the address had.
        deleted_id: ID,
    }
    "customerDataExport" => CustomerDataExportPayload {
        /// A JSON document.
        json: String,
    }
    "customerErase" => CustomerErasePayload {
        /// Id of the erased account. Orders keep the contact data and addresses that they were placed with.
        erased_id: ID,
    }
}
