//! What an export reads: page by page, each as it is when it is read.

use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Export;
use crate::{
    App,
    management::{
        association_type::AssociationType,
        attribute::{Attribute, Kind},
        attribute_group::AttributeGroup,
        attribute_option::AttributeOption,
        category::Category,
        channel::Channel,
        error::Result,
        family::Family,
        family_variant::FamilyVariant,
        filter::{Filter, Target},
        group::Group,
        hal::PageRequest,
        job::flat::{Columns, Resource, Shape, content, structure_of},
        links::Links,
        product, product_model,
        reading::{Reading, find_main_identifier},
        resource::{Kept, store},
        search::{Condition, read_search},
    },
};

/// Products or models of one page.
const PAGE: i64 = 200;
/// The same where only their attributes are asked for.
const WIDE_PAGE: i64 = 5_000;

/// What is left to be read.
pub(super) struct Source {
    resource: Resource,
    conditions: Vec<Condition>,
    filter: Filter,
    reading: Reading,
    links: Links,
    until: DateTime<Utc>,
    /// Things whose things are read, the present one first; one without name where things belong to none.
    owners: VecDeque<String>,
    after_id: Option<Uuid>,
    after_code: Option<String>,
}

/// A thing as clients read it, and what it belongs to.
pub(super) struct Item {
    pub(super) owner: String,
    pub(super) body: Map<String, Value>,
}

impl Source {
    /// At the beginning; 422 if the request cannot be understood. Products and models that are made after
    /// `until` are left out.
    pub(super) async fn open(
        app: &App,
        connection: &mut PgConnection,
        request: &Export,
        until: DateTime<Utc>,
    ) -> Result<Self> {
        let search = Value::Object(request.search.clone()).to_string();
        let (locale, scope) = (request.search_locale.as_deref(), request.search_scope.as_deref());
        let conditions = read_search(Some(&search), locale, scope)?;
        let mut reading = Reading::load(connection, &parameters(request)).await?;
        // A price is written whole, so it is read whole; and a product keeps its identifier.
        reading.selection.currencies = None;
        if let Some(attributes) = &mut reading.selection.attributes {
            attributes.insert(find_main_identifier(connection).await?);
        }
        let resource = request.resource;
        let filter = match resource {
            Resource::Products => {
                Filter::read(connection, Target::Product, &conditions, &reading).await?
            }
            Resource::ProductModels => {
                Filter::read(connection, Target::Model, &conditions, &reading).await?
            }
            _ => Filter::default(),
        };
        let source = Self {
            resource,
            conditions,
            filter,
            reading,
            links: Links::new(&app.config.public_url)?,
            until,
            owners: find_owners(connection, resource).await?,
            after_id: None,
            after_code: None,
        };
        if !resource.has_values() {
            // Refuses conditions that there are not.
            source.count(connection).await?;
        }
        Ok(source)
    }

    /// How many things there are.
    pub(super) async fn count(&self, connection: &mut PgConnection) -> Result<i64> {
        match self.resource {
            Resource::Products => {
                product::count_matching(connection, &self.filter, self.until).await
            }
            Resource::ProductModels => {
                product_model::count_matching(connection, &self.filter, self.until).await
            }
            Resource::Families => self.count_of::<Family>(connection).await,
            Resource::FamilyVariants => self.count_of::<FamilyVariant>(connection).await,
            Resource::Attributes => self.count_of::<Attribute>(connection).await,
            Resource::AttributeOptions => self.count_of::<AttributeOption>(connection).await,
            Resource::AttributeGroups => self.count_of::<AttributeGroup>(connection).await,
            Resource::AssociationTypes => self.count_of::<AssociationType>(connection).await,
            Resource::Categories => self.count_of::<Category>(connection).await,
            Resource::Channels => self.count_of::<Channel>(connection).await,
            Resource::Groups => self.count_of::<Group>(connection).await,
        }
    }

    async fn count_of<R: Kept>(&self, connection: &mut PgConnection) -> Result<i64> {
        let mut count = 0;
        for owner in &self.owners {
            count += store::count::<R>(connection, owner, &self.conditions).await?;
        }
        Ok(count)
    }

    /// The columns of its rows. Of values those that the things have now, at every place where they may be.
    pub(super) async fn columns(&self, connection: &mut PgConnection) -> Result<Columns> {
        let shape = Shape::load(connection).await?;
        if let Some(table) = structure_of(self.resource) {
            return Ok(Columns::of_structure(table, &shape));
        }
        let attributes: BTreeSet<String> = match &self.reading.selection.attributes {
            Some(attributes) => attributes.iter().cloned().collect(),
            None => self.find_attributes(connection).await?,
        };
        let selection = &self.reading.selection;
        Ok(Columns::of_content(content::list(self.resource, attributes, &shape, selection)))
    }

    async fn find_attributes(&self, connection: &mut PgConnection) -> Result<BTreeSet<String>> {
        let (mut attributes, mut after) = (BTreeSet::new(), None);
        loop {
            let Self { filter, until, .. } = self;
            let (last, found) = match self.resource {
                Resource::ProductModels => {
                    product_model::find_attributes(connection, filter, *until, after, WIDE_PAGE)
                        .await?
                }
                _ => product::find_attributes(connection, filter, *until, after, WIDE_PAGE).await?,
            };
            attributes.extend(found);
            if last.is_none() {
                return Ok(attributes);
            }
            after = last;
        }
    }

    /// Path of the bulk write for a thing.
    pub(super) fn path(&self, owner: &str) -> String {
        match (self.resource, structure_of(self.resource)) {
            (_, Some(table)) => table.path(owner),
            (Resource::Products, None) => "products-uuid".to_owned(),
            (_, None) => "product-models".to_owned(),
        }
    }

    /// The next things; none are left if there are none.
    pub(super) async fn next(&mut self, connection: &mut PgConnection) -> Result<Vec<Item>> {
        match self.resource {
            Resource::Products | Resource::ProductModels => self.next_content(connection).await,
            Resource::Families => self.next_of::<Family>(connection).await,
            Resource::FamilyVariants => self.next_of::<FamilyVariant>(connection).await,
            Resource::Attributes => self.next_of::<Attribute>(connection).await,
            Resource::AttributeOptions => self.next_of::<AttributeOption>(connection).await,
            Resource::AttributeGroups => self.next_of::<AttributeGroup>(connection).await,
            Resource::AssociationTypes => self.next_of::<AssociationType>(connection).await,
            Resource::Categories => self.next_of::<Category>(connection).await,
            Resource::Channels => self.next_of::<Channel>(connection).await,
            Resource::Groups => self.next_of::<Group>(connection).await,
        }
    }

    async fn next_content(&mut self, connection: &mut PgConnection) -> Result<Vec<Item>> {
        let Self { filter, until, after_id, reading, links, .. } = &*self;
        let found = match self.resource {
            Resource::ProductModels => {
                product_model::find_bodies(
                    connection, filter, *until, *after_id, PAGE, reading, links,
                )
                .await?
            }
            _ => {
                product::find_bodies(connection, filter, *until, *after_id, PAGE, reading, links)
                    .await?
            }
        };
        self.after_id = found.last().map(|(id, _)| *id);
        let item = |(_, mut body)| {
            forget_links(&mut body);
            Item { owner: String::new(), body }
        };
        Ok(found.into_iter().map(item).collect())
    }

    async fn next_of<R: Kept>(&mut self, connection: &mut PgConnection) -> Result<Vec<Item>> {
        while let Some(owner) = self.owners.front().cloned() {
            let after = self.after_code.take().map(|code| ("search_after".to_owned(), code));
            let page = PageRequest::read_fixed(after.as_slice());
            let found: Vec<R> =
                store::find_page(connection, &owner, &self.conditions, &page).await?;
            match found.last() {
                Some(last) => self.after_code = Some(last.code().to_owned()),
                None => drop(self.owners.pop_front()),
            }
            if !found.is_empty() {
                let item = |thing: R| Item { owner: owner.clone(), body: thing.represent() };
                return Ok(found.into_iter().map(item).collect());
            }
        }
        Ok(Vec::new())
    }
}

/// As the lists' parameters.
fn parameters(request: &Export) -> Vec<(String, String)> {
    let list = |codes: &Option<Vec<String>>| codes.as_ref().map(|codes| codes.join(","));
    let given = [
        ("search_locale", request.search_locale.clone()),
        ("search_scope", request.search_scope.clone()),
        ("scope", request.scope.clone()),
        ("locales", list(&request.locales)),
        ("attributes", list(&request.attributes)),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

async fn find_owners(
    connection: &mut PgConnection,
    resource: Resource,
) -> Result<VecDeque<String>> {
    let owners = match resource {
        Resource::FamilyVariants => {
            let families: Vec<Family> = store::find_all(connection, "").await?;
            families.into_iter().map(|family| family.code).collect()
        }
        Resource::AttributeOptions => {
            let attributes: Vec<Attribute> = store::find_all(connection, "").await?;
            let selects = attributes.into_iter().filter(|attribute| {
                matches!(attribute.kind, Kind::SimpleSelect | Kind::MultiSelect)
            });
            selects.map(|attribute| attribute.code).collect()
        }
        _ => VecDeque::from([String::new()]),
    };
    Ok(owners)
}

/// Links of values lead to this installation only.
fn forget_links(body: &mut Map<String, Value>) {
    let values = body.get_mut("values").and_then(Value::as_object_mut);
    for entries in values.into_iter().flat_map(Map::values_mut) {
        for entry in entries.as_array_mut().into_iter().flatten() {
            entry.as_object_mut().and_then(|entry| entry.remove("_links"));
        }
    }
}
