use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use problem::{Kind, Problem};
use serde::Deserialize;
use web::Query;

use super::{Form, Page, Text, Ticket, message, response::STYLE, stale, trouble};
use crate::{
    account::Email, app::App, client_address::ClientAddress, mail::Language, password::Password,
    password_reset,
};

#[derive(Template)]
#[template(path = "forgotten.html")]
struct ForgottenPage<'a> {
    text: &'a Text,
    ticket: String,
    error: &'a str,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage<'a> {
    text: &'a Text,
    ticket: String,
    token: &'a str,
    error: &'a str,
}

/// The link of a mail.
#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    pub(super) token: String,
}

fn ask_address(app: &App, headers: &HeaderMap, error: &str, status: StatusCode) -> Response {
    let (ticket, cookie) = Ticket::issue(app, headers, None);
    let page = ForgottenPage { text: Text::of(headers), ticket, error };
    Page::new(status, &page).with_cookie(cookie).into_response()
}

fn ask_password(
    app: &App,
    headers: &HeaderMap,
    token: &str,
    error: &str,
    status: StatusCode,
) -> Response {
    let (ticket, cookie) = Ticket::issue(app, headers, None);
    let page = NewPasswordPage { text: Text::of(headers), ticket, token, error };
    Page::new(status, &page).with_cookie(cookie).into_response()
}

/// A forgotten password
///
/// A page that asks for the e-mail address.
#[utoipa::path(
    get,
    path = "/oauth/forgot-password",
    tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html", body = String)),
    security(())
)]
pub(crate) async fn show_forgotten(State(app): State<App>, headers: HeaderMap) -> Response {
    ask_address(&app, &headers, "", StatusCode::OK)
}

/// A forgotten password, by the page's form
///
/// The same page whether there is such an account or not.
#[utoipa::path(
    post,
    path = "/oauth/forgot-password",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "If there is an account, a mail is on its way",
            content_type = "text/html", body = String),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String),
        (status = 422, description = "Not an address", content_type = "text/html", body = String),
        (status = 429, description = "Too many attempts", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn send_link(
    State(app): State<App>,
    language: Language,
    address: ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Response {
    if Ticket::open(&app, &headers, form.get("ticket")).is_none() {
        return stale(&headers);
    }
    let text = Text::of(&headers);
    let Ok(email) = Email::parse(form.get("email")) else {
        return ask_address(&app, &headers, text.bad_email, StatusCode::UNPROCESSABLE_ENTITY);
    };
    match password_reset::request(&app, email, language, address, Utc::now()).await {
        Ok(()) => message(&headers, StatusCode::OK, text.forgot, text.link_sent).into_response(),
        Err(problem) => trouble(&headers, problem),
    }
}

/// Choose a new password
///
/// The page that the link in the mail leads to.
#[utoipa::path(
    get,
    path = "/oauth/reset-password",
    tag = "pages",
    params(("token" = String, Query, description = "Of the mail")),
    responses((status = 200, description = "The page", content_type = "text/html", body = String)),
    security(())
)]
pub(crate) async fn show_new_password(
    State(app): State<App>,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Response {
    ask_password(&app, &headers, &link.token, "", StatusCode::OK)
}

/// Choose a new password, by the page's form
#[utoipa::path(
    post,
    path = "/oauth/reset-password",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The new password is set", content_type = "text/html",
            body = String),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String),
        (status = 422, description = "The page again, saying what is wrong",
            content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn set_new_password(
    State(app): State<App>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    if Ticket::open(&app, &headers, form.get("ticket")).is_none() {
        return stale(&headers);
    }
    let text = Text::of(&headers);
    let (token, password) = (form.get("token"), Password::new(form.get("password")));
    match password_reset::complete(&app, token, password, Utc::now()).await {
        Ok(()) => {
            message(&headers, StatusCode::OK, text.new_password, text.password_set).into_response()
        }
        Err(problem) if problem.kind() == Kind::Invalid => {
            let error = if is_about_token(&problem) { text.bad_link } else { text.bad_password };
            ask_password(&app, &headers, token, error, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(problem) => trouble(&headers, problem),
    }
}

/// Whether it is the link that is wrong, not what was typed.
pub(super) fn is_about_token(problem: &Problem) -> bool {
    let pointer = problem.violations().first().and_then(|violation| violation.pointer.as_deref());
    pointer == Some("/token")
}
