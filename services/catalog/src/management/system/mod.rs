//! What the API says about itself.

pub mod api;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::{OpenApi, PathItem};

const ROOT: &str = "/api/rest/v1/";

/// Routes by the names that clients of this API know: `pim_api_family_list`.
fn name_routes(document: &OpenApi) -> BTreeMap<String, Value> {
    let mut routes = BTreeMap::new();
    for (path, item) in &document.paths.paths {
        let Some(rest) = path.strip_prefix(ROOT) else { continue };
        for (method, verb) in verbs(rest, item) {
            let name = format!("pim_api_{}_{verb}", noun(rest));
            routes.insert(name, json!({"route": path, "methods": [method]}));
        }
    }
    routes
}

/// What each path takes: `GET, POST`.
pub fn list_methods(document: &OpenApi) -> BTreeMap<String, String> {
    let methods = |item: &PathItem| {
        let all = [
            ("DELETE", &item.delete),
            ("GET", &item.get),
            ("PATCH", &item.patch),
            ("POST", &item.post),
            ("PUT", &item.put),
        ];
        let taken = all.into_iter().filter(|(_, operation)| operation.is_some());
        taken.map(|(method, _)| method).collect::<Vec<_>>().join(", ")
    };
    document.paths.paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

fn noun(path: &str) -> String {
    let mut segments = path.split('/');
    let (first, third) = (segments.next().unwrap_or_default(), segments.nth(1));
    match (first, third) {
        _ if path.contains("/publication/versions") => "publication_history".into(),
        _ if path.ends_with("/draft") => "draft".into(),
        _ if path.ends_with("/proposal") => "proposal".into(),
        _ if path.ends_with("/publication") => "publication".into(),
        _ if path.contains("/versions") && path.contains("{nested}") => "nested_history".into(),
        _ if path.contains("/versions") => "history".into(),
        ("jobs", Some("errors")) => "job_error".into(),
        ("products-uuid", _) => "product_uuid".into(),
        ("attributes", Some("options")) => "attribute_option".into(),
        ("families", Some("variants")) => "family_variant".into(),
        ("families", _) => "family".into(),
        ("categories", _) => "category".into(),
        ("category-media-files", _) => "category_media_file".into(),
        ("currencies", _) => "currency".into(),
        ("measure-families", _) => "measure_family".into(),
        ("measurement-families", _) => "measurement_family".into(),
        (other, _) => other.trim_end_matches('s').replace('-', "_"),
    }
}

fn post_verb(path: &str) -> &'static str {
    match path.rsplit('/').next() {
        Some("search") => "search",
        Some("restore") => "restore",
        Some("cancel") => "cancel",
        Some("approve") => "approve",
        Some("reject") => "reject",
        _ => "create",
    }
}

fn verbs(path: &str, item: &PathItem) -> Vec<(&'static str, &'static str)> {
    let is_one = path.ends_with('}');
    let verbs = [
        (item.get.is_some(), "GET", if is_one { "get" } else { "list" }),
        (item.post.is_some(), "POST", post_verb(path)),
        (
            item.patch.is_some(),
            "PATCH",
            if is_one { "partial_update" } else { "partial_update_list" },
        ),
        (item.delete.is_some(), "DELETE", "delete"),
    ];
    verbs.into_iter().filter(|(there, ..)| *there).map(|(_, method, verb)| (method, verb)).collect()
}
