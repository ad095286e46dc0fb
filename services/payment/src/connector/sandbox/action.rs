use problem::{Problem, Result};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Sandbox,
    store::{self, SandboxCharge},
};
use crate::connector::ChargeStatus;

/// What the customer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    Approve,
    Refuse,
}

impl Sandbox {
    /// The charge that a customer acts on; 404 if there is none.
    pub(super) async fn find_action(&self, id: Uuid) -> Result<SandboxCharge> {
        let charge = store::find(&self.db, id).await?;
        charge.ok_or_else(|| Problem::not_found("action"))
    }

    /// The provider's part of the customer's decision; only the first one counts.
    pub(super) async fn decide(&self, id: Uuid, decision: Decision) -> Result<()> {
        match decision {
            Decision::Approve => {
                store::approve(&self.db, id, ChargeStatus::RequiresAction).await?;
            }
            Decision::Refuse => {
                store::decline(&self.db, id, "authentication_failed").await?;
            }
        }
        Ok(())
    }
}
