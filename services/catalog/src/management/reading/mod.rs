//! What readers of products and models may ask for, and how their values look.

mod store;

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

pub use store::{find_association_types, find_main_identifier};

use super::{
    attribute::Kind,
    error::{Refusal, Result},
    fields::Labels,
    links::Links,
    measurement_family::MeasurementFamily,
    values::{Entry, Selection, Values, read_decimal},
};

/// What a reader asks for beside the filters.
#[derive(Debug, Default)]
pub struct Reading {
    /// Which values.
    pub selection: Selection,
    /// Whether completeness is told.
    pub with_completenesses: bool,
    /// Whether quality is told.
    pub with_quality_scores: bool,
    /// Whether options come with their labels.
    pub with_attribute_options: bool,
    /// Whether assets come with the public addresses of their main media.
    pub with_asset_share_links: bool,
    /// Root category of the channel asked for: only its products are listed.
    pub category_tree: Option<String>,
    /// Units of the channel, if measurements are to be converted.
    conversion_units: Option<HashMap<String, String>>,
}

impl Reading {
    /// Reads the parameters `attributes`, `locales`, `scope` and `with_…`, and checks them.
    pub async fn load(
        connection: &mut PgConnection,
        parameters: &[(String, String)],
    ) -> Result<Self> {
        let find = |name: &str| {
            parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let list = |name: &str| {
            let text = find(name).filter(|text| !text.is_empty())?;
            Some(text.split(',').map(|code| code.trim().to_owned()).collect::<Vec<String>>())
        };
        let flag = |name: &str| matches!(find(name), Some("true" | "1"));
        let mut reading = Self {
            with_completenesses: flag("with_completenesses"),
            with_quality_scores: flag("with_quality_scores"),
            with_attribute_options: flag("with_attribute_options"),
            with_asset_share_links: flag("with_asset_share_links"),
            ..Self::default()
        };
        check_locales(connection, &list("search_locale").unwrap_or_default()).await?;
        if let Some(scope) = find("search_scope").filter(|scope| !scope.is_empty()) {
            store::find_channel(connection, scope).await?.ok_or_else(|| no_scope(scope))?;
        }
        if let Some(attributes) = list("attributes") {
            check_attributes(connection, &attributes).await?;
            reading.selection.attributes = Some(attributes.into_iter().collect());
        }
        let locales = list("locales");
        if let Some(scope) = find("scope").filter(|scope| !scope.is_empty()) {
            reading
                .take_scope(connection, scope, locales.as_deref(), flag("convert_measurements"))
                .await?;
        } else if flag("convert_measurements") {
            return Err(Refusal::unprocessable(
                "The \"scope\" parameter is required to convert measurements.",
            ));
        }
        if let Some(locales) = locales {
            check_locales(connection, &locales).await?;
            reading.selection.locales = Some(locales.into_iter().collect());
        }
        Ok(reading)
    }

    /// A channel brings its locales and currencies, its tree and its units.
    async fn take_scope(
        &mut self,
        connection: &mut PgConnection,
        scope: &str,
        locales: Option<&[String]>,
        converts: bool,
    ) -> Result<()> {
        let channel =
            store::find_channel(connection, scope).await?.ok_or_else(|| no_scope(scope))?;
        for locale in locales.unwrap_or_default() {
            if !channel.locales.contains(locale) {
                return Err(Refusal::unprocessable(format!(
                    "Locale \"{locale}\" is not activated for the scope \"{scope}\"."
                )));
            }
        }
        self.selection.scope = Some(scope.to_owned());
        self.selection.locales = Some(channel.locales.into_iter().collect());
        self.selection.currencies = Some(channel.currencies.into_iter().collect());
        self.category_tree = Some(channel.category_tree);
        self.conversion_units = converts.then_some(channel.conversion_units);
        Ok(())
    }
}

fn no_scope(scope: &str) -> Refusal {
    Refusal::unprocessable(format!("Scope \"{scope}\" does not exist."))
}

async fn check_attributes(connection: &mut PgConnection, codes: &[String]) -> Result<()> {
    let unknown = store::find_unknown_attributes(connection, codes).await?;
    match unknown.as_slice() {
        [] => Ok(()),
        [one] => Err(Refusal::unprocessable(format!("Attribute \"{one}\" does not exist."))),
        many => {
            Err(Refusal::unprocessable(format!("Attributes \"{}\" do not exist.", many.join(", "))))
        }
    }
}

async fn check_locales(connection: &mut PgConnection, codes: &[String]) -> Result<()> {
    let unknown = store::find_inactive_locales(connection, codes).await?;
    match unknown.as_slice() {
        [] => Ok(()),
        [one] => Err(Refusal::unprocessable(format!(
            "Locale \"{one}\" does not exist or is not activated."
        ))),
        many => Err(Refusal::unprocessable(format!(
            "Locales \"{}\" do not exist or are not activated.",
            many.join(", ")
        ))),
    }
}

/// What is needed to show values.
#[derive(Default)]
pub struct ValueContext {
    kinds: HashMap<String, Kind>,
    options: HashMap<(String, String), Labels>,
    /// By attribute of the product and asset.
    shared: HashMap<(String, String), Vec<SharedMedium>>,
    measurements: HashMap<String, MeasurementFamily>,
    metric_families: HashMap<String, String>,
}

impl ValueContext {
    /// Loads what these values need.
    pub async fn load<'a>(
        connection: &mut PgConnection,
        values: impl Iterator<Item = &'a Values>,
        reading: &Reading,
    ) -> Result<Self> {
        let values: Vec<&Values> = values.collect();
        let codes: HashSet<&str> =
            values.iter().flat_map(|values| values.0.keys()).map(String::as_str).collect();
        let mut context = Self::default();
        for (code, kind, family) in store::find_kinds(connection, &codes).await? {
            if let Some(family) = family {
                context.metric_families.insert(code.clone(), family);
            }
            context.kinds.extend(Kind::parse(&kind).map(|kind| (code, kind)));
        }
        if reading.conversion_units.is_some() {
            context.measurements = store::find_measurements(connection).await?;
        }
        if reading.with_attribute_options {
            let selects = [Kind::SimpleSelect, Kind::MultiSelect];
            let wanted = values.iter().flat_map(|values| context.codes_of(values, &selects));
            context.options = store::find_option_labels(connection, wanted.collect()).await?;
        }
        if reading.with_asset_share_links {
            let assets = [Kind::AssetCollection];
            let wanted = values.iter().flat_map(|values| context.codes_of(values, &assets));
            for medium in store::find_shared_media(connection, wanted.collect()).await? {
                let key = (medium.product_attribute.clone(), medium.asset.clone());
                context.shared.entry(key).or_default().push(medium);
            }
        }
        Ok(context)
    }

    /// Options or assets that values of attributes of these types name, each with its attribute.
    fn codes_of<'a>(
        &'a self,
        values: &'a Values,
        kinds: &'a [Kind],
    ) -> impl Iterator<Item = (String, String)> + 'a {
        let is_of = |code: &String| self.kinds.get(code).is_some_and(|kind| kinds.contains(kind));
        let wanted = values.0.iter().filter(move |(code, _)| is_of(code));
        wanted.flat_map(|(code, entries)| {
            let options = entries.iter().flat_map(|entry| match &entry.data {
                Value::String(option) => vec![option.clone()],
                Value::Array(options) => {
                    options.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                _ => Vec::new(),
            });
            options.map(|option| (code.clone(), option)).collect::<Vec<_>>()
        })
    }

    /// The property `values`.
    pub fn represent(&self, mut values: Values, reading: &Reading, links: &Links) -> Value {
        reading.selection.apply(&mut values);
        let shown = values.0.into_iter().map(|(code, entries)| {
            let entries =
                entries.into_iter().map(|entry| self.represent_entry(&code, entry, reading, links));
            let entries: Vec<Value> = entries.collect();
            (code, entries.into())
        });
        Value::Object(shown.collect())
    }

    fn represent_entry(
        &self,
        code: &str,
        mut entry: Entry,
        reading: &Reading,
        links: &Links,
    ) -> Value {
        let mut extra = Map::new();
        match self.kinds.get(code) {
            Some(Kind::File | Kind::Image) => {
                let path = entry.data.as_str().unwrap_or_default().split('/');
                let url = links.of(["media-files"].into_iter().chain(path).chain(["download"]));
                extra.insert("_links".into(), json!({"download": {"href": url.as_str()}}));
            }
            Some(Kind::SimpleSelect | Kind::MultiSelect) if reading.with_attribute_options => {
                extra.insert("linked_data".into(), self.linked_data(code, &entry.data));
            }
            Some(Kind::AssetCollection) if reading.with_asset_share_links => {
                extra.insert("linked_data".into(), self.share_links(code, &entry.data, links));
            }
            Some(Kind::Metric) => self.convert(code, &mut entry.data, reading),
            _ => {}
        }
        let mut shown = json!({"locale": entry.locale, "scope": entry.scope, "data": entry.data});
        if let Value::Object(shown) = &mut shown {
            shown.extend(extra);
        }
        shown
    }

    fn linked_data(&self, code: &str, data: &Value) -> Value {
        let linked = |option: &str| {
            let labels = self.options.get(&(code.to_owned(), option.to_owned()));
            json!({"attribute": code, "code": option, "labels": labels.cloned().unwrap_or_default()})
        };
        match data {
            Value::String(option) => linked(option),
            Value::Array(options) => {
                let options = options.iter().filter_map(Value::as_str);
                Value::Object(options.map(|option| (option.to_owned(), linked(option))).collect())
            }
            _ => Value::Null,
        }
    }

    fn share_links(&self, code: &str, data: &Value, links: &Links) -> Value {
        let assets = data.as_array().into_iter().flatten().filter_map(Value::as_str);
        let shared = assets.map(|asset| {
            let media = self.shared.get(&(code.to_owned(), asset.to_owned())).into_iter().flatten();
            let links: Vec<Value> = media.map(|medium| medium.represent(links)).collect();
            (asset.to_owned(), json!({"share_links": links}))
        });
        Value::Object(shared.collect())
    }

    /// To the unit of the channel; left alone where it cannot be converted.
    fn convert(&self, code: &str, data: &mut Value, reading: &Reading) {
        let target = reading.conversion_units.as_ref().and_then(|units| units.get(code));
        let family =
            self.metric_families.get(code).and_then(|family| self.measurements.get(family));
        let (Some(target), Some(family)) = (target, family) else { return };
        let unit = data.get("unit").and_then(Value::as_str).unwrap_or_default();
        if unit == target {
            return;
        }
        let amount = data.get("amount").and_then(read_decimal);
        if let Some(amount) = amount.and_then(|amount| family.convert(amount, unit, target)) {
            *data = json!({"amount": show_amount(amount), "unit": target});
        }
    }
}

/// A file that stands for an asset.
#[derive(Debug, sqlx::FromRow)]
struct SharedMedium {
    /// Attribute of the product that names the asset.
    product_attribute: String,
    asset: String,
    /// Attribute of the asset that holds the file.
    attribute: String,
    scope: Option<String>,
    locale: Option<String>,
    file: String,
}

impl SharedMedium {
    fn represent(&self, links: &Links) -> Value {
        let url = links.of_media(&self.file);
        json!({
            "attribute": self.attribute, "scope": self.scope, "locale": self.locale,
            "_links": {"self": {"href": url.as_str()}},
        })
    }
}

fn show_amount(mut amount: Decimal) -> String {
    if amount.scale() < 4 {
        amount.rescale(4);
    }
    amount.to_string()
}

/// Query parameters of reads of products and models.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct ReadingParameters {
    /// Only values of these attributes, separated by commas.
    attributes: Option<String>,
    /// Only values of these locales, and those without locale.
    locales: Option<String>,
    /// Only values of this channel, its locales and currencies, and products in its tree.
    scope: Option<String>,
    /// Default locale of filters.
    search_locale: Option<String>,
    /// Default channel of filters.
    search_scope: Option<String>,
    /// Whether to tell completeness per channel and locale.
    with_completenesses: Option<bool>,
    /// Whether to tell a grade of quality, A to E, per channel and locale: 70 % for required attributes that
    /// are filled, 20 % for all of the family's, 10 % for the main picture. A from 90 %, B from 80, C from
    /// 70, D from 60.
    with_quality_scores: Option<bool>,
    /// Whether options come with their labels.
    with_attribute_options: Option<bool>,
    /// Whether assets come with `linked_data`: the public addresses of their main media.
    with_asset_share_links: Option<bool>,
    /// Whether measurements are shown in the channel's units; needs `scope`.
    convert_measurements: Option<bool>,
}
