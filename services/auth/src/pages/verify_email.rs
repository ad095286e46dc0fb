use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use web::Query;

use super::{
    Form, Page, Text, Ticket, failure,
    forgotten::{Link, is_about_token},
    message,
    response::STYLE,
    stale, trouble,
};
use crate::{
    app::App,
    email_verification::{self, Proved},
};

#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyPage<'a> {
    text: &'a Text,
    ticket: String,
    token: &'a str,
}

/// Confirm an e-mail address
///
/// The page that the link in the mail leads to. It asks for a click, because programs that look through
/// mails open links too.
#[utoipa::path(
    get,
    path = "/oauth/verify-email",
    tag = "pages",
    params(("token" = String, Query, description = "Of the mail")),
    responses((status = 200, description = "The page", content_type = "text/html", body = String)),
    security(())
)]
pub(crate) async fn show_verification(
    State(app): State<App>,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Page {
    let (ticket, cookie) = Ticket::issue(&app, &headers, None);
    let page = VerifyPage { text: Text::of(&headers), ticket, token: &link.token };
    Page::new(StatusCode::OK, &page).with_cookie(cookie)
}

/// Confirm an e-mail address, by the page's form
#[utoipa::path(
    post,
    path = "/oauth/verify-email",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It is confirmed", content_type = "text/html", body = String),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String),
        (status = 422, description = "The link is of no use", content_type = "text/html",
            body = String)
    ),
    security(())
)]
pub(crate) async fn verify_email(
    State(app): State<App>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    if Ticket::open(&app, &headers, form.get("ticket")).is_none() {
        return stale(&headers);
    }
    let text = Text::of(&headers);
    match email_verification::complete(&app, form.get("token"), Utc::now()).await {
        Ok(proved) => {
            let said = match proved {
                Proved::Verified => text.verified,
                Proved::Changed => text.changed_email,
                Proved::Registered => text.registered,
            };
            message(&headers, StatusCode::OK, text.verify, said).into_response()
        }
        Err(problem) if is_about_token(&problem) => {
            failure(&headers, StatusCode::UNPROCESSABLE_ENTITY, text.bad_link).into_response()
        }
        Err(problem) => trouble(&headers, problem),
    }
}
