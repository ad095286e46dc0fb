use axum::{
    extract::{RawForm, RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use problem::Problem;

use super::{AuthorizationRequest, RequestError, SignedIn, proceed::answer};
use crate::{app::App, browser_session, pages};

/// Sign a person in
///
/// The authorization endpoint: an application sends the person's browser here, and gets it back at its
/// `redirect_uri` with `code`, `state` and `iss`, or with `error` and `error_description`. PKCE with
/// S256 is required of every client (OAuth 2.1 §4.1.1); the code is for one exchange within a minute.
/// Where there is no address to trust, a page says what is wrong.
#[utoipa::path(
    get,
    path = "/oauth/authorize",
    tag = "oauth",
    params(
        ("response_type" = String, Query, description = "`code`", example = "code"),
        ("client_id" = String, Query, description = "The application", example = "storefront"),
        ("redirect_uri" = Option<String>, Query, description = "One of the application's; may be \
            absent if it has only one", example = "http://127.0.0.1/callback"),
        ("scope" = Option<String>, Query, description = "`openid`, `profile`, `email`, `phone`, \
            `offline_access`, `shop` (to act as the customer in the shop; implied for our own \
            applications), and for staff the scopes of this installation", example = "openid email"),
        ("state" = Option<String>, Query, description = "Comes back as it is; at most 1000 bytes"),
        ("nonce" = Option<String>, Query, description = "Comes back in the id token"),
        ("code_challenge" = String, Query, description = "SHA-256 of the verifier, in base64url",
            example = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method" = String, Query, description = "`S256`", example = "S256"),
        ("prompt" = Option<String>, Query, description = "`none`, `login`, `consent`, `create`, \
            `select_account`"),
        ("max_age" = Option<i64>, Query, description = "Seconds since the person last signed in"),
        ("login_hint" = Option<String>, Query, description = "E-mail address to begin with"),
        ("ui_locales" = Option<String>, Query, description = "Languages of the pages, e.g. `de en`")
    ),
    responses(
        (status = 200, description = "A page to sign in or to agree on", content_type = "text/html",
            body = String),
        (status = 303, description = "Back to the application"),
        (status = 400, description = "The application or its address is not known: a page says so",
            content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn authorize(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    begin(&app, &query.unwrap_or_default(), &headers).await
}

/// Sign a person in, by form
///
/// The same with the parameters in the body (OpenID Connect Core §3.1.2.1).
#[utoipa::path(
    post,
    path = "/oauth/authorize",
    tag = "oauth",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A page to sign in or to agree on", content_type = "text/html",
            body = String),
        (status = 303, description = "Back to the application"),
        (status = 400, description = "The application or its address is not known: a page says so",
            content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn authorize_by_form(
    State(app): State<App>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    begin(&app, &String::from_utf8_lossy(&form), &headers).await
}

async fn begin(app: &App, query: &str, headers: &HeaderMap) -> Response {
    match try_begin(app, query, headers).await {
        Ok(response) => response,
        Err(error) => refuse(app, error, headers),
    }
}

async fn try_begin(app: &App, query: &str, headers: &HeaderMap) -> Result<Response, RequestError> {
    let now = Utc::now();
    let (request, client) = AuthorizationRequest::read(&app.db, query).await?;
    let browser = browser_session::find(&app.db, headers, now).await?;
    let person = browser.map(SignedIn::from);
    pages::show_next(app, &request, &client, person.as_ref(), headers, now).await
}

/// What became of a request that goes no further.
pub(crate) fn refuse(app: &App, error: RequestError, headers: &HeaderMap) -> Response {
    match error {
        RequestError::Redirect { redirect_uri, state, code, why } => {
            let parameters = [("error", code), ("error_description", why)];
            let address = answer(app, &redirect_uri, state.as_deref(), &parameters);
            Redirect::to(&address).into_response()
        }
        RequestError::Page(why) => {
            pages::failure(headers, StatusCode::BAD_REQUEST, why).into_response()
        }
        RequestError::Problem(problem) => pages::trouble(headers, problem),
    }
}

impl From<sqlx::Error> for RequestError {
    fn from(error: sqlx::Error) -> Self {
        Self::Problem(Problem::from(error))
    }
}
