use access::Subject;
use chrono::Utc;
use problem::Result;
use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::{
    app::App,
    audit::{self, EventType, Fact},
};

/// Signs out of a session, if it is live, and tells so. Shoppers without account are nobody: the end of
/// their sessions is not told of.
pub(crate) async fn end(
    app: &App,
    session_id: Uuid,
    subject: &Subject,
    client_id: &str,
) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    let was_live = store::revoke(&mut *transaction, session_id, "logout", Utc::now()).await?;
    if was_live && !matches!(subject, Subject::Anonymous(_)) {
        let data = json!({ "session_id": session_id, "reason": "logout" });
        let fact = Fact::new(EventType::SessionRevoked, subject, data).by_itself();
        audit::record(&mut transaction, fact.through(client_id)).await?;
    }
    Ok(transaction.commit().await?)
}
