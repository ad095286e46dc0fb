use access::{Claims, Subject, Verifier};
use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use serde_json::json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{ACCESS, Device, Lifetimes, id_token::IdClaims, store};
use crate::{
    app::App,
    audit::{EventType, Fact},
    client::Client,
    oauth::TokenAnswer,
    scopes,
    secret::Token,
    throttle::attempt::Attempt,
};

/// A sign-in that was found good.
pub(crate) struct NewSession<'a> {
    pub(crate) client: &'a Client,
    pub(crate) subject: Subject,
    /// What the first access token carries.
    pub(crate) scopes: Vec<String>,
    /// What was asked for, to bound later ones; `None` asks for all that the subject may.
    pub(crate) asked: Option<Vec<String>>,
    pub(crate) authentication: Authentication,
    /// For the id token.
    pub(crate) nonce: Option<String>,
    pub(crate) device: Device,
    /// The attempt that led here, if it still counts.
    pub(crate) forgiving: Option<&'a Attempt>,
}

/// How and when somebody proved who they are.
#[derive(Clone, FromRow)]
pub(crate) struct Authentication {
    #[sqlx(rename = "authenticated_at")]
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

/// Opens the session, in one statement; its first tokens, and its id.
pub(crate) async fn open(
    app: &App,
    connection: &mut PgConnection,
    session: NewSession<'_>,
    now: DateTime<Utc>,
) -> Result<(TokenAnswer, Uuid)> {
    let session_id = Uuid::now_v7();
    let refresh_token = Token::generate();
    let fact = describe(session_id, &session);
    let (token, fact) = (&refresh_token, fact.as_ref());
    let opening = store::Opening { session_id, session: &session, token, fact, now };
    store::insert(connection, opening).await?;
    let access = Access {
        subject: &session.subject,
        client: session.client,
        scopes: &session.scopes,
        session: Some((session_id, &session.authentication)),
        nonce: session.nonce.as_deref(),
        lifetime: Lifetimes::of(&session.subject).access,
    };
    Ok((access.issue(app, Some(refresh_token.text), now)?, session_id))
}

/// Shoppers without account are nobody: their sessions are not told of.
fn describe(session_id: Uuid, session: &NewSession<'_>) -> Option<Fact> {
    if matches!(session.subject, Subject::Anonymous(_)) {
        return None;
    }
    let methods = &session.authentication.methods;
    let data = json!({ "session_id": session_id, "methods": methods });
    let fact = Fact::new(EventType::SessionOpened, &session.subject, data).by_itself();
    Some(fact.through(&session.client.client_id))
}

/// A token of a client for itself: no session, no refresh token.
pub(crate) fn issue_for_client(
    app: &App,
    client: &Client,
    scopes: &[String],
    now: DateTime<Utc>,
) -> Result<TokenAnswer> {
    let subject = Subject::Client(client.client_id.clone());
    let access =
        Access { subject: &subject, client, scopes, session: None, nonce: None, lifetime: ACCESS };
    access.issue(app, None, now)
}

/// An access token to be.
pub(super) struct Access<'a> {
    pub(super) subject: &'a Subject,
    pub(super) client: &'a Client,
    pub(super) scopes: &'a [String],
    /// The sign-in that it descends from, and how that was done.
    pub(super) session: Option<(Uuid, &'a Authentication)>,
    pub(super) nonce: Option<&'a str>,
    pub(super) lifetime: TimeDelta,
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
            aud: self.audience(app),
            sub: self.subject.to_string(),
            client_id: self.client.client_id.clone(),
            iat: now.timestamp(),
            exp: (now + self.lifetime).timestamp(),
            jti: Uuid::now_v7().to_string(),
            scope: scope.clone(),
            sid: self.session.map(|(id, _)| id),
            rate_limit: self.client.rate_limit(),
        };
        let access_token = app.keys.sign_access_token(&claims, now)?;
        Ok(TokenAnswer {
            access_token,
            token_type: "Bearer".to_owned(),
            expires_in: self.lifetime.num_seconds(),
            refresh_token,
            id_token: self.id_token(app, now)?,
            scope: Some(scope).filter(|scope| !scope.is_empty()),
        })
    }

    /// Our APIs; or nothing but the user info endpoint, where an application of others was allowed no
    /// more than to know who somebody is. Without this its tokens could act as the customer.
    fn audience(&self, app: &App) -> String {
        if self.client.is_ours() || self.scopes.iter().any(|scope| scopes::acts(scope)) {
            Verifier::AUDIENCE.to_owned()
        } else {
            app.userinfo_audience()
        }
    }

    /// For those who asked for `openid`.
    fn id_token(&self, app: &App, now: DateTime<Utc>) -> Result<Option<String>> {
        let Some((session_id, authentication)) = self.session else { return Ok(None) };
        if !self.scopes.iter().any(|scope| scope == scopes::OPENID) {
            return Ok(None);
        }
        let claims = IdClaims {
            iss: &app.issuer,
            sub: &self.subject.to_string(),
            aud: &self.client.client_id,
            iat: now.timestamp(),
            exp: (now + ACCESS).timestamp(),
            auth_time: authentication.at.timestamp(),
            nonce: self.nonce,
            amr: &authentication.methods,
            sid: session_id,
        };
        app.keys.sign_id_token(self.client.id_token_algorithm, &claims, now).map(Some)
    }
}
