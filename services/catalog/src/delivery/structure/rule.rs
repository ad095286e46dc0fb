//! What staff want lists to show first, last or instead.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::delivery::index::tokenize::{plain, words};

/// A rule and when it holds.
#[derive(Debug)]
pub(in crate::delivery) struct Rule {
    pub channels: Vec<String>,
    pub locales: Vec<String>,
    pub condition: Condition,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    /// Skus of the pages that come first, in this order.
    pub pin: Vec<String>,
    /// Pages that come before the others.
    pub boost: Vec<Subject>,
    /// Pages that come last.
    pub bury: Vec<Subject>,
    /// Where the shop goes instead.
    pub redirect: Option<String>,
}

/// What is asked for when a rule holds: all that is named.
#[derive(Debug)]
pub(in crate::delivery) struct Condition {
    query: Option<Vec<String>>,
    /// Whether more may be typed around it.
    is_part: bool,
    category: Option<String>,
}

/// Pages that a rule is about.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::delivery) enum Subject {
    Skus { skus: Vec<String> },
    Attribute { attribute: String, values: Vec<String> },
}

impl Condition {
    pub(super) fn new(query: Option<&str>, is_part: bool, category: Option<String>) -> Self {
        Self { query: query.map(|text| words(&mut plain(), text)), is_part, category }
    }

    fn holds(&self, typed: Option<&[String]>, category: Option<&str>) -> bool {
        let is_typed = match (&self.query, typed) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some(typed)) if self.is_part && !wanted.is_empty() => {
                typed.windows(wanted.len()).any(|part| part == wanted)
            }
            (Some(wanted), Some(typed)) => typed == wanted,
        };
        is_typed && (self.category.is_none() || self.category.as_deref() == category)
    }
}

impl Rule {
    /// Whether it holds for these words of a text and this category at this moment.
    pub(in crate::delivery) fn holds(
        &self,
        (channel, locale): (&str, &str),
        typed: Option<&[String]>,
        category: Option<&str>,
        now: DateTime<Utc>,
    ) -> bool {
        let is_here = |places: &[String], here: &str| {
            places.is_empty() || places.iter().any(|place| place == here)
        };
        is_here(&self.channels, channel)
            && is_here(&self.locales, locale)
            && self.starts_at.is_none_or(|moment| moment <= now)
            && self.ends_at.is_none_or(|moment| now < moment)
            && self.condition.holds(typed, category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_of_the_whole_text_or_of_words_in_it() {
        let holds = |query, is_part, typed: &str| {
            let typed: Vec<String> = typed.split(' ').map(str::to_owned).collect();
            Condition::new(Some(query), is_part, None).holds(Some(&typed), None)
        };
        assert!(holds("Summer Dress", false, "summer dress"));
        assert!(!holds("summer dress", false, "red summer dress"));
        assert!(holds("summer dress", true, "red summer dress"));
        assert!(!holds("summer dress", true, "dress for summer"));
        assert!(!Condition::new(Some("mug"), true, None).holds(None, Some("mugs")));
    }

    #[test]
    fn a_condition_on_a_category_is_of_that_category_only() {
        let condition = Condition::new(None, false, Some("mugs".to_owned()));
        assert!(condition.holds(None, Some("mugs")));
        assert!(condition.holds(Some(&["blue".to_owned()]), Some("mugs")));
        assert!(!condition.holds(None, Some("kitchen")) && !condition.holds(None, None));
    }
}
