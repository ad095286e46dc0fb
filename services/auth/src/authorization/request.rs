use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::{
    application::redirect_uri::RedirectUri,
    client::{self, Client, ClientId, ClientKind},
    scopes,
};

/// Longest `state` and `nonce`, in bytes.
const MAX_TEXT: usize = 1000;

/// What an application asked for, found good.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client_id: String,
    /// One of the client's own.
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    /// S256.
    pub(crate) code_challenge: String,
    pub(crate) prompt: Vec<Prompt>,
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) ui_locales: Option<String>,
    /// The query as it came, for links between the pages.
    pub(crate) query: String,
}

/// How the person is to be asked (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Prompt {
    /// Not at all.
    None,
    /// For the password, even if the browser is signed in.
    Login,
    /// For the consent, even if it was given before.
    Consent,
    /// To register rather than to sign in (Initiating User Registration 1.0).
    Create,
}

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum RequestError {
    /// Nobody knows where to send the person back to: a page must tell.
    Page(&'static str),
    /// The application is told, in the address that the person is sent back to (RFC 6749 §4.1.2.1).
    Redirect { redirect_uri: String, state: Option<String>, code: &'static str, why: &'static str },
    /// Our own fault.
    Problem(Problem),
}

impl From<Problem> for RequestError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl AuthorizationRequest {
    /// Reads the query of an authorization request, and checks it against the application's record.
    pub(crate) async fn read(db: &PgPool, query: &str) -> Result<(Self, Client), RequestError> {
        let (values, repeated) = parse(query);
        let get = |name: &str| values.get(name).map(String::as_str);
        if repeated.iter().any(|name| matches!(name.as_str(), "client_id" | "redirect_uri")) {
            return Err(RequestError::Page("a parameter of the address is repeated"));
        }
        let client = find_client(db, get("client_id")).await?;
        let redirect_uri = find_redirect_uri(&client, get("redirect_uri"))?;
        let state = get("state").map(str::to_owned).filter(|state| state.len() <= MAX_TEXT);
        let refuse = |code, why| RequestError::Redirect {
            redirect_uri: redirect_uri.clone(),
            state: state.clone(),
            code,
            why,
        };
        if !repeated.is_empty() {
            return Err(refuse("invalid_request", "a parameter is repeated"));
        }
        check_texts(get).map_err(|(code, why)| refuse(code, why))?;
        let scopes = read_scopes(&client, get("scope"))
            .ok_or_else(|| refuse("invalid_scope", "a scope is unknown or not for this client"))?;
        let prompt = read_prompt(get("prompt"))
            .ok_or_else(|| refuse("invalid_request", "the parameter prompt makes no sense"))?;
        let max_age = get("max_age").map(|text| text.parse().ok().filter(|age| *age >= 0));
        let max_age = match max_age {
            Some(None) => return Err(refuse("invalid_request", "max_age must be seconds")),
            Some(age) => age,
            None => None,
        };
        let request = Self {
            client_id: client.client_id.clone(),
            redirect_uri,
            scopes,
            state,
            nonce: get("nonce").map(str::to_owned),
            code_challenge: get("code_challenge").unwrap_or_default().to_owned(),
            prompt,
            max_age,
            login_hint: get("login_hint").map(str::to_owned),
            ui_locales: get("ui_locales").map(str::to_owned),
            query: query.to_owned(),
        };
        Ok((request, client))
    }

    pub(crate) fn asks(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }

    /// Whether somebody who proved who they are at this time need not do so again.
    pub(crate) fn is_fresh(&self, authenticated_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let oldest = self.max_age.and_then(TimeDelta::try_seconds).map(|age| now - age);
        !self.asks(Prompt::Login) && oldest.is_none_or(|oldest| authenticated_at >= oldest)
    }

    /// The application is told no.
    pub(crate) fn refuse(&self, code: &'static str, why: &'static str) -> RequestError {
        RequestError::Redirect {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            code,
            why,
        }
    }
}

/// The parameters, empty ones left out, and the names of those that are repeated.
fn parse(query: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut values, mut repeated) = (BTreeMap::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if values.insert(name.clone().into_owned(), value.into_owned()).is_some() {
            repeated.push(name.into_owned());
        }
    }
    values.retain(|_, value| !value.is_empty());
    (values, repeated)
}

async fn find_client(db: &PgPool, client_id: Option<&str>) -> Result<Client, RequestError> {
    let unknown = RequestError::Page("the application that sent you here is not known");
    let Some(client_id) = client_id.and_then(|id| ClientId::parse(id).ok()) else {
        return Err(unknown);
    };
    let client = client::store::find(db, &client_id).await?;
    client
        .filter(|client| matches!(client.kind, ClientKind::Public | ClientKind::Confidential))
        .ok_or(unknown)
}

/// The one that is asked for, if the client may send people there; the only one if none is asked for.
fn find_redirect_uri(client: &Client, asked: Option<&str>) -> Result<String, RequestError> {
    let registered = client.redirect_uris.iter().filter_map(|uri| RedirectUri::parse(uri).ok());
    match asked {
        Some(asked) => registered
            .into_iter()
            .any(|uri| uri.allows(asked))
            .then(|| asked.to_owned())
            .ok_or(RequestError::Page("the application may not send you back where it asks to")),
        None => match client.redirect_uris.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(RequestError::Page("the application does not say where to send you back to")),
        },
    }
}

/// What can be said without the database.
fn check_texts<'a>(
    get: impl Fn(&str) -> Option<&'a str>,
) -> Result<(), (&'static str, &'static str)> {
    let is_short = |name: &str| get(name).is_none_or(|text| text.len() <= MAX_TEXT);
    let challenge = get("code_challenge").map(|text| BASE64_URL_SAFE_NO_PAD.decode(text));
    if get("request").is_some() {
        return Err(("request_not_supported", "request objects are not supported"));
    }
    if get("request_uri").is_some() {
        return Err(("request_uri_not_supported", "request objects are not supported"));
    }
    match get("response_type") {
        Some("code") => {}
        None => return Err(("invalid_request", "the parameter response_type is missing")),
        Some(_) => return Err(("unsupported_response_type", "response_type must be code")),
    }
    if !matches!(get("response_mode"), None | Some("query")) {
        return Err(("invalid_request", "response_mode must be query"));
    }
    // RFC 7636 §4.4.1, OAuth 2.1 §4.1.1: for every client, and never in clear.
    if get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "PKCE with code_challenge_method=S256 is required"));
    }
    if !challenge.is_some_and(|decoded| decoded.is_ok_and(|hash| hash.len() == 32)) {
        return Err(("invalid_request", "code_challenge must be a SHA-256 in base64url"));
    }
    if !(is_short("state") && is_short("nonce") && is_short("login_hint") && is_short("ui_locales"))
    {
        return Err(("invalid_request", "state, nonce or another text is too long"));
    }
    Ok(())
}

fn read_scopes(client: &Client, asked: Option<&str>) -> Option<Vec<String>> {
    let mut asked: Vec<String> =
        asked.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    asked.sort();
    asked.dedup();
    let may_ask = |scope: &String| {
        scopes::PERSONAL.contains(&scope.as_str())
            || client.scopes.contains(scope)
            || (client.first_party && access::scope::GRANTABLE.contains(&scope.as_str()))
    };
    asked.iter().all(may_ask).then_some(asked)
}

fn read_prompt(text: Option<&str>) -> Option<Vec<Prompt>> {
    let read = |word: &str| match word {
        "none" => Some(Prompt::None),
        // There is one account to a browser: choosing another is signing in anew.
        "login" | "select_account" => Some(Prompt::Login),
        "consent" => Some(Prompt::Consent),
        "create" => Some(Prompt::Create),
        _ => None,
    };
    let prompts: Vec<Prompt> =
        text.unwrap_or_default().split_whitespace().map(read).collect::<Option<_>>()?;
    let alone = !prompts.contains(&Prompt::None) || prompts.len() == 1;
    alone.then_some(prompts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(prompt: Vec<Prompt>, max_age: Option<i64>) -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: String::new(),
            redirect_uri: String::new(),
            scopes: Vec::new(),
            state: None,
            nonce: None,
            code_challenge: String::new(),
            prompt,
            max_age,
            login_hint: None,
            ui_locales: None,
            query: String::new(),
        }
    }

    #[test]
    fn a_browser_that_signed_in_too_long_ago_signs_in_again() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let before = now - TimeDelta::seconds(60);
        assert!(request(vec![], None).is_fresh(before, now));
        assert!(request(vec![], Some(60)).is_fresh(before, now));
        assert!(!request(vec![], Some(59)).is_fresh(before, now));
        assert!(!request(vec![Prompt::Login], None).is_fresh(before, now));
        assert!(request(vec![], Some(i64::MAX)).is_fresh(before, now));
    }

    #[test]
    fn prompt_none_stands_alone() {
        assert_eq!(read_prompt(None), Some(vec![]));
        assert_eq!(read_prompt(Some("login consent")), Some(vec![Prompt::Login, Prompt::Consent]));
        assert_eq!(read_prompt(Some("none")), Some(vec![Prompt::None]));
        assert_eq!(read_prompt(Some("none login")), None);
        assert_eq!(read_prompt(Some("dance")), None);
    }
}
