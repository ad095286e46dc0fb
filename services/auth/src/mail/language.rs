use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use serde::{Deserialize, Serialize};

/// Longest `Accept-Language` that is looked at, in languages.
const MAX_LANGUAGES: usize = 20;

/// A language that mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum Language {
    #[default]
    English,
    German,
    French,
}

impl Language {
    /// The first of ours by the weights of `Accept-Language` (RFC 9110 §12.5.4); else English.
    pub(crate) fn choose(accepted: &str) -> Self {
        let mut best = (Self::default(), 0.0);
        for range in accepted.split(',').take(MAX_LANGUAGES) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                Some(weight) => weight.parse().unwrap_or(0.0),
                None => 1.0,
            };
            if let Some(language) = Self::of_tag(tag).filter(|_| weight > best.1) {
                best = (language, weight);
            }
        }
        best.0
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            "fr" => Some(Self::French),
            _ => None,
        }
    }
}

impl<State: Sync> FromRequestParts<State> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Infallible> {
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
        Ok(Self::choose(accepted.and_then(|value| value.to_str().ok()).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_chosen() {
        for (accepted, language) in [
            ("", Language::English),
            ("de", Language::German),
            ("fr-CA, de;q=0.9", Language::French),
            ("it, de;q=0.5, fr;q=0.7", Language::French),
            ("it, zh", Language::English),
            ("de;q=0, fr;q=x, en;q=0.1", Language::English),
        ] {
            assert_eq!(Language::choose(accepted), language, "{accepted}");
        }
    }
}
