//! Buckets of numbers and days, in their order, few enough to name all of a range.

use std::{fmt, ops::RangeInclusive};

use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Bits of a float's mantissa that count: 64 narrow buckets for each power of two, together a wide one.
const MANTISSA_BITS: u32 = 6;
/// Smaller numbers, 2^-14, fall into the bucket of zero.
const SMALLEST: i32 = (1023 - 14) << MANTISSA_BITS;
/// Larger numbers, 2^40, fall into the last bucket.
const LAST: i32 = (14 + 40) << MANTISSA_BITS;
/// Days before these months and after them fall into the first and the last.
const MONTHS: RangeInclusive<i32> = 1970 * 12..=2070 * 12;

/// A bucket of numbers, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bucket {
    /// Numbers that differ by less than two in a hundred.
    Narrow(i32),
    /// All narrow ones of one power of two.
    Wide(i32),
}

impl fmt::Display for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Narrow(place) => write!(formatter, "{place}"),
            Self::Wide(place) => write!(formatter, "{place} wide"),
        }
    }
}

/// The number's buckets, the narrow and the wide one.
pub(super) fn of_number(number: Decimal) -> [Bucket; 2] {
    let place = place_of(number);
    [Bucket::Narrow(place), Bucket::Wide(place >> MANTISSA_BITS)]
}

/// The place of its narrow bucket: sign, exponent and the first bits of the mantissa of the nearest float.
fn place_of(number: Decimal) -> i32 {
    let float = number.to_f64().unwrap_or_default();
    let exponent_and_mantissa = (float.abs().to_bits() >> (52 - MANTISSA_BITS)) as i32;
    let distance = (exponent_and_mantissa - SMALLEST).clamp(0, LAST);
    if float < 0.0 { -distance } else { distance }
}

/// Buckets of the numbers between these, and one more on each side: floats are not exact. Wide ones where
/// all of them is asked for.
pub(super) fn number_range(from: Option<Decimal>, to: Option<Decimal>) -> Vec<Bucket> {
    let mut next = from.map_or(-LAST, |number| place_of(number) - 1).max(-LAST);
    let last = to.map_or(LAST, |number| place_of(number) + 1).min(LAST);
    let width = 1 << MANTISSA_BITS;
    let mut buckets = Vec::new();
    while next <= last {
        let is_whole = next % width == 0 && next + width - 1 <= last;
        buckets.push(match is_whole {
            true => Bucket::Wide(next >> MANTISSA_BITS),
            false => Bucket::Narrow(next),
        });
        next += if is_whole { width } else { 1 };
    }
    buckets
}

/// Buckets of the days between these.
pub(super) fn month_range(from: Option<NaiveDate>, to: Option<NaiveDate>) -> RangeInclusive<i32> {
    let month = |day: NaiveDate| {
        (day.year() * 12 + day.month0() as i32).clamp(*MONTHS.start(), *MONTHS.end())
    };
    from.map_or(*MONTHS.start(), month)..=to.map_or(*MONTHS.end(), month)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_in_every_range_around_it(a in any::<i64>(), b in any::<i64>(), scale in 0u32..18) {
            let (a, b) = (Decimal::new(a.min(b), scale), Decimal::new(a.max(b), scale));
            let has = |range: Vec<Bucket>, number| {
                of_number(number).iter().any(|bucket| range.contains(bucket))
            };
            prop_assert!(place_of(a) <= place_of(b));
            for number in [a, b] {
                prop_assert!(has(number_range(Some(a), Some(b)), number));
                prop_assert!(has(number_range(Some(a), None), number));
                prop_assert!(has(number_range(None, Some(b)), number));
            }
        }

        #[test]
        fn what_is_well_outside_of_a_range_is_not_in_it(number in 1i64..1_000_000_000) {
            let (number, twice) = (Decimal::from(number), Decimal::from(number * 2));
            let outside = |range: Vec<Bucket>, number| {
                of_number(number).iter().all(|bucket| !range.contains(bucket))
            };
            prop_assert!(outside(number_range(Some(twice), None), number));
            prop_assert!(outside(number_range(None, Some(number)), twice));
            prop_assert!(outside(number_range(None, Some(-number)), number));
        }

        #[test]
        fn buckets_keep_the_order_of_days(a in -900_000i32..900_000, b in -900_000i32..900_000) {
            let day = |days| NaiveDate::from_num_days_from_ce_opt(days).expect("within the calendar");
            let (a, b) = (day(a.min(b)), day(a.max(b)));
            let of = |day| *month_range(Some(day), Some(day)).start();
            prop_assert!(of(a) <= of(b));
            prop_assert!(month_range(Some(a), None).contains(&of(b)));
            prop_assert!(month_range(None, Some(b)).contains(&of(a)));
        }
    }

    #[test]
    fn a_range_has_few_buckets() {
        assert!(number_range(Some(Decimal::ONE), None).len() < 200);
        assert!(number_range(None, None).len() < 200);
    }
}
