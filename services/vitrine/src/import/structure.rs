//! Creates what the products need and the catalog lacks; what exists is kept as it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{
    mapping::Mapping,
    profile::AttributeKind,
    survey::{AttributeFacts, Survey},
    value::Format,
    variants::Variants,
};
use crate::client::{Client, MAX_LINES};

const API: &str = "/api/rest/v1";
const GROUP: &str = "imported";
const ROOT: &str = "master";
const CHANNEL: &str = "ecommerce";

/// What the second reading needs to know of the structure.
pub(super) struct Plan {
    /// Readable records of the file.
    pub(super) records: u64,
    /// Attribute's code → how its cells are read.
    pub(super) formats: HashMap<String, ValueFormat>,
    /// Models and their variants.
    pub(super) variants: Variants,
}

/// How an attribute's cells become values.
pub(super) struct ValueFormat {
    pub(super) format: Format,
    pub(super) localizable: bool,
}

/// Writes the structure; progress by step.
pub(super) async fn write(client: &Client, mapping: &Mapping, mut survey: Survey) -> Result<Plan> {
    let bar = ProgressBar::new(6).with_style(
        ProgressStyle::with_template("Structure  {bar:30} {pos}/{len} {msg}").expect("a template"),
    );
    let step = |name: &'static str| {
        bar.set_message(name);
        bar.inc(1);
    };
    let writer = Writer { client, locale: &mapping.profile.locale };
    step("channel");
    let root = writer.ensure_channel(&mapping.profile.currency).await?;
    step("categories");
    writer.write_categories(&survey, &root).await?;
    step("attributes");
    let identifier = writer.ensure_identifier().await?;
    writer.write_attributes(&mut survey.attributes).await?;
    step("options");
    writer.write_options(&survey.attributes).await?;
    step("families");
    writer.write_families(&survey, &identifier).await?;
    step("variants");
    writer.write_family_variants(mapping, &survey, &identifier).await?;
    bar.finish_and_clear();
    let formats = survey.attributes.into_iter().map(|(code, facts)| {
        (code, ValueFormat { format: facts.format, localizable: facts.localizable })
    });
    Ok(Plan { records: survey.records, formats: formats.collect(), variants: survey.variants })
}

struct Writer<'a> {
    client: &'a Client,
    locale: &'a str,
}

impl Writer<'_> {
    /// The root of the tree that the shop sells from. An empty catalog gets a channel, and an existing
    /// one the currency and locale of the file.
    async fn ensure_channel(&self, currency: &str) -> Result<String> {
        let channels = self.client.get(&format!("{API}/channels?limit=100")).await?;
        let Some(channel) = items(&channels).first() else {
            let root = json!({ "code": ROOT, "labels": self.label("Master") });
            self.upsert("categories", vec![root]).await?;
            let channel = json!({
                "code": CHANNEL, "category_tree": ROOT, "currencies": [currency],
                "locales": [self.locale], "labels": self.label("Shop"),
            });
            self.upsert("channels", vec![channel]).await?;
            return Ok(ROOT.to_owned());
        };
        let mut currencies = strings(&channel["currencies"]);
        let mut locales = strings(&channel["locales"]);
        if add(&mut currencies, currency) | add(&mut locales, self.locale) {
            let line = json!({
                "code": channel["code"], "currencies": currencies, "locales": locales,
            });
            self.upsert("channels", vec![line]).await?;
        }
        Ok(string(&channel["category_tree"]))
    }

    async fn write_categories(&self, survey: &Survey, root: &str) -> Result<()> {
        let lines = survey.categories.iter().map(|category| {
            let parent = category.parent.as_deref().unwrap_or(root);
            json!({ "code": category.code, "parent": parent, "labels": self.label(&category.label) })
        });
        self.upsert("categories", lines.collect()).await
    }

    /// Code of the main identifier attribute.
    async fn ensure_identifier(&self) -> Result<String> {
        let search = json!({ "type": [{ "operator": "IN", "value": ["pim_catalog_identifier"] }] });
        let found = self.client.get(&search_path("attributes", &search)).await?;
        if let Some(attribute) = items(&found).first() {
            return Ok(string(&attribute["code"]));
        }
        self.ensure_group().await?;
        let sku = json!({
            "code": "sku", "type": "pim_catalog_identifier", "group": GROUP,
            "labels": self.label("SKU"),
        });
        self.upsert("attributes", vec![sku]).await?;
        Ok("sku".to_owned())
    }

    async fn ensure_group(&self) -> Result<()> {
        let group = json!({ "code": GROUP, "labels": self.label("Imported") });
        self.upsert("attribute-groups", vec![group]).await
    }

    /// Creates missing attributes; existing ones decide how their cells are read.
    async fn write_attributes(
        &self,
        attributes: &mut BTreeMap<String, AttributeFacts>,
    ) -> Result<()> {
        let codes: Vec<String> = attributes.keys().cloned().collect();
        let existing = self.find_by_code("attributes", &codes).await?;
        self.ensure_group().await?;
        let mut missing = Vec::new();
        for (code, facts) in attributes {
            match existing.get(code) {
                Some(attribute) => facts.adopt(code, attribute)?,
                None => missing.push(self.new_attribute(code, facts)),
            }
        }
        self.upsert("attributes", missing).await
    }

    fn new_attribute(&self, code: &str, facts: &AttributeFacts) -> Value {
        let mut attribute = json!({
            "code": code, "type": type_of(facts.format.kind), "group": GROUP,
            "localizable": facts.localizable, "labels": self.label(&facts.label),
        });
        match facts.format.kind {
            AttributeKind::Number => {
                attribute["decimals_allowed"] = true.into();
                attribute["negative_allowed"] = true.into();
            }
            AttributeKind::Price => attribute["decimals_allowed"] = true.into(),
            _ => {}
        }
        attribute
    }

    async fn write_options(&self, attributes: &BTreeMap<String, AttributeFacts>) -> Result<()> {
        let selects = attributes.iter().filter(|(_, facts)| {
            matches!(facts.format.kind, AttributeKind::Select | AttributeKind::Multiselect)
        });
        for (attribute, facts) in selects {
            let resource = format!("attributes/{attribute}/options");
            let known = self.option_codes(&resource).await?;
            let missing = facts.options.iter().filter(|(code, _)| !known.contains(*code));
            let lines = missing
                .map(|(code, name)| json!({ "code": code, "labels": self.label(name) }))
                .collect();
            self.upsert(&resource, lines).await?;
        }
        Ok(())
    }

    async fn option_codes(&self, resource: &str) -> Result<BTreeSet<String>> {
        let mut codes = BTreeSet::new();
        for page in 1.. {
            let path = format!("{API}/{resource}?limit=100&page={page}");
            let answer = self.client.get(&path).await?;
            let options = items(&answer);
            codes.extend(options.iter().map(|option| string(&option["code"]).to_lowercase()));
            if options.len() < 100 {
                break;
            }
        }
        Ok(codes)
    }

    async fn write_families(&self, survey: &Survey, identifier: &str) -> Result<()> {
        let codes: Vec<String> = survey.families.keys().cloned().collect();
        let existing = self.find_by_code("families", &codes).await?;
        let label_attribute = survey
            .attributes
            .iter()
            .find(|(_, facts)| facts.as_label)
            .map_or(identifier, |(code, _)| code.as_str());
        let lines = survey.families.iter().map(|(code, facts)| {
            let mut attributes = facts.attributes.clone();
            attributes.insert(identifier.to_owned());
            attributes.insert(label_attribute.to_owned());
            let Some(family) = existing.get(code) else {
                return json!({
                    "code": code, "attributes": attributes, "attribute_as_label": label_attribute,
                    "labels": self.label(&facts.label),
                });
            };
            attributes.extend(strings(&family["attributes"]));
            json!({ "code": code, "attributes": attributes })
        });
        self.upsert("families", lines.collect()).await
    }

    async fn write_family_variants(
        &self,
        mapping: &Mapping,
        survey: &Survey,
        identifier: &str,
    ) -> Result<()> {
        let Some(rule) = &mapping.profile.variants else { return Ok(()) };
        for (code, variant) in &survey.variants.family_variants {
            let family = &survey.families[&variant.family].attributes;
            let mut attributes: BTreeSet<&str> = variant.axes.iter().map(String::as_str).collect();
            attributes.insert(identifier);
            attributes.extend(
                rule.attributes.iter().map(String::as_str).filter(|code| family.contains(*code)),
            );
            let line = json!({
                "code": code, "labels": {},
                "variant_attribute_sets":
                    [{ "level": 1, "axes": variant.axes, "attributes": attributes }],
            });
            let resource = format!("families/{}/variants", variant.family);
            self.upsert(&resource, vec![line]).await?;
        }
        Ok(())
    }

    /// Entities that exist, by their codes.
    async fn find_by_code(
        &self,
        resource: &str,
        codes: &[String],
    ) -> Result<HashMap<String, Value>> {
        let mut found = HashMap::new();
        for chunk in codes.chunks(MAX_LINES) {
            let search = json!({ "code": [{ "operator": "IN", "value": chunk }] });
            let answer = self.client.get(&search_path(resource, &search)).await?;
            for item in items(&answer) {
                found.insert(string(&item["code"]), item.clone());
            }
        }
        Ok(found)
    }

    /// Writes lines; the first refused one ends the import, since products would miss it.
    async fn upsert(&self, resource: &str, lines: Vec<Value>) -> Result<()> {
        for chunk in lines.chunks(MAX_LINES) {
            let outcomes = self.client.patch_lines(&format!("{API}/{resource}"), chunk).await?;
            for (line, outcome) in chunk.iter().zip(outcomes) {
                if !outcome.is_accepted() {
                    bail!("{resource} {} was refused: {}", line["code"], outcome.reason());
                }
            }
        }
        Ok(())
    }

    fn label(&self, text: &str) -> Value {
        json!({ self.locale: text })
    }
}

impl AttributeFacts {
    /// Reads cells as the attribute that exists wants them.
    fn adopt(&mut self, code: &str, attribute: &Value) -> Result<()> {
        let kind = string(&attribute["type"]);
        self.format.kind = kind_of(&kind).with_context(|| {
            format!("the attribute {code} is a {kind}, which cannot be imported")
        })?;
        self.localizable = attribute["localizable"].as_bool().unwrap_or_default();
        if attribute["scopable"].as_bool().unwrap_or_default() {
            bail!("the attribute {code} has values per channel, which cannot be imported");
        }
        Ok(())
    }
}

/// Adds what is missing; whether it was.
fn add(codes: &mut Vec<String>, code: &str) -> bool {
    let is_missing = !codes.iter().any(|known| known == code);
    if is_missing {
        codes.push(code.to_owned());
    }
    is_missing
}

const TYPES: &[(AttributeKind, &str)] = &[
    (AttributeKind::Text, "pim_catalog_text"),
    (AttributeKind::Textarea, "pim_catalog_textarea"),
    (AttributeKind::Number, "pim_catalog_number"),
    (AttributeKind::Boolean, "pim_catalog_boolean"),
    (AttributeKind::Select, "pim_catalog_simpleselect"),
    (AttributeKind::Multiselect, "pim_catalog_multiselect"),
    (AttributeKind::Date, "pim_catalog_date"),
    (AttributeKind::Price, "pim_catalog_price_collection"),
];

fn type_of(kind: AttributeKind) -> &'static str {
    TYPES.iter().find(|(known, _)| *known == kind).map_or("pim_catalog_text", |(_, name)| name)
}

fn kind_of(name: &str) -> Option<AttributeKind> {
    TYPES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
}

fn search_path(resource: &str, search: &Value) -> String {
    let mut url = reqwest::Url::parse("http://localhost").expect("an address");
    url.query_pairs_mut().append_pair("limit", "100").append_pair("search", &search.to_string());
    format!("{API}/{resource}?{}", url.query().unwrap_or_default())
}

fn items(page: &Value) -> &[Value] {
    page["_embedded"]["items"].as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter().map(string).collect()
}
