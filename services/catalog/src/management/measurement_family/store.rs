use sqlx::{PgConnection, types::Json};

use super::{MAX_FAMILIES, MeasurementFamily};
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    projection,
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for MeasurementFamily {
    const NOUN: &'static str = "Measurement family";
    const TABLE: &'static str = "measurement_family";
    const COLUMNS: &'static str = "t.code, t.labels, t.standard_unit_code, t.units, t.version";

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["measurement-families"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for MeasurementFamily {
    const USERS: &'static [(&'static str, &'static str)] =
        &[("attribute", "select code from attribute where metric_family = $1")];

    fn new(_: &str, code: &str) -> Self {
        Self::new(code)
    }

    fn labels(&self) -> Option<&Labels> {
        Some(&self.labels)
    }

    fn apply(&mut self, fields: &mut Fields<'_>) {
        self.take_over(fields);
    }

    async fn check(
        &mut self,
        before: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        self.check_itself(before, report);
        let (families, users): (i64, Vec<String>) = sqlx::query_as(
            "select (select count(*) from measurement_family),
                    array(select code from attribute where metric_family = $1 order by code limit 5)",
        )
        .bind(&self.code)
        .fetch_one(connection)
        .await?;
        let is_full = usize::try_from(families).is_ok_and(|families| families >= MAX_FAMILIES);
        if before.is_none() && is_full {
            report.rule(
                "code",
                format!("You've reached the limit of {MAX_FAMILIES} measurement families."),
            );
        }
        if before.is_some_and(|before| self.changes_conversions(before)) && !users.is_empty() {
            report.rule(
                "units",
                format!(
                    "The units cannot change while attributes use the family: {}.",
                    users.join(", ")
                ),
            );
        }
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into measurement_family (code, labels, standard_unit_code, units)
             values ($1, $2, $3, $4)
             on conflict (code) do update
             set labels = excluded.labels, units = excluded.units,
                 version = measurement_family.version + 1",
        )
        .bind(&self.code)
        .bind(Json(&self.labels))
        .bind(&self.standard_unit_code)
        .bind(Json(&self.units))
        .execute(&mut *connection)
        .await?;
        if before.is_none() {
            return Ok(());
        }
        let attributes: Vec<String> =
            sqlx::query_scalar("select code from attribute where metric_family = $1")
                .bind(&self.code)
                .fetch_all(&mut *connection)
                .await?;
        for attribute in attributes {
            projection::enqueue_of_attribute(connection, &attribute).await?;
        }
        Ok(())
    }
}

/// All families, in order of their codes.
pub(super) async fn find_all(connection: &mut PgConnection) -> Result<Vec<MeasurementFamily>> {
    let families = sqlx::query_as(
        "select code, labels, standard_unit_code, units, version from measurement_family order by code",
    )
    .fetch_all(connection)
    .await?;
    Ok(families)
}
