//! Browsers that are signed in on the hosted pages, so that the next application need not ask again.

pub(crate) mod store;

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use crate::{cookies, secret::Token, session::Authentication};

/// After this the browser asks for the password again.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// The cookie's name, but for its prefix.
pub(crate) const COOKIE: &str = "vitrine_session";

/// Who is signed in.
#[derive(Clone, FromRow)]
pub(crate) struct BrowserSession {
    pub(crate) browser_session_id: Uuid,
    pub(crate) account_id: Uuid,
    #[sqlx(flatten)]
    pub(crate) authentication: Authentication,
}

/// Signs the browser in; the second value is the cookie's.
pub(crate) async fn open(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    authentication: Authentication,
    now: DateTime<Utc>,
) -> Result<(BrowserSession, String)> {
    let token = Token::generate();
    let session = BrowserSession { browser_session_id: token.id, account_id, authentication };
    store::insert(executor, &session, &token, now + LIFETIME).await?;
    Ok((session, token.text))
}

/// Who the browser is signed in as.
pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<Option<BrowserSession>> {
    match cookies::read(headers, COOKIE).as_deref().and_then(Token::parse) {
        Some(token) => store::find(executor, &token, now).await,
        None => Ok(None),
    }
}
