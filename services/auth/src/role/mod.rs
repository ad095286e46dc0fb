//! Roles: named sets of scopes for staff.

pub(crate) mod api;
pub(crate) mod store;

use problem::Result;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use types::{Code, Kind};
use utoipa::ToSchema;

use crate::{
    scopes::check_grantable,
    text::{MAX_LINE, check_line, refuse_if_any},
};

/// The built-in role with every scope.
pub(crate) const ADMINISTRATOR: &str = "administrator";

/// What may be changed about a role.
#[derive(Clone, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleFields {
    #[schema(max_length = 100, example = "Customer care")]
    pub(crate) label: String,
    /// Each one of the scopes of this installation; your own token must carry them all.
    #[schema(example = json!(["orders:read", "orders:write"]))]
    pub(crate) scopes: Vec<String>,
}

impl RoleFields {
    /// Trims and sorts; 422 for what breaks a rule.
    pub(crate) fn check(&mut self) -> Result<()> {
        let mut violations = Vec::new();
        check_line(&mut self.label, "/label", MAX_LINE, &mut violations);
        refuse_if_any(violations)?;
        check_grantable(&mut self.scopes)
    }
}

/// What a role is called in requests; it never changes.
pub(crate) type RoleCode = Code<RoleKind>;

/// The grammar of [`RoleCode`].
pub(crate) enum RoleKind {}

impl Kind for RoleKind {
    const NAME: &'static str = "RoleCode";
    const RULE: &'static str = "must be 1 to 50 small letters, digits or underscores";
    const EXAMPLE: &'static str = "customer_care";
    fn is_valid(text: &str) -> bool {
        let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        (1..=50).contains(&text.len()) && text.bytes().all(is_part)
    }
}
