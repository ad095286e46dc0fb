use std::sync::Arc;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::Caller;

/// Tokens remembered; about a kilobyte each.
const MAX_TOKENS: u64 = 10_000;

/// Tokens that were verified before: a client sends the same one many times in its 15 minutes, and a
/// signature check takes a hundred times longer than looking here.
pub(crate) struct Verified {
    callers: Cache<Fingerprint, Arc<Entry>>,
}

/// Stands for a token and the audience it was checked for; the token itself is not kept.
pub(crate) type Fingerprint = [u8; 32];

struct Entry {
    caller: Caller,
    /// Seconds since 1970.
    until: i64,
}

impl Verified {
    pub(crate) fn new() -> Self {
        Self { callers: Cache::new(MAX_TOKENS) }
    }

    /// Whose token it is, if it is known and still good.
    pub(crate) fn find(&self, token: &Fingerprint, now: i64) -> Option<Caller> {
        let entry = self.callers.get(token)?;
        if entry.until >= now {
            return Some(entry.caller.clone());
        }
        self.callers.invalidate(token);
        None
    }

    /// Remembers a good token until it ends.
    pub(crate) fn insert(&self, token: Fingerprint, caller: Caller, until: i64) {
        self.callers.insert(token, Arc::new(Entry { caller, until }));
    }
}

pub(crate) fn fingerprint(audience: &str, token: &str) -> Fingerprint {
    Sha256::new().chain_update(audience).chain_update([0]).chain_update(token).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subject;

    #[test]
    fn a_known_token_is_forgotten_when_it_ends() {
        let verified = Verified::new();
        let caller = Caller {
            subject: Subject::Client("erp".into()),
            client_id: "erp".into(),
            scopes: ["orders:read".to_owned()].into(),
            session_id: None,
            rate_limit_per_second: None,
        };
        let token = fingerprint("vitrine", "token");
        verified.insert(token, caller, 100);
        assert!(verified.find(&token, 100).unwrap().may("orders:read"));
        assert!(verified.find(&fingerprint("other", "token"), 100).is_none());
        assert!(verified.find(&fingerprint("vitrine", "tokem"), 100).is_none());
        assert!(verified.find(&token, 101).is_none());
        assert!(verified.find(&token, 100).is_none());
    }
}
