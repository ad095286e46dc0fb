use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};

use super::{Form, Page, Text, Ticket, response::STYLE, stale, target_of};
use crate::{
    app::App,
    authorization::{self, AuthorizationRequest, RequestError, SignedIn, grant},
    browser_session,
    client::Client,
    consent,
};

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    text: &'a Text,
    ticket: String,
    application: &'a str,
    /// What it asks for, in words.
    wishes: Vec<&'a str>,
}

pub(super) fn show(
    app: &App,
    headers: &HeaderMap,
    request: &AuthorizationRequest,
    client: &Client,
) -> Response {
    let (ticket, cookie) = Ticket::issue(app, headers, Some(request));
    let text = Text::of_request(request, headers);
    let wishes = request.scopes.iter().map(|scope| text.wish(scope)).collect();
    let page = ConsentPage { text, ticket, application: &client.label, wishes };
    Page::new(StatusCode::OK, &page)
        .leading_to(target_of(request))
        .with_cookie(cookie)
        .into_response()
}

/// Agree or not, by the page's form
///
/// For the hosted page alone.
#[utoipa::path(
    post,
    path = "/oauth/consent",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the application, with a code or `access_denied`"),
        (status = 400, description = "The form is stale", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn give_consent(
    State(app): State<App>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let Some(request) = Ticket::open_request(&app, &headers, form.get("ticket")) else {
        return stale(&headers);
    };
    match decide(&app, &request, &headers, form.get("decision")).await {
        Ok(response) => response,
        Err(error) => authorization::refuse(&app, error, &headers),
    }
}

async fn decide(
    app: &App,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
    decision: &str,
) -> Result<Response, RequestError> {
    let now = Utc::now();
    let Some(browser) = browser_session::find(&app.db, headers, now).await? else {
        return Ok(stale(headers));
    };
    if decision != "allow" {
        return Err(request.refuse("access_denied", "the person did not agree"));
    }
    let person = SignedIn::from(browser);
    consent::give(app, person.account_id, &request.client_id, &request.scopes).await?;
    Ok(Redirect::to(&grant(app, request, &person, now).await?).into_response())
}
