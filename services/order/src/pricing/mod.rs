//! What a cart costs: one pure function, [`quote`].
//!
//! - All amounts are integer minor units. A fraction is rounded half to even, once, where it arises:
//!   per discount, per line tax, per shipping tax.
//! - Promotions are tried by descending priority, then code. A percentage is taken of what earlier
//!   promotions have left. What a promotion takes off is split over the lines it selects in proportion
//!   to what is left of them, by largest remainder, so that the parts add up.
//! - An exclusive promotion applies only if none applied before it, and none applies after it.
//! - Tax is computed per line, from the line less its discounts; shipping has its own tax. A rate says
//!   whether prices contain it. `total = items - discount + shipping + tax - tax_included`.

mod discount;
mod tax;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money};

pub use crate::{
    coupon::CouponRefusal,
    promotion::{NewPromotion, PromotionKind},
    tax::NewTaxRate,
};

/// Units of one sku.
#[derive(Debug, Clone)]
pub struct Item {
    /// Which sku.
    pub sku: String,
    /// How many; 1 to 9999.
    pub quantity: i32,
    /// Minor units; 0 to 100000000000, so that no sum here overflows.
    pub unit_price: i64,
    /// What tax rates go by.
    pub tax_class: String,
    /// What promotions select by.
    pub categories: Vec<String>,
}

/// A promotion that may apply.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What it gives; switched on and in its window.
    pub promotion: NewPromotion,
    /// The coupon that opened it.
    pub coupon: Option<String>,
}

/// A chosen shipping method.
#[derive(Debug, Clone)]
pub struct Shipping {
    /// Minor units.
    pub amount: i64,
    /// Free when items less discounts are worth this much.
    pub free_over: Option<i64>,
    /// What tax rates go by.
    pub tax_class: String,
}

/// Everything that decides about the price of a cart.
#[derive(Debug, Clone)]
pub struct Basket {
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// What is bought; at most 200.
    pub items: Vec<Item>,
    /// Promotions that may apply.
    pub offers: Vec<Offer>,
    /// Coupons that were entered and cannot be used.
    pub refused_coupons: Vec<(String, CouponRefusal)>,
    /// The chosen shipping method.
    pub shipping: Option<Shipping>,
    /// Every tax rate of the destination's country.
    pub tax_rates: Vec<NewTaxRate>,
    /// The destination's region.
    pub region: Option<String>,
}

/// What one promotion took off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineDiscount {
    /// Code of the promotion.
    pub promotion: String,
    /// Minor units, positive.
    pub amount: i64,
}

/// A line with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// `unit_price` × quantity.
    pub subtotal: i64,
    /// What was taken off, by whom.
    pub discounts: Vec<LineDiscount>,
    /// Sum of `discounts`.
    pub discount: i64,
    /// Its tax.
    pub tax: i64,
    /// The part of `tax` that the price contains: all or nothing.
    pub tax_included: i64,
    /// Its tax rate, in millionths.
    pub tax_rate_ppm: i32,
    /// `subtotal - discount + tax - tax_included`.
    pub total: i64,
}

/// Sums of a cart or order, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Totals {
    /// Lines before discounts.
    #[schema(example = 5000)]
    pub items: i64,
    /// What discounts take off the lines.
    #[schema(example = 500)]
    pub discount: i64,
    /// Shipping costs.
    #[schema(example = 490)]
    pub shipping: i64,
    /// The part of `tax` that is on shipping.
    #[schema(example = 78)]
    pub shipping_tax: i64,
    /// All tax, of lines and shipping.
    #[schema(example = 796)]
    pub tax: i64,
    /// The part of `tax` that prices already contain.
    #[schema(example = 796)]
    pub tax_included: i64,
    /// What is to be paid: `items - discount + shipping + tax - tax_included`.
    #[schema(example = 4990)]
    pub total: i64,
}

/// Tax of one rate, summed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaxLine {
    /// Name of the rate.
    #[schema(example = "VAT 19 %")]
    pub name: String,
    /// The rate, in millionths.
    #[schema(example = 190_000)]
    pub rate_ppm: i32,
    /// Whether prices contain it.
    pub included: bool,
    /// What was taxed, in minor units, with the tax where that is included.
    pub taxable: i64,
    /// The tax, in minor units.
    pub tax: i64,
}

/// Why a discount applied or did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reason {
    /// `applied`, `minimum_not_reached`, `nothing_selected`, `nothing_left`, `other_currency`,
    /// `not_combinable`, `promotion_inactive`, `coupon_unknown`, `coupon_inactive`, `coupon_used_up`
    /// or `coupon_used_by_customer`.
    #[schema(example = "minimum_not_reached")]
    pub code: String,
    /// The same in words.
    #[schema(example = "items must be worth 5.00 more")]
    pub text: String,
}

/// A discount that applied or might have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExplainedDiscount {
    /// Code of the promotion; absent for a coupon that opens none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The coupon that opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// Whether it makes the cart cheaper.
    pub applied: bool,
    /// By how much, in minor units; for free shipping the costs that fell away.
    pub amount: i64,
    /// Why, or why not.
    pub reason: Reason,
}

/// What a basket costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// In the order of the items.
    pub lines: Vec<PricedLine>,
    /// Their sums.
    pub totals: Totals,
    /// Tax per rate.
    pub taxes: Vec<TaxLine>,
    /// Every discount that was considered.
    pub discounts: Vec<ExplainedDiscount>,
}

/// Computes what a basket costs.
pub fn quote(basket: &Basket) -> Quote {
    let discounted = discount::apply(basket);
    let items: i64 = discounted.subtotals.iter().sum();
    let left: i64 = discounted.left.iter().sum();
    let shipping = shipping_costs(basket, left, discounted.free_shipping);
    let mut taxes = tax::Taxes::new(basket);
    let lines: Vec<PricedLine> = basket
        .items
        .iter()
        .zip(discounted.subtotals)
        .zip(discounted.left)
        .zip(discounted.line_discounts)
        .map(|(((item, subtotal), left), discounts)| {
            let tax = taxes.add(&item.tax_class, left);
            PricedLine {
                subtotal,
                discounts,
                discount: subtotal - left,
                tax: tax.amount,
                tax_included: tax.included,
                tax_rate_ppm: tax.rate_ppm,
                total: left + tax.amount - tax.included,
            }
        })
        .collect();
    let shipping_tax = match &basket.shipping {
        Some(method) => taxes.add(&method.tax_class, shipping),
        None => tax::Tax::default(),
    };
    let tax = lines.iter().map(|line| line.tax).sum::<i64>() + shipping_tax.amount;
    let tax_included =
        lines.iter().map(|line| line.tax_included).sum::<i64>() + shipping_tax.included;
    let totals = Totals {
        items,
        discount: items - left,
        shipping,
        shipping_tax: shipping_tax.amount,
        tax,
        tax_included,
        total: left + shipping + tax - tax_included,
    };
    Quote { lines, totals, taxes: taxes.into_lines(), discounts: discounted.explained }
}

fn shipping_costs(basket: &Basket, left: i64, free: bool) -> i64 {
    match &basket.shipping {
        Some(_) if free => 0,
        Some(method) => discount::shipping_before_promotions(method, left),
        None => 0,
    }
}

/// The share `numerator / denominator` of an amount, rounded by the rule of the house.
fn share(currency: &CurrencyCode, amount: i64, numerator: i64, denominator: i64) -> i64 {
    Money::new(amount, currency.clone()).share(numerator, denominator).amount
}
