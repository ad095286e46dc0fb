//! What lines may be about: the one list of paths and of how things of each sort are written.

use sqlx::PgConnection;
use uuid::Uuid;
use web::IfMatch;

use crate::management::{
    asset_family::AssetFamily,
    association_type::AssociationType,
    associations::Naming,
    attribute::Attribute,
    attribute_group::AttributeGroup,
    attribute_option::AttributeOption,
    bulk::{Keyed, Saved},
    category::Category,
    channel::Channel,
    error::Result,
    family::Family,
    family_variant::FamilyVariant,
    feed::Feed,
    group::Group,
    history::Writer,
    measurement_family::MeasurementFamily,
    product, product_model,
    record::{Record, RecordAttribute, RecordKind, RecordOption},
    reference_entity::ReferenceEntity,
    resource::save_all,
    search_rule::SearchRule,
    stop_word_set::StopWordSet,
    synonym::Synonym,
};

/// A sort of thing, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i16)]
pub(super) enum Noun {
    MeasurementFamily,
    AssociationType,
    Category,
    Channel,
    AttributeGroup,
    ReferenceEntity,
    AssetFamily,
    RecordAttribute,
    RecordOption,
    Attribute,
    AttributeOption,
    Family,
    FamilyVariant,
    Group,
    Record,
    ProductModel,
    Product,
    ProductUuid,
    Synonym,
    StopWordSet,
    SearchRule,
    Feed,
}

/// What lines of one path are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) noun: Noun,
    /// What the things belong to; empty if nothing.
    owner: String,
}

impl Resource {
    /// The resource with this path below the API's root.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').collect();
        let (noun, owner) = match segments[..] {
            ["association-types"] => (Noun::AssociationType, String::new()),
            ["attribute-groups"] => (Noun::AttributeGroup, String::new()),
            ["attributes"] => (Noun::Attribute, String::new()),
            ["attributes", attribute, "options"] => (Noun::AttributeOption, attribute.to_owned()),
            ["categories"] => (Noun::Category, String::new()),
            ["channels"] => (Noun::Channel, String::new()),
            ["families"] => (Noun::Family, String::new()),
            ["families", family, "variants"] => (Noun::FamilyVariant, family.to_owned()),
            ["feeds"] => (Noun::Feed, String::new()),
            ["groups"] => (Noun::Group, String::new()),
            ["measurement-families"] => (Noun::MeasurementFamily, String::new()),
            ["product-models"] => (Noun::ProductModel, String::new()),
            ["products"] => (Noun::Product, String::new()),
            ["products-uuid"] => (Noun::ProductUuid, String::new()),
            ["search-rules"] => (Noun::SearchRule, String::new()),
            ["stop-word-sets"] => (Noun::StopWordSet, String::new()),
            ["synonyms"] => (Noun::Synonym, String::new()),
            [first, ref rest @ ..] => {
                let kinds = [RecordKind::ReferenceEntity, RecordKind::AssetFamily];
                Self::parse_of_records(kinds.into_iter().find(|kind| kind.path() == first)?, rest)?
            }
            [] => return None,
        };
        Some(Self { noun, owner })
    }

    fn parse_of_records(kind: RecordKind, rest: &[&str]) -> Option<(Noun, String)> {
        let found = match *rest {
            [] if kind == RecordKind::ReferenceEntity => {
                (Noun::ReferenceEntity, kind.as_str().to_owned())
            }
            [] => (Noun::AssetFamily, kind.as_str().to_owned()),
            [family, "attributes"] => (Noun::RecordAttribute, kind.owner(family).ok()?),
            [family, "attributes", attribute, "options"] => {
                (Noun::RecordOption, kind.owner_of_options(family, attribute).ok()?)
            }
            [family, records] if records == kind.records_path() => {
                (Noun::Record, kind.owner(family).ok()?)
            }
            _ => return None,
        };
        Some(found)
    }

    /// Writes lines, each on its own; refused as a whole if what they belong to is not there.
    pub(super) async fn save_all(
        &self,
        connection: &mut PgConnection,
        writer: &Writer,
        lines: Vec<Keyed>,
    ) -> Result<Vec<Result<Saved>>> {
        let owner = self.owner.as_str();
        match self.noun {
            Noun::MeasurementFamily => {
                save_all::<MeasurementFamily>(connection, writer, owner, &lines).await
            }
            Noun::AssociationType => {
                save_all::<AssociationType>(connection, writer, owner, &lines).await
            }
            Noun::Category => save_all::<Category>(connection, writer, owner, &lines).await,
            Noun::Channel => save_all::<Channel>(connection, writer, owner, &lines).await,
            Noun::AttributeGroup => {
                save_all::<AttributeGroup>(connection, writer, owner, &lines).await
            }
            Noun::ReferenceEntity => {
                save_all::<ReferenceEntity>(connection, writer, owner, &lines).await
            }
            Noun::AssetFamily => save_all::<AssetFamily>(connection, writer, owner, &lines).await,
            Noun::RecordAttribute => {
                save_all::<RecordAttribute>(connection, writer, owner, &lines).await
            }
            Noun::RecordOption => save_all::<RecordOption>(connection, writer, owner, &lines).await,
            Noun::Attribute => save_all::<Attribute>(connection, writer, owner, &lines).await,
            Noun::AttributeOption => {
                save_all::<AttributeOption>(connection, writer, owner, &lines).await
            }
            Noun::Family => save_all::<Family>(connection, writer, owner, &lines).await,
            Noun::FamilyVariant => {
                save_all::<FamilyVariant>(connection, writer, owner, &lines).await
            }
            Noun::Group => save_all::<Group>(connection, writer, owner, &lines).await,
            Noun::Record => save_all::<Record>(connection, writer, owner, &lines).await,
            Noun::ProductModel => save_models(connection, writer, lines).await,
            Noun::Product => save_products(connection, writer, Naming::Identifier, lines).await,
            Noun::ProductUuid => save_products(connection, writer, Naming::Uuid, lines).await,
            Noun::Synonym => save_all::<Synonym>(connection, writer, owner, &lines).await,
            Noun::StopWordSet => save_all::<StopWordSet>(connection, writer, owner, &lines).await,
            Noun::SearchRule => save_all::<SearchRule>(connection, writer, owner, &lines).await,
            Noun::Feed => save_all::<Feed>(connection, writer, owner, &lines).await,
        }
    }
}

impl Noun {
    /// Its place in the order in which things are written.
    pub(super) fn rank(self) -> i16 {
        self as i16
    }

    /// The property that holds the key.
    pub(super) fn key_property(self) -> &'static str {
        match self {
            Self::Product => "identifier",
            Self::ProductUuid => "uuid",
            _ => "code",
        }
    }

    /// A key in its usual form; 422 if it cannot be one.
    pub(super) fn normalise(self, key: &str) -> Result<String> {
        match self {
            Self::ProductUuid => {
                Uuid::parse_str(key).map(|id| id.to_string()).map_err(|_| product::not_a_uuid())
            }
            _ => Ok(key.to_owned()),
        }
    }
}

async fn save_models(
    connection: &mut PgConnection,
    writer: &Writer,
    lines: Vec<Keyed>,
) -> Result<Vec<Result<Saved>>> {
    let line = |Keyed { key: code, object: body }| product_model::Line {
        code,
        body,
        if_match: IfMatch::default(),
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    product_model::save_all(connection, writer, Naming::Identifier, &lines).await
}

async fn save_products(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: Vec<Keyed>,
) -> Result<Vec<Result<Saved>>> {
    let line =
        |Keyed { key, object: body }| product::Line { key, body, if_match: IfMatch::default() };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    product::save_all(connection, writer, naming, &lines).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_sort_of_thing_and_what_it_belongs_to() {
        let parse = |path| Resource::parse(path).map(|found| (found.noun, found.owner));
        assert_eq!(parse("products"), Some((Noun::Product, String::new())));
        let options = parse("attributes/color/options");
        assert_eq!(options, Some((Noun::AttributeOption, "color".into())));
        let records = parse("reference-entities/brand/records");
        assert_eq!(records, Some((Noun::Record, "reference_entity/brand".into())));
        let assets = parse("asset-families/photos/assets");
        assert_eq!(assets, Some((Noun::Record, "asset_family/photos".into())));
        let options = parse("asset-families/photos/attributes/mood/options");
        assert_eq!(options, Some((Noun::RecordOption, "asset_family/photos/mood".into())));
        let wrong = ["", "/products", "products/", "locales", "asset-families/photos/records"];
        for path in wrong.into_iter().chain(["attributes/color", "reference-entities/a/b/c/d"]) {
            assert_eq!(parse(path), None, "{path}");
        }
    }
}
