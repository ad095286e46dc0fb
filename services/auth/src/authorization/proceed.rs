use chrono::{DateTime, Utc};
use problem::Result;
use uuid::Uuid;

use super::{
    AuthorizationRequest, RequestError,
    code::{self, NewCode},
    request::Prompt,
};
use crate::{
    app::App, application::redirect_uri::RedirectUri, browser_session::BrowserSession,
    client::Client, consent, session::Authentication,
};

/// Who is in front of the browser.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) account_id: Uuid,
    pub(crate) authentication: Authentication,
    /// Whether it was proved for this very request.
    pub(crate) just_now: bool,
}

impl From<BrowserSession> for SignedIn {
    fn from(session: BrowserSession) -> Self {
        let BrowserSession { account_id, authentication, .. } = session;
        Self { account_id, authentication, just_now: false }
    }
}

/// What comes next in an authorization request.
pub(crate) enum Next {
    /// The person signs in.
    SignIn,
    /// The person registers.
    Register,
    /// The person is asked for consent.
    Consent,
    /// The person is sent back, to this address.
    Redirect(String),
}

/// Takes the request as far as it goes without asking the person anything.
pub(crate) async fn proceed(
    app: &App,
    request: &AuthorizationRequest,
    client: &Client,
    person: Option<&SignedIn>,
    now: DateTime<Utc>,
) -> Result<Next, RequestError> {
    let silent = request.asks(Prompt::None);
    let is_fresh =
        |person: &&SignedIn| person.just_now || request.is_fresh(person.authentication.at, now);
    let Some(person) = person.filter(is_fresh) else {
        return match (silent, request.asks(Prompt::Create)) {
            (true, _) => Err(request.refuse("login_required", "nobody is signed in")),
            (false, true) => Ok(Next::Register),
            (false, false) => Ok(Next::SignIn),
        };
    };
    let account_id = person.account_id;
    let needs_consent = !client.first_party
        && (request.asks(Prompt::Consent)
            || !consent::store::covers(&app.db, account_id, &client.client_id, &request.scopes)
                .await?);
    if needs_consent {
        return match silent {
            true => Err(request.refuse("consent_required", "the person has not agreed yet")),
            false => Ok(Next::Consent),
        };
    }
    Ok(Next::Redirect(grant(app, request, person, now).await?))
}

/// The address that the person is sent back to, with a code in it.
pub(crate) async fn grant(
    app: &App,
    request: &AuthorizationRequest,
    person: &SignedIn,
    now: DateTime<Utc>,
) -> Result<String> {
    let code = code::issue(
        &app.db,
        NewCode {
            client_id: &request.client_id,
            account_id: person.account_id,
            redirect_uri: &request.redirect_uri,
            code_challenge: &request.code_challenge,
            scopes: &request.scopes,
            nonce: request.nonce.as_deref(),
            authentication: &person.authentication,
        },
        now,
    )
    .await?;
    Ok(answer(app, &request.redirect_uri, request.state.as_deref(), &[("code", &code)]))
}

/// An authorization response: with the state that was sent, and the issuer, so that a client of several
/// servers cannot be confused (RFC 9207).
pub(super) fn answer(
    app: &App,
    redirect_uri: &str,
    state: Option<&str>,
    parameters: &[(&str, &str)],
) -> String {
    let mut parameters = parameters.to_vec();
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("iss", &app.issuer));
    RedirectUri::parse(redirect_uri)
        .map(|uri| uri.with(&parameters))
        .expect("only registered addresses come here")
}
