//! Quality grades, A to E: how well a product or model is described, per channel and locale. The rule is
//! the database's function `quality_grade`, so that filters and readers agree.

mod store;

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

pub use store::{find_of_models, find_of_products};

/// The grades, best first.
pub const GRADES: [&str; 5] = ["A", "B", "C", "D", "E"];

/// Grades of products or models.
#[derive(Debug, Default)]
pub struct Grades(HashMap<Uuid, Vec<Value>>);

impl Grades {
    /// One entry per channel and locale; none without family.
    pub fn of(&self, id: Uuid) -> Value {
        self.0.get(&id).cloned().unwrap_or_default().into()
    }

    fn add(&mut self, id: Uuid, channel: &str, locale: &str, grade: &str) {
        let entry = json!({"scope": channel, "locale": locale, "data": grade});
        self.0.entry(id).or_default().push(entry);
    }
}
