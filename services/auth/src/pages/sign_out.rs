use askama::Template;
use axum::{
    extract::{RawForm, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode, header};

use super::{Form, Page, Text, Ticket, message, response::STYLE, stale};
use crate::{
    app::App,
    authorization::{self, RequestError},
    browser_session, cookies,
    logout::LogoutRequest,
    session,
};

#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOutPage<'a> {
    text: &'a Text,
    ticket: String,
    carried: Vec<(&'a str, &'a str)>,
}

/// Sign out of this browser
///
/// An application sends a person's browser here to sign them out (OpenID Connect RP-Initiated Logout
/// 1.0). With an id token of the person who is signed in, that is done at once; else a page asks,
/// because any site could send a browser here. The session of the id token ends too, and with it the
/// application's refresh tokens. Then the browser goes to `post_logout_redirect_uri`, if the application
/// has registered it.
#[utoipa::path(
    get,
    path = "/oauth/logout",
    tag = "pages",
    params(
        ("id_token_hint" = Option<String>, Query, description = "An id token that the application \
            got here; it may have expired"),
        ("client_id" = Option<String>, Query, description = "The application, where there is no id \
            token", example = "storefront"),
        ("post_logout_redirect_uri" = Option<String>, Query, description = "One of the application's"),
        ("state" = Option<String>, Query, description = "Comes back as it is; at most 1000 bytes")
    ),
    responses(
        (status = 200, description = "A page that asks, or says that it is done",
            content_type = "text/html", body = String),
        (status = 303, description = "Signed out, and back to the application"),
        (status = 400, description = "The application or its address is not known, or the form is \
            stale: a page says so", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn show_sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    RawForm(query): RawForm,
) -> Response {
    answer(&app, &query, &headers).await
}

/// Sign out of this browser, by form
///
/// The same with the parameters in the body; the page that asks comes back here too.
#[utoipa::path(
    post,
    path = "/oauth/logout",
    tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A page that asks, or says that it is done",
            content_type = "text/html", body = String),
        (status = 303, description = "Signed out, and back to the application"),
        (status = 400, description = "The application or its address is not known, or the form is \
            stale: a page says so", content_type = "text/html", body = String)
    ),
    security(())
)]
pub(crate) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    answer(&app, &form, &headers).await
}

async fn answer(app: &App, fields: &[u8], headers: &HeaderMap) -> Response {
    match try_answer(app, fields, headers).await {
        Ok(response) => response,
        Err(error) => authorization::refuse(app, error, headers),
    }
}

async fn try_answer(
    app: &App,
    fields: &[u8],
    headers: &HeaderMap,
) -> Result<Response, RequestError> {
    let form = Form::read(fields).map_err(RequestError::Page)?;
    let request = LogoutRequest::read(app, &form).await?;
    let browser = browser_session::find(&app.db, headers, Utc::now()).await?;
    match form.get("ticket") {
        "" if !request.is_of(browser.as_ref()) => return Ok(ask(app, &form, &request, headers)),
        "" => {}
        ticket if Ticket::open(app, headers, ticket).is_none() => return Ok(stale(headers)),
        _ => {}
    }
    if let Some(browser) = browser {
        browser_session::store::delete(&app.db, browser.browser_session_id).await?;
    }
    if let Some(hint) = &request.hint {
        session::end(app, hint.session_id, &hint.subject(), &hint.client_id).await?;
    }
    let mut response = match request.way_back(&form) {
        Some(address) => Redirect::to(&address).into_response(),
        None => {
            let text = Text::of(headers);
            message(headers, StatusCode::OK, text.sign_out, text.signed_out).into_response()
        }
    };
    let gone = cookies::write(&app.issuer, browser_session::COOKIE, "");
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

fn ask(app: &App, form: &Form, request: &LogoutRequest, headers: &HeaderMap) -> Response {
    let (ticket, cookie) = Ticket::issue(app, headers, None);
    let carried = LogoutRequest::FIELDS.map(|name| (name, form.get(name)));
    let carried = carried.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let page = SignOutPage { text: Text::of(headers), ticket, carried };
    let target = request.return_to.as_ref().map(|uri| uri.policy_source());
    Page::new(StatusCode::OK, &page).with_cookie(cookie).leading_to(target).into_response()
}
