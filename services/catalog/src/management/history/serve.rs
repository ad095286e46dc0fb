use axum::response::Response;
use web::IfMatch;

use crate::{
    App,
    management::{
        access::Editor,
        asset_family::AssetFamily,
        association_type::AssociationType,
        associations::Naming,
        attribute::Attribute,
        attribute_group::AttributeGroup,
        attribute_option::AttributeOption,
        category::Category,
        channel::Channel,
        error::{Refusal, Result},
        family::Family,
        family_variant::FamilyVariant,
        feed::Feed,
        group::Group,
        measurement_family::MeasurementFamily,
        product, product_model,
        record::{Record, RecordAttribute, RecordKind},
        reference_entity::ReferenceEntity,
        resource,
        search_rule::SearchRule,
        stop_word_set::StopWordSet,
        synonym::Synonym,
    },
};

/// What is asked of a thing's history.
pub enum Request<'a> {
    /// A page of it.
    List(&'a [(String, String)]),
    /// One version.
    Version(i64),
    /// To write the state of a version anew.
    Restore {
        /// The version.
        version: i64,
        /// Who asks.
        editor: &'a Editor,
        /// The version that the client saw.
        if_match: IfMatch,
    },
}

/// A thing as its address names it; `nested` is the segment between owner and code.
pub(super) struct Address<'a> {
    pub(super) resource: &'a str,
    pub(super) owner: &'a str,
    pub(super) nested: &'a str,
    pub(super) code: &'a str,
}

/// Passes the request on to the sort of thing: the one list of those with a history.
pub(super) async fn serve(
    app: &App,
    address: Address<'_>,
    request: Request<'_>,
) -> Result<Response> {
    let Address { resource, owner, nested, code } = address;
    match (resource, nested) {
        ("products-uuid", "") => product::serve_history(app, Naming::Uuid, code, request).await,
        ("products", "") => product::serve_history(app, Naming::Identifier, code, request).await,
        ("product-models", "") => product_model::serve_history(app, code, request).await,
        ("categories", "") => resource::serve_history::<Category>(app, owner, code, request).await,
        ("channels", "") => resource::serve_history::<Channel>(app, owner, code, request).await,
        ("association-types", "") => {
            resource::serve_history::<AssociationType>(app, owner, code, request).await
        }
        ("attribute-groups", "") => {
            resource::serve_history::<AttributeGroup>(app, owner, code, request).await
        }
        ("attributes", "") => resource::serve_history::<Attribute>(app, owner, code, request).await,
        ("attributes", "options") => {
            resource::serve_history::<AttributeOption>(app, owner, code, request).await
        }
        ("families", "") => resource::serve_history::<Family>(app, owner, code, request).await,
        ("families", "variants") => {
            resource::serve_history::<FamilyVariant>(app, owner, code, request).await
        }
        ("feeds", "") => resource::serve_history::<Feed>(app, owner, code, request).await,
        ("groups", "") => resource::serve_history::<Group>(app, owner, code, request).await,
        ("measurement-families", "") => {
            resource::serve_history::<MeasurementFamily>(app, owner, code, request).await
        }
        ("synonyms", "") => resource::serve_history::<Synonym>(app, owner, code, request).await,
        ("stop-word-sets", "") => {
            resource::serve_history::<StopWordSet>(app, owner, code, request).await
        }
        ("search-rules", "") => {
            resource::serve_history::<SearchRule>(app, owner, code, request).await
        }
        ("reference-entities" | "asset-families", _) => {
            let address = Address { resource, owner, nested, code };
            serve_records(app, address, request).await
        }
        _ => Err(Refusal::not_found(format!("There is no history of \"{resource}\"."))),
    }
}

/// Kinds of records, their attributes, and records themselves.
async fn serve_records(
    app: &App,
    Address { resource, owner, nested, code }: Address<'_>,
    request: Request<'_>,
) -> Result<Response> {
    let kind = match resource {
        "reference-entities" => RecordKind::ReferenceEntity,
        _ => RecordKind::AssetFamily,
    };
    match (kind, nested) {
        (RecordKind::ReferenceEntity, "") => {
            resource::serve_history::<ReferenceEntity>(app, kind.as_str(), code, request).await
        }
        (RecordKind::AssetFamily, "") => {
            resource::serve_history::<AssetFamily>(app, kind.as_str(), code, request).await
        }
        (_, "attributes") => {
            let owner = kind.owner(owner)?;
            resource::serve_history::<RecordAttribute>(app, &owner, code, request).await
        }
        (RecordKind::ReferenceEntity, "records") | (RecordKind::AssetFamily, "assets") => {
            let owner = kind.owner(owner)?;
            resource::serve_history::<Record>(app, &owner, code, request).await
        }
        _ => Err(Refusal::not_found(format!("There is no history of \"{nested}\"."))),
    }
}
