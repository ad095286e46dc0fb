//! A session is one sign-in and the family of refresh tokens that descends from it.
//!
//! Each refresh token has one successor (RFC 9700 §4.14.2). A response that got lost is answered
//! again, the same, within a grace time; a token that comes back later was stolen or copied, and ends
//! its family, never the other sessions of its owner.

pub(crate) mod api;
mod device;
mod end;
mod id_token;
mod open;
mod refresh;
pub(crate) mod store;

use access::Subject;
use chrono::{DateTime, TimeDelta, Utc};
pub(crate) use device::Device;
pub(crate) use end::end;
pub(crate) use open::{Authentication, NewSession, issue_for_client, open};
use problem::Result;
pub(crate) use refresh::refresh;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use crate::secret::Token;

/// How long a lost response is answered again.
pub(crate) const GRACE: TimeDelta = TimeDelta::seconds(10);
/// Life of access tokens.
const ACCESS: TimeDelta = TimeDelta::minutes(15);

/// How long tokens and their session live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetimes {
    /// Of an access token.
    pub(crate) access: TimeDelta,
    /// Of a refresh token that is not used.
    pub(crate) idle: TimeDelta,
    /// Of the whole session.
    pub(crate) absolute: TimeDelta,
}

impl Lifetimes {
    /// By who signed in. Connections get what clients of the PIM management API expect.
    pub(crate) fn of(subject: &Subject) -> Self {
        let (access, idle, absolute) = match subject {
            Subject::Customer(_) | Subject::Anonymous(_) => {
                (ACCESS, TimeDelta::days(30), TimeDelta::days(180))
            }
            Subject::Staff(_) => (ACCESS, TimeDelta::hours(12), TimeDelta::days(7)),
            Subject::Client(_) => (TimeDelta::hours(1), TimeDelta::days(14), TimeDelta::days(180)),
        };
        Self { access, idle, absolute }
    }
}

/// A refresh token with what its session says.
#[derive(FromRow)]
pub(crate) struct RefreshToken {
    pub(crate) session_id: Uuid,
    pub(crate) client_id: String,
    pub(crate) subject: String,
    pub(crate) scopes: Option<Vec<String>>,
    #[sqlx(flatten)]
    pub(crate) authentication: Authentication,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) is_revoked: bool,
    pub(crate) rotated_at: Option<DateTime<Utc>>,
    pub(crate) successor_used: bool,
    pub(crate) answer: Option<Vec<u8>>,
}

/// What a refresh token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// For its one exchange.
    Active,
    /// For the same answer once more.
    Replayable,
    /// For nothing: it was exchanged before, and the one who sends it should not have it.
    Reused,
    /// For nothing.
    Ended,
}

impl RefreshToken {
    pub(crate) fn standing(&self, now: DateTime<Utc>) -> Standing {
        if self.is_revoked || self.expires_at <= now {
            return Standing::Ended;
        }
        match self.rotated_at {
            None => Standing::Active,
            Some(at) if now - at <= GRACE && !self.successor_used => Standing::Replayable,
            Some(_) => Standing::Reused,
        }
    }
}

/// The refresh token that somebody sent, if it is one.
pub(crate) async fn find_token(
    executor: impl PgExecutor<'_>,
    text: &str,
) -> Result<Option<RefreshToken>> {
    match Token::parse(text) {
        Some(token) => store::find_token(executor, &token).await,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(rotated_seconds_ago: Option<i64>) -> RefreshToken {
        let now = DateTime::UNIX_EPOCH;
        RefreshToken {
            session_id: Uuid::nil(),
            client_id: "storefront".to_owned(),
            subject: "anon".to_owned(),
            scopes: None,
            authentication: Authentication::none(now),
            created_at: now,
            expires_at: now + TimeDelta::seconds(1),
            ends_at: now + TimeDelta::seconds(1),
            is_revoked: false,
            rotated_at: rotated_seconds_ago.map(|seconds| now - TimeDelta::seconds(seconds)),
            successor_used: false,
            answer: None,
        }
    }

    #[test]
    fn a_rotated_token_is_answered_again_for_ten_seconds() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(token(None).standing(now), Standing::Active);
        assert_eq!(token(Some(10)).standing(now), Standing::Replayable);
        assert_eq!(token(Some(11)).standing(now), Standing::Reused);
        let used = RefreshToken { successor_used: true, ..token(Some(1)) };
        assert_eq!(used.standing(now), Standing::Reused);
    }

    #[test]
    fn nothing_is_good_in_a_session_that_ended() {
        let now = DateTime::UNIX_EPOCH;
        let revoked = RefreshToken { is_revoked: true, ..token(Some(1)) };
        assert_eq!(revoked.standing(now), Standing::Ended);
        assert_eq!(token(None).standing(now + TimeDelta::seconds(1)), Standing::Ended);
    }
}
