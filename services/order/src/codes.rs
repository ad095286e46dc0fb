//! Codes of coupons, and of what else staff name: promotions, shipping methods, locations and tax classes.

use types::{Code, Kind};

pub(crate) use types::RuleCode;

/// What customers type in to get a promotion.
pub(crate) enum Coupon {}

impl Kind for Coupon {
    const NAME: &'static str = "CouponCode";
    const RULE: &'static str = "must be 1 to 50 capital letters, digits or dashes";
    const EXAMPLE: &'static str = "WELCOME10";
    fn is_valid(text: &str) -> bool {
        (1..=50).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
    }
}

/// Code of a coupon.
pub(crate) type CouponCode = Code<Coupon>;

/// A coupon's code as a customer typed it, in any case.
pub(crate) fn parse_coupon(text: &str) -> Option<CouponCode> {
    CouponCode::parse(&text.trim().to_ascii_uppercase()).ok()
}

/// Reads a coupon's code in any case.
pub(crate) fn read_coupon<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<CouponCode, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    CouponCode::parse(&text.trim().to_ascii_uppercase()).map_err(serde::de::Error::custom)
}
