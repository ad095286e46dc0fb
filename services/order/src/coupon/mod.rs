//! Coupons: codes that open a promotion, with limits that are counted as orders are placed.

pub(crate) mod api;
pub(crate) mod store;

use problem::Result;
use serde::{Deserialize, Serialize};

use crate::{
    answer::Rules,
    codes::{CouponCode, RuleCode, read_coupon},
};

/// A coupon as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCoupon {
    /// What customers type in.
    #[sqlx(try_from = "String")]
    #[serde(deserialize_with = "read_coupon")]
    pub code: CouponCode,
    /// Code of the promotion it opens.
    #[sqlx(try_from = "String")]
    pub promotion: RuleCode,
    /// How many orders may use it; any number if absent.
    #[schema(minimum = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_limit: Option<i32>,
    /// How many orders of one customer may use it; any number if absent.
    #[schema(minimum = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_customer_limit: Option<i32>,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// A coupon.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct Coupon {
    /// What it says.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub rule: NewCoupon,
    /// Orders that use it and were neither cancelled nor expired.
    pub used: i32,
    /// Counts changes by staff; also the `ETag`.
    pub version: i64,
}

impl NewCoupon {
    /// 422 with every broken rule.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        for (pointer, limit) in
            [("/usage_limit", self.usage_limit), ("/per_customer_limit", self.per_customer_limit)]
        {
            rules.check(limit.is_none_or(|n| n > 0), pointer, "out_of_range", "must be at least 1");
        }
        rules.done()
    }
}

/// Why a coupon cannot be used, by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponRefusal {
    /// There is none of this code.
    Unknown,
    /// It is switched off.
    Inactive,
    /// The promotion it opens is switched off, over or yet to come.
    PromotionInactive,
    /// As many orders as allowed use it.
    UsedUp,
    /// As many orders of this customer as allowed use it.
    UsedByCustomer,
}

impl CouponRefusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "coupon_unknown",
            Self::Inactive => "coupon_inactive",
            Self::PromotionInactive => "promotion_inactive",
            Self::UsedUp => "coupon_used_up",
            Self::UsedByCustomer => "coupon_used_by_customer",
        }
    }

    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unknown => "there is no such coupon",
            Self::Inactive => "the coupon is switched off",
            Self::PromotionInactive => "its promotion is not running now",
            Self::UsedUp => "the coupon has been used as often as allowed",
            Self::UsedByCustomer => "you have used the coupon as often as allowed",
        }
    }
}

impl Coupon {
    /// Why this customer, who used it `uses` times, may not use it now.
    pub(crate) fn refusal(&self, uses: i64) -> Option<CouponRefusal> {
        if !self.rule.active {
            Some(CouponRefusal::Inactive)
        } else if self.rule.usage_limit.is_some_and(|limit| self.used >= limit) {
            Some(CouponRefusal::UsedUp)
        } else if self.rule.per_customer_limit.is_some_and(|limit| uses >= i64::from(limit)) {
            Some(CouponRefusal::UsedByCustomer)
        } else {
            None
        }
    }
}
