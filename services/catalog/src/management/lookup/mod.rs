//! Everything that a batch of products or models refers to, loaded in a few statements, so that each
//! line is checked in memory.

mod known;
mod needs;
mod store;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use rust_decimal::Decimal;
use uuid::Uuid;

use known::KnownAttribute;
pub use needs::Needs;

use super::{
    associations::Associations, attribute::Attribute, measurement_family::MeasurementFamily,
    media_file::MediaFile, report::Place, score::Rules, values::Values,
};

/// What a batch refers to.
#[derive(Default)]
pub struct Lookup {
    attributes: HashMap<String, Arc<KnownAttribute>>,
    /// Code of the attribute.
    main_identifier: Option<String>,
    options: HashMap<String, HashMap<String, String>>,
    channels: HashMap<String, ChannelShape>,
    measurements: HashMap<String, Arc<MeasurementFamily>>,
    media_files: HashMap<String, MediaFile>,
    families: HashSet<String>,
    /// Codes of attributes with a default value, by family.
    defaults: HashMap<String, Arc<Vec<String>>>,
    rules: HashMap<String, Arc<Rules>>,
    variants: HashMap<String, VariantShape>,
    categories: HashSet<String>,
    groups: HashSet<String>,
    models: HashMap<Uuid, ModelNode>,
    model_ids: HashMap<String, Uuid>,
    products: HashSet<Uuid>,
    product_ids: HashMap<String, Uuid>,
    association_types: HashMap<String, AssociationShape>,
    /// Owner and code of each record.
    records: HashSet<(String, String)>,
}

/// A channel's locales and currencies.
#[derive(Debug, Default)]
pub struct ChannelShape {
    /// Its locales.
    pub locales: HashSet<String>,
    /// Its currencies.
    pub currencies: HashSet<String>,
}

/// How products of a family vary.
#[derive(Debug, Default)]
pub struct VariantShape {
    /// The family.
    pub family: String,
    /// All attributes of the family.
    pub attributes: HashSet<String>,
    /// The levels of variation, from the top.
    pub levels: Vec<LevelShape>,
}

/// One level of variation.
#[derive(Debug, Default)]
pub struct LevelShape {
    /// What tells siblings apart.
    pub axes: Vec<String>,
    /// What is filled here.
    pub attributes: HashSet<String>,
}

/// A product model as its children see it.
#[derive(Debug, Clone)]
pub struct ModelNode {
    /// Its id.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// How its products vary.
    pub family_variant: String,
    /// The model above.
    pub parent_id: Option<Uuid>,
    /// Its own values.
    pub values: Values,
    /// Its own associations.
    pub associations: Associations,
    /// Its own categories.
    pub categories: BTreeSet<String>,
}

/// What an association type allows.
#[derive(Debug, Clone, Copy)]
pub struct AssociationShape {
    /// Whether associations have quantities.
    pub is_quantified: bool,
    /// Whether an association holds in both directions.
    pub is_two_way: bool,
}

impl VariantShape {
    /// The level on which the attribute is filled, 0 for the root; none if it is not of the family.
    pub fn level_of(&self, attribute: &str) -> Option<usize> {
        let level = self.levels.iter().position(|level| level.attributes.contains(attribute));
        match level {
            Some(place) => Some(place + 1),
            None => self.attributes.contains(attribute).then_some(0),
        }
    }

    /// Whether the attribute tells siblings of some level apart.
    pub fn is_axis(&self, attribute: &str) -> bool {
        self.levels.iter().any(|level| level.axes.iter().any(|axis| axis == attribute))
    }
}

impl Lookup {
    /// The attribute.
    pub fn attribute(&self, code: &str) -> Option<&Attribute> {
        Some(&self.attributes.get(code)?.attribute)
    }

    /// The attribute whose value is the identifier of a product.
    pub fn main_identifier(&self) -> Option<&Attribute> {
        self.attribute(self.main_identifier.as_ref()?)
    }

    /// The option's code as it is kept, found regardless of case.
    pub fn option(&self, attribute: &str, code: &str) -> Option<&str> {
        self.options.get(attribute)?.get(&code.to_lowercase()).map(String::as_str)
    }

    /// Whether the text follows the attribute's regular expression.
    pub fn matches_pattern(&self, attribute: &Attribute, text: &str) -> bool {
        let known = self.attributes.get(&attribute.code);
        let pattern = known.and_then(|known| known.pattern.as_ref());
        pattern.is_none_or(|pattern| pattern.is_match(text))
    }

    /// The channel.
    pub fn channel(&self, code: &str) -> Option<&ChannelShape> {
        self.channels.get(code)
    }

    /// Whether a channel uses the locale.
    pub fn is_active_locale(&self, code: &str) -> bool {
        self.channels.values().any(|channel| channel.locales.contains(code))
    }

    /// Whether the channel, or any if none is given, uses the currency.
    pub fn is_active_currency(&self, code: &str, scope: Option<&str>) -> bool {
        match scope.and_then(|scope| self.channels.get(scope)) {
            Some(channel) => channel.currencies.contains(code),
            None => self.channels.values().any(|channel| channel.currencies.contains(code)),
        }
    }

    /// The unit's code as it is kept, found regardless of case.
    pub fn unit(&self, family: &str, unit: &str) -> Option<&str> {
        self.measurements.get(family)?.find_unit(unit)
    }

    /// An amount of the attribute in the standard unit; none if it gets too large, or the attribute or
    /// the unit is not known.
    pub fn standard_amount(&self, attribute: &str, unit: &str, amount: Decimal) -> Option<Decimal> {
        let family = self.attribute(attribute)?.metric_family.as_ref()?;
        self.measurements.get(family)?.units.get(unit)?.to_standard(amount)
    }

    /// The media file.
    pub fn media_file(&self, code: &str) -> Option<&MediaFile> {
        self.media_files.get(code)
    }

    /// Whether there is such a record among those that the attribute's values lead to.
    pub fn has_record(&self, attribute: &Attribute, code: &str) -> bool {
        let owner = attribute.record_owner();
        owner.is_some_and(|owner| self.records.contains(&(owner, code.to_owned())))
    }

    /// Whether the family exists.
    pub fn has_family(&self, code: &str) -> bool {
        self.families.contains(code)
    }

    /// The family's attributes with the values that new products and models have of them.
    pub fn defaults(&self, family: &str) -> impl Iterator<Item = (&Attribute, bool)> {
        let attributes = self.defaults.get(family).map_or(&[][..], |codes| codes);
        attributes.iter().filter_map(|code| {
            let attribute = self.attribute(code)?;
            Some((attribute, attribute.properties.default_value?))
        })
    }

    /// Where the attribute has values: the locales and channels in use that it is for.
    pub fn places(&self, attribute: &Attribute) -> Vec<Place> {
        let scopes: Vec<Option<&String>> = match attribute.scopable {
            true => self.channels.keys().map(Some).collect(),
            false => vec![None],
        };
        let place = |locale: Option<&String>, scope: Option<&String>| Place {
            attribute: attribute.code.clone(),
            locale: locale.cloned(),
            scope: scope.cloned(),
        };
        if !attribute.localizable {
            return scopes.into_iter().map(|scope| place(None, scope)).collect();
        }
        let available = &attribute.available_locales;
        let mut places = Vec::new();
        for scope in scopes {
            let channels =
                self.channels.iter().filter(|(code, _)| scope.is_none_or(|it| it == *code));
            let locales: BTreeSet<&String> =
                channels.flat_map(|(_, channel)| &channel.locales).collect();
            let locales =
                locales.into_iter().filter(|it| available.is_empty() || available.contains(it));
            places.extend(locales.map(|locale| place(Some(locale), scope)));
        }
        places
    }

    /// What scores of products of the family follow from.
    pub fn rules(&self, family: &str) -> Option<&Rules> {
        self.rules.get(family).map(Arc::as_ref)
    }

    /// How products of a family vary.
    pub fn variant(&self, code: &str) -> Option<&VariantShape> {
        self.variants.get(code)
    }

    /// Whether the category exists.
    pub fn has_category(&self, code: &str) -> bool {
        self.categories.contains(code)
    }

    /// Whether the group exists.
    pub fn has_group(&self, code: &str) -> bool {
        self.groups.contains(code)
    }

    /// The model with this id.
    pub fn model(&self, id: Uuid) -> Option<&ModelNode> {
        self.models.get(&id)
    }

    /// The model with this code.
    pub fn model_by_code(&self, code: &str) -> Option<&ModelNode> {
        self.model_ids.get(code).and_then(|id| self.models.get(id))
    }

    /// Whether a model with this code exists.
    pub fn has_model(&self, code: &str) -> bool {
        self.model_ids.contains_key(code)
    }

    /// Whether the product exists.
    pub fn has_product(&self, id: Uuid) -> bool {
        self.products.contains(&id)
    }

    /// The product with this identifier.
    pub fn product_id(&self, identifier: &str) -> Option<Uuid> {
        self.product_ids.get(identifier).copied()
    }

    /// The association type.
    pub fn association_type(&self, code: &str) -> Option<AssociationShape> {
        self.association_types.get(code).copied()
    }

    /// The model and those above it, from below.
    pub fn ancestry(&self, id: Option<Uuid>) -> impl Iterator<Item = &ModelNode> {
        let first = id.and_then(|id| self.models.get(&id));
        std::iter::successors(first, |model| model.parent_id.and_then(|id| self.models.get(&id)))
    }

    /// Values that a child of this model inherits.
    pub fn inherited_values(&self, parent: Option<Uuid>) -> Values {
        let mut values = Values::default();
        self.ancestry(parent).for_each(|model| values.inherit(&model.values));
        values
    }

    /// Associations that a child of this model inherits.
    pub fn inherited_associations(&self, parent: Option<Uuid>) -> Associations {
        let mut associations = Associations::default();
        self.ancestry(parent).for_each(|model| associations.inherit(&model.associations));
        associations
    }

    /// Categories that a child of this model inherits.
    pub fn inherited_categories(&self, parent: Option<Uuid>) -> BTreeSet<&str> {
        self.ancestry(parent).flat_map(|model| &model.categories).map(String::as_str).collect()
    }

    /// The root of the page that a thing below this model belongs to.
    pub fn root_of(&self, parent: Option<Uuid>) -> Option<Uuid> {
        self.ancestry(parent).last().map(|model| model.id)
    }
}
