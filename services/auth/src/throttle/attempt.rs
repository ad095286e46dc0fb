use anyhow::anyhow;
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use sqlx::PgPool;
use uuid::Uuid;
use vault::Vault;

use super::{ACCOUNT, ADDRESS, MAIL_FROM, MAIL_TO, PAIR, Rule, SECOND_FACTOR, store};
use crate::{account::Email, client_address::ClientAddress};

/// How often buckets that somebody clears away are made again.
pub(crate) const MAX_TRIES: usize = 4;

/// One attempt to guess something, or to have a mail sent.
pub(crate) struct Attempt {
    buckets: Vec<Bucket>,
}

/// Where attempts of one sort are counted.
pub(crate) struct Bucket {
    pub(crate) key: Vec<u8>,
    pub(crate) rule: Rule,
}

impl Bucket {
    fn new(vault: &Vault, sort: &str, what: &str, rule: Rule) -> Self {
        Self { key: vault.digest("throttle", &format!("{sort} {what}")), rule }
    }
}

impl Attempt {
    /// `account` is what was typed, whether such an account exists or not; `is_known` whether the
    /// account has signed in from this address before.
    pub(crate) fn new(
        vault: &Vault,
        account: &str,
        address: ClientAddress,
        is_known: bool,
    ) -> Self {
        let place = address.place().to_string();
        let mut buckets = vec![
            Bucket::new(vault, "pair", &format!("{place} {account}"), PAIR),
            Bucket::new(vault, "address", &place, ADDRESS),
        ];
        if !is_known {
            buckets.push(Bucket::new(vault, "account", account, ACCOUNT));
        }
        Self { buckets }
    }

    /// A mail that somebody who is not signed in asks for, whether the address has an account or not.
    pub(crate) fn mail(vault: &Vault, to: &Email, address: ClientAddress) -> Self {
        let place = address.place().to_string();
        let buckets = vec![
            Bucket::new(vault, "mail to", to.as_str(), MAIL_TO),
            Bucket::new(vault, "mail from", &place, MAIL_FROM),
        ];
        Self { buckets }
    }

    /// A code of the account's second factor.
    pub(crate) fn second_factor(vault: &Vault, account_id: Uuid) -> Self {
        Self { buckets: vec![Bucket::new(vault, "otp", &account_id.to_string(), SECOND_FACTOR)] }
    }

    /// Counts the attempt before the password is looked at, so that many at once count too; 429 with
    /// the time to wait, and nothing counted, when there were too many.
    pub(crate) async fn count(&self, db: &PgPool, now: DateTime<Utc>) -> Result<()> {
        for _ in 0..MAX_TRIES {
            if store::add_one(db, &self.buckets, now).await?.is_counted()? {
                return Ok(());
            }
            store::make(db, &self.keys(), now).await?;
        }
        Err(cleared_too_fast())
    }

    /// The password was right: nothing was guessed.
    pub(crate) async fn forgive(&self, db: &PgPool) -> Result<()> {
        store::take_back(db, &self.keys()).await
    }

    /// Its buckets, for a statement that counts it among other things.
    pub(crate) fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Names of its buckets, for a statement that forgives it among other things.
    pub(crate) fn keys(&self) -> Vec<&[u8]> {
        self.buckets.iter().map(|bucket| bucket.key.as_slice()).collect()
    }
}

/// Buckets vanish as often as they are made.
pub(crate) fn cleared_too_fast() -> Problem {
    Problem::internal(anyhow!("the throttle is cleared faster than filled"))
}
