//! People who sign in: customers and staff. One e-mail address belongs to one account.

pub(crate) mod api;
pub(crate) mod store;

use std::fmt;

use access::{Caller, Subject};
use chrono::{DateTime, Utc};
use problem::{Kind, Problem, Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::text::{MAX_LINE, MAX_PHONE, check_optional};

/// Longest e-mail address (RFC 5321 §4.5.3.1.3).
const MAX_EMAIL_BYTES: usize = 254;

/// A normalised e-mail address: trimmed, in lower case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(try_from = "String")]
#[sqlx(transparent)]
#[schema(value_type = String, format = Email, max_length = 254, example = "ada@example.com")]
pub(crate) struct Email(String);

impl Email {
    /// Reads an address; the rule in words if it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be an e-mail address such as ada@example.com";
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(RULE)?;
        let is_plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"".contains(c);
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let well_formed = (1..=64).contains(&local.len())
            && local.chars().all(|c| is_plain(c) && c != '@')
            && domain.contains('.')
            && domain.split('.').all(is_label)
            && text.len() <= MAX_EMAIL_BYTES;
        if well_formed { Ok(Self(text)) } else { Err(RULE) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
    }
}

/// Personal data stays out of logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The sort of person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum AccountKind {
    Customer,
    Staff,
}

impl AccountKind {
    /// The `sub` of this person's tokens.
    pub(crate) fn subject(self, account_id: Uuid) -> Subject {
        match self {
            Self::Customer => Subject::Customer(account_id),
            Self::Staff => Subject::Staff(account_id),
        }
    }
}

/// A person, without the password.
#[derive(FromRow)]
pub(crate) struct Account {
    pub(crate) account_id: Uuid,
    pub(crate) kind: AccountKind,
    pub(crate) email: Email,
    pub(crate) email_verified_at: Option<DateTime<Utc>>,
    #[sqlx(flatten)]
    pub(crate) profile: Profile,
    pub(crate) disabled_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// What people may change about themselves.
#[derive(Clone, Default, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Ada")]
    pub(crate) first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Lovelace")]
    pub(crate) last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "+49 30 1234567")]
    pub(crate) phone: Option<String>,
}

impl Profile {
    /// Trims, and notes what breaks a rule.
    pub(crate) fn check(&mut self, violations: &mut Vec<Violation>) {
        check_optional(&mut self.first_name, "/first_name", MAX_LINE, violations);
        check_optional(&mut self.last_name, "/last_name", MAX_LINE, violations);
        check_optional(&mut self.phone, "/phone", MAX_PHONE, violations);
    }
}

/// The caller's account; 403 for anonymous shoppers and clients, who have none.
pub(crate) fn account_id(caller: &Caller) -> Result<Uuid> {
    match caller.subject {
        Subject::Customer(id) | Subject::Staff(id) => Ok(id),
        Subject::Anonymous(_) | Subject::Client(_) => Err(Problem::new(
            Kind::Forbidden,
            "account_required",
            "this needs the token of a customer or of staff",
        )),
    }
}

/// The calling customer; 403 for everybody else.
pub(crate) fn customer_id(caller: &Caller) -> Result<Uuid> {
    caller.customer_id().ok_or_else(|| {
        Problem::new(Kind::Forbidden, "customer_required", "this needs the token of a customer")
    })
}

/// The token outlived its account.
pub(crate) fn gone() -> Problem {
    Problem::unauthenticated("the account of this token does not exist any more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_normalised() {
        assert_eq!(Email::parse("  Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
        assert_eq!(
            Email::parse("o'hara+shop@bücher.example").unwrap().as_str(),
            "o'hara+shop@bücher.example"
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let too_long = format!("{}@example.com", "x".repeat(65));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a b@example.com",
            "ada@exa mple.com",
            "ada@@example.com",
            "ada@-x.com",
            "a\n@example.com",
            "ada@x..com",
            &too_long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }
}
