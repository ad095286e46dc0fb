//! Fills a new installation with the demo shop, over the public API like any connector. What is there
//! already stays, so a load that was interrupted is finished by the next.

mod catalog;
mod progress;
mod trade;

use anyhow::Result;
use chrono::Utc;

use self::progress::Progress;
use crate::{
    client::{Client, Connection},
    demo::{self, DEMO_SEED},
    run::Admin,
};

/// Password of every demo customer.
const PASSWORD: &str = "vitrine-demo-shop";

/// An account to try.
pub(crate) const DEMO_CUSTOMER: (&str, &str) = ("lena.hoffmann@example.com", PASSWORD);

/// Loads catalog, pictures and trade.
pub(crate) async fn load(url: &str, admin: Admin) -> Result<()> {
    let connection =
        Connection { url: url.to_owned(), email: admin.email.to_owned(), password: admin.password };
    let client = Client::sign_in(connection).await?;
    let progress = Progress::new();
    catalog::load(&client, demo::generate(DEMO_SEED), &progress).await?;
    let commerce = demo::commerce::generate_commerce(DEMO_SEED, Utc::now());
    trade::load(&client, commerce, &progress).await?;
    progress.finish();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_to_try_is_one_of_the_demo() {
        let trade = demo::commerce::generate_commerce(DEMO_SEED, Utc::now());
        assert!(trade.customers.iter().any(|customer| customer.email == DEMO_CUSTOMER.0));
    }
}
