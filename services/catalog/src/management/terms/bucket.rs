//! Buckets of numbers and days, in their order, few enough to name all of a range.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Bits of a float's mantissa that count: four buckets for each power of two.
const MANTISSA_BITS: u32 = 2;
/// Smaller numbers, 2^-14, fall into the bucket of zero.
const SMALLEST: i32 = (1023 - 14) << MANTISSA_BITS;
/// Larger numbers, 2^40, fall into the last bucket.
const LAST: i32 = (14 + 40) << MANTISSA_BITS;
/// Days before these months and after them fall into the first and the last.
const MONTHS: RangeInclusive<i32> = 1970 * 12..=2070 * 12;

/// The number's bucket: sign, exponent and the first bits of the mantissa of the nearest float.
pub(super) fn of_number(number: Decimal) -> i32 {
    let float = number.to_f64().unwrap_or_default();
    let exponent_and_mantissa = (float.abs().to_bits() >> (52 - MANTISSA_BITS)) as i32;
    let distance = (exponent_and_mantissa - SMALLEST).clamp(0, LAST);
    if float < 0.0 { -distance } else { distance }
}

/// Buckets of the numbers between these, and one more on each side: floats are not exact.
pub(super) fn number_range(from: Option<Decimal>, to: Option<Decimal>) -> RangeInclusive<i32> {
    let from = from.map_or(-LAST, |number| of_number(number) - 1);
    let to = to.map_or(LAST, |number| of_number(number) + 1);
    from.max(-LAST)..=to.min(LAST)
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
        fn buckets_keep_the_order_of_numbers(a in any::<i64>(), b in any::<i64>(), scale in 0u32..18) {
            let (a, b) = (Decimal::new(a.min(b), scale), Decimal::new(a.max(b), scale));
            prop_assert!(of_number(a) <= of_number(b));
            prop_assert!(number_range(Some(a), Some(b)).contains(&of_number(a)));
            prop_assert!(number_range(Some(a), None).contains(&of_number(b)));
            prop_assert!(number_range(None, Some(b)).contains(&of_number(a)));
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
        assert!(number_range(Some(Decimal::ONE), None).count() < 200);
        assert!(number_range(None, None).count() < 500);
    }
}
