//! Roles: named sets of scopes for staff.

pub(crate) mod api;
pub(crate) mod store;

use problem::{Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::{
    scopes::check_grantable,
    text::{MAX_LINE, check_line, refuse_if_any},
};

/// The built-in role with every scope.
pub(crate) const ADMINISTRATOR: &str = "administrator";
/// Longest code of a role.
const MAX_CODE: usize = 50;

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

/// 422 unless the text can name a role.
pub(crate) fn check_code(code: &str) -> Result<()> {
    let is_code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=MAX_CODE).contains(&code.len()) && code.bytes().all(is_code) {
        return Ok(());
    }
    let rule = "must be 1 to 50 small letters, digits or underscores";
    refuse_if_any(vec![Violation::at("/code", "invalid_code", rule)])
}
