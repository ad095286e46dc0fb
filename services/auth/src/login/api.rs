use access::Subject;
use axum::extract::State;
use chrono::Utc;
use problem::{Kind, Problem, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Json;

use super::check_password;
use crate::{
    account::{self, Email},
    app::App,
    client::authenticate::storefront,
    oauth::TokenAnswer,
    openapi::{BadInput, Throttled},
    password::Password,
    role,
    session::{self, Authentication, Device, NewSession},
};

/// Longest text that is looked at as an e-mail address, in bytes.
const MAX_TYPED: usize = 320;

/// E-mail address and password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    #[schema(max_length = 320, example = "ada@example.com")]
    email: String,
    password: Password,
}

/// Sign in
///
/// For customers and staff. A wrong password and an unknown address get the same answer after the
/// same time. Too many wrong ones: 429 for that account from that address; the owner can still sign
/// in from where they have signed in before. Customers get no scopes, staff those of their roles.
/// Refresh with `POST /oauth/token`, `grant_type=refresh_token`, `client_id=storefront`.
#[utoipa::path(
    post,
    path = "/v1/login",
    tag = "accounts",
    request_body = Login,
    responses(
        (status = 200, description = "Tokens", body = TokenAnswer),
        (status = 401, description = "`invalid_credentials`", body = problem::ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Throttled
    ),
    security(())
)]
pub(crate) async fn log_in(
    State(app): State<App>,
    device: Device,
    Json(login): Json<Login>,
) -> Result<TokenAnswer> {
    login.password.check_length("/password")?;
    if login.email.len() > MAX_TYPED {
        let rule = format!("must have at most {MAX_TYPED} bytes");
        return Err(Problem::invalid("/email", "too_long", rule));
    }
    let now = Utc::now();
    let typed = login.email.trim().to_lowercase();
    let account = match Email::parse(&typed) {
        Ok(email) => account::store::find_credentials(&app.db, &email).await?,
        Err(_) => None,
    };
    let address = device.address;
    let is_right =
        check_password(&app, account.as_ref(), &typed, login.password, address, now).await?;
    let account = account.filter(|account| is_right && !account.is_disabled);
    let account = account.ok_or_else(invalid_credentials)?;
    let subject = account.kind.subject(account.account_id);
    let client = storefront(&app.db).await?;
    let mut transaction = app.db.begin().await?;
    let scopes = match subject {
        Subject::Staff(id) => role::store::scopes_of(&mut *transaction, id).await?,
        _ => Vec::new(),
    };
    let session = NewSession {
        client: &client,
        subject,
        scopes,
        asked: None,
        authentication: Authentication::password(now),
        nonce: None,
        device,
    };
    let (answer, _) = session::open(&app, &mut transaction, session, now).await?;
    transaction.commit().await?;
    Ok(answer)
}

fn invalid_credentials() -> Problem {
    let detail = "the e-mail address or the password is wrong";
    Problem::new(Kind::Unauthenticated, "invalid_credentials", detail)
}
