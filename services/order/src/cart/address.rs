//! Postal addresses.

use problem::Result;
use serde::{Deserialize, Serialize};
use types::CountryCode;

use crate::answer::Rules;

/// Where goods or the invoice go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PostalAddress)]
pub(crate) struct Address {
    /// Given names.
    #[schema(max_length = 100, example = "Ada")]
    pub first_name: String,
    /// Family name.
    #[schema(max_length = 100, example = "Lovelace")]
    pub last_name: String,
    /// Company.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and house number.
    #[schema(max_length = 200, example = "Lange Reihe 1")]
    pub street: String,
    /// What the street line has no room for.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street2: Option<String>,
    /// City.
    #[schema(max_length = 100, example = "Hamburg")]
    pub city: String,
    /// State or province, where the country has them in addresses.
    #[schema(max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[schema(max_length = 20, example = "20099")]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: CountryCode,
    /// Telephone number.
    #[schema(max_length = 40)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Address {
    /// 422 with every broken rule.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/first_name", &self.first_name, 100);
        rules.text("/last_name", &self.last_name, 100);
        rules.optional_text("/company", self.company.as_deref(), 200);
        rules.text("/street", &self.street, 200);
        rules.optional_text("/street2", self.street2.as_deref(), 200);
        rules.text("/city", &self.city, 100);
        rules.optional_text("/region", self.region.as_deref(), 100);
        rules.text("/postal_code", &self.postal_code, 20);
        rules.optional_text("/phone", self.phone.as_deref(), 40);
        rules.done()
    }
}

/// Whether the text looks like an e-mail address; only a message can tell more.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let dotted = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
    plain && text.len() <= 254 && !local.is_empty() && local.len() <= 64 && dotted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_a_name_and_a_dotted_domain() {
        assert!(is_email("ada@example.com"));
        for bad in ["ada", "@example.com", "ada@", "ada@localhost", "a da@example.com", "a@b..c"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
