//! Follows what is sold out.

use std::time::Duration;

use contracts::order::OrderClient;
use types::Sku;

use crate::recommender::Recommender;

/// How often to ask: nothing is recommended for longer after it was sold out.
const PAUSE: Duration = Duration::from_secs(5);

/// Keeps what is sold out from being recommended, for ever. While the order service does not answer,
/// what was last known holds.
pub async fn follow_sold_out(order: OrderClient, recommender: Recommender) {
    let mut known = None;
    loop {
        match order.find_sold_out(known.clone()).await {
            Ok(answer) => {
                if let Some(skus) = answer.skus {
                    recommender.hide_sold_out(skus.iter().map(Sku::to_string).collect());
                }
                known = Some(answer.version);
            }
            Err(error) => tracing::debug!(%error, "cannot ask what is sold out, will try again"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
