use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};

use super::{Form, Page, Text, Ticket, response::STYLE, show_next, stale, target_of};
use crate::{
    app::App,
    authorization::{self, AuthorizationRequest, RequestError, SignedIn},
    browser_session,
    client::{self, ClientId},
    cookies,
    login::{Checked, Typed, check},
    password::Password,
    session::Device,
};

/// Longest text that is looked at as an e-mail address, in bytes.
const MAX_EMAIL: usize = 320;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    text: &'a Text,
    ticket: String,
    query: &'a str,
    shown: Shown,
}

/// What the page shows again, or says.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) email: String,
    pub(super) error: &'static str,
    /// Of the second factor.
    pub(super) needs_code: bool,
}

impl Shown {
    pub(super) fn first(request: &AuthorizationRequest) -> Self {
        Self { email: request.login_hint.clone().unwrap_or_default(), ..Self::default() }
    }
}

pub(super) fn show(
    app: &App,
    headers: &HeaderMap,
    request: &AuthorizationRequest,
    shown: Shown,
    status: StatusCode,
) -> Response {
    let (ticket, cookie) = Ticket::issue(app, headers, Some(request));
    let text = Text::of_request(request, headers);
    let page = SignInPage { text, ticket, query: &request.query, shown };
    Page::new(status, &page).leading_to(target_of(request)).with_cookie(cookie).into_response()
}

/// Sign in, by the page's form
///
/// For the hosted page alone: its form carries a ticket that belongs to the same browser's cookie.
#[utoipa::path(
    post,
    path = "/oauth/sign-in",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the application"),
        (status = 200, description = "The page that comes next", content_type = "text/html",
            body = String),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String),
        (status = 401, description = "The page again, saying that they are wrong",
            content_type = "text/html", body = String),
        (status = 429, description = "Too many attempts", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    device: Device,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(request) = Ticket::open_request(&app, &headers, form.get("ticket")) else {
        return stale(&headers);
    };
    match try_sign_in(&app, &request, device, &headers, &form).await {
        Ok(response) => response,
        Err(error) => authorization::refuse(&app, error, &headers),
    }
}

async fn try_sign_in(
    app: &App,
    request: &AuthorizationRequest,
    device: Device,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, RequestError> {
    let now = Utc::now();
    let (email, password) = (form.get("email"), Password::new(form.get("password")));
    let text = Text::of_request(request, headers);
    let again = |error, needs_code| {
        let email = email.chars().take(MAX_EMAIL).collect();
        let shown = Shown { email, error, needs_code };
        Ok(show(app, headers, request, shown, StatusCode::UNAUTHORIZED))
    };
    if email.len() > MAX_EMAIL || password.check_length("/password").is_err() {
        return again(text.wrong, false);
    }
    let otp = Some(form.get("otp").trim()).filter(|code| !code.is_empty());
    let typed = Typed { email, password, otp };
    let (account, authentication, attempt) = match check(app, typed, device.address, now).await? {
        Checked::SignedIn(account, authentication, attempt) => (account, authentication, attempt),
        Checked::SecondFactorRequired => return again(text.code_needed, true),
        Checked::SecondFactorRefused => return again(text.code_wrong, true),
        Checked::Refused => return again(text.wrong, false),
    };
    if let Some(attempt) = attempt {
        attempt.forgive(&app.db).await?;
    }
    let person = SignedIn { account_id: account.account_id, authentication, just_now: true };
    go_on(app, request, person, headers, now).await
}

/// Signs the browser in and takes the request further.
pub(super) async fn go_on(
    app: &App,
    request: &AuthorizationRequest,
    person: SignedIn,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<Response, RequestError> {
    let SignedIn { account_id, authentication, .. } = person.clone();
    let (_, cookie) = browser_session::open(&app.db, account_id, authentication, now).await?;
    let client_id = ClientId::parse(&request.client_id).ok();
    let client = match client_id {
        Some(client_id) => client::store::find(&app.db, &client_id).await?,
        None => None,
    };
    let client = client.ok_or(RequestError::Page("the application is not known any more"))?;
    let mut response = show_next(app, request, &client, Some(&person), headers, now).await?;
    let cookie = cookies::write(&app.issuer, browser_session::COOKIE, &cookie);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
