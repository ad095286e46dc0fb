//! The public OpenAPI document: what the services say of themselves, joined, without what is internal.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    app,
    routes::{self, Service, Target},
};

const SCHEMAS: &str = "#/components/schemas/";
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// A service's document as it is committed.
fn committed(service: Service) -> &'static str {
    match service {
        Service::Auth => include_str!("../../../openapi/auth.json"),
        Service::Catalog => include_str!("../../../openapi/catalog.json"),
        Service::Order => include_str!("../../../openapi/order.json"),
        Service::Payment => include_str!("../../../openapi/payment.json"),
        Service::Recommendation => include_str!("../../../openapi/recommendation.json"),
        Service::Events => include_str!("../../../openapi/events.json"),
    }
}

/// The text of `/openapi.json` and of the committed `openapi/vitrine.json`.
pub fn public_document(public_url: &str) -> String {
    let mut sources = vec![("gateway", Target::Gateway, web::openapi::to_text(&app::openapi()))];
    for service in Service::ALL {
        let text = committed(service).to_owned();
        sources.push((service.name(), Target::Service(service), text));
    }
    let mut merged = Merged::default();
    for (name, target, text) in sources {
        let document = serde_json::from_str(&text).expect("a committed document is JSON");
        merged.add(name, target, document);
    }
    let document = merged.into_document(public_url);
    let mut text = serde_json::to_string_pretty(&document).expect("plain data can be written");
    text.push('\n');
    text
}

/// The parts of the public document so far.
#[derive(Default)]
struct Merged {
    paths: BTreeMap<String, Value>,
    schemas: BTreeMap<String, Value>,
    security_schemes: BTreeMap<String, Value>,
    tags: BTreeSet<String>,
    operation_ids: BTreeSet<String>,
}

impl Merged {
    /// Adds what the gateway routes to `target` of this document.
    fn add(&mut self, name: &'static str, target: Target, mut document: Value) {
        let schemas = take_object(&mut document, "/components/schemas");
        let renamed = self.renamed(name, &schemas);
        let paths: Vec<(String, Value)> = take_object(&mut document, "/paths")
            .into_iter()
            .filter(|(path, _)| is_routed(path, target))
            .map(|(path, mut item)| {
                rename_references(&mut item, &renamed);
                (path, item)
            })
            .collect();
        let mut schemas: Map<String, Value> = schemas
            .into_iter()
            .map(|(schema, mut value)| {
                rename_references(&mut value, &renamed);
                (renamed.get(&schema).cloned().unwrap_or(schema), value)
            })
            .collect();
        for (path, mut item) in paths {
            self.add_needed_schemas(&item, &mut schemas);
            self.name_operations(name, &mut item);
            self.paths.insert(path, item);
        }
        self.security_schemes.extend(take_object(&mut document, "/components/securitySchemes"));
    }

    /// New names for schemas whose name another service uses for something else.
    fn renamed(&self, name: &str, schemas: &Map<String, Value>) -> BTreeMap<String, String> {
        schemas
            .iter()
            .filter(|(schema, value)| {
                self.schemas.get(*schema).is_some_and(|other| other != *value)
            })
            .map(|(schema, _)| (schema.clone(), format!("{}{schema}", capitalised(name))))
            .collect()
    }

    /// Moves over the schemas that this part of the document refers to, and those that these need.
    fn add_needed_schemas(&mut self, part: &Value, schemas: &mut Map<String, Value>) {
        for name in references(part) {
            if let Some(schema) = schemas.remove(&name) {
                self.add_needed_schemas(&schema, schemas);
                self.schemas.insert(name, schema);
            }
        }
    }

    /// Gives the operations a tag that begins with the service, and ids that are unique.
    fn name_operations(&mut self, service: &str, item: &mut Value) {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            let noun = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or(service);
            let tag = if noun == service { noun.to_owned() } else { format!("{service}: {noun}") };
            operation["tags"] = json!([tag]);
            self.tags.insert(tag);
            let Some(id) = operation["operationId"].as_str().map(str::to_owned) else { continue };
            let id = if self.operation_ids.contains(&id) { format!("{service}_{id}") } else { id };
            operation["operationId"] = json!(id);
            self.operation_ids.insert(id);
        }
    }

    fn into_document(self, public_url: &str) -> Value {
        let tags: Vec<Value> = self.tags.into_iter().map(|name| json!({ "name": name })).collect();
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Vitrine",
                "description": "A PIM and commerce backend: management and delivery of a catalog, \
                    carts, orders, payments, recommendations, events, customers and staff, behind one \
                    address.",
                "version": env!("CARGO_PKG_VERSION"),
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            "servers": [{ "url": public_url }],
            "paths": self.paths,
            "components": { "schemas": self.schemas, "securitySchemes": self.security_schemes },
            "tags": tags,
        })
    }
}

fn take_object(document: &mut Value, pointer: &str) -> Map<String, Value> {
    match document.pointer_mut(pointer).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn is_routed(path: &str, target: Target) -> bool {
    // A parameter stands for any segment.
    let example = path.replace(['{', '}'], "x");
    routes::find(&example).is_some_and(|(_, route)| route.target == target)
}

/// Names of the schemas that a part of a document refers to directly.
fn references(part: &Value) -> BTreeSet<String> {
    match part {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match value.as_str() {
                Some(text) if key == "$ref" => {
                    text.strip_prefix(SCHEMAS).map(str::to_owned).into_iter().collect()
                }
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

fn rename_references(part: &mut Value, renamed: &BTreeMap<String, String>) {
    if renamed.is_empty() {
        return;
    }
    match part {
        Value::Object(object) => {
            for (key, value) in object {
                let target = value.as_str().and_then(|text| text.strip_prefix(SCHEMAS));
                match target.and_then(|name| renamed.get(name)) {
                    Some(new) if key == "$ref" => *value = json!(format!("{SCHEMAS}{new}")),
                    _ => rename_references(value, renamed),
                }
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| rename_references(item, renamed));
        }
        _ => {}
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, schema: &Value) -> Value {
        let answer = json!({ "schema": { "$ref": "#/components/schemas/Status" } });
        let content = json!({ "application/json": answer });
        json!({
            "paths": {
                path: { "get": {
                    "operationId": "get_status",
                    "tags": ["status"],
                    "responses": { "200": { "content": content } },
                } },
                "/internal/feed": { "get": { "operationId": "feed" } },
            },
            "components": { "schemas": {
                "Status": schema, "Inner": { "type": "string" }, "Unused": { "type": "null" },
            } },
        })
    }

    fn merged() -> Value {
        let mut merged = Merged::default();
        let (auth, order) = (Target::Service(Service::Auth), Target::Service(Service::Order));
        let inner = json!({ "items": { "$ref": "#/components/schemas/Inner" } });
        merged.add("auth", auth, document("/v1/me", &json!({ "type": "string" })));
        merged.add("order", order, document("/v1/orders/{id}", &inner));
        merged.into_document("http://shop.example")
    }

    #[test]
    fn only_routed_paths_and_the_schemas_they_need_are_public() {
        let merged = merged();
        let keys = |pointer: &str| -> Vec<String> {
            merged.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys("/paths"), ["/v1/me", "/v1/orders/{id}"]);
        assert_eq!(keys("/components/schemas"), ["Inner", "OrderStatus", "Status"]);
        assert_eq!(merged["servers"][0]["url"], "http://shop.example");
    }

    #[test]
    fn equal_names_of_different_things_are_told_apart() {
        let merged = merged();
        let operation = &merged["paths"]["/v1/orders/{id}"]["get"];
        assert_eq!(operation["operationId"], "order_get_status");
        assert_eq!(operation["tags"], json!(["order: status"]));
        let pointer = "/responses/200/content/application~1json/schema/$ref";
        assert_eq!(operation.pointer(pointer).unwrap(), "#/components/schemas/OrderStatus");
        assert_eq!(merged["components"]["schemas"]["Status"], json!({ "type": "string" }));
    }

    #[test]
    fn joining_loses_nothing_that_is_referred_to() {
        let schemas = |document: &Value| {
            let object = document.pointer("/components/schemas").and_then(Value::as_object);
            object.cloned().unwrap_or_default()
        };
        let public: Value = serde_json::from_str(&public_document("http://x")).unwrap();
        let kept = schemas(&public);
        let broken_before: BTreeSet<String> = Service::ALL
            .into_iter()
            .map(|service| serde_json::from_str::<Value>(committed(service)).unwrap())
            .flat_map(|document| {
                let defined = schemas(&document);
                references(&document).into_iter().filter(move |name| !defined.contains_key(name))
            })
            .collect();
        for name in references(&public) {
            assert!(kept.contains_key(&name) || broken_before.contains(&name), "{name}");
        }
    }

    #[test]
    fn nothing_internal_is_in_the_public_document() {
        let public: Value = serde_json::from_str(&public_document("http://x")).unwrap();
        let paths = public["paths"].as_object().unwrap();
        assert!(!paths.is_empty() && paths.keys().all(|path| !path.starts_with("/internal")));
    }
}
