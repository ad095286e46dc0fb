use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::value::{FILES, Kind, OPTIONS, RECORDS};
use crate::{
    media_file::{PNG, upload_to},
    pim::Pim,
};

pub(crate) const CHANNELS: [(&str, &[&str]); 2] =
    [("web", &["en_US", "de_DE"]), ("print", &["de_DE", "fr_FR"])];
pub(crate) const LOCALES: [&str; 3] = ["en_US", "de_DE", "fr_FR"];
/// Categories and their parents.
pub(crate) const CATEGORIES: [(&str, Option<&str>); 5] = [
    ("master", None),
    ("kitchen", Some("master")),
    ("mugs", Some("kitchen")),
    ("garden", Some("master")),
    ("archive", None),
];
pub(crate) const GROUPS: [&str; 2] = ["party", "office"];
const PRODUCTS: usize = 60;

/// What is sought, or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Product,
    Model,
}

/// Locale and channel of a value.
pub(crate) type Place = (Option<&'static str>, Option<&'static str>);

pub(crate) type Values = BTreeMap<String, BTreeMap<Place, Value>>;

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) kind: Kind,
    pub(crate) localizable: bool,
    pub(crate) scopable: bool,
    /// Locales of a locale-specific attribute; empty: all.
    pub(crate) available: Vec<&'static str>,
}

#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(crate) attributes: BTreeSet<String>,
    /// By channel, without the identifier.
    pub(crate) required: BTreeMap<&'static str, BTreeSet<String>>,
    pub(crate) picture: Option<String>,
}

/// The axis and the attributes of each level below the root.
pub(crate) type Levels = Vec<(&'static str, BTreeSet<String>)>;

/// A product or a model.
#[derive(Debug)]
pub(crate) struct Thing {
    /// The id of a product, the code of a model.
    pub(crate) key: String,
    /// None for models.
    pub(crate) enabled: Option<bool>,
    pub(crate) identifier: Option<String>,
    pub(crate) family: Option<String>,
    /// The model above, by its place.
    pub(crate) parent: Option<usize>,
    /// Its own values, in the form in which they were written.
    pub(crate) values: Values,
    pub(crate) categories: Vec<&'static str>,
    pub(crate) groups: Vec<&'static str>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) attributes: BTreeMap<String, Attribute>,
    pub(crate) families: BTreeMap<String, Family>,
    /// Of the family with that name.
    pub(crate) variants: BTreeMap<String, Levels>,
    /// Codes of the files to the names they came with.
    pub(crate) files: BTreeMap<String, &'static str>,
    pub(crate) things: Vec<Thing>,
}

impl Attribute {
    fn draw(kind: Kind, random: &mut Rng) -> Self {
        let (localizable, scopable) = (random.u8(..3) == 0, random.u8(..3) == 0);
        let is_specific = localizable && random.bool();
        let available = if is_specific { vec!["de_DE", "fr_FR"] } else { Vec::new() };
        Self { kind, localizable, scopable, available }
    }

    pub(crate) fn is_available(&self, locale: &str) -> bool {
        self.available.is_empty() || self.available.contains(&locale)
    }

    /// Where it may have values.
    pub(crate) fn places(&self) -> Vec<Place> {
        let locales = LOCALES.into_iter().filter(|locale| self.is_available(locale));
        match (self.localizable, self.scopable) {
            (false, false) => vec![(None, None)],
            (true, false) => locales.map(|locale| (Some(locale), None)).collect(),
            (false, true) => CHANNELS.map(|(channel, _)| (None, Some(channel))).to_vec(),
            (true, true) => locales
                .flat_map(|locale| {
                    let channels = CHANNELS.iter().filter(move |(_, used)| used.contains(&locale));
                    channels.map(move |(channel, _)| (Some(locale), Some(*channel)))
                })
                .collect(),
        }
    }
}

impl Thing {
    pub(crate) fn is(&self, target: Target) -> bool {
        self.enabled.is_some() == (target == Target::Product)
    }
}

impl World {
    pub(crate) async fn build(pim: &Pim, random: &mut Rng) -> Self {
        let mut world = Self {
            attributes: BTreeMap::new(),
            families: BTreeMap::new(),
            variants: BTreeMap::new(),
            files: BTreeMap::new(),
            things: Vec::new(),
        };
        make_frame(pim).await;
        world.make_attributes(pim, random).await;
        world.make_files(pim).await;
        world.make_families(pim, random).await;
        world.make_models(pim, random).await;
        world.make_products(pim, random).await;
        world.read_times(pim).await;
        world
    }

    /// Where the API has the thing.
    pub(crate) fn path_of(&self, thing: &Thing) -> String {
        let path = if thing.is(Target::Product) { "products-uuid" } else { "product-models" };
        format!("{path}/{}", thing.key.replace(' ', "%20"))
    }

    /// The model above, and the one above that.
    pub(crate) fn ancestors(&self, thing: &Thing) -> Vec<&Thing> {
        let parent = |thing: &&Thing| thing.parent.map(|place| &self.things[place]);
        std::iter::successors(thing.parent.map(|place| &self.things[place]), parent).collect()
    }

    async fn make_attributes(&mut self, pim: &Pim, random: &mut Rng) {
        for kind in Kind::ALL {
            for number in 0..2 {
                let attribute = Attribute::draw(kind, random);
                self.attributes.insert(format!("{kind:?}_{number}").to_lowercase(), attribute);
            }
        }
        let axis =
            |kind| Attribute { kind, localizable: false, scopable: false, available: Vec::new() };
        self.attributes.insert("shade".into(), axis(Kind::Select));
        self.attributes.insert("matt".into(), axis(Kind::Boolean));
        let definition = |(code, attribute): (&String, &Attribute)| {
            let mut body = attribute.kind.definition();
            body["code"] = json!(code);
            body["group"] = json!("other");
            body["localizable"] = json!(attribute.localizable);
            body["scopable"] = json!(attribute.scopable);
            body["available_locales"] = json!(attribute.available);
            body
        };
        let bodies: Vec<Value> = self.attributes.iter().map(definition).collect();
        pim.patch_all("attributes", &bodies).await;
        for (code, attribute) in &self.attributes {
            if matches!(attribute.kind, Kind::Select | Kind::MultiSelect) {
                let options = OPTIONS.map(|option| json!({"code": option}));
                pim.patch_all(&format!("attributes/{code}/options"), &options).await;
            }
        }
    }

    /// Files that came with a product which is gone.
    async fn make_files(&mut self, pim: &Pim) {
        pim.patch_all("products", &[json!({"identifier": "scratch"})]).await;
        pim.patch_all(
            "attributes",
            &[json!({"code": "scratch", "type": "pim_catalog_image", "group": "other"})],
        )
        .await;
        for name in FILES {
            let owner = json!({"identifier": "scratch", "attribute": "scratch", "locale": null, "scope": null});
            let owner = owner.to_string();
            let answer = upload_to(pim, "media-files", name, PNG, ("product", &owner)).await;
            let location = answer.assert_status(201).header("location").to_owned();
            let code = location.split_once("/media-files/").unwrap().1;
            self.files.insert(code.to_owned(), name);
        }
        pim.delete("products/scratch").await.assert_status(204);
    }

    async fn make_families(&mut self, pim: &Pim, random: &mut Rng) {
        for code in ["plain", "one", "two"] {
            let mut family = Family::default();
            family
                .attributes
                .extend(self.attributes.keys().filter(|_| random.u8(..4) > 0).cloned());
            family.attributes.extend(["shade".to_owned(), "matt".to_owned()]);
            for (channel, _) in CHANNELS {
                let attributes = family.attributes.iter();
                let required = attributes.filter(|_| random.u8(..4) == 0).cloned().collect();
                family.required.insert(channel, required);
            }
            let is_picture = |code: &&String| self.attributes[*code].kind == Kind::Image;
            let picture = family.attributes.iter().find(is_picture).cloned();
            family.picture = picture.filter(|_| random.bool());
            let mut attributes = family.attributes.clone();
            attributes.insert("sku".to_owned());
            let body = json!({"code": code, "attributes": attributes, "attribute_as_image": family.picture,
                              "attribute_requirements": family.required});
            pim.patch_all("families", &[body]).await;
            self.families.insert(code.to_owned(), family);
        }
        self.make_variants(pim, random).await;
    }

    async fn make_variants(&mut self, pim: &Pim, random: &mut Rng) {
        for (family, axes) in [("one", vec!["shade"]), ("two", vec!["shade", "matt"])] {
            let mut levels: Levels = axes.iter().map(|axis| (*axis, BTreeSet::new())).collect();
            for attribute in &self.families[family].attributes {
                let level = match axes.iter().position(|axis| axis == attribute) {
                    Some(level) => Some(level),
                    None => random.usize(..=axes.len()).checked_sub(1),
                };
                if let Some(level) = level {
                    levels[level].1.insert(attribute.clone());
                }
            }
            let sets: Vec<Value> = levels.iter().zip(1..)
                .map(|((axis, attributes), level)| json!({"level": level, "axes": [axis], "attributes": attributes}))
                .collect();
            let body = json!({"code": format!("{family}_varies"), "variant_attribute_sets": sets});
            pim.patch_all(&format!("families/{family}/variants"), &[body]).await;
            self.variants.insert(family.to_owned(), levels);
        }
    }

    async fn make_models(&mut self, pim: &Pim, random: &mut Rng) {
        for family in ["one", "two"] {
            for number in 0..3 {
                self.make_model(pim, format!("{family} {number}"), family, None, random).await;
            }
        }
        let roots = self.things.len();
        for root in 0..roots {
            if self.things[root].family.as_deref() != Some("two") {
                continue;
            }
            for shade in OPTIONS.into_iter().take(random.usize(..4)) {
                let code = format!("{} {shade}", self.things[root].key);
                self.make_model(pim, code, "two", Some((root, shade)), random).await;
            }
        }
    }

    async fn make_model(
        &mut self,
        pim: &Pim,
        code: String,
        family: &str,
        above: Option<(usize, &'static str)>,
        random: &mut Rng,
    ) {
        let level = usize::from(above.is_some());
        let mut values = self.draw_values(family, Some(level), random);
        if let Some((root, shade)) = above {
            self.draw_overrides(&mut values, root, random);
            values.insert("shade".into(), BTreeMap::from([((None, None), json!(shade))]));
        }
        let thing = Thing {
            key: code,
            enabled: None,
            identifier: None,
            family: Some(family.to_owned()),
            parent: above.map(|(root, _)| root),
            values,
            categories: draw_categories(random),
            groups: Vec::new(),
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
        };
        let body = json!({"code": thing.key, "family_variant": format!("{family}_varies"),
                          "parent": thing.parent.map(|place| &self.things[place].key),
                          "categories": thing.categories, "values": to_json(&thing.values)});
        pim.patch_all("product-models", &[body]).await;
        self.things.push(thing);
    }

    async fn make_products(&mut self, pim: &Pim, random: &mut Rng) {
        let mut bodies = Vec::new();
        let mut places = self.variant_places();
        random.shuffle(&mut places);
        for number in 0..PRODUCTS {
            let place = if number % 2 == 0 { places.pop() } else { None };
            let product = self.draw_product(number, place, random);
            let mut values = to_json(&product.values);
            if let Some(identifier) = &product.identifier {
                values["sku"] = json!([{"locale": null, "scope": null, "data": identifier}]);
            }
            bodies.push(
                json!({"uuid": product.key, "enabled": product.enabled, "family": product.family,
                "parent": product.parent.map(|place| &self.things[place].key),
                "categories": product.categories, "groups": product.groups, "values": values}),
            );
            self.things.push(product);
        }
        pim.patch_all("products-uuid", &bodies).await;
    }

    /// Below which model a variant may stand, and what its axis is.
    fn variant_places(&self) -> Vec<(usize, &'static str, Value)> {
        let mut places = Vec::new();
        for (place, model) in self.things.iter().enumerate() {
            match (model.family.as_deref(), model.parent) {
                (Some("one"), _) => {
                    places.extend(OPTIONS.map(|option| (place, "shade", json!(option))));
                }
                (Some("two"), Some(_)) => {
                    places.extend([true, false].map(|is_matt| (place, "matt", json!(is_matt))));
                }
                _ => {}
            }
        }
        places
    }

    pub(crate) fn draw_product(
        &self,
        number: usize,
        place: Option<(usize, &'static str, Value)>,
        random: &mut Rng,
    ) -> Thing {
        let (family, values) = match &place {
            Some((parent, axis, data)) => {
                let family = self.things[*parent].family.clone().unwrap_or_default();
                let mut values =
                    self.draw_values(&family, Some(self.variants[&family].len()), random);
                self.draw_overrides(&mut values, *parent, random);
                values.insert((*axis).into(), BTreeMap::from([((None, None), data.clone())]));
                (Some(family), values)
            }
            None => {
                let family = random.choice(["plain", "one", "two"]).unwrap();
                let values = self.draw_values(family, None, random);
                (Some(family.to_owned()).filter(|_| random.u8(..4) > 0), values)
            }
        };
        let identifier = format!("{}-{number}", random.choice(["Mug", "mug", "CUP%"]).unwrap());
        Thing {
            key: Uuid::now_v7().to_string(),
            enabled: Some(random.u8(..3) > 0),
            identifier: Some(identifier).filter(|_| random.u8(..5) > 0),
            family,
            parent: place.map(|(parent, _, _)| parent),
            values,
            categories: draw_categories(random),
            groups: GROUPS.into_iter().filter(|_| random.u8(..3) == 0).collect(),
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
        }
    }

    /// Values of some attributes of the family, on one level if one is given.
    pub(crate) fn draw_values(
        &self,
        family: &str,
        level: Option<usize>,
        random: &mut Rng,
    ) -> Values {
        let files: Vec<String> = self.files.keys().cloned().collect();
        let level_of = |code: &String| {
            let levels = self.variants.get(family)?;
            let place = levels.iter().position(|(_, attributes)| attributes.contains(code));
            Some(place.map_or(0, |place| place + 1))
        };
        let is_axis = |code: &str| ["shade", "matt"].contains(&code);
        let mut values = Values::new();
        for code in &self.families[family].attributes {
            let is_here = level.is_none_or(|level| level_of(code) == Some(level) && !is_axis(code));
            if !is_here || random.bool() {
                continue;
            }
            let attribute = &self.attributes[code];
            for place in attribute.places() {
                if random.u8(..3) > 0 {
                    let data = attribute.kind.draw(&files, random);
                    values.entry(code.clone()).or_default().insert(place, data);
                }
            }
        }
        values
    }

    /// Values in place of inherited ones, for a few attributes: all that are inherited, and some others.
    fn draw_overrides(&self, values: &mut Values, parent: usize, random: &mut Rng) {
        let parent = &self.things[parent];
        let mut inherited = parent.values.clone();
        for above in self.ancestors(parent) {
            for (code, places) in &above.values {
                inherited.entry(code.clone()).or_insert_with(|| places.clone());
            }
        }
        let files: Vec<String> = self.files.keys().cloned().collect();
        for (code, mut own) in inherited {
            if ["shade", "matt"].contains(&code.as_str()) || random.u8(..4) > 0 {
                continue;
            }
            let attribute = &self.attributes[&code];
            for place in attribute.places() {
                if random.bool() {
                    own.insert(place, attribute.kind.draw(&files, random));
                }
            }
            values.insert(code, own);
        }
    }

    async fn read_times(&mut self, pim: &Pim) {
        for place in 0..self.things.len() {
            let body = pim.get(&self.path_of(&self.things[place])).await.assert_status(200).json();
            let read = |name: &str| body[name].as_str().unwrap().parse().unwrap();
            let thing = &mut self.things[place];
            (thing.created, thing.updated) = (read("created"), read("updated"));
        }
    }
}

async fn make_frame(pim: &Pim) {
    let categories = CATEGORIES.map(|(code, parent)| json!({"code": code, "parent": parent}));
    pim.patch_all("categories", &categories).await;
    let channels = CHANNELS.map(|(code, locales)| {
        json!({"code": code, "category_tree": "master", "locales": locales, "currencies": ["EUR", "USD"]})
    });
    pim.patch_all("channels", &channels).await;
    pim.patch_all("groups", &GROUPS.map(|code| json!({"code": code}))).await;
    let records = json!(RECORDS.map(|code| json!({"code": code})));
    for (kind, owner, content) in
        [("reference-entities", "maker", "records"), ("asset-families", "photos", "assets")]
    {
        pim.patch(&format!("{kind}/{owner}"), json!({})).await.assert_status(201);
        let path = format!("{kind}/{owner}/{content}");
        let answers = pim.patch(&path, records.clone()).await.assert_status(200).json();
        assert!(answers.as_array().unwrap().iter().all(|answer| answer["status_code"] == 201));
    }
}

pub(crate) fn draw_categories(random: &mut Rng) -> Vec<&'static str> {
    CATEGORIES.iter().map(|(code, _)| *code).filter(|_| random.u8(..5) == 0).collect()
}

/// As it is written in bodies.
pub(crate) fn to_json(values: &Values) -> Value {
    let entries = |places: &BTreeMap<Place, Value>| -> Value {
        let entry = |((locale, scope), data): (&Place, &Value)| json!({"locale": locale, "scope": scope, "data": data});
        places.iter().map(entry).collect()
    };
    let values: Map<String, Value> =
        values.iter().map(|(code, places)| (code.clone(), entries(places))).collect();
    values.into()
}
