//! Connections: other systems (ERP, CRM, PIM connectors) that call our APIs with scopes of their own.

pub(crate) mod api;
pub(crate) mod store;

use problem::{Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::{
    scopes::check_grantable,
    secret,
    text::{MAX_LINE, check_line, refuse_if_any},
};

/// Most requests a second that can be asked for.
const MAX_RATE: i32 = 100_000;
/// Longest readable part of a username.
const MAX_NAME: usize = 20;

/// What may be changed about a connection.
#[derive(Clone, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionFields {
    /// Unique among connections.
    #[schema(max_length = 100, example = "ERP Berlin")]
    pub(crate) label: String,
    /// Each one of the scopes of this installation; your own token must carry them all.
    #[schema(example = json!(["catalog:read", "catalog:write"]))]
    pub(crate) scopes: Vec<String>,
    /// Requests a second that the gateway lets through; the default of the installation if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000, example = 20)]
    pub(crate) rate_limit_per_second: Option<i32>,
}

impl ConnectionFields {
    /// Trims and sorts; 422 for what breaks a rule.
    pub(crate) fn check(&mut self) -> Result<()> {
        let mut violations = Vec::new();
        check_line(&mut self.label, "/label", MAX_LINE, &mut violations);
        if self.rate_limit_per_second.is_some_and(|limit| !(1..=MAX_RATE).contains(&limit)) {
            let rule = format!("must be between 1 and {MAX_RATE}");
            violations.push(Violation::at("/rate_limit_per_second", "out_of_range", rule));
        }
        refuse_if_any(violations)?;
        check_grantable(&mut self.scopes)
    }
}

/// How a connection signs in: client id and secret for OAuth, and a username and password beside them
/// for the password grant of the PIM management API. In clear only once.
pub(crate) struct Identity {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Identity {
    /// A new one; `number` makes its names unique.
    pub(crate) fn generate(number: i64, label: &str) -> Self {
        let random: String =
            secret::random_secret().chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        Self {
            client_id: format!("{number}_{random}"),
            client_secret: secret::random_secret(),
            username: format!("{}_{number}", username_part(label)),
            password: secret::random_secret(),
        }
    }
}

fn username_part(label: &str) -> String {
    let name: String = label
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(MAX_NAME)
        .collect::<String>()
        .to_ascii_lowercase();
    if name.is_empty() { "connection".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_says_whose_it_is() {
        let identity = Identity::generate(7, "ERP Berlin (Süd)");
        assert_eq!(identity.username, "erpberlinsd_7");
        assert!(identity.client_id.starts_with("7_"));
        assert_eq!(Identity::generate(8, "仕入").username, "connection_8");
    }
}
