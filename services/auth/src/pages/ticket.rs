use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::{app::App, authorization::AuthorizationRequest, cookies, secret};

/// The cookie that ties forms to the browser they were handed out to.
const COOKIE: &str = "vitrine_form";
/// How long a page may stay open.
const LIFETIME: TimeDelta = TimeDelta::minutes(30);

/// What a page's form carries along: the request that it belongs to, sealed, and readable only together
/// with a cookie of the same browser. Another site can neither make one nor send one that it was given.
#[derive(Serialize, Deserialize)]
pub(super) struct Ticket {
    /// `None` on pages that belong to no application's request.
    request: Option<AuthorizationRequest>,
    expires_at: DateTime<Utc>,
}

impl Ticket {
    /// The hidden field of a form, and the cookie to be set if the browser has none yet.
    pub(super) fn issue(
        app: &App,
        headers: &HeaderMap,
        request: Option<&AuthorizationRequest>,
    ) -> (String, Option<HeaderValue>) {
        let ticket = Self { request: request.cloned(), expires_at: Utc::now() + LIFETIME };
        let plain = serde_json::to_vec(&ticket).expect("a ticket is plain data");
        let (cookie, new) = match cookies::read(headers, COOKIE) {
            Some(cookie) => (cookie, None),
            None => {
                let cookie = secret::random_secret();
                let header = cookies::write(&app.issuer, COOKIE, &cookie);
                (cookie, Some(header))
            }
        };
        let sealed = app.vault.seal(&place(&cookie), &plain);
        (BASE64_URL_SAFE_NO_PAD.encode(sealed), new)
    }

    /// The request that the form belongs to; `None` if this browser was not handed it out, or too long
    /// ago.
    pub(super) fn open(app: &App, headers: &HeaderMap, field: &str) -> Option<Self> {
        let cookie = cookies::read(headers, COOKIE)?;
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(field).ok()?;
        let plain = app.vault.open(&place(&cookie), &sealed)?;
        let ticket: Self = serde_json::from_slice(&plain).ok()?;
        (ticket.expires_at > Utc::now()).then_some(ticket)
    }

    /// As [`open`](Self::open), of a page that belongs to an application's request.
    pub(super) fn open_request(
        app: &App,
        headers: &HeaderMap,
        field: &str,
    ) -> Option<AuthorizationRequest> {
        Self::open(app, headers, field)?.request
    }
}

fn place(cookie: &str) -> Vec<u8> {
    format!("ticket {cookie}").into_bytes()
}
