use problem::Result;
use sqlx::PgPool;

use super::{ServiceClient, store};

/// Makes the service clients what the configuration says.
pub(crate) async fn seed(db: &PgPool, clients: &[ServiceClient]) -> Result<()> {
    let mut transaction = db.begin().await?;
    for client in clients {
        let hash = crate::secret::hash(client.secret.expose());
        store::upsert_service(&mut *transaction, &client.client_id, &hash, client.scopes).await?;
    }
    let ids: Vec<&str> = clients.iter().map(|client| client.client_id.as_str()).collect();
    store::delete_other_services(&mut *transaction, &ids).await?;
    Ok(transaction.commit().await?)
}
