use sqlx::{Postgres, QueryBuilder};

use super::Currency;
use crate::management::{error::Result, resource::Kept, search::Condition};

impl Kept for Currency {
    const NOUN: &'static str = "Currency";
    const TABLE: &'static str = "currency";
    const COLUMNS: &'static str = "t.code, t.enabled, t.code || ' (' || t.name || ')' as label";

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["currencies"]
    }

    fn search(query: &mut QueryBuilder<Postgres>, condition: &Condition) -> Result<bool> {
        if (condition.property.as_str(), condition.operator.as_str()) != ("enabled", "=") {
            return Ok(false);
        }
        query.push(" and t.enabled = ").push_bind(condition.boolean()?);
        Ok(true)
    }
}
