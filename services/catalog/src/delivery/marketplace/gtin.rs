//! Global trade item numbers, as GS1 gives them.

/// Why marketplaces refuse a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It has not 8, 12, 13 or 14 digits, or the last one does not follow from the others.
    Invalid,
    /// It is of a range that is not for trade between companies: variable weights, use within a shop,
    /// coupons.
    Restricted,
}

/// The number without spaces and hyphens.
pub(super) fn check(text: &str) -> Result<String, Fault> {
    let number: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_long_enough = matches!(number.len(), 8 | 12 | 13 | 14);
    if !is_long_enough || !number.bytes().all(|b| b.is_ascii_digit()) || !has_check_digit(&number) {
        return Err(Fault::Invalid);
    }
    if is_restricted(&number) { Err(Fault::Restricted) } else { Ok(number) }
}

/// Digits count threefold and once in turn from the right; the last one makes it a multiple of 10 (GS1
/// General Specifications §7.9).
fn has_check_digit(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let sum: u32 =
        digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10)
}

/// GS1 prefixes 02, 04 and 2 (use within a company), 05, 98 and 99 (coupons) of numbers with 12 digits
/// and more; shorter ones have prefixes of their own.
fn is_restricted(number: &str) -> bool {
    let padded = format!("{number:0>14}");
    let prefixes = ["02", "04", "05", "2", "98", "99"];
    number.len() >= 12 && prefixes.iter().any(|prefix| padded[1..].starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_every_length_are_taken() {
        for number in ["96385074", "036000291452", "4006381333931", "14006381333938"] {
            assert_eq!(check(number), Ok(number.to_owned()));
        }
        assert_eq!(check(" 978-3-16-148410-0 "), Ok("9783161484100".to_owned()));
    }

    #[test]
    fn what_is_no_number_or_not_for_trade_is_refused() {
        for text in ["", "4006381333932", "400638133393", "ean-blue", "٤٠٠٦٣٨١٣٣٣٩٣١", "0"]
        {
            assert_eq!(check(text), Err(Fault::Invalid), "{text}");
        }
        for text in ["2000000000008", "0200000000004", "9900000000004"] {
            assert_eq!(check(text), Err(Fault::Restricted), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_wrong_digit_never_passes(number in "[13-8][0-9]{11}", place in 0usize..13, add in 1u8..10) {
            let sum: u32 = number.bytes().zip([1, 3].into_iter().cycle())
                .map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
            let number = format!("{number}{}", (10 - sum % 10) % 10);
            prop_assert!(check(&number) != Err(Fault::Invalid));
            let mut digits = number.into_bytes();
            digits[place] = (digits[place] - b'0' + add) % 10 + b'0';
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert_eq!(check(&wrong), Err(Fault::Invalid));
        }
    }
}
