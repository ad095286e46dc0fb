use contracts::payment::{PAYMENT_CHANGED, Payment};
use problem::Result;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;

/// Ends every change of a payment: counts it and tells others, in the change's own transaction. The
/// caller has locked the payment, so its versions leave in order.
pub(crate) async fn publish_change(
    transaction: &mut PgConnection,
    payment_id: Uuid,
) -> Result<Payment> {
    let payment = store::count_change(&mut *transaction, payment_id).await?.to_payment();
    outbox::append(transaction, PAYMENT_CHANGED, &payment_id.to_string(), &payment).await?;
    Ok(payment)
}
