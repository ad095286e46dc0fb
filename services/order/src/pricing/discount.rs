//! Which promotions apply, and what they take off which line.

use types::Money;

use super::{
    Basket, ExplainedDiscount, LineDiscount, Offer, PromotionKind, Reason, Shipping, share,
};

pub(super) struct Discounted {
    pub(super) subtotals: Vec<i64>,
    /// What is left of each line.
    pub(super) left: Vec<i64>,
    pub(super) line_discounts: Vec<Vec<LineDiscount>>,
    pub(super) free_shipping: bool,
    pub(super) explained: Vec<ExplainedDiscount>,
    applied: bool,
    closed_by: Option<String>,
}

pub(super) fn apply(basket: &Basket) -> Discounted {
    let subtotals: Vec<i64> =
        basket.items.iter().map(|item| item.unit_price * i64::from(item.quantity)).collect();
    let mut discounted = Discounted {
        left: subtotals.clone(),
        line_discounts: vec![Vec::new(); subtotals.len()],
        subtotals,
        free_shipping: false,
        explained: Vec::new(),
        applied: false,
        closed_by: None,
    };
    let mut offers: Vec<&Offer> = basket.offers.iter().collect();
    offers.sort_by(|a, b| {
        let (a, b) = (&a.promotion, &b.promotion);
        b.priority.cmp(&a.priority).then_with(|| a.code.cmp(&b.code))
    });
    // Two coupons of one promotion do not give it twice.
    offers.dedup_by(|a, b| a.promotion.code == b.promotion.code);
    for offer in offers {
        let outcome = discounted.try_offer(basket, offer);
        discounted.explain(offer, outcome);
    }
    for (coupon, refusal) in &basket.refused_coupons {
        discounted.explained.push(ExplainedDiscount {
            promotion: None,
            name: None,
            coupon: Some(coupon.clone()),
            applied: false,
            amount: 0,
            reason: reason(refusal.code(), refusal.text()),
        });
    }
    discounted
}

/// Shipping costs, if no promotion takes them away.
pub(super) fn shipping_before_promotions(method: &Shipping, left: i64) -> i64 {
    if method.free_over.is_some_and(|limit| left >= limit) { 0 } else { method.amount }
}

impl Discounted {
    /// The amount taken off, or why nothing was.
    fn try_offer(&mut self, basket: &Basket, offer: &Offer) -> Result<i64, Reason> {
        let promotion = &offer.promotion;
        if promotion.currency.as_ref().is_some_and(|currency| *currency != basket.currency) {
            return Err(reason("other_currency", "it is for carts in another currency"));
        }
        if let Some(other) = &self.closed_by {
            return Err(reason("not_combinable", &format!("{other} goes with no other promotion")));
        }
        if promotion.exclusive && self.applied {
            let text = "it goes with no other promotion, and one with precedence applied";
            return Err(reason("not_combinable", text));
        }
        let missing = promotion.min_amount.unwrap_or(0) - self.subtotals.iter().sum::<i64>();
        if missing > 0 {
            let text = format!("items must be worth {missing} more, in minor units");
            return Err(reason("minimum_not_reached", &text));
        }
        let selected = select(basket, offer);
        if selected.is_empty() {
            return Err(reason("nothing_selected", "it is for other items"));
        }
        let amount = match promotion.kind {
            PromotionKind::FreeShipping => self.free_shipping(basket),
            PromotionKind::Percent | PromotionKind::Fixed => {
                self.take_off(basket, offer, &selected)
            }
        };
        if amount == 0 {
            return Err(reason("nothing_left", "there is nothing left to take off"));
        }
        Ok(amount)
    }

    fn free_shipping(&mut self, basket: &Basket) -> i64 {
        let left = self.left.iter().sum();
        let costs = basket.shipping.as_ref().map(|it| shipping_before_promotions(it, left));
        match costs.unwrap_or(0) {
            amount if amount > 0 && !self.free_shipping => {
                self.free_shipping = true;
                amount
            }
            _ => 0,
        }
    }

    fn take_off(&mut self, basket: &Basket, offer: &Offer, selected: &[usize]) -> i64 {
        let promotion = &offer.promotion;
        let weights: Vec<i64> = selected.iter().map(|&i| self.left[i]).collect();
        let left: i64 = weights.iter().sum();
        let amount = match promotion.kind {
            PromotionKind::Percent => {
                let points = i64::from(promotion.basis_points.unwrap_or(0)).clamp(0, 10_000);
                share(&basket.currency, left, points, 10_000)
            }
            _ => promotion.amount.unwrap_or(0).clamp(0, left),
        };
        if amount == 0 {
            return 0;
        }
        let parts = Money::new(amount, basket.currency.clone()).allocate(&weights);
        for (&i, part) in selected.iter().zip(parts) {
            if part.amount > 0 {
                self.left[i] -= part.amount;
                let promotion = promotion.code.to_string();
                self.line_discounts[i].push(LineDiscount { promotion, amount: part.amount });
            }
        }
        amount
    }

    fn explain(&mut self, offer: &Offer, outcome: Result<i64, Reason>) {
        let promotion = &offer.promotion;
        let applied = outcome.is_ok();
        if applied {
            self.applied = true;
            self.closed_by = promotion.exclusive.then(|| promotion.code.to_string());
        }
        let (amount, reason) = match outcome {
            Ok(amount) => (amount, reason("applied", "it applies")),
            Err(reason) => (0, reason),
        };
        self.explained.push(ExplainedDiscount {
            promotion: Some(promotion.code.to_string()),
            name: Some(promotion.name.clone()),
            coupon: offer.coupon.clone(),
            applied,
            amount,
            reason,
        });
    }
}

fn select(basket: &Basket, offer: &Offer) -> Vec<usize> {
    let promotion = &offer.promotion;
    let everything = promotion.skus.is_empty() && promotion.categories.is_empty();
    let matches = |item: &super::Item| {
        everything
            || promotion.skus.contains(&item.sku)
            || item.categories.iter().any(|category| promotion.categories.contains(category))
    };
    let items = basket.items.iter().enumerate();
    items.filter(|(_, item)| matches(item)).map(|(i, _)| i).collect()
}

fn reason(code: &str, text: &str) -> Reason {
    Reason { code: code.to_owned(), text: text.to_owned() }
}
