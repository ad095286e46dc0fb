//! Scores of products for each channel and locale: completeness, which is how much of what the family
//! requires is there, and the quality grade. They are computed when they are read, and kept among a
//! product's terms to be found; the database's functions `completeness` and `quality_grade` compute the same.

mod of_model;
mod store;

use std::{collections::HashMap, ops::AddAssign};

use sqlx::PgConnection;

use super::{
    error::Result,
    values::{Entry, Values},
};

pub use of_model::{Grades, find_grades};

/// The quality grades, best first, and the points of 100 from which they are given.
pub const GRADES: [&str; 5] = ["A", "B", "C", "D", "E"];
const POINTS: [u32; 5] = [90, 80, 70, 60, 0];

/// What the scores of a family's products follow from.
#[derive(Debug, Default)]
pub struct Rules {
    /// Counts their changes.
    pub version: i64,
    places: Vec<Place>,
    attributes: Vec<Rule>,
    /// All that counts, for each place.
    totals: Vec<Counts>,
}

/// A channel and one of its locales.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Place {
    /// The channel.
    pub channel: String,
    /// The locale.
    pub locale: String,
}

/// An attribute that counts.
#[derive(Debug)]
struct Rule {
    code: String,
    localizable: bool,
    scopable: bool,
    /// Its value is the identifier of the product.
    is_main_identifier: bool,
    /// What it counts in each place.
    counts: Vec<Counts>,
}

/// Attributes that count in a place, or those of them that have a value there.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// To be complete, the main identifier included.
    required: u32,
    /// Of the family.
    of_family: u32,
    /// Of the family, and required.
    required_of_family: u32,
    /// The main picture.
    pictures: u32,
}

/// Scores in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// 100 · (required − missing) / required, rounded down; 100 if nothing is required.
    pub completeness: u32,
    /// 70 of 100 points for the required attributes that have a value, 20 for all of the family that have
    /// one, 10 for the main picture; without an attribute for that, of 90.
    pub grade: &'static str,
}

impl Rules {
    /// The rules of these families, by code.
    pub async fn load(
        connection: &mut PgConnection,
        families: &[&str],
    ) -> Result<HashMap<String, Self>> {
        store::load(connection, families).await
    }

    /// Rules of records: these attributes, localizable and scopable or not, are required everywhere.
    pub async fn of_records(
        connection: &mut PgConnection,
        required: impl Iterator<Item = (String, bool, bool)>,
    ) -> Result<Self> {
        let places = store::load_places(connection).await?;
        let everywhere = Counts { required: 1, ..Counts::default() };
        let rule = |(code, localizable, scopable)| Rule {
            code,
            localizable,
            scopable,
            is_main_identifier: false,
            counts: vec![everywhere; places.len()],
        };
        let attributes = required.map(rule).collect();
        Ok(Self::new(0, places, attributes))
    }

    fn new(version: i64, places: Vec<Place>, attributes: Vec<Rule>) -> Self {
        let mut totals = vec![Counts::default(); places.len()];
        attributes.iter().for_each(|rule| rule.add_to(&mut totals, |_| true));
        Self { version, places, attributes, totals }
    }

    /// The scores of something with these values, in order of channels and locales. Of an attribute that
    /// more than one level has, the first counts.
    pub fn score(
        &self,
        has_identifier: bool,
        levels: &[&Values],
    ) -> impl Iterator<Item = (&Place, Score)> + use<'_> {
        let mut filled = vec![Counts::default(); self.places.len()];
        for rule in &self.attributes {
            if rule.is_main_identifier {
                rule.add_to(&mut filled, |_| has_identifier);
            } else if let Some(entries) = levels.iter().find_map(|level| level.0.get(&rule.code)) {
                rule.add_to(&mut filled, |place| rule.has_value(entries, &self.places[place]));
            }
        }
        let counts = self.totals.iter().zip(filled);
        self.places.iter().zip(counts.map(|(total, filled)| Score::of(*total, filled)))
    }
}

impl Rule {
    /// Adds what it counts in those places.
    fn add_to(&self, sums: &mut [Counts], is_there: impl Fn(usize) -> bool) {
        for (place, (sum, counts)) in sums.iter_mut().zip(&self.counts).enumerate() {
            if is_there(place) {
                *sum += *counts;
            }
        }
    }

    fn has_value(&self, entries: &[Entry], place: &Place) -> bool {
        let locale = self.localizable.then_some(place.locale.as_str());
        let scope = self.scopable.then_some(place.channel.as_str());
        entries
            .iter()
            .any(|entry| entry.locale.as_deref() == locale && entry.scope.as_deref() == scope)
    }
}

impl Score {
    fn of(total: Counts, filled: Counts) -> Self {
        let share = |filled: u32, total: u32| (100 * filled).checked_div(total).unwrap_or(100);
        let points = (70 * share(filled.required_of_family, total.required_of_family)
            + 20 * share(filled.of_family, total.of_family)
            + 10 * 100 * filled.pictures)
            / (70 + 20 + 10 * total.pictures);
        let grade = GRADES.iter().zip(POINTS).find(|(_, least)| points >= *least);
        Self {
            completeness: share(filled.required, total.required),
            grade: grade.map_or("E", |(grade, _)| grade),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.required += other.required;
        self.of_family += other.of_family;
        self.required_of_family += other.required_of_family;
        self.pictures += other.pictures;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules(attributes: &[(&str, bool)]) -> Rules {
        let place = |locale: &str| Place { channel: "web".into(), locale: locale.into() };
        let rule = |&(code, localizable): &(&str, bool)| Rule {
            code: code.into(),
            localizable,
            scopable: false,
            is_main_identifier: code == "sku",
            counts: vec![
                Counts { required: 1, of_family: 1, required_of_family: 1, pictures: 0 };
                2
            ],
        };
        let attributes = attributes.iter().map(rule).collect();
        Rules::new(1, vec![place("de_DE"), place("en_US")], attributes)
    }

    fn completeness(rules: &Rules, levels: &[&Values]) -> Vec<u32> {
        rules.score(true, levels).map(|(_, score)| score.completeness).collect()
    }

    #[test]
    fn completeness_is_the_share_of_required_values_rounded_down() {
        let mut values = Values::default();
        values.set("name", Some("en_US"), None, Some(json!("Mug")));
        let required = rules(&[("sku", false), ("name", true), ("brand", false)]);
        assert_eq!(completeness(&required, &[&values]), [33, 66]);
        assert_eq!(completeness(&rules(&[]), &[&values]), [100, 100]);
    }

    #[test]
    fn what_the_lowest_level_has_of_an_attribute_is_all_there_is() {
        let (mut own, mut above) = (Values::default(), Values::default());
        own.set("name", Some("en_US"), None, Some(json!("Mug")));
        above.set("name", Some("de_DE"), None, Some(json!("Tasse")));
        above.set("brand", None, None, Some(json!("Acme")));
        let required = rules(&[("name", true), ("brand", false)]);
        assert_eq!(completeness(&required, &[&own, &above]), [50, 100]);
    }
}
