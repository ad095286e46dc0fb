use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Account, AccountKind, Email, Profile};

/// A customer or a member of staff.
#[derive(Serialize, ToSchema)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) kind: AccountKind,
    pub(crate) email: Email,
    /// Whether it was proved that mail to the address reaches its owner.
    pub(crate) email_verified: bool,
    #[serde(flatten)]
    pub(crate) profile: Profile,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self {
            id: account.account_id,
            kind: account.kind,
            email_verified: account.email_verified_at.is_some(),
            email: account.email,
            profile: account.profile,
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}
