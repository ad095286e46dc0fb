//! Signing a person out at the wish of an application (OpenID Connect RP-Initiated Logout 1.0).

use access::Subject;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::App,
    application::{self, redirect_uri::RedirectUri},
    authorization::RequestError,
    browser_session::BrowserSession,
    client::ClientId,
    pages::Form,
};

/// Longest `state`, in bytes.
const MAX_STATE: usize = 1000;

/// What an application said, found good.
pub(crate) struct LogoutRequest {
    /// Whose session is meant. `None` without an id token, or with one that none of today's keys signed.
    pub(crate) hint: Option<Hint>,
    /// Where the person goes afterwards; one of the application's own.
    pub(crate) return_to: Option<RedirectUri>,
}

/// A session, as an id token of ours names it.
#[derive(Deserialize)]
pub(crate) struct Hint {
    #[serde(rename = "sid")]
    pub(crate) session_id: Uuid,
    sub: String,
    #[serde(rename = "aud")]
    pub(crate) client_id: String,
}

impl Hint {
    pub(crate) fn subject(&self) -> Subject {
        Subject::parse(&self.sub)
    }
}

impl LogoutRequest {
    /// The fields that it is read from, but for those that do not matter here.
    pub(crate) const FIELDS: [&str; 4] =
        ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

    /// Reads a request, and checks it against the application's record.
    pub(crate) async fn read(app: &App, form: &Form) -> Result<Self, RequestError> {
        let hint: Option<Hint> = app.keys.read_id_token(&app.issuer, form.get("id_token_hint"));
        let named = Some(form.get("client_id")).filter(|id| !id.is_empty());
        let of_hint = hint.as_ref().map(|hint| hint.client_id.as_str());
        if named.is_some() && of_hint.is_some() && named != of_hint {
            return Err(RequestError::Page("the id token is of another application"));
        }
        let return_to = match form.get("post_logout_redirect_uri") {
            "" => None,
            asked => Some(find_return(app, named.or(of_hint), asked).await?),
        };
        if form.get("state").len() > MAX_STATE {
            return Err(RequestError::Page("the parameter state is too long"));
        }
        Ok(Self { hint, return_to })
    }

    /// Whether it comes from where this browser is signed in: the person need not be asked then. Any
    /// site could send a browser here, but not with an id token of this person's.
    pub(crate) fn is_of(&self, browser: Option<&BrowserSession>) -> bool {
        let Some(hint) = &self.hint else { return false };
        browser.is_none_or(|browser| match hint.subject() {
            Subject::Customer(id) | Subject::Staff(id) => id == browser.account_id,
            _ => false,
        })
    }

    /// The way back, with the state that the application gave.
    pub(crate) fn way_back(&self, form: &Form) -> Option<String> {
        let state = Some(("state", form.get("state"))).filter(|(_, state)| !state.is_empty());
        self.return_to.as_ref().map(|uri| uri.with(state.as_slice()))
    }
}

async fn find_return(
    app: &App,
    client_id: Option<&str>,
    asked: &str,
) -> Result<RedirectUri, RequestError> {
    let unknown = RequestError::Page("the application that sent you here is not known");
    let Some(client_id) = client_id.and_then(|id| ClientId::parse(id).ok()) else {
        return Err(unknown);
    };
    let application = application::store::find(&app.db, &client_id).await?.ok_or(unknown)?;
    let registered = application.fields.post_logout_redirect_uris;
    let mut registered = registered.iter().filter_map(|uri| RedirectUri::parse(uri).ok());
    let is_registered = registered.any(|uri| uri.allows(asked));
    RedirectUri::parse(asked)
        .ok()
        .filter(|_| is_registered)
        .ok_or(RequestError::Page("the application may not send you back where it asks to"))
}
