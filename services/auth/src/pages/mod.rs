//! The hosted pages: signing in, registering, agreeing, signing out. Plain HTML that works without
//! scripts, loads nothing from elsewhere, and takes no form that it did not hand out itself.

pub(crate) mod consent;
pub(crate) mod forgotten;
pub(crate) mod register;
mod response;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
mod text;
mod ticket;
pub(crate) mod verify_email;

use askama::Template;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use problem::{Kind, Problem};

pub(crate) use self::response::{Form, Page};
use self::{response::STYLE, text::Text, ticket::Ticket};
use crate::{
    app::App,
    application::redirect_uri::RedirectUri,
    authorization::{AuthorizationRequest, Next, RequestError, SignedIn, proceed},
    client::Client,
};
use axum::response::{IntoResponse, Redirect, Response};

/// A page that says something and asks nothing.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    text: &'a Text,
    title: &'a str,
    message: &'a str,
}

/// Takes an authorization request as far as it goes, and shows the page where it waits for the person.
pub(crate) async fn show_next(
    app: &App,
    request: &AuthorizationRequest,
    client: &Client,
    person: Option<&SignedIn>,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<Response, RequestError> {
    let next = proceed(app, request, client, person, now).await?;
    Ok(match next {
        Next::Redirect(address) => Redirect::to(&address).into_response(),
        Next::SignIn => {
            sign_in::show(app, headers, request, sign_in::Shown::first(request), StatusCode::OK)
        }
        Next::Register => {
            register::show(app, headers, request, register::Shown::default(), StatusCode::OK)
        }
        Next::Consent => consent::show(app, headers, request, client),
    })
}

/// A page that says how it went.
fn message(headers: &HeaderMap, status: StatusCode, title: &str, message: &str) -> Page {
    Page::new(status, &Message { text: Text::of(headers), title, message })
}

/// A page that says why it goes no further.
pub(crate) fn failure(headers: &HeaderMap, status: StatusCode, why: &str) -> Page {
    message(headers, status, Text::of(headers).failed, why)
}

/// A page for what is not the person's fault, or for too many attempts.
pub(crate) fn trouble(headers: &HeaderMap, problem: Problem) -> Response {
    let text = Text::of(headers);
    let message = match problem.kind() {
        Kind::TooManyRequests => text.too_many,
        _ => text.trouble,
    };
    let mut response = failure(headers, problem.status(), message).into_response();
    problem.add_headers(response.headers_mut());
    problem.log();
    response
}

/// The form of a page that was not handed out to this browser, or too long ago.
fn stale(headers: &HeaderMap) -> Response {
    failure(headers, StatusCode::BAD_REQUEST, Text::of(headers).stale).into_response()
}

/// Where the forms of a request's pages may lead: here, and from here back to the application.
fn target_of(request: &AuthorizationRequest) -> Option<String> {
    RedirectUri::parse(&request.redirect_uri).ok().map(|uri| uri.policy_source())
}
