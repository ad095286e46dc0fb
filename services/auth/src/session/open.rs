use access::{Claims, Subject, Verifier};
use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{ACCESS, Device, Lifetimes, store};
use crate::{app::App, client::Client, oauth::TokenAnswer, secret::Token};

/// A sign-in that was found good.
pub(crate) struct NewSession<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) subject: Subject,
    /// What the first access token carries.
    pub(crate) scopes: Vec<String>,
    /// What was asked for, to bound later ones; `None` asks for all that the subject may.
    pub(crate) asked: Option<Vec<String>>,
    pub(crate) authentication: Authentication,
    pub(crate) device: Device,
    /// Of the client.
    pub(crate) rate_limit: Option<u32>,
}

/// How and when somebody proved who they are.
#[derive(Clone)]
pub(crate) struct Authentication {
    pub(crate) at: DateTime<Utc>,
    /// RFC 8176: `pwd`, `otp`. Empty for shoppers without account and for clients.
    pub(crate) methods: Vec<String>,
}

impl Authentication {
    /// By a password.
    pub(crate) fn password(at: DateTime<Utc>) -> Self {
        Self { at, methods: vec!["pwd".to_owned()] }
    }

    /// Not of a person.
    pub(crate) fn none(at: DateTime<Utc>) -> Self {
        Self { at, methods: Vec::new() }
    }
}

/// Opens the session and answers with its first tokens.
pub(crate) async fn open(
    app: &App,
    transaction: &mut PgConnection,
    session: NewSession<'_>,
    now: DateTime<Utc>,
) -> Result<TokenAnswer> {
    let session_id = Uuid::now_v7();
    let refresh_token = Token::generate();
    store::insert(&mut *transaction, session_id, &session, now).await?;
    store::insert_token(transaction, &refresh_token, session_id, now).await?;
    let access = Access {
        subject: &session.subject,
        client_id: session.client_id,
        scopes: &session.scopes,
        session_id: Some(session_id),
        lifetime: Lifetimes::of(&session.subject).access,
        rate_limit: session.rate_limit,
    };
    access.issue(app, Some(refresh_token.text), now)
}

/// A token of a client for itself: no session, no refresh token.
pub(crate) fn issue_for_client(
    app: &App,
    client: &Client,
    scopes: &[String],
    now: DateTime<Utc>,
) -> Result<TokenAnswer> {
    let subject = Subject::Client(client.client_id.clone());
    let access = Access {
        subject: &subject,
        client_id: &client.client_id,
        scopes,
        session_id: None,
        lifetime: ACCESS,
        rate_limit: client.rate_limit(),
    };
    access.issue(app, None, now)
}

/// An access token to be.
pub(super) struct Access<'a> {
    pub(super) subject: &'a Subject,
    pub(super) client_id: &'a str,
    pub(super) scopes: &'a [String],
    pub(super) session_id: Option<Uuid>,
    pub(super) lifetime: TimeDelta,
    pub(super) rate_limit: Option<u32>,
}

impl Access<'_> {
    /// Signs it and makes the answer.
    pub(super) fn issue(
        &self,
        app: &App,
        refresh_token: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<TokenAnswer> {
        let scope = self.scopes.join(" ");
        let claims = Claims {
            iss: app.issuer.to_string(),
            aud: Verifier::AUDIENCE.to_owned(),
            sub: self.subject.to_string(),
            client_id: self.client_id.to_owned(),
            iat: now.timestamp(),
            exp: (now + self.lifetime).timestamp(),
            jti: Uuid::now_v7().to_string(),
            scope: scope.clone(),
            sid: self.session_id,
            rate_limit: self.rate_limit,
        };
        let access_token = app.keys.sign_access_token(&claims, now)?;
        Ok(TokenAnswer {
            access_token,
            token_type: "Bearer".to_owned(),
            expires_in: self.lifetime.num_seconds(),
            refresh_token,
            scope: Some(scope).filter(|scope| !scope.is_empty()),
        })
    }
}
