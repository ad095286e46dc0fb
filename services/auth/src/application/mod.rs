//! Applications: OAuth clients that people sign in with, such as a storefront, a mobile app or the site
//! of a partner.

pub(crate) mod api;
pub(crate) mod redirect_uri;
pub(crate) mod store;

use problem::{Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use self::redirect_uri::RedirectUri;
use crate::{
    scopes::check_grantable,
    signing_key::KeyAlgorithm,
    text::{MAX_LINE, check_line, refuse_if_any},
};

/// Most addresses of each sort.
const MAX_URIS: usize = 20;

/// What may be changed about an application.
#[derive(Clone, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationFields {
    /// What people read when they are asked for their consent; unique.
    #[schema(max_length = 100, example = "Vitrine for iOS")]
    pub(crate) label: String,
    /// Where people are sent back to: https, http on a loopback address (any port works then), or the
    /// scheme of an app (`com.example.app:/callback`). Compared as they are (OAuth 2.1 §2.3).
    #[schema(max_items = 20, example = json!(["https://app.example.com/callback"]))]
    pub(crate) redirect_uris: Vec<String>,
    /// Where people may be sent after they signed out.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["https://app.example.com/"]))]
    pub(crate) post_logout_redirect_uris: Vec<String>,
    /// Scopes of this installation that it may ask staff for; your own token must carry them all.
    #[serde(default)]
    #[schema(example = json!(["orders:read"]))]
    pub(crate) scopes: Vec<String>,
    /// Ours: people are not asked for their consent, and its tokens may do all that they may.
    #[serde(default)]
    pub(crate) first_party: bool,
    /// How its id tokens are signed.
    #[serde(default = "default_algorithm")]
    #[schema(example = "RS256")]
    pub(crate) id_token_algorithm: KeyAlgorithm,
}

fn default_algorithm() -> KeyAlgorithm {
    KeyAlgorithm::RS256
}

impl ApplicationFields {
    /// Trims and sorts; 422 for what breaks a rule.
    pub(crate) fn check(&mut self) -> Result<()> {
        let mut violations = Vec::new();
        check_line(&mut self.label, "/label", MAX_LINE, &mut violations);
        check_uris(&self.redirect_uris, "/redirect_uris", &mut violations);
        let after = &self.post_logout_redirect_uris;
        check_uris(after, "/post_logout_redirect_uris", &mut violations);
        refuse_if_any(violations)?;
        check_grantable(&mut self.scopes)
    }
}

fn check_uris(uris: &[String], pointer: &str, violations: &mut Vec<Violation>) {
    if uris.len() > MAX_URIS {
        let rule = format!("must have at most {MAX_URIS} items");
        violations.push(Violation::at(pointer, "too_many", rule));
    }
    for (at, uri) in uris.iter().enumerate() {
        if let Err(rule) = RedirectUri::parse(uri) {
            violations.push(Violation::at(format!("{pointer}/{at}"), "invalid_uri", rule));
        }
    }
}
