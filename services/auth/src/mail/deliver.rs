use std::time::Duration;

use anyhow::anyhow;
use chrono::{DateTime, TimeDelta, Utc};
use problem::{Problem, Result};

use super::{Mail, compose::compose, store};
use crate::app::App;

/// How often the queue is looked at while it is empty.
const INTERVAL: Duration = Duration::from_secs(1);
/// One mail takes no longer; shorter than the time for which it is taken.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Then a mail is of no use any more.
const GIVE_UP: TimeDelta = TimeDelta::days(1);

/// Sends what is due, for ever.
pub(crate) async fn deliver_for_ever(app: App) {
    loop {
        match deliver_one(&app, Utc::now()).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(INTERVAL).await,
            Err(problem) => {
                problem.log();
                tokio::time::sleep(INTERVAL).await;
            }
        }
    }
}

/// Sends what is due, once each.
pub async fn deliver_due(app: &App, now: DateTime<Utc>) -> Result<()> {
    while deliver_one(app, now).await? {}
    Ok(())
}

/// Whether there was one. What cannot be sent now comes again.
async fn deliver_one(app: &App, now: DateTime<Utc>) -> Result<bool> {
    let Some(taken) = store::take(&app.db, now).await? else { return Ok(false) };
    let id = taken.mail_id;
    if now - taken.created_at > GIVE_UP {
        tracing::error!(mail.id = %id, "a mail could not be sent for a day and is given up");
        store::delete(&app.db, id).await?;
        return Ok(true);
    }
    match tokio::time::timeout(TIMEOUT, send(app, &taken, now)).await {
        Ok(Ok(())) => store::delete(&app.db, id).await?,
        Ok(Err(error)) => tracing::warn!(mail.id = %id, %error, "a mail is sent later"),
        Err(_) => tracing::warn!(mail.id = %id, error = "too slow", "a mail is sent later"),
    }
    Ok(true)
}

async fn send(app: &App, taken: &store::Taken, now: DateTime<Utc>) -> anyhow::Result<()> {
    let mail = read(app, taken)?;
    let mut transaction = app.db.begin().await?;
    let letter = compose(app, &mut transaction, &mail, now).await?;
    transaction.commit().await?;
    match letter {
        Some(letter) => app.mailer.send(taken.mail_id, &mail.to, mail.language, &letter).await,
        None => Ok(()),
    }
}

fn read(app: &App, taken: &store::Taken) -> Result<Mail> {
    let plain = app
        .vault
        .open(taken.mail_id.as_bytes(), &taken.sealed)
        .ok_or_else(|| Problem::internal(anyhow!("a queued mail does not open")))?;
    serde_json::from_slice(&plain).map_err(Problem::internal)
}
