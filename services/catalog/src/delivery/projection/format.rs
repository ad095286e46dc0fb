//! Values as text for people, in the manner of a locale.

use rust_decimal::Decimal;

use super::super::structure::language_of;

/// A number with the locale's decimal mark and groups of three digits.
pub(super) fn number(amount: Decimal, locale: &str) -> String {
    let (mark, separator) = marks(locale);
    let text = amount.normalize().to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    out.push_str(&grouped(whole, separator));
    if !fraction.is_empty() {
        out.push(mark);
        out.push_str(fraction);
    }
    out
}

/// An amount of money, such as `19.99 EUR`.
pub(super) fn money(minor: i64, digits: u32, currency: &str, locale: &str) -> String {
    let (mark, separator) = marks(locale);
    let amount = Decimal::new(minor, digits).to_string();
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount.as_str(), ""));
    let whole = grouped(whole, separator);
    if fraction.is_empty() {
        format!("{whole} {currency}")
    } else {
        format!("{whole}{mark}{fraction} {currency}")
    }
}

/// Yes or no.
pub(in crate::delivery) fn boolean(value: bool, locale: &str) -> &'static str {
    let (yes, no) = match language_of(locale) {
        "de" => ("Ja", "Nein"),
        "nb" | "no" => ("Ja", "Nei"),
        "da" | "sv" => ("Ja", "Nej"),
        "nl" => ("Ja", "Nee"),
        "fr" => ("Oui", "Non"),
        "es" => ("Sí", "No"),
        "it" => ("Sì", "No"),
        "pt" => ("Sim", "Não"),
        "pl" => ("Tak", "Nie"),
        "cs" => ("Ano", "Ne"),
        _ => ("Yes", "No"),
    };
    if value { yes } else { no }
}

/// Decimal mark and separator of groups.
fn marks(locale: &str) -> (char, char) {
    const NARROW_SPACE: char = '\u{202f}';
    match (language_of(locale), locale) {
        (_, "de_CH") => ('.', '’'),
        ("de" | "es" | "it" | "nl" | "pt" | "da" | "tr" | "el" | "id" | "ro", _) => (',', '.'),
        ("fr" | "sv" | "nb" | "no" | "fi" | "pl" | "cs" | "ru" | "uk" | "hu", _) => {
            (',', NARROW_SPACE)
        }
        _ => ('.', ','),
    }
}

/// Groups of three from five digits on: four-digit numbers are often years or model numbers.
fn grouped(whole: &str, separator: char) -> String {
    if whole.len() < 5 {
        return whole.to_owned();
    }
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_locale_writes_them() {
        let amount = Decimal::from_str("-1234567.50").unwrap();
        assert_eq!(number(amount, "en_US"), "-1,234,567.5");
        assert_eq!(number(amount, "de_DE"), "-1.234.567,5");
        assert_eq!(number(Decimal::from(2024), "en_US"), "2024");
    }

    #[test]
    fn money_keeps_its_minor_units() {
        assert_eq!(money(1990, 2, "EUR", "de_DE"), "19,90 EUR");
        assert_eq!(money(500, 0, "JPY", "en_US"), "500 JPY");
    }
}
