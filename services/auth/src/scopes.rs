//! Sets of scopes: what may be granted, by whom.

use std::collections::BTreeSet;

use access::{Caller, Subject, scope::GRANTABLE};
use problem::{Kind, Problem, Result};
use sqlx::PgConnection;

use crate::{app::App, client::Client, role};

/// Asks for an id token (OpenID Connect Core §3.1.2.1).
pub(crate) const OPENID: &str = "openid";
/// Lets an application of others act as the customer in the shop: carts, orders, profile.
pub(crate) const SHOP: &str = "shop";
/// What an application may ask any person for; not for APIs, but for [`SHOP`].
pub(crate) const PERSONAL: &[&str] = &["email", "offline_access", OPENID, "phone", "profile", SHOP];

/// Whether a token with this scope is for our APIs.
pub(crate) fn acts(scope: &str) -> bool {
    scope == SHOP || GRANTABLE.contains(&scope)
}

/// The scopes that a person has by themselves: those of their roles.
pub(crate) async fn of_person(
    app: &App,
    connection: &mut PgConnection,
    subject: &Subject,
) -> Result<Vec<String>> {
    match subject {
        Subject::Staff(id) => role::store::scopes_of(connection, *id, app.staff_totp).await,
        _ => Ok(Vec::new()),
    }
}

/// What an application gets of what it asked a person for: the personal scopes, and those of the
/// person's own that it may have.
pub(crate) fn grant(client: &Client, may: &[String], asked: &[String]) -> Vec<String> {
    let is_granted = |scope: &&String| {
        PERSONAL.contains(&scope.as_str())
            || (may.contains(scope) && (client.first_party || client.scopes.contains(scope)))
    };
    asked.iter().filter(is_granted).cloned().collect()
}

/// Sorted, without repetition; 422 if one cannot be granted.
pub(crate) fn check_grantable(scopes: &mut Vec<String>) -> Result<()> {
    if let Some(at) = scopes.iter().position(|scope| !GRANTABLE.contains(&scope.as_str())) {
        let rule = format!("must be one of {}", GRANTABLE.join(", "));
        return Err(Problem::invalid(format!("/scopes/{at}"), "unknown_scope", rule));
    }
    scopes.sort();
    scopes.dedup();
    Ok(())
}

/// 403 unless the caller has all of these: nobody hands out, or takes over, more than they have.
pub(crate) fn check_within_own<'a>(
    caller: &Caller,
    scopes: impl IntoIterator<Item = &'a String>,
) -> Result<()> {
    match scopes.into_iter().find(|scope| !caller.may(scope)) {
        None => Ok(()),
        Some(scope) => Err(Problem::new(
            Kind::Forbidden,
            "scope_beyond_own",
            format!("this needs the scope {scope}, which your token does not carry"),
        )),
    }
}

/// The asked-for part of what may be had, in its order; `None` if something else is asked for.
pub(crate) fn narrow(may: &[String], asked: Option<&str>) -> Option<Vec<String>> {
    let Some(asked) = asked else { return Some(may.to_vec()) };
    let asked: BTreeSet<&str> = asked.split_whitespace().collect();
    let narrowed: Vec<String> =
        may.iter().filter(|scope| asked.contains(scope.as_str())).cloned().collect();
    (narrowed.len() == asked.len()).then_some(narrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_narrow_and_never_widen() {
        let may = ["a".to_owned(), "b".to_owned()];
        assert_eq!(narrow(&may, None), Some(may.to_vec()));
        assert_eq!(narrow(&may, Some("b b")), Some(vec!["b".to_owned()]));
        assert_eq!(narrow(&may, Some("b c")), None);
    }
}
