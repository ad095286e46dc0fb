use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode, header};
use problem::Result;

use super::{Form, Page, Text, Ticket, message, response::STYLE, stale};
use crate::{app::App, browser_session, cookies};

#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOutPage<'a> {
    text: &'a Text,
    ticket: String,
}

/// Sign out of this browser
///
/// A page that asks, because any site could send a browser here. Applications end their own session with
/// `/oauth/revoke`.
#[utoipa::path(
    get,
    path = "/oauth/logout",
    tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html", body = String)),
    security(())
)]
pub(crate) async fn show_sign_out(State(app): State<App>, headers: HeaderMap) -> Page {
    let (ticket, cookie) = Ticket::issue(&app, &headers, None);
    let page = SignOutPage { text: Text::of(&headers), ticket };
    Page::new(StatusCode::OK, &page).with_cookie(cookie)
}

/// Sign out of this browser, by the page's form
#[utoipa::path(
    post,
    path = "/oauth/logout",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Signed out", content_type = "text/html", body = String),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response> {
    if Ticket::open(&app, &headers, form.get("ticket")).is_none() {
        return Ok(stale(&headers));
    }
    if let Some(browser) = browser_session::find(&app.db, &headers, Utc::now()).await? {
        browser_session::store::delete(&app.db, browser.browser_session_id).await?;
    }
    let text = Text::of(&headers);
    let page = message(&headers, StatusCode::OK, text.sign_out, text.signed_out);
    let gone = cookies::write(&app.issuer, browser_session::COOKIE, "");
    let mut response = page.into_response();
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}
