//! Amounts as Stripe wants them (<https://docs.stripe.com/currencies>): minor units, but for a few
//! currencies not those of ISO 4217.

use types::{CurrencyCode, Money};

/// Without minor units, but written as if they had a hundred.
const HUNDREDFOLD: [&str; 2] = ["ISK", "UGX"];
/// With a thousand minor units, of which the last digit must be 0.
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// The amount in Stripe's units; `None` if Stripe cannot take it.
pub(super) fn to_stripe(money: &Money) -> Option<i64> {
    let currency = money.currency.as_str();
    if HUNDREDFOLD.contains(&currency) {
        return money.amount.checked_mul(100);
    }
    let is_fine = THOUSANDTHS.contains(&currency) && money.amount % 10 != 0;
    (!is_fine).then_some(money.amount)
}

/// An amount of Stripe's in ours.
pub(super) fn from_stripe(amount: i64, currency: CurrencyCode) -> Money {
    let amount = if HUNDREDFOLD.contains(&currency.as_str()) { amount / 100 } else { amount };
    Money::new(amount, currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_minor_units_but_for_the_currencies_that_stripe_treats_otherwise() {
        for (code, ours, theirs) in [
            ("EUR", 1099, Some(1099)),
            ("JPY", 500, Some(500)),
            ("ISK", 5, Some(500)),
            ("UGX", 1000, Some(100_000)),
            ("KWD", 5120, Some(5120)),
            ("KWD", 5124, None),
        ] {
            let money = Money::new(ours, CurrencyCode::parse(code).unwrap());
            assert_eq!(to_stripe(&money), theirs, "{code}");
            if let Some(theirs) = theirs {
                assert_eq!(from_stripe(theirs, money.currency.clone()), money);
            }
        }
    }
}
