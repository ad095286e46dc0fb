//! What people allowed applications of others to know and do.

pub(crate) mod api;
pub(crate) mod store;

use problem::Result;
use serde_json::json;
use uuid::Uuid;

use crate::{
    account,
    app::App,
    audit::{self, EventType, Fact},
};

/// Allows an application these scopes, beside those of before, and tells so.
pub(crate) async fn give(
    app: &App,
    account_id: Uuid,
    client_id: &str,
    scopes: &[String],
) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    let account = account::store::find(&mut *transaction, account_id).await?;
    let subject = account.ok_or_else(account::gone)?.kind.subject(account_id);
    store::give(&mut *transaction, account_id, client_id, scopes).await?;
    let data = json!({ "client_id": client_id, "scopes": scopes });
    let fact = Fact::new(EventType::ConsentGiven, subject, data).by_itself();
    audit::record(&mut transaction, fact.through(client_id)).await?;
    Ok(transaction.commit().await?)
}
