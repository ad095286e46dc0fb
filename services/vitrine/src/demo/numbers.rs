//! Prices that end as prices do, item numbers and article numbers with their check digit.

/// An amount in both currencies of the shop, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Euro cents.
    pub eur: u32,
    /// US cents.
    pub usd: u32,
}

/// The nearest natural prices to so many euros.
pub(crate) fn price_near(euros: f64) -> Price {
    Price { eur: natural(euros, 90), usd: natural(euros * 1.12, 99) }
}

/// Small amounts end with these cents, middle ones are whole, large ones end with nine.
fn natural(amount: f64, cents: u32) -> u32 {
    let whole = |value: f64| value.round().max(1.0) as u32;
    match amount {
        ..40.0 => (whole(amount) - 1).max(1) * 100 + cents,
        40.0..100.0 => whole(amount) * 100 - (100 - cents),
        100.0..1000.0 => (whole(amount / 10.0) * 10 - 1) * 100,
        _ => (whole(amount / 50.0) * 50 - 1) * 100,
    }
}

/// `12.90`, as price collections take it.
pub(crate) fn amount(minor_units: u32) -> String {
    format!("{}.{:02}", minor_units / 100, minor_units % 100)
}

/// An EAN-13 of the range 20–29, which is reserved for use inside a shop.
pub(crate) fn ean(running_number: u32) -> String {
    let digits = format!("200{running_number:09}");
    format!("{digits}{}", check_digit(&digits))
}

/// The thirteenth digit (GS1 General Specifications 7.9): weights 1 and 3, summing up to tens.
pub(crate) fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    (10 - sum % 10) % 10
}

/// Letters and digits for item numbers and codes, without accents; runs of anything else become one dash.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ä' => slug.push_str("ae"),
            'ö' | 'ø' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'é' | 'è' | 'ê' => slug.push('e'),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_end_naturally() {
        assert_eq!(price_near(12.3), Price { eur: 1190, usd: 1399 });
        assert_eq!(price_near(57.0), Price { eur: 5690, usd: 6399 });
        assert_eq!(price_near(233.0), Price { eur: 22900, usd: 25900 });
        assert_eq!(price_near(1210.0), Price { eur: 119_900, usd: 134_900 });
    }

    #[test]
    fn check_digits_follow_the_standard() {
        assert_eq!(check_digit("400638133393"), 1);
        assert_eq!(ean(1), "2000000000015");
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Bela Vista"), "bela-vista");
        assert_eq!(slug("Søn & Töchter"), "soen-toechter");
    }
}
