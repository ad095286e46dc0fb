//! Locations, promotions, shipping methods and tax rates, as the order service takes them.

use serde_json::{Value, json};

const PLACES_SHIPPED_TO: &[&str] = &["DE", "AT", "FR", "IT", "ES", "NL", "BE", "GB", "US"];

pub(super) fn locations() -> Vec<Value> {
    vec![
        json!({ "code": "main", "name": "Main warehouse", "position": 1 }),
        json!({ "code": "store", "name": "Flagship store", "position": 2 }),
    ]
}

/// 10 % off large carts in either currency, and 10 % for newcomers with a coupon.
pub(super) fn promotions() -> Vec<Value> {
    let large_cart = |code: &str, name: &str, currency: &str, min_amount: u32| {
        json!({
            "code": code,
            "name": name,
            "kind": "percent",
            "basis_points": 1000,
            "currency": currency,
            "min_amount": min_amount,
            "priority": 10,
        })
    };
    vec![
        large_cart("large-cart-eur", "10 % off from €500", "EUR", 50_000),
        large_cart("large-cart-usd", "10 % off from $550", "USD", 55_000),
        json!({
            "code": "welcome",
            "name": "10 % off your first order",
            "kind": "percent",
            "basis_points": 1000,
            "requires_coupon": true,
            "priority": 5,
        }),
    ]
}

pub(super) fn coupons() -> Vec<Value> {
    vec![json!({ "code": "WELCOME10", "promotion": "welcome", "per_customer_limit": 1 })]
}

pub(super) fn shipping_methods() -> Vec<Value> {
    let price = |currency: &str, amount: u32, free_over: Option<u32>| {
        let mut price = json!({ "currency": currency, "amount": amount });
        if let Some(free_over) = free_over {
            price["free_over"] = json!(free_over);
        }
        price
    };
    vec![
        json!({
            "code": "standard",
            "name": "Standard, 2 to 4 days",
            "prices": [price("EUR", 490, Some(9_900)), price("USD", 690, Some(12_900))],
            "countries": PLACES_SHIPPED_TO,
            "position": 1,
        }),
        json!({
            "code": "express",
            "name": "Express, next working day",
            "prices": [price("EUR", 1290, None), price("USD", 1990, None)],
            "countries": ["DE", "AT", "FR", "US"],
            "position": 2,
        }),
        json!({
            "code": "pickup",
            "name": "Pick up at the flagship store",
            "prices": [price("EUR", 0, None), price("USD", 0, None)],
            "position": 3,
        }),
    ]
}

/// Country, tax class and rate in percent. Prices contain them; American prices contain no tax, and
/// no rate stands for none.
const RATES: &[(&str, &str, f64)] = &[
    ("DE", "standard", 19.0),
    ("DE", "reduced", 7.0),
    ("AT", "standard", 20.0),
    ("AT", "reduced", 10.0),
    ("FR", "standard", 20.0),
    ("FR", "reduced", 5.5),
    ("IT", "standard", 22.0),
    ("IT", "reduced", 10.0),
    ("ES", "standard", 21.0),
    ("ES", "reduced", 10.0),
    ("NL", "standard", 21.0),
    ("NL", "reduced", 9.0),
    ("BE", "standard", 21.0),
    ("BE", "reduced", 6.0),
    ("GB", "standard", 20.0),
    ("GB", "reduced", 0.0),
];

pub(super) fn tax_rates() -> Vec<Value> {
    RATES
        .iter()
        .map(|(country, tax_class, percent)| {
            json!({
                "name": format!("VAT {percent} %"),
                "country": country,
                "tax_class": tax_class,
                "rate_ppm": (percent * 10_000.0).round() as u32,
                "included": true,
            })
        })
        .collect()
}
