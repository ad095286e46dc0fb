use access::Caller;
use axum::extract::FromRequestParts;
use http::request::Parts;
use problem::{Kind, Problem, Result};

use crate::{
    app::App,
    client::{self, ClientId},
    scopes::SHOP,
};

/// Somebody who uses an application of ours. What concerns the account itself, such as its password and
/// its sessions, is not for applications of others, whatever they were allowed.
pub(crate) struct Owner(pub(crate) Caller);

/// Somebody who uses an application of ours, or one of others that they let act for them in the shop.
pub(crate) struct Delegate(pub(crate) Caller);

impl FromRequestParts<App> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let caller = <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if uses_our_application(app, &caller).await? { Ok(Self(caller)) } else { Err(refused()) }
    }
}

impl FromRequestParts<App> for Delegate {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let caller = <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let may = caller.may(SHOP) || uses_our_application(app, &caller).await?;
        if may { Ok(Self(caller)) } else { Err(refused()) }
    }
}

/// Whether the token was issued to an application of ours.
pub(crate) async fn uses_our_application(app: &App, caller: &Caller) -> Result<bool> {
    let Ok(client_id) = ClientId::parse(&caller.client_id) else { return Ok(false) };
    Ok(client::store::find(&app.db, &client_id).await?.is_some_and(|client| client.is_ours()))
}

fn refused() -> Problem {
    let detail = "this is for the person alone, not for applications of others";
    Problem::new(Kind::Forbidden, "first_party_required", detail)
}
