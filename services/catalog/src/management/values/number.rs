use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::{Map, Value, json};

use super::data::Reading;

const MAX_PRICES: usize = 200;
/// Decimal places that the amount of a measurement is shown with at least.
pub const METRIC_PLACES: u32 = 4;
/// The same of a price.
pub const PRICE_PLACES: u32 = 2;

pub(super) fn read_number(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let number = read_amount(reading, data)?;
    write_amount(reading, number, 0).map(Some)
}

pub(super) fn read_metric(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(metric) = data.as_object() else { return reading.expects("an array", data) };
    let code = &reading.attribute.code;
    let amount = match metric.get("amount") {
        Some(Value::Null) => return Some(None),
        Some(amount) => amount,
        None => return missing_key(reading, "amount"),
    };
    let Some(unit) = metric.get("unit") else { return missing_key(reading, "unit") };
    let family = reading.attribute.metric_family.as_deref().unwrap_or_default();
    let known = unit.as_str().and_then(|unit| reading.lookup.unit(family, unit));
    let Some(unit) = known else {
        return reading
            .refuse(format!("Please specify a valid metric unit for the {code} attribute."));
    };
    let amount = read_amount(reading, amount)?;
    let amount = write_amount(reading, amount, METRIC_PLACES)?;
    Some(Some(json!({"amount": amount, "unit": unit})))
}

/// An array replaces all prices; an object of amounts by currency merges, and null removes one.
pub(super) fn read_prices(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let code = &reading.attribute.code;
    let mut prices = BTreeMap::new();
    let given: Vec<Value> = match data {
        Value::Array(items) => items.clone(),
        Value::Object(amounts) => {
            for price in reading.present.and_then(Value::as_array).into_iter().flatten() {
                let currency = price["currency"].as_str().unwrap_or_default();
                prices.insert(currency.to_owned(), price.get("amount").cloned());
            }
            let price = |(currency, amount)| json!({"currency": currency, "amount": amount});
            amounts.iter().map(price).collect()
        }
        _ => return reading.expects("an array", data),
    };
    if given.len() > MAX_PRICES {
        return reading
            .refuse(format!("The {code} attribute accepts at most {MAX_PRICES} prices."));
    }
    let mut is_refused = false;
    for item in &given {
        let Some(price) = item.as_object() else {
            reading.report.format("values", format!("Property \"{code}\" expects an array with valid data, one of the values is not an array."));
            return None;
        };
        match read_price(reading, price) {
            Some((currency, amount)) => drop(prices.insert(currency, amount)),
            None => is_refused = true,
        }
    }
    if is_refused {
        return None;
    }
    let prices: Vec<Value> = prices
        .into_iter()
        .filter_map(|(currency, amount)| Some(json!({"amount": amount?, "currency": currency})))
        .collect();
    Some(if prices.is_empty() { None } else { Some(prices.into()) })
}

fn read_price(
    reading: &mut Reading<'_>,
    price: &Map<String, Value>,
) -> Option<(String, Option<Value>)> {
    let Some(currency) = price.get("currency") else { return missing_key(reading, "currency") };
    let Some(amount) = price.get("amount") else { return missing_key(reading, "amount") };
    let Some(currency) = currency.as_str() else { return reading.expects("a string", currency) };
    reading.currency = Some(currency.to_owned());
    let amount = read_price_amount(reading, currency, amount);
    reading.currency = None;
    Some((currency.to_owned(), amount?))
}

fn read_price_amount(
    reading: &mut Reading<'_>,
    currency: &str,
    amount: &Value,
) -> Option<Option<Value>> {
    let code = &reading.attribute.code;
    let scope = reading.place.scope.as_deref();
    if !reading.lookup.is_active_currency(currency, scope) {
        return reading.refuse(format!(
            "The {code} attribute requires an activated currency, \"{currency}\" given."
        ));
    }
    if amount.is_null() {
        return Some(None);
    }
    let amount = read_amount(reading, amount)?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return reading
            .refuse(format!("The {code} attribute requires an equal or greater than 0 value."));
    }
    write_amount(reading, amount, PRICE_PLACES).map(Some)
}

fn missing_key<T>(reading: &mut Reading<'_>, key: &str) -> Option<T> {
    let code = &reading.attribute.code;
    reading
        .report
        .format("values", format!("Property \"{code}\" expects an array with the key \"{key}\"."));
    None
}

/// A number, or a text that is one, within the attribute's rules.
fn read_amount(reading: &mut Reading<'_>, data: &Value) -> Option<Decimal> {
    let code = &reading.attribute.code;
    let properties = &reading.attribute.properties;
    if !data.is_number() && !data.is_string() {
        return reading.expects("a numeric", data);
    }
    let Some(number) = read_decimal(data) else {
        return reading.refuse(format!(
            "The {code} attribute requires a number, and the submitted value is not."
        ));
    };
    if properties.decimals_allowed == Some(false) && !number.fract().is_zero() {
        return reading.refuse(format!(
            "The {code} attribute requires a non-decimal value, and {number} is not a valid value."
        ));
    }
    if properties.negative_allowed == Some(false) && number.is_sign_negative() && !number.is_zero()
    {
        return reading
            .refuse(format!("The {code} attribute requires an equal or greater than 0 value."));
    }
    let limit = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    if let Some(min) = limit(&properties.number_min).filter(|min| number < *min) {
        return reading.refuse(format!(
            "The {code} attribute requires an equal or greater than {min} value."
        ));
    }
    if let Some(max) = limit(&properties.number_max).filter(|max| number > *max) {
        return reading
            .refuse(format!("The {code} attribute requires an equal or lower than {max} value."));
    }
    fit_places(reading, number)
}

fn fit_places(reading: &mut Reading<'_>, number: Decimal) -> Option<Decimal> {
    let (code, properties) = (&reading.attribute.code, &reading.attribute.properties);
    let places = properties.decimal_places.and_then(|places| u32::try_from(places).ok());
    let Some(places) = places.filter(|places| number.normalize().scale() > *places) else {
        return Some(number);
    };
    match properties.decimal_places_strategy.as_deref() {
        Some("round") => Some(number.round_dp(places)),
        Some("trim") => Some(number.trunc_with_scale(places)),
        Some("forbid") => {
            reading.refuse(format!("The {code} attribute accepts at most {places} decimal places."))
        }
        _ => Some(number),
    }
}

/// An integer where the attribute has no fractions, else a text with at least so many places.
fn write_amount(reading: &mut Reading<'_>, number: Decimal, places: u32) -> Option<Value> {
    if reading.attribute.properties.decimals_allowed == Some(false) {
        let code = &reading.attribute.code;
        return match number.to_i64() {
            Some(integer) => Some(integer.into()),
            None => {
                reading.refuse(format!("The {code} attribute accepts numbers of up to 18 digits."))
            }
        };
    }
    let mut number = number;
    if number.scale() < places {
        number.rescale(places);
    }
    Some(number.to_string().into())
}

/// A JSON number, or a text that is one, exactly; up to 28 digits.
pub fn read_decimal(data: &Value) -> Option<Decimal> {
    match data {
        Value::Number(number) => {
            let text = number.to_string();
            text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_precision() {
        let read = |data| read_decimal(&data).map(|number| number.to_string());
        assert_eq!(read(json!("12.56787697870")), Some("12.56787697870".into()));
        assert_eq!(read(json!(12.5)), Some("12.5".into()));
        assert_eq!(read(json!(1e-7)), Some("0.0000001".into()));
        assert_eq!(read(json!("x")), None);
    }
}
