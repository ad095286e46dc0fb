use axum::extract::State;
use chrono::Utc;
use problem::{Kind, Problem, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Json;

use super::{Checked, Typed, check};
use crate::{
    app::App,
    oauth::TokenAnswer,
    openapi::{BadInput, Throttled},
    password::Password,
    scopes,
    session::{self, Device, NewSession},
};

/// Longest text that is looked at as an e-mail address, in bytes.
const MAX_TYPED: usize = 320;

/// E-mail address and password, and a code where the account asks for one.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    #[schema(max_length = 320, example = "ada@example.com")]
    email: String,
    password: Password,
    /// A code of the authenticator app, or a recovery code, where the account has a second factor.
    #[schema(max_length = 40, example = "123456")]
    otp: Option<String>,
}

/// Sign in
///
/// For customers and staff. A wrong password and an unknown address get the same answer after the
/// same time. Too many wrong ones: 429 for that account from that address; the owner can still sign
/// in from where they have signed in before. An account with a second factor needs a code besides:
/// without one the right password is answered by 401 `second_factor_required`, and each code works once.
/// Customers get no scopes, staff those of their roles; where staff need a second factor, none without.
/// Refresh with `POST /oauth/token`, `grant_type=refresh_token`, `client_id=storefront`.
#[utoipa::path(
    post,
    path = "/v1/login",
    tag = "accounts",
    request_body = Login,
    responses(
        (status = 200, description = "Tokens", body = TokenAnswer),
        (status = 401, body = problem::ProblemBody, content_type = "application/problem+json",
            description = "`invalid_credentials`, `second_factor_required`, `invalid_second_factor`"),
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
    let typed = Typed { email: &login.email, password: login.password, otp: login.otp.as_deref() };
    let (account, authentication, attempt) = match check(&app, typed, device.address, now).await? {
        Checked::SignedIn(account, authentication, attempt) => (account, authentication, attempt),
        Checked::SecondFactorRequired => return Err(second_factor_required()),
        Checked::SecondFactorRefused => return Err(invalid_second_factor()),
        Checked::Refused => return Err(invalid_credentials()),
    };
    let client = app.storefront.get(&app.db, now).await?;
    // One statement writes: that is a transaction of its own.
    let mut connection = app.db.acquire().await?;
    let subject = account.kind.subject(account.account_id);
    let session = NewSession {
        client: &client,
        scopes: scopes::of_person(&app, &mut connection, &subject).await?,
        subject,
        asked: None,
        authentication,
        nonce: None,
        device,
        forgiving: attempt.as_ref(),
    };
    let (answer, _) = session::open(&app, &mut connection, session, now).await?;
    Ok(answer)
}

fn invalid_credentials() -> Problem {
    let detail = "the e-mail address or the password is wrong";
    Problem::new(Kind::Unauthenticated, "invalid_credentials", detail)
}

fn second_factor_required() -> Problem {
    let detail = "this account needs a code of its authenticator app, as otp";
    Problem::new(Kind::Unauthenticated, "second_factor_required", detail)
}

fn invalid_second_factor() -> Problem {
    let detail = "the code is wrong, or was used before";
    Problem::new(Kind::Unauthenticated, "invalid_second_factor", detail)
}
