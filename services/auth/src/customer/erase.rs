use access::Caller;
use problem::Result;
use serde_json::json;
use sqlx::PgConnection;
use vault::Vault;

use super::{registrant, store};
use crate::{
    account::{self, Account},
    audit::{self, EventType, Fact},
    one_time_token,
};

/// Removes every personal datum of the customer, and tells the other services. Their orders keep
/// their sums under an id that leads to nobody.
pub(crate) async fn erase(
    transaction: &mut PgConnection,
    caller: &Caller,
    vault: &Vault,
    account: &Account,
) -> Result<()> {
    let id = account.account_id.to_string();
    let callers = [registrant(vault, &account.email), id.clone()];
    store::delete_idempotency_keys(&mut *transaction, &callers).await?;
    one_time_token::store::delete_of_email(&mut *transaction, &account.email).await?;
    account::store::delete(&mut *transaction, account.account_id).await?;
    let data = json!({ "customer_id": id });
    audit::record(transaction, Fact::new(EventType::CustomerErased, id, data).by(caller)).await
}
