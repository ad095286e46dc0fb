use sqlx::{Postgres, QueryBuilder};

use super::Locale;
use crate::management::{error::Result, resource::Kept, search::Condition};

impl Kept for Locale {
    const NOUN: &'static str = "Locale";
    const TABLE: &'static str = "locale";
    const COLUMNS: &'static str = "t.code, t.enabled";

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["locales"]
    }

    fn search(query: &mut QueryBuilder<Postgres>, condition: &Condition) -> Result<bool> {
        if (condition.property.as_str(), condition.operator.as_str()) != ("enabled", "=") {
            return Ok(false);
        }
        query.push(" and t.enabled = ").push_bind(condition.boolean()?);
        Ok(true)
    }
}
