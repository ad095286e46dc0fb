//! Terms of scores. The rest of them is exact: all products with one grade share a term, and those whose
//! completeness differs by less than five percent.

use super::term;
use crate::management::score::{Place, Score};

/// Percentages of one term.
const WIDTH: u32 = 5;

/// A product has both.
pub(super) fn of_score(place: &Place, score: Score) -> [i32; 2] {
    let Place { channel, locale } = place;
    [in_bucket(channel, locale, score.completeness / WIDTH), of_grade(channel, locale, score.grade)]
}

/// Has one of these if its completeness is such a percentage.
pub fn of_completeness(channel: &str, locale: &str, is_asked: impl Fn(i32) -> bool) -> Vec<i32> {
    let percentages = (0..=100).filter(|percent| is_asked(*percent));
    let mut buckets: Vec<u32> =
        percentages.map(|percent| percent.cast_unsigned() / WIDTH).collect();
    buckets.dedup();
    buckets.into_iter().map(|bucket| in_bucket(channel, locale, bucket)).collect()
}

/// Has one of these if its quality grade is one of these.
pub fn of_grades(channel: &str, locale: &str, grades: &[String]) -> Vec<i32> {
    grades.iter().map(|grade| of_grade(channel, locale, grade)).collect()
}

/// No code of an attribute begins with a line feed.
fn in_bucket(channel: &str, locale: &str, bucket: u32) -> i32 {
    term(&format!("\ncompleteness {channel} {locale} {bucket}"))
}

fn of_grade(channel: &str, locale: &str, grade: &str) -> i32 {
    term(&format!("\ngrade {channel} {locale} {grade}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_has_a_term_of_every_condition_that_its_completeness_meets() {
        let place = Place { channel: "web".into(), locale: "de_DE".into() };
        for completeness in 0..=100 {
            let terms = of_score(&place, Score { completeness, grade: "A" });
            let meets =
                |least: u32| of_completeness("web", "de_DE", |other| other >= least.cast_signed());
            let has = |asked: Vec<i32>| asked.iter().any(|term| terms.contains(term));
            assert!(has(meets(completeness)));
            assert!(!has(meets(completeness + WIDTH)));
            assert!(!has(of_completeness("app", "de_DE", |_| true)));
        }
    }
}
