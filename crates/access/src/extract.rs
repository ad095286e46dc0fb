use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use http::{HeaderMap, header, request::Parts};
use problem::Problem;

use crate::{Caller, Verifier, scope::Scope};

/// A caller whose token carries the scope.
pub struct Allowed<S> {
    /// Who it is.
    pub caller: Caller,
    scope: PhantomData<fn() -> S>,
}

impl<State> FromRequestParts<State> for Caller
where
    Verifier: FromRef<State>,
    State: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let token = bearer_token(&parts.headers)?
            .ok_or_else(|| Problem::unauthenticated("this needs an access token"))?;
        Verifier::from_ref(state).verify(token).await
    }
}

impl<State> OptionalFromRequestParts<State> for Caller
where
    Verifier: FromRef<State>,
    State: Send + Sync,
{
    type Rejection = Problem;

    /// No token is no caller; a bad token is an error, so that clients notice that it expired.
    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Option<Self>, Problem> {
        match bearer_token(&parts.headers)? {
            Some(token) => Verifier::from_ref(state).verify(token).await.map(Some),
            None => Ok(None),
        }
    }
}

impl<S, State> FromRequestParts<State> for Allowed<S>
where
    S: Scope,
    Verifier: FromRef<State>,
    State: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let caller = <Caller as FromRequestParts<State>>::from_request_parts(parts, state).await?;
        if caller.may(S::NAME) {
            Ok(Self { caller, scope: PhantomData })
        } else {
            Err(Problem::forbidden(S::NAME))
        }
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1; the two other ways to send one are
/// not served). 401 for another sort of header, 400 for more than one.
pub fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::invalid_request("there is more than one Authorization header"));
    }
    let malformed = || Problem::unauthenticated("the Authorization header is not a bearer token");
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(malformed()) }
}
