use sqlx::{PgConnection, types::Json};

use super::{MAX_OPTIONS, RecordOption};
use crate::management::{
    error::{Refusal, Result},
    fields::{Fields, Labels},
    record::{Owner, attribute::Type},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for RecordOption {
    const NOUN: &'static str = "Attribute option";
    const TABLE: &'static str = "record_option";
    const COLUMNS: &'static str = "t.code, t.labels, t.owner, t.version";
    const OWNER: Option<&'static str> = Some("owner");

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(owner: &str) -> Vec<&str> {
        let owner = Owner::parse(owner);
        owner.path().into_iter().chain(["attributes", owner.attribute, "options"]).collect()
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    async fn check_owner(owner: &str, connection: &mut PgConnection) -> Result<()> {
        let path = Owner::parse(owner);
        let found: Option<(Option<String>,)> = sqlx::query_as(
            "select a.type from record_family f
             left join record_attribute a on a.kind = f.kind and a.family = f.code and a.code = $3
             where f.kind = $1 and f.code = $2",
        )
        .bind(path.kind.as_str())
        .bind(path.family)
        .bind(path.attribute)
        .fetch_optional(connection)
        .await?;
        let Some((kind,)) = found else { return Err(path.kind.missing_family(path.family)) };
        let attribute = path.attribute;
        match kind.as_deref().map(Type::parse) {
            Some(Some(kind)) if kind.has_options() => Ok(()),
            Some(_) => Err(Refusal::not_found(format!(
                "Attribute \"{attribute}\" does not support options. Only attributes of type \
                 \"single_option\", \"multiple_options\" support options."
            ))),
            None => Err(path.missing_attribute(attribute)),
        }
    }

    fn missing(owner: &str, code: &str) -> Refusal {
        let attribute = Owner::parse(owner).attribute;
        Refusal::not_found(format!(
            "Attribute option \"{code}\" does not exist for the attribute \"{attribute}\"."
        ))
    }
}

impl Resource for RecordOption {
    const USERS: &'static [(&'static str, &'static str)] = &[(
        "record",
        "select r.code from record_option o
         join record r on r.kind = o.kind and r.family = o.family
          and has_data(r.values, o.attribute, o.code)
         where o.owner = $2 and o.code = $1",
    )];

    fn new(owner: &str, code: &str) -> Self {
        Self::new(owner, code)
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
        if before.is_some() {
            return Ok(());
        }
        let (taken, count): (bool, i64) = sqlx::query_as(
            "select coalesce(bool_or(lower(code) = lower($2)), false), count(*)
             from record_option where owner = $1",
        )
        .bind(&self.owner)
        .bind(&self.code)
        .fetch_one(connection)
        .await?;
        if taken {
            report.rule("code", "This value is already used.");
        }
        if count >= MAX_OPTIONS {
            report.rule("code", format!("You've reached the limit of {MAX_OPTIONS} options."));
        }
        Ok(())
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        let owner = Owner::parse(&self.owner);
        sqlx::query(
            "insert into record_option (kind, family, attribute, code, labels)
             values ($1, $2, $3, $4, $5)
             on conflict (owner, code) do update
             set labels = excluded.labels, version = record_option.version + 1",
        )
        .bind(owner.kind.as_str())
        .bind(owner.family)
        .bind(owner.attribute)
        .bind(&self.code)
        .bind(Json(&self.labels))
        .execute(connection)
        .await?;
        Ok(())
    }
}
