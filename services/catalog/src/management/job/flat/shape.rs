//! What the columns of a file may be named after.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use crate::management::{
    association_type::AssociationType, attribute::Attribute, channel::Channel, error::Result,
    locale::Locale, reading::find_main_identifier, resource::store,
};

/// Attributes, association types, channels and locales, each by its code.
#[derive(Debug, Default)]
pub(in super::super) struct Shape {
    pub(super) attributes: BTreeMap<String, Attribute>,
    pub(super) association_types: BTreeMap<String, AssociationType>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) locales: BTreeSet<String>,
    pub(super) main_identifier: String,
}

impl Shape {
    /// As they are now.
    pub(in super::super) async fn load(connection: &mut PgConnection) -> Result<Self> {
        let attributes: Vec<Attribute> = store::find_all(connection, "").await?;
        let types: Vec<AssociationType> = store::find_all(connection, "").await?;
        let channels: Vec<Channel> = store::find_all(connection, "").await?;
        let locales: Vec<Locale> = store::find_all(connection, "").await?;
        Ok(Self {
            attributes: attributes.into_iter().map(|one| (one.code.clone(), one)).collect(),
            association_types: types.into_iter().map(|one| (one.code.clone(), one)).collect(),
            channels: channels.into_iter().map(|one| (one.code.clone(), one)).collect(),
            locales: locales.into_iter().map(|one| one.code).collect(),
            main_identifier: find_main_identifier(connection).await?,
        })
    }

    /// Locales that some channel uses.
    pub(super) fn active_locales(&self) -> BTreeSet<&str> {
        self.channels.values().flat_map(|channel| &channel.locales).map(String::as_str).collect()
    }

    /// Currencies of the channel, or of any if none is given.
    pub(super) fn currencies(&self, scope: Option<&str>) -> BTreeSet<&str> {
        let used = self
            .channels
            .values()
            .filter(|channel| scope.is_none_or(|scope| scope == channel.code));
        used.flat_map(|channel| &channel.currencies).map(String::as_str).collect()
    }
}
