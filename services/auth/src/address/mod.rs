//! Address books of customers.

pub(crate) mod api;
pub(crate) mod store;

use problem::Violation;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use types::CountryCode;
use utoipa::ToSchema;

use crate::text::{MAX_LINE, MAX_PHONE, check_line, check_optional};

/// Addresses one customer may keep.
pub(crate) const MAX_PER_CUSTOMER: i64 = 50;
const MAX_POSTAL_CODE: usize = 20;

/// Where somebody lives.
#[derive(Clone, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostalAddress {
    #[schema(max_length = 100, example = "Ada")]
    pub(crate) first_name: String,
    #[schema(max_length = 100, example = "Lovelace")]
    pub(crate) last_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub(crate) company: Option<String>,
    #[schema(max_length = 100, example = "Torstraße 1")]
    pub(crate) street: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub(crate) street2: Option<String>,
    #[schema(max_length = 100, example = "Berlin")]
    pub(crate) city: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub(crate) region: Option<String>,
    #[schema(max_length = 20, example = "10119")]
    pub(crate) postal_code: String,
    #[sqlx(try_from = "String")]
    pub(crate) country: CountryCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub(crate) phone: Option<String>,
}

impl PostalAddress {
    /// Trims, and lists what breaks a rule.
    pub(crate) fn check(&mut self) -> Vec<Violation> {
        let mut violations = Vec::new();
        for (text, pointer, max) in [
            (&mut self.first_name, "/first_name", MAX_LINE),
            (&mut self.last_name, "/last_name", MAX_LINE),
            (&mut self.street, "/street", MAX_LINE),
            (&mut self.city, "/city", MAX_LINE),
            (&mut self.postal_code, "/postal_code", MAX_POSTAL_CODE),
        ] {
            check_line(text, pointer, max, &mut violations);
        }
        for (text, pointer, max) in [
            (&mut self.company, "/company", MAX_LINE),
            (&mut self.street2, "/street2", MAX_LINE),
            (&mut self.region, "/region", MAX_LINE),
            (&mut self.phone, "/phone", MAX_PHONE),
        ] {
            check_optional(text, pointer, max, &mut violations);
        }
        violations
    }
}
