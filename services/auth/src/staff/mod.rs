//! Staff: people who may do what their roles say.

pub(crate) mod api;
mod bootstrap;
pub(crate) mod setup;
pub(crate) mod store;

pub(crate) use bootstrap::prepare_staff;
use problem::{Problem, Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use types::Kind;
use utoipa::ToSchema;

use crate::{
    account::Profile,
    role::RoleKind,
    text::{MAX_LINE, MAX_PHONE, check_optional, refuse_if_any},
};

/// Roles one member of staff may have.
const MAX_ROLES: usize = 20;

/// What may be changed about a member of staff.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StaffFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Grace")]
    pub(crate) first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Hopper")]
    pub(crate) last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub(crate) phone: Option<String>,
    /// Codes of roles, at most 20.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["customer_care"]))]
    pub(crate) roles: Vec<String>,
    /// Disabled staff can neither sign in nor refresh.
    #[serde(default)]
    pub(crate) disabled: bool,
}

impl StaffFields {
    /// Trims and sorts; 422 for what breaks a rule.
    pub(crate) fn check(&mut self) -> Result<()> {
        let mut violations = Vec::new();
        check_optional(&mut self.first_name, "/first_name", MAX_LINE, &mut violations);
        check_optional(&mut self.last_name, "/last_name", MAX_LINE, &mut violations);
        check_optional(&mut self.phone, "/phone", MAX_PHONE, &mut violations);
        if self.roles.len() > MAX_ROLES {
            let rule = format!("must have at most {MAX_ROLES} items");
            violations.push(Violation::at("/roles", "too_many", rule));
        }
        if !self.roles.iter().all(|code| RoleKind::is_valid(code)) {
            violations.push(Violation::at("/roles", "unknown_role", RoleKind::RULE));
        }
        self.roles.sort();
        self.roles.dedup();
        refuse_if_any(violations)
    }

    pub(crate) fn profile(&self) -> Profile {
        Profile {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            phone: self.phone.clone(),
        }
    }
}

/// 409 if nobody would be left who can manage staff. The caller holds the lock of all staff.
pub(crate) async fn ensure_administrator_remains(transaction: &mut PgConnection) -> Result<()> {
    if store::has_administrator(transaction).await? {
        return Ok(());
    }
    Err(Problem::conflict(
        "last_administrator",
        "nobody would be left who can manage staff (staff:write)",
    ))
}
