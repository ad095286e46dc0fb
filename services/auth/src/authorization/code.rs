use access::Subject;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::store::{self, CodeRow};
use crate::{
    account,
    app::App,
    audit::{self, EventType, Fact},
    client::Client,
    oauth::{OauthError, Parameters, TokenAnswer},
    scopes,
    secret::Token,
    session::{self, Authentication, Device, NewSession},
};

/// How long an application has to exchange a code.
const LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// A code to be.
pub(crate) struct NewCode<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) account_id: Uuid,
    pub(crate) redirect_uri: &'a str,
    pub(crate) code_challenge: &'a str,
    pub(crate) scopes: &'a [String],
    pub(crate) nonce: Option<&'a str>,
    pub(crate) authentication: &'a Authentication,
}

/// A code for one exchange.
pub(crate) async fn issue(db: &PgPool, new: NewCode<'_>, now: DateTime<Utc>) -> Result<String> {
    let token = Token::generate();
    store::insert(db, &token, &new, now + LIFETIME).await?;
    Ok(token.text)
}

/// Exchanges a code for the first tokens of a session (RFC 6749 §4.1.3). A code that comes again was
/// stolen, or its first answer was: the session that it opened ends (§4.1.2).
pub(crate) async fn redeem(
    app: &App,
    client: &Client,
    parameters: &Parameters,
    device: Device,
    now: DateTime<Utc>,
) -> Result<TokenAnswer, OauthError> {
    let refused = || OauthError::invalid_code();
    let token = Token::parse(parameters.required("code")?).ok_or_else(refused)?;
    let mut transaction = app.db.begin().await?;
    let found = store::lock(&mut *transaction, &token).await?;
    let code = found.filter(|code| code.client_id == client.client_id).ok_or_else(refused)?;
    if let Some(session_id) = code.session_id {
        end_session(&mut transaction, &code, session_id, now).await?;
        transaction.commit().await?;
        return Err(refused());
    }
    if code.expires_at <= now || !is_for(&code, parameters) {
        return Err(refused());
    }
    let (answer, session_id) = open_session(app, &mut transaction, client, code, device, now)
        .await?
        .ok_or_else(refused)?;
    store::set_session(&mut *transaction, token.id, session_id).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Whether whoever sends it asked for it: the same address, and the verifier of the challenge.
fn is_for(code: &CodeRow, parameters: &Parameters) -> bool {
    let same_address = parameters.get("redirect_uri").is_none_or(|uri| uri == code.redirect_uri);
    same_address && verify(parameters.get("code_verifier"), &code.code_challenge)
}

/// RFC 7636 §4.6.
fn verify(verifier: Option<&str>, challenge: &str) -> bool {
    let Some(verifier) = verifier else { return false };
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_verifier = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_char);
    let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    is_verifier & bool::from(hash.as_bytes().ct_eq(challenge.as_bytes()))
}

/// `None` if the account is gone or disabled.
async fn open_session(
    app: &App,
    transaction: &mut PgConnection,
    client: &Client,
    code: CodeRow,
    device: Device,
    now: DateTime<Utc>,
) -> Result<Option<(TokenAnswer, Uuid)>> {
    let account = account::store::find(&mut *transaction, code.account_id).await?;
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(None);
    };
    let subject = account.kind.subject(account.account_id);
    let may = scopes::of_person(app, &mut *transaction, &subject).await?;
    let session = NewSession {
        client,
        scopes: scopes::grant(client, &may, &code.scopes),
        asked: Some(code.scopes),
        subject,
        authentication: code.authentication,
        nonce: code.nonce,
        device,
        forgiving: None,
    };
    let (answer, session_id) = session::open(app, transaction, session, now).await?;
    Ok(Some((answer, session_id)))
}

async fn end_session(
    transaction: &mut PgConnection,
    code: &CodeRow,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    if session::store::revoke(&mut *transaction, session_id, "code_reuse", now).await? {
        let account = account::store::find(&mut *transaction, code.account_id).await?;
        let subject = account.map_or(Subject::Customer(code.account_id), |account| {
            account.kind.subject(account.account_id)
        });
        let data = json!({
            "session_id": session_id,
            "subject": subject.to_string(),
            "client_id": code.client_id,
        });
        let fact = Fact::new(EventType::CodeReuseDetected, subject, data);
        audit::record(transaction, fact.through(&code.client_id)).await?;
        tracing::warn!(session.id = %session_id, "a code came back, its session was ended");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn only_the_verifier_fits_its_challenge() {
        assert!(verify(Some(VERIFIER), CHALLENGE));
        assert!(!verify(None, CHALLENGE));
        assert!(!verify(Some(CHALLENGE), CHALLENGE));
        assert!(!verify(Some(&VERIFIER.to_lowercase()), CHALLENGE));
        let short = "x".repeat(42);
        assert!(!verify(Some(&short), &BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&short))));
    }
}
