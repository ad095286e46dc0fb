//! Order numbers: short enough to say on the phone, and not to be guessed from another.

use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

/// Digits and letters without I, L, O and U, which people mix up (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// `V-2026-7K3M9QXA`: the year, and 40 bits of `random`.
pub(super) fn make_number(placed_at: DateTime<Utc>, random: Uuid) -> String {
    let bits = random.as_u128();
    let letter =
        |i: usize| char::from(LETTERS[usize::try_from((bits >> (5 * i)) & 31).unwrap_or(0)]);
    let code: String = (0..LENGTH).map(letter).collect();
    format!("V-{}-{code}", placed_at.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_the_year_and_nothing_of_its_neighbours() {
        let at = "2026-11-23T10:00:00Z".parse().unwrap();
        assert_eq!(make_number(at, Uuid::nil()), "V-2026-00000000");
        assert_ne!(make_number(at, Uuid::new_v4()), make_number(at, Uuid::new_v4()));
    }
}
