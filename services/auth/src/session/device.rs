use axum::extract::{FromRef, FromRequestParts};
use http::{header, request::Parts};
use problem::Problem;

use crate::client_address::{ClientAddress, TrustedProxies};

/// Longest user agent that is kept, in characters.
const MAX_USER_AGENT: usize = 200;

/// Where a sign-in comes from, as its owner sees it in the list of sessions.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) address: ClientAddress,
    pub(crate) user_agent: Option<String>,
}

impl<State> FromRequestParts<State> for Device
where
    TrustedProxies: FromRef<State>,
    State: Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let address = ClientAddress::from_request_parts(parts, state).await?;
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|text| text.chars().take(MAX_USER_AGENT).collect());
        Ok(Self { address, user_agent })
    }
}
