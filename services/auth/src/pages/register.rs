use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use problem::{Kind, Problem};

use super::{Form, Page, Text, Ticket, message, response::STYLE, sign_in::go_on, stale, target_of};
use crate::{
    account::{Email, Profile},
    app::App,
    authorization::{self, AuthorizationRequest, RequestError, SignedIn},
    client_address::ClientAddress,
    customer::register::{self, Registered},
    mail::Language,
    password::Password,
    session::Authentication,
};

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage<'a> {
    text: &'a Text,
    ticket: String,
    query: &'a str,
    shown: Shown,
}

/// What the page shows again, or says.
#[derive(Default)]
pub(super) struct Shown {
    first_name: String,
    last_name: String,
    email: String,
    error: &'static str,
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
    let page = RegisterPage { text, ticket, query: &request.query, shown };
    Page::new(status, &page).leading_to(target_of(request)).with_cookie(cookie).into_response()
}

/// Register on the way into an application
///
/// Takes the parameters of `/oauth/authorize`; the sign-in page links here.
#[utoipa::path(
    get,
    path = "/oauth/register",
    tag = "pages",
    responses(
        (status = 200, description = "The page", content_type = "text/html", body = String),
        (status = 303, description = "Back to the application, which asked for something wrong"),
        (status = 400, description = "The application is not known", content_type = "text/html",
            body = String)
    ),
    security(())
)]
pub(crate) async fn show_registration(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match AuthorizationRequest::read(&app.db, &query.unwrap_or_default()).await {
        Ok((request, _)) => show(&app, &headers, &request, Shown::default(), StatusCode::OK),
        Err(error) => authorization::refuse(&app, error, &headers),
    }
}

/// Register, by the page's form
///
/// For the hosted page alone.
#[utoipa::path(
    post,
    path = "/oauth/register",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the application"),
        (status = 200, description = "The page that comes next", content_type = "text/html",
            body = String),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String),
        (status = 422, description = "The page again, saying what is wrong",
            content_type = "text/html", body = String),
        (status = 429, description = "Too many attempts", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn register_by_form(
    State(app): State<App>,
    language: Language,
    address: ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(request) = Ticket::open_request(&app, &headers, form.get("ticket")) else {
        return stale(&headers);
    };
    match try_register(&app, &request, language, address, &headers, &form).await {
        Ok(response) => response,
        Err(RequestError::Problem(problem)) if what_is_wrong(&problem, &headers).is_some() => {
            let shown = Shown {
                first_name: form.get("first_name").to_owned(),
                last_name: form.get("last_name").to_owned(),
                email: form.get("email").to_owned(),
                error: what_is_wrong(&problem, &headers).unwrap_or_default(),
            };
            show(&app, &headers, &request, shown, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => authorization::refuse(&app, error, &headers),
    }
}

async fn try_register(
    app: &App,
    request: &AuthorizationRequest,
    language: Language,
    address: ClientAddress,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, RequestError> {
    let now = Utc::now();
    let email = Email::parse(form.get("email"))
        .map_err(|rule| Problem::invalid("/email", "invalid_value", rule))?;
    let password = Password::new(form.get("password"));
    let name = |field: &str| Some(form.get(field).to_owned());
    let mut profile = Profile {
        first_name: name("first_name"),
        last_name: name("last_name"),
        ..Profile::default()
    };
    register::check(&email, &password, &mut profile)?;
    register::throttle(app, &email, address, now).await?;
    let registration = register::prepare(app, password, profile).await?;
    let mut transaction = app.db.begin().await?;
    let registered =
        register::register(app, &mut transaction, email, registration, language, now).await?;
    transaction.commit().await?;
    match registered {
        Registered::Account(account) => {
            let person = SignedIn {
                account_id: account.account_id,
                authentication: Authentication::password(now),
                just_now: true,
            };
            go_on(app, request, person, headers, now).await
        }
        Registered::ProofSent => {
            let text = Text::of_request(request, headers);
            let page = message(headers, StatusCode::OK, text.register, text.prove_sent);
            Ok(page.into_response())
        }
    }
}

/// What the person can mend, in words.
fn what_is_wrong(problem: &Problem, headers: &HeaderMap) -> Option<&'static str> {
    let text = Text::of(headers);
    if problem.code() == "email_taken" {
        return Some(text.email_taken);
    }
    let first = problem.violations().first().filter(|_| problem.kind() == Kind::Invalid)?;
    Some(match first.pointer.as_deref() {
        Some("/email") => text.bad_email,
        Some("/password") => text.bad_password,
        _ => text.bad_name,
    })
}
