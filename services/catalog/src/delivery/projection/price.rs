//! Prices of the management API become integer minor units.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde_json::Value;
use types::CurrencyCode;

use super::super::{
    document::{PriceRange, Prices},
    structure::decimal,
};

/// Digits after the point of a currency (ISO 4217).
pub(in crate::delivery) fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// Minor units of an amount; a fraction of one is rounded half to even. `None` if it does not fit or
/// is negative.
fn minor_units(amount: Decimal, currency: &str) -> Option<i64> {
    let factor = Decimal::from(10_i64.pow(minor_digits(currency)));
    let exact = amount.checked_mul(factor)?;
    let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
    rounded.to_i64().filter(|minor| *minor >= 0)
}

/// A price collection in the currencies of the channel.
pub(super) fn prices(collection: Option<&Value>, currencies: &[String]) -> Prices {
    let prices = collection.and_then(Value::as_array).into_iter().flatten();
    prices
        .filter_map(|price| {
            let currency = price["currency"].as_str()?;
            let minor = minor_units(decimal(&price["amount"])?, currency)?;
            let is_used = currencies.iter().any(|used| used == currency);
            let currency = CurrencyCode::parse(currency).ok().filter(|_| is_used)?;
            Some((currency, PriceRange { min: minor, max: minor }))
        })
        .collect()
}

/// From the lowest to the highest of several prices.
pub(super) fn span<'a>(all: impl Iterator<Item = &'a Prices>) -> Prices {
    let mut span = Prices::new();
    for (currency, range) in all.flatten() {
        let known = span.entry(currency.clone()).or_insert(*range);
        known.min = known.min.min(range.min);
        known.max = known.max.max(range.max);
    }
    span
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn euros(amount: Value) -> Option<i64> {
        let collection = json!([{ "amount": amount, "currency": "EUR" }]);
        let prices = prices(Some(&collection), &["EUR".to_owned()]);
        prices.values().next().map(|range| range.min)
    }

    #[test]
    fn a_price_becomes_minor_units_without_loss() {
        assert_eq!(euros(json!("19.99")), Some(1999));
        assert_eq!(euros(json!(20)), Some(2000));
        assert_eq!(euros(json!("0.29")), Some(29));
        assert_eq!(euros(json!("92233720368547758.07")), Some(i64::MAX));
    }

    #[test]
    fn what_is_no_price_is_left_out() {
        for bad in [json!("x"), json!("-1"), json!(null), json!("99999999999999999999")] {
            assert_eq!(euros(bad.clone()), None, "{bad}");
        }
    }

    #[test]
    fn currencies_differ_in_their_minor_units() {
        let collection = json!([{"amount": "500", "currency": "JPY"}]);
        let prices = prices(Some(&collection), &["JPY".to_owned()]);
        assert_eq!(prices.values().next().map(|range| range.min), Some(500));
    }
}
