use anyhow::anyhow;
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use sqlx::PgPool;
use uuid::Uuid;

use super::{ACCOUNT, ADDRESS, MAIL_FROM, MAIL_TO, PAIR, Rule, SECOND_FACTOR, store};
use crate::{account::Email, client_address::ClientAddress, vault::Vault};

/// How often buckets that somebody clears away are made again.
const MAX_TRIES: usize = 3;

/// One attempt to guess something, or to have a mail sent.
pub(crate) struct Attempt {
    buckets: Vec<(Vec<u8>, Rule)>,
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
            (key(vault, "pair", &format!("{place} {account}")), PAIR),
            (key(vault, "address", &place), ADDRESS),
        ];
        if !is_known {
            buckets.push((key(vault, "account", account), ACCOUNT));
        }
        Self { buckets }
    }

    /// A mail that somebody who is not signed in asks for, whether the address has an account or not.
    pub(crate) fn mail(vault: &Vault, to: &Email, address: ClientAddress) -> Self {
        let place = address.place().to_string();
        let buckets = vec![
            (key(vault, "mail to", to.as_str()), MAIL_TO),
            (key(vault, "mail from", &place), MAIL_FROM),
        ];
        Self { buckets }
    }

    /// A code of the account's second factor.
    pub(crate) fn second_factor(vault: &Vault, account_id: Uuid) -> Self {
        Self { buckets: vec![(key(vault, "otp", &account_id.to_string()), SECOND_FACTOR)] }
    }

    /// Counts the attempt before the password is looked at, so that many at once count too; 429 with
    /// the time to wait, and nothing counted, when there were too many.
    pub(crate) async fn count(&self, db: &PgPool, now: DateTime<Utc>) -> Result<()> {
        let mut added = self.add_one(db, now).await?;
        for _ in 0..MAX_TRIES {
            if added.is_there {
                break;
            }
            store::make(db, &self.keys(), now).await?;
            added = self.add_one(db, now).await?;
        }
        match added.wait_seconds {
            None if added.is_there => Ok(()),
            None => Err(Problem::internal(anyhow!("the throttle is cleared faster than filled"))),
            Some(seconds) => Err(Problem::too_many_requests(seconds.unsigned_abs())),
        }
    }

    async fn add_one(&self, db: &PgPool, now: DateTime<Utc>) -> Result<store::Added> {
        let rules: Vec<Rule> = self.buckets.iter().map(|(_, rule)| *rule).collect();
        store::add_one(db, &self.keys(), &rules, now).await
    }

    /// The password was right: nothing was guessed.
    pub(crate) async fn forgive(&self, db: &PgPool) -> Result<()> {
        store::take_back(db, &self.keys()).await
    }

    /// Names of its buckets, for a statement that forgives it among other things.
    pub(crate) fn keys(&self) -> Vec<Vec<u8>> {
        self.buckets.iter().map(|(key, _)| key.clone()).collect()
    }
}

fn key(vault: &Vault, sort: &str, what: &str) -> Vec<u8> {
    vault.digest("throttle", &format!("{sort} {what}"))
}
