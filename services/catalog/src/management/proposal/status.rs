//! What a product says of its caller's draft: `metadata.workflow_status`.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use access::{
    Caller,
    scope::{CatalogPropose, CatalogWrite, Scope},
};

use super::{Status, store, target::Noun};
use crate::management::error::Result;

/// Tells how far the caller's drafts of these things are, in their bodies. Who may write has none, and
/// who may only read never will.
pub async fn tell_status(
    connection: &mut PgConnection,
    caller: &Caller,
    noun: Noun,
    ids: &[Uuid],
    bodies: &mut [Map<String, Value>],
) -> Result<()> {
    if caller.may(CatalogWrite::NAME) {
        return Ok(());
    }
    let may_propose = caller.may(CatalogPropose::NAME);
    let statuses = match may_propose {
        true => store::find_statuses(connection, noun, ids, &caller.subject.to_string()).await?,
        false => Vec::new(),
    };
    for (id, body) in ids.iter().zip(bodies) {
        let status = statuses.iter().find(|(draft, _)| draft == id).map(|(_, status)| *status);
        let status = match (may_propose, status) {
            (false, _) => "read_only",
            (true, None) => "working_copy",
            (true, Some(Status::Draft)) => "draft_in_progress",
            (true, Some(Status::Proposed)) => "proposal_waiting_for_approval",
        };
        body.insert("metadata".into(), json!({"workflow_status": status}));
    }
    Ok(())
}
