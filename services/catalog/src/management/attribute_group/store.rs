use sqlx::{PgConnection, types::Json};

use super::{AttributeGroup, DEFAULT_GROUP};
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    history::{Action, Change, Entry},
    projection,
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for AttributeGroup {
    const NOUN: &'static str = "Attribute group";
    const TABLE: &'static str = "attribute_group";
    const COLUMNS: &'static str = "t.code, t.sort_order, t.labels, t.version,
        array(select code from attribute where attribute_group = t.code order by code collate \"C\") as attributes";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["attribute-groups"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for AttributeGroup {
    const NOT_RESTORED: &'static [&'static str] = &["attributes"];
    const USERS: &'static [(&'static str, &'static str)] =
        &[("attribute", "select code from attribute where attribute_group = $1")];

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
        let unknown: Vec<String> = sqlx::query_scalar(
            "select code from unnest($1::text[]) as given (code)
             where not exists (select from attribute a where a.code = given.code)",
        )
        .bind(&self.attributes)
        .fetch_all(connection)
        .await?;
        for code in unknown {
            report.format(
                "attributes",
                format!("Property \"attributes\" expects a valid attribute code. The attribute does not exist, \"{code}\" given."),
            );
        }
        let loses = before.is_some_and(|before| {
            before.attributes.iter().any(|attribute| !self.attributes.contains(attribute))
        });
        if loses && self.code == DEFAULT_GROUP {
            report.rule(
                "attributes",
                format!("The group \"{DEFAULT_GROUP}\" keeps its attributes until another group takes them."),
            );
        }
        Ok(())
    }

    /// Attributes that come to the group or leave it.
    async fn find_followers(&self, connection: &mut PgConnection) -> Result<Vec<Entry>> {
        let moved: Vec<(String, i64, String)> = sqlx::query_as(
            "select code, version, attribute_group from attribute
             where (code = any($2)) <> (attribute_group = $1) order by code for update",
        )
        .bind(&self.code)
        .bind(&self.attributes)
        .fetch_all(connection)
        .await?;
        Ok(moved
            .into_iter()
            .map(|(code, version, group)| self.tell_move(code, version, group))
            .collect())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into attribute_group (code, sort_order, labels) values ($1, $2, $3)
             on conflict (code) do update
             set sort_order = excluded.sort_order, labels = excluded.labels,
                 version = attribute_group.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(self.sort_order)
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "update attribute
             set attribute_group = case when code = any($2) then $1 else $3 end,
                 version = version + 1, updated_at = now()
             where (code = any($2)) <> (attribute_group = $1)",
        )
        .bind(&self.code)
        .bind(&self.attributes)
        .bind(DEFAULT_GROUP)
        .execute(&mut *connection)
        .await?;
        if before.is_some_and(|before| {
            before.labels != self.labels || before.attributes != self.attributes
        }) {
            for attribute in &self.attributes {
                projection::enqueue_of_attribute(connection, attribute).await?;
            }
        }
        Ok(())
    }
}

impl AttributeGroup {
    fn tell_move(&self, code: String, version: i64, from: String) -> Entry {
        let to = if self.attributes.contains(&code) { &self.code } else { DEFAULT_GROUP };
        let change =
            Change { property: "group".into(), place: None, old: from.into(), new: to.into() };
        Entry {
            kind: "attribute",
            owner: String::new(),
            code,
            identifier: None,
            version: version + 1,
            action: Action::Updated,
            changes: vec![change],
        }
    }
}
