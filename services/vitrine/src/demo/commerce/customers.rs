//! Forty people with an account.

use fastrand::Rng;
use serde::Serialize;

use crate::demo::numbers::slug;
use crate::demo::shop::fingerprint;
use crate::demo::words::people::{CITIES, City, NAMES, STREETS};

/// A customer of the demo. The loader chooses the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// `lena.hoffmann@example.com`; `example.com` receives no mail.
    pub email: String,
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// `de_DE`, `fr_FR` or `en_US`.
    pub locale: &'static str,
    /// `EUR` or `USD`.
    pub currency: &'static str,
    /// Where parcels go.
    pub address: Address,
}

/// A postal address in the form of the public API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// Street and house number, in the order of the country.
    pub street: String,
    /// City.
    pub city: &'static str,
    /// State, in the US.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'static str>,
    /// Postal code.
    pub postal_code: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
}

pub(super) fn draw_customers(seed: u64) -> Vec<Customer> {
    let mut rng = Rng::with_seed(seed ^ fingerprint("customers"));
    let people =
        NAMES.iter().flat_map(|(country, names)| names.iter().map(move |name| (*country, *name)));
    people.map(|(country, name)| draw_customer(country, name, &mut rng)).collect()
}

fn draw_customer(
    country: &'static str,
    (first_name, last_name): (&'static str, &'static str),
    rng: &mut Rng,
) -> Customer {
    let (locale, currency) = match country {
        "DE" => ("de_DE", "EUR"),
        "FR" => ("fr_FR", "EUR"),
        _ => ("en_US", "USD"),
    };
    let cities: Vec<&City> = CITIES.iter().filter(|city| city.country == country).collect();
    let city = rng.choice(cities).expect("every country has cities");
    let address = Address {
        first_name,
        last_name,
        street: draw_street(country, rng),
        city: city.name,
        region: city.region,
        postal_code: city.postal_code,
        country: city.country,
    };
    let email = format!("{}.{}@example.com", slug(first_name), slug(last_name));
    Customer { email, first_name, last_name, locale, currency, address }
}

fn draw_street(country: &str, rng: &mut Rng) -> String {
    let streets =
        STREETS.iter().find(|(known, _)| *known == country).map_or(&[][..], |(_, streets)| streets);
    let street = rng.choice(streets).copied().unwrap_or_default();
    let number = rng.u32(1..=180);
    if country == "DE" { format!("{street} {number}") } else { format!("{number} {street}") }
}
