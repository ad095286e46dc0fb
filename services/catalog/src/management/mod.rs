//! The management side: the PIM API under `/api/rest/v1`, as existing clients of Akeneo's REST API
//! know it.
//!
//! A request goes: extractors ([`access`], [`body`]) → a noun's `api` → what all nouns of a kind have
//! in common ([`resource`] for structure, `save` of products and models) → a noun's `store`. What is
//! wrong is gathered in a [`report`] and refused at once ([`error`]).

pub mod access;
pub mod asset_family;
pub mod association_type;
pub mod associations;
pub mod attribute;
pub mod attribute_group;
pub mod attribute_option;
pub mod batch;
pub mod body;
pub mod bulk;
pub mod category;
pub mod channel;
pub mod content;
pub mod currency;
pub mod error;
pub mod family;
pub mod family_variant;
pub mod feed;
pub mod fields;
pub mod filter;
pub mod group;
pub mod hal;
pub mod history;
pub mod job;
pub mod links;
pub mod locale;
pub mod lock;
pub mod lookup;
pub mod measure_family;
pub mod measurement_family;
pub mod media_file;
pub mod openapi;
pub mod product;
pub mod product_model;
pub mod projection;
pub mod proposal;
pub mod publication;
pub mod reading;
pub mod record;
pub mod reference;
pub mod reference_entity;
pub mod removal;
pub mod report;
pub mod resource;
pub mod score;
pub mod search;
pub mod search_rule;
pub mod stop_word_set;
pub mod synonym;
pub mod system;
pub mod terms;
pub mod time;
pub mod upkeep;
pub mod values;

use axum::{extract::DefaultBodyLimit, middleware};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

/// The routes of the management API.
pub fn routes() -> OpenApiRouter<App> {
    system_routes()
        .merge(structure_routes())
        .merge(attribute_routes())
        .merge(family_routes())
        .merge(product_routes())
        .merge(media_routes())
        .merge(history_routes())
        .merge(publication_routes())
        .merge(proposal_routes())
        .merge(job_routes())
        .merge(search_routes())
        .merge(feed_routes())
        .merge(reference_entity_routes())
        .merge(asset_family_routes())
        .layer(middleware::from_fn(web::tag_answers))
}

fn system_routes() -> OpenApiRouter<App> {
    use self::system::api as system;

    OpenApiRouter::new()
        .routes(routes!(system::list_endpoints))
        .routes(routes!(system::get_system_information))
}

fn job_routes() -> OpenApiRouter<App> {
    use self::job::api as job;

    OpenApiRouter::new()
        .routes(routes!(job::list_jobs))
        .routes(routes!(job::create_bulk_edit))
        .routes(routes!(job::create_import))
        .routes(routes!(job::create_export))
        .routes(routes!(job::download_job_file))
        .routes(routes!(job::get_job))
        .routes(routes!(job::list_job_errors))
        .routes(routes!(job::cancel_job))
}

fn history_routes() -> OpenApiRouter<App> {
    use self::history::api as history;

    OpenApiRouter::new()
        .routes(routes!(history::list_history))
        .routes(routes!(history::get_history))
        .routes(routes!(history::restore_version))
        .routes(routes!(history::list_nested_history))
        .routes(routes!(history::get_nested_history))
        .routes(routes!(history::restore_nested_version))
}

fn proposal_routes() -> OpenApiRouter<App> {
    use self::proposal::api as proposal;

    OpenApiRouter::new()
        .routes(routes!(proposal::get_draft, proposal::delete_draft))
        .routes(routes!(proposal::create_proposal, proposal::withdraw_proposal))
        .routes(routes!(proposal::list_proposals))
        .routes(routes!(proposal::get_proposal))
        .routes(routes!(proposal::approve_proposal))
        .routes(routes!(proposal::reject_proposal))
}

fn publication_routes() -> OpenApiRouter<App> {
    use self::publication::api as publication;

    OpenApiRouter::new()
        .routes(routes!(publication::get_publication, publication::update_publication))
        .routes(routes!(publication::update_publications))
        .routes(routes!(publication::list_publication_history))
        .routes(routes!(publication::get_publication_history))
        .routes(routes!(publication::restore_publication))
}

/// Files are counted while they stream, not limited before.
fn media_routes() -> OpenApiRouter<App> {
    use self::asset_family::media_api as asset_media;
    use self::media_file::api as media;
    use self::reference_entity::media_api as reference_entity_media;

    OpenApiRouter::new()
        .routes(routes!(media::list_media_files, media::create_media_file))
        .routes(routes!(media::get_media_file, media::delete_media_file))
        .routes(routes!(reference_entity_media::create_reference_entity_media_file))
        .routes(routes!(reference_entity_media::get_reference_entity_media_file))
        .routes(routes!(asset_media::create_asset_media_file))
        .routes(routes!(asset_media::get_asset_media_file))
        .routes(routes!(media::create_category_media_file))
        .routes(routes!(media::download_category_media_file))
        .layer(DefaultBodyLimit::disable())
}

fn structure_routes() -> OpenApiRouter<App> {
    use association_type::api as association_type;
    use category::api as category;
    use channel::api as channel;
    use currency::api as currency;
    use group::api as group;
    use locale::api as locale;

    OpenApiRouter::new()
        .routes(routes!(locale::list_locales))
        .routes(routes!(locale::get_locale))
        .routes(routes!(currency::list_currencies))
        .routes(routes!(currency::get_currency))
        .routes(routes!(
            category::list_categories,
            category::create_category,
            category::update_categories
        ))
        .routes(routes!(
            category::get_category,
            category::update_category,
            category::delete_category
        ))
        .routes(routes!(channel::list_channels, channel::create_channel, channel::update_channels))
        .routes(routes!(channel::get_channel, channel::update_channel, channel::delete_channel))
        .routes(routes!(
            association_type::list_association_types,
            association_type::create_association_type,
            association_type::update_association_types
        ))
        .routes(routes!(
            association_type::get_association_type,
            association_type::update_association_type,
            association_type::delete_association_type
        ))
        .routes(routes!(group::list_groups, group::create_group, group::update_groups))
        .routes(routes!(group::get_group, group::update_group, group::delete_group))
}

fn search_routes() -> OpenApiRouter<App> {
    use search_rule::api as rule;
    use stop_word_set::api as stop_words;
    use synonym::api as synonym;

    OpenApiRouter::new()
        .routes(routes!(synonym::list_synonyms, synonym::create_synonym, synonym::update_synonyms))
        .routes(routes!(synonym::get_synonym, synonym::update_synonym, synonym::delete_synonym))
        .routes(routes!(
            stop_words::list_stop_word_sets,
            stop_words::create_stop_word_set,
            stop_words::update_stop_word_sets
        ))
        .routes(routes!(
            stop_words::get_stop_word_set,
            stop_words::update_stop_word_set,
            stop_words::delete_stop_word_set
        ))
        .routes(routes!(
            rule::list_search_rules,
            rule::create_search_rule,
            rule::update_search_rules
        ))
        .routes(routes!(rule::get_search_rule, rule::update_search_rule, rule::delete_search_rule))
}

fn feed_routes() -> OpenApiRouter<App> {
    use self::feed::api as feed;

    OpenApiRouter::new()
        .routes(routes!(feed::list_feeds, feed::create_feed, feed::update_feeds))
        .routes(routes!(feed::get_feed, feed::update_feed, feed::delete_feed))
}

fn attribute_routes() -> OpenApiRouter<App> {
    use attribute::api as attribute;
    use attribute_group::api as group;
    use attribute_option::api as option;
    use measure_family::api as measure;
    use measurement_family::api as measurement;

    OpenApiRouter::new()
        .routes(routes!(
            group::list_attribute_groups,
            group::create_attribute_group,
            group::update_attribute_groups
        ))
        .routes(routes!(
            group::get_attribute_group,
            group::update_attribute_group,
            group::delete_attribute_group
        ))
        .routes(routes!(
            attribute::list_attributes,
            attribute::create_attribute,
            attribute::update_attributes
        ))
        .routes(routes!(
            attribute::get_attribute,
            attribute::update_attribute,
            attribute::delete_attribute
        ))
        .routes(routes!(
            option::list_attribute_options,
            option::create_attribute_option,
            option::update_attribute_options
        ))
        .routes(routes!(
            option::get_attribute_option,
            option::update_attribute_option,
            option::delete_attribute_option
        ))
        .routes(routes!(
            measurement::list_measurement_families,
            measurement::update_measurement_families
        ))
        .routes(routes!(measurement::delete_measurement_family))
        .routes(routes!(measure::list_measure_families))
        .routes(routes!(measure::get_measure_family))
}

fn family_routes() -> OpenApiRouter<App> {
    use family::api as family;
    use family_variant::api as variant;

    OpenApiRouter::new()
        .routes(routes!(family::list_families, family::create_family, family::update_families))
        .routes(routes!(family::get_family, family::update_family, family::delete_family))
        .routes(routes!(
            variant::list_family_variants,
            variant::create_family_variant,
            variant::update_family_variants
        ))
        .routes(routes!(
            variant::get_family_variant,
            variant::update_family_variant,
            variant::delete_family_variant
        ))
}

fn product_routes() -> OpenApiRouter<App> {
    use self::product::api as product;
    use self::product::api_by_identifier as by_identifier;
    use self::product_model::api as model;

    OpenApiRouter::new()
        .routes(routes!(product::list_products, product::create_product, product::update_products))
        .routes(routes!(product::get_product, product::update_product, product::delete_product))
        .routes(routes!(product::search_products))
        .routes(routes!(
            by_identifier::list_products_by_identifier,
            by_identifier::create_product_by_identifier,
            by_identifier::update_products_by_identifier
        ))
        .routes(routes!(
            by_identifier::get_product_by_identifier,
            by_identifier::update_product_by_identifier,
            by_identifier::delete_product_by_identifier
        ))
        .routes(routes!(
            model::list_product_models,
            model::create_product_model,
            model::update_product_models
        ))
        .routes(routes!(
            model::get_product_model,
            model::update_product_model,
            model::delete_product_model
        ))
}

fn reference_entity_routes() -> OpenApiRouter<App> {
    use reference_entity::{
        api as entity, attribute_api as attribute, option_api as option, record_api as record,
    };

    OpenApiRouter::new()
        .routes(routes!(entity::list_reference_entities))
        .routes(routes!(
            entity::get_reference_entity,
            entity::update_reference_entity,
            entity::delete_reference_entity
        ))
        .routes(routes!(attribute::list_reference_entity_attributes))
        .routes(routes!(
            attribute::get_reference_entity_attribute,
            attribute::update_reference_entity_attribute,
            attribute::delete_reference_entity_attribute
        ))
        .routes(routes!(option::list_reference_entity_attribute_options))
        .routes(routes!(
            option::get_reference_entity_attribute_option,
            option::update_reference_entity_attribute_option,
            option::delete_reference_entity_attribute_option
        ))
        .routes(routes!(
            record::list_reference_entity_records,
            record::update_reference_entity_records
        ))
        .routes(routes!(
            record::get_reference_entity_record,
            record::update_reference_entity_record,
            record::delete_reference_entity_record
        ))
}

fn asset_family_routes() -> OpenApiRouter<App> {
    use asset_family::{
        api as family, asset_api as asset, attribute_api as attribute, option_api as option,
    };

    OpenApiRouter::new()
        .routes(routes!(family::list_asset_families))
        .routes(routes!(
            family::get_asset_family,
            family::update_asset_family,
            family::delete_asset_family
        ))
        .routes(routes!(attribute::list_asset_family_attributes))
        .routes(routes!(
            attribute::get_asset_family_attribute,
            attribute::update_asset_family_attribute,
            attribute::delete_asset_family_attribute
        ))
        .routes(routes!(option::list_asset_family_attribute_options))
        .routes(routes!(
            option::get_asset_family_attribute_option,
            option::update_asset_family_attribute_option,
            option::delete_asset_family_attribute_option
        ))
        .routes(routes!(asset::list_assets, asset::update_assets))
        .routes(routes!(asset::get_asset, asset::update_asset, asset::delete_asset))
}
