use std::{collections::BTreeSet, fmt};

use uuid::Uuid;

/// Who a token speaks for: the `sub` claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// `anon:<uuid>`: a shopper without account.
    Anonymous(Uuid),
    /// `<uuid>`: a registered customer.
    Customer(Uuid),
    /// `staff:<uuid>`: a member of staff.
    Staff(Uuid),
    /// A client id: a connection or another service (RFC 9068 §2.2, client credentials).
    Client(String),
}

impl Subject {
    /// Reads a `sub` claim.
    pub fn parse(sub: &str) -> Self {
        let id = |prefix: &str| sub.strip_prefix(prefix).and_then(|id| Uuid::parse_str(id).ok());
        if let Some(id) = id("anon:") {
            Self::Anonymous(id)
        } else if let Some(id) = id("staff:") {
            Self::Staff(id)
        } else if let Some(id) = id("") {
            Self::Customer(id)
        } else {
            Self::Client(sub.to_owned())
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous(id) => write!(f, "anon:{id}"),
            Self::Customer(id) => write!(f, "{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Client(id) => f.write_str(id),
        }
    }
}

/// Who calls, and what they may do: a checked access token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who the token speaks for.
    pub subject: Subject,
    /// The client it was issued to.
    pub client_id: String,
    /// What it allows.
    pub scopes: BTreeSet<String>,
    /// The sign-in it descends from; `None` where a client speaks for itself.
    pub session_id: Option<Uuid>,
    /// Requests a second that its client may send; `None` where nothing but the installation's own
    /// limits count.
    pub rate_limit_per_second: Option<u32>,
}

impl Caller {
    /// Whether the token carries this scope.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Whether the caller buys: a registered customer or an anonymous shopper.
    pub fn is_shopper(&self) -> bool {
        matches!(self.subject, Subject::Anonymous(_) | Subject::Customer(_))
    }

    /// The customer's id, if the caller is a registered customer.
    pub fn customer_id(&self) -> Option<Uuid> {
        match self.subject {
            Subject::Customer(id) => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_reads_as_it_is_written() {
        let id = Uuid::now_v7();
        for subject in [
            Subject::Anonymous(id),
            Subject::Customer(id),
            Subject::Staff(id),
            Subject::Client("service-order".into()),
        ] {
            assert_eq!(Subject::parse(&subject.to_string()), subject);
        }
    }
}
