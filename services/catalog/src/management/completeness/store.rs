use sqlx::PgConnection;

use super::{Channels, Required, Requirements};
use crate::management::error::Result;

pub(super) async fn load_channels(connection: &mut PgConnection) -> Result<Channels> {
    let channels: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select code, array(select locale from channel_locale where channel = code order by locale)
         from channel order by code",
    )
    .fetch_all(connection)
    .await?;
    Ok(Channels(channels.into_iter().collect()))
}

pub(super) async fn load(connection: &mut PgConnection, families: &[&str]) -> Result<Requirements> {
    let channels = load_channels(connection).await?;
    let mut requirements = Requirements { channels, ..Requirements::default() };
    type Row = (String, String, String, bool, bool, Vec<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "select f.family, f.channel, a.code, a.localizable, a.scopable, a.available_locales
         from (select family, channel, attribute from family_requirement where family = any($1)
               union
               select f.code, c.code, i.code
               from family f cross join channel c
               join attribute i on i.is_main_identifier where f.code = any($1)) f
         join attribute a on a.code = f.attribute",
    )
    .bind(families)
    .fetch_all(connection)
    .await?;
    for (family, channel, attribute, localizable, scopable, available_locales) in rows {
        let required = Required { attribute, localizable, scopable, available_locales };
        requirements.required.entry((family, channel)).or_default().push(required);
    }
    Ok(requirements)
}
