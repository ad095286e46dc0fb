//! Amounts of money: integer minor units with a currency.
//!
//! The one rounding rule of the house: a fraction of a minor unit is rounded half to even, once,
//! where the fraction arises. A sum that is split is split by largest remainder, so that the parts
//! always add up to the whole.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::CurrencyCode;

/// An amount in minor units (cents) of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Integer minor units, e.g. 1999 for € 19.99.
    #[schema(example = 1999)]
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: CurrencyCode,
}

/// Why two amounts could not be combined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyError {
    /// The currencies differ.
    CurrencyMismatch,
    /// The result does not fit 64 bits.
    Overflow,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CurrencyMismatch => "amounts are in different currencies",
            Self::Overflow => "the amount is too large",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// An amount in minor units.
    pub fn new(amount: i64, currency: CurrencyCode) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in this currency.
    pub fn zero(currency: CurrencyCode) -> Self {
        Self { amount: 0, currency }
    }

    /// Sum of two amounts of one currency.
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_add(other.amount))
    }

    /// Difference of two amounts of one currency.
    pub fn checked_sub(&self, other: &Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_sub(other.amount))
    }

    /// The amount, `quantity` times.
    pub fn checked_times(&self, quantity: i64) -> Result<Self, MoneyError> {
        self.with(self.amount.checked_mul(quantity))
    }

    /// The share `numerator / denominator`, rounded half to even; the denominator is positive.
    pub fn share(&self, numerator: i64, denominator: i64) -> Self {
        let product = i128::from(self.amount) * i128::from(numerator);
        let rounded = round_half_even(product, i128::from(denominator));
        let amount = i64::try_from(rounded).expect("a share of an amount fits where it did");
        Self { amount, currency: self.currency.clone() }
    }

    /// Splits the amount in proportion to the weights by largest remainder: the parts add up to
    /// the whole. Weights are not negative; if all are zero, the first part gets everything.
    pub fn allocate(&self, weights: &[i64]) -> Vec<Self> {
        allocate(self.amount, weights)
            .into_iter()
            .map(|amount| Self { amount, currency: self.currency.clone() })
            .collect()
    }

    fn same_currency(&self, other: &Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }

    fn with(&self, amount: Option<i64>) -> Result<Self, MoneyError> {
        let amount = amount.ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, currency: self.currency.clone() })
    }
}

fn round_half_even(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator.div_euclid(denominator);
    let twice_rest = numerator.rem_euclid(denominator) * 2;
    let up = twice_rest > denominator || (twice_rest == denominator && quotient % 2 != 0);
    quotient + i128::from(up)
}

fn allocate(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if total == 0 {
        return weights.iter().enumerate().map(|(i, _)| if i == 0 { amount } else { 0 }).collect();
    }
    let exact = |weight: i64| i128::from(amount) * i128::from(weight);
    let mut parts: Vec<i64> = weights
        .iter()
        .map(|&weight| i64::try_from(exact(weight).div_euclid(total)).expect("a part of an i64"))
        .collect();
    let missing = amount - parts.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(exact(weights[i]).rem_euclid(total)));
    for &i in by_remainder.iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[i] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euros(amount: i64) -> Money {
        Money::new(amount, CurrencyCode::parse("EUR").unwrap())
    }

    #[test]
    fn half_a_cent_goes_to_the_even_neighbour() {
        assert_eq!(euros(25).share(1, 10).amount, 2);
        assert_eq!(euros(35).share(1, 10).amount, 4);
        assert_eq!(euros(-25).share(1, 10).amount, -2);
        assert_eq!(euros(26).share(1, 10).amount, 3);
    }

    #[test]
    fn currencies_do_not_mix() {
        let dollars = Money::new(1, CurrencyCode::parse("USD").unwrap());
        assert_eq!(euros(1).checked_add(&dollars), Err(MoneyError::CurrencyMismatch));
    }

    #[test]
    fn an_overflow_is_an_error() {
        assert_eq!(euros(i64::MAX).checked_times(2), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            amount in -1_000_000_000i64..1_000_000_000,
            weights in proptest::collection::vec(0i64..1_000_000, 1..20),
        ) {
            let parts = euros(amount).allocate(&weights);
            prop_assert_eq!(parts.iter().map(|part| part.amount).sum::<i64>(), amount);
        }

        #[test]
        fn a_part_is_within_one_cent_of_its_exact_share(
            amount in 0i64..1_000_000_000,
            weights in proptest::collection::vec(1i64..1_000, 1..20),
        ) {
            let total: i64 = weights.iter().sum();
            for (part, weight) in euros(amount).allocate(&weights).iter().zip(&weights) {
                let exact = amount as f64 * *weight as f64 / total as f64;
                prop_assert!((part.amount as f64 - exact).abs() < 1.000_1);
            }
        }
    }
}
