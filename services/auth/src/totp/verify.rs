use chrono::{DateTime, Utc};
use problem::Result;
use uuid::Uuid;

use super::{MAX_CODE, Secret, hash_recovery_code, store};
use crate::{app::App, throttle::attempt::Attempt};

/// Whether it is a code of the account's second factor, of the app or for recovery, that was not used
/// before; it is used now. 429 after too many wrong ones.
pub(crate) async fn verify(
    app: &App,
    account_id: Uuid,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let attempt = Attempt::second_factor(&app.vault, account_id);
    attempt.count(&app.db, now).await?;
    let is_right = code.len() <= MAX_CODE && use_up(app, account_id, code.trim(), now).await?;
    if is_right {
        attempt.forgive(&app.db).await?;
    }
    Ok(is_right)
}

async fn use_up(app: &App, account_id: Uuid, code: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some(factor) = store::find(&app.db, account_id).await?.filter(store::Factor::is_confirmed)
    else {
        return Ok(false);
    };
    match Secret::open(&app.vault, account_id, &factor.secret)?.step_of(code, now)? {
        Some(step) => store::use_step(&app.db, account_id, step).await,
        None => {
            let hash = hash_recovery_code(&app.vault, account_id, code);
            store::use_recovery_code(&app.db, account_id, &hash).await
        }
    }
}
