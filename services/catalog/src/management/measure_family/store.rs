use sqlx::{FromRow, Result, postgres::PgRow};

use super::MeasureFamily;
use crate::management::{measurement_family::MeasurementFamily, resource::Kept};

impl FromRow<'_, PgRow> for MeasureFamily {
    fn from_row(row: &PgRow) -> Result<Self> {
        MeasurementFamily::from_row(row).map(Self::from)
    }
}

impl Kept for MeasureFamily {
    const NOUN: &'static str = "Measure family";
    const TABLE: &'static str = MeasurementFamily::TABLE;
    const COLUMNS: &'static str = MeasurementFamily::COLUMNS;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["measure-families"]
    }
}
