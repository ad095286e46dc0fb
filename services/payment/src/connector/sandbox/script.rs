use crate::connector::ChargeStatus;

/// What a token makes the provider do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script<'a> {
    /// Charges.
    Success,
    /// Refuses, with this code.
    Decline(&'static str),
    /// Sends the customer to a page.
    Action,
    /// Charges; the answer is lost.
    TimeoutSuccess,
    /// The request is lost.
    TimeoutNothing,
    /// Says that it will tell later, and tells by webhook.
    WebhookOnly,
    /// The same; the webhook comes three times at once.
    WebhookDuplicate,
    /// Charges; the answer is late.
    Slow,
    /// Fails before it charges.
    Error,
    /// The connector of this name cannot be reached; others charge.
    Unreachable(&'a str),
    /// Charges; of each later capture and refund the first answer is lost.
    LaterTimeout,
}

impl<'a> Script<'a> {
    /// The script of a token, if there is such a token.
    pub(super) fn of(token: &'a str) -> Option<Self> {
        if let Some(connector) = token.strip_prefix("tok_unreachable:") {
            return Some(Self::Unreachable(connector));
        }
        Some(match token {
            "tok_success" => Self::Success,
            "tok_decline" => Self::Decline("card_declined"),
            "tok_decline_insufficient_funds" => Self::Decline("insufficient_funds"),
            "tok_action" => Self::Action,
            "tok_timeout_success" => Self::TimeoutSuccess,
            "tok_timeout_nothing" => Self::TimeoutNothing,
            "tok_webhook_only" => Self::WebhookOnly,
            "tok_webhook_duplicate" => Self::WebhookDuplicate,
            "tok_slow" => Self::Slow,
            "tok_error" => Self::Error,
            "tok_later_timeout" => Self::LaterTimeout,
            _ => return None,
        })
    }

    /// State of a new charge.
    pub(super) fn first_status(self, captures_now: bool) -> ChargeStatus {
        match self {
            Self::Decline(_) => ChargeStatus::Declined,
            Self::Action => ChargeStatus::RequiresAction,
            Self::WebhookOnly | Self::WebhookDuplicate => ChargeStatus::Pending,
            _ if captures_now => ChargeStatus::Captured,
            _ => ChargeStatus::Authorized,
        }
    }

    /// Code of the refusal.
    pub(super) fn decline_code(self) -> Option<&'static str> {
        match self {
            Self::Decline(code) => Some(code),
            _ => None,
        }
    }

    /// How often the webhook about a new charge is sent; 0 for none.
    pub(super) fn webhook_copies(self) -> i32 {
        match self {
            Self::WebhookOnly => 1,
            Self::WebhookDuplicate => 3,
            _ => 0,
        }
    }
}
