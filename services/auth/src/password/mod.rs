//! Passwords: what is accepted as a new one (NIST SP 800-63B §3.1.1: length and a list of common
//! ones, no composition rules), and how they are kept.

mod common;
mod hasher;

use std::fmt;

pub(crate) use hasher::Hasher;
use problem::{Problem, Result};
use serde::Deserialize;
use utoipa::ToSchema;

/// Fewest characters of a new password.
const MIN_LENGTH: usize = 8;
/// Most characters of any password.
const MAX_LENGTH: usize = 256;

/// A password in clear, on its way to be hashed; never printed.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
pub(crate) struct Password(String);

impl Password {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// 422 unless it may become somebody's password.
    pub(crate) fn check_new(&self, pointer: &str, email: &str) -> Result<()> {
        self.check_length(pointer)?;
        if self.0.chars().count() < MIN_LENGTH {
            let rule = format!("must have at least {MIN_LENGTH} characters");
            return Err(Problem::invalid(pointer, "too_short", rule));
        }
        if common::is_common(&self.0) || self.0.eq_ignore_ascii_case(email) {
            let rule = "is one of the first that others would try";
            return Err(Problem::invalid(pointer, "common_password", rule));
        }
        Ok(())
    }

    /// 422 if it is longer than any password may be.
    pub(crate) fn check_length(&self, pointer: &str) -> Result<()> {
        if self.0.chars().count() <= MAX_LENGTH {
            return Ok(());
        }
        let rule = format!("must have at most {MAX_LENGTH} characters");
        Err(Problem::invalid(pointer, "too_long", rule))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(password: &str) -> Option<String> {
        let problem = Password::new(password).check_new("/password", "a@b.test").err()?;
        Some(problem.violations()[0].code.clone())
    }

    #[test]
    fn a_password_has_8_to_256_characters_of_any_kind() {
        assert_eq!(rule("drei ö!").as_deref(), Some("too_short"));
        assert_eq!(rule("vier öö!"), None);
        assert_eq!(rule(&"ü-".repeat(128)), None);
        assert_eq!(rule(&"ü-".repeat(129)).as_deref(), Some("too_long"));
        assert_eq!(rule("only lower case words"), None);
    }

    #[test]
    fn what_others_would_try_first_is_refused() {
        for bad in [
            "password",
            "Password123!",
            "12345678",
            "87654321",
            "aaaaaaaaaa",
            "QWERTZUIOP",
            "iloveyou1",
            "A@b.TEST",
        ] {
            assert!(matches!(rule(bad).as_deref(), Some("common_password")), "{bad}");
        }
    }
}
