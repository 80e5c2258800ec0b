//! Payloads of identity mutations.

use async_graphql::ID;
use chrono::{DateTime, Utc};
use schema_shared::{CustomerAddress, Session, payloads};

use super::{ApiToken, Customer, CustomerGroup, CustomerUserError, ErasedPerson, Role, StaffUser, StaffUserError};

payloads! {
    errors StaffUserError;

    "staffLogin" => StaffLoginPayload {
        /// The new session; null if the login failed.
        session: Session,
        /// The member of staff who logged in; null if the login failed.
        staff_user: StaffUser,
    }
    "staffSessionRefresh" => StaffSessionRefreshPayload {
        /// The session with new tokens; null if the refresh failed.
        session: Session,
    }
    "staffLogout" => StaffLogoutPayload {
        /// True if the session has ended, also if it had ended before.
        is_logged_out: bool,
    }
    "staffSessionEnd" => StaffSessionEndPayload {
        /// Global id of the ended session; null if none was ended.
        ended_id: ID,
    }
    "staffSessionsEnd" => StaffSessionsEndPayload {
        /// Number of ended sessions; null if none was ended because of an error.
        ended_count: usize,
    }
    "staffUserSessionsEnd" => StaffUserSessionsEndPayload {
        /// Number of ended sessions; null if none was ended because of an error.
        ended_count: usize,
    }
    "staffPasswordResetRequest" => StaffPasswordResetRequestPayload {
        /// Address that the email is sent to if it has an account; null if the request failed.
        email: String,
    }
    "staffPasswordReset" => StaffPasswordResetPayload {
        /// The member of staff, who can log in with the new password; null if it was not set.
        staff_user: StaffUser,
    }
    "staffStepUp" => StaffStepUpPayload {
        /// Time until which sensitive changes are possible in this session; null if the proof failed.
        verified_until: DateTime<Utc>,
    }
    "staffTotpEnroll" => StaffTotpEnrollPayload {
        /// Secret for the authenticator in base32, returned only here.
        secret: String,
        /// The secret as an `otpauth` URI, for a QR code.
        uri: String,
    }
    "staffTotpConfirm" => StaffTotpConfirmPayload {
        /// Ten recovery codes, returned only here. Each replaces the code of the authenticator once.
        recovery_codes: Vec<String>,
    }
    "staffTotpRemove" => StaffTotpRemovePayload {
        /// The member of staff without a second factor; null if nothing was changed.
        staff_user: StaffUser,
    }
    "staffTotpReset" => StaffTotpResetPayload {
        /// The member of staff without a second factor; null if nothing was changed.
        staff_user: StaffUser,
    }
    "staffRecoveryCodesRegenerate" => StaffRecoveryCodesRegeneratePayload {
        /// Ten recovery codes that replace the earlier ones, returned only here.
        recovery_codes: Vec<String>,
    }
    "staffInvite" => StaffInvitePayload {
        /// The invited member of staff; null if nobody was invited.
        staff_user: StaffUser,
    }
    "staffUpdate" => StaffUpdatePayload {
        /// The member of staff after the change; null if nothing was changed.
        staff_user: StaffUser,
    }
    "staffDelete" => StaffDeletePayload {
        /// Global id of the deleted member of staff; null if nothing was deleted.
        deleted_id: ID,
    }
    "staffPasswordChange" => StaffPasswordChangePayload {
        /// The member of staff; null if the password was not changed.
        staff_user: StaffUser,
    }
    "staffEmailChange" => StaffEmailChangePayload {
        /// Address that the email is sent to if no other account has it; null if the request failed.
        email: String,
    }
    "staffEmailVerify" => StaffEmailVerifyPayload {
        /// The member of staff with the new address; null if nothing was changed.
        staff_user: StaffUser,
    }
    "roleCreate" => RoleCreatePayload {
        /// The new role; null if it was not created.
        role: Role,
    }
    "roleUpdate" => RoleUpdatePayload {
        /// The role after the change; null if nothing was changed.
        role: Role,
    }
    "roleDelete" => RoleDeletePayload {
        /// Global id of the deleted role; null if nothing was deleted.
        deleted_id: ID,
    }
    "apiTokenCreate" => ApiTokenCreatePayload {
        /// Secret of the token, returned only here. Send it as `Authorization: Bearer …`.
        token: String,
        /// The new token without its secret; null if it was not created.
        api_token: ApiToken,
    }
    "apiTokenDelete" => ApiTokenDeletePayload {
        /// Global id of the deleted token; null if nothing was deleted.
        deleted_id: ID,
    }
}

payloads! {
    errors CustomerUserError;

    "customerCreate" => CustomerCreatePayload {
        /// The new customer; null if none was created.
        customer: Customer,
    }
    "customerInvite" => CustomerInvitePayload {
        /// The invited customer; null if no email is sent.
        customer: Customer,
    }
    "customerAddressCreate" => CustomerAddressCreatePayload {
        /// The new entry of the address book; null if it was not created.
        address: CustomerAddress,
    }
    "customerAddressUpdate" => CustomerAddressUpdatePayload {
        /// The entry after the change; null if nothing was changed.
        address: CustomerAddress,
    }
    "customerAddressDelete" => CustomerAddressDeletePayload {
        /// Global id of the deleted entry; null if nothing was deleted.
        deleted_id: ID,
    }
    "customerGroupDelete" => CustomerGroupDeletePayload {
        /// Global id of the deleted group; null if nothing was deleted.
        deleted_id: ID,
    }
    "customerUpdate" => CustomerUpdatePayload {
        /// The customer after the change; null if nothing was changed.
        customer: Customer,
    }
    "customerDataExport" => CustomerDataExportPayload {
        /// Exported data as a JSON document; null if nothing is stored about the person.
        json: String,
    }
    "customerErase" => CustomerErasePayload {
        /// Extent of the erasure; null if nothing is stored about the person.
        erased: ErasedPerson,
    }
    "customerGroupPut" => CustomerGroupPutPayload {
        /// The customer group; null if it was not created or renamed.
        group: CustomerGroup,
    }
}
