//! A body is applied to a product, by the merge rules.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Product;
use crate::management::{
    associations::Naming,
    attribute::Attribute,
    content::{self, Level},
    fields::Fields,
    lookup::{Lookup, VariantShape},
    report::{Place, Report},
    values::{Values, check_text, write_values},
};

/// What clients read and may send back.
const READ_ONLY: [&str; 12] = [
    "uuid",
    "created",
    "updated",
    "_links",
    "completenesses",
    "quality_scores",
    "metadata",
    "linked_data",
    "attribute_type",
    "reference_data_name",
    "symbol",
    "root_parent",
];

impl Product {
    /// Takes over a body. `before` is what is kept, none if the product is new.
    pub(super) fn take_over(
        &mut self,
        before: Option<&Self>,
        body: &Map<String, Value>,
        naming: Naming,
        lookup: &Lookup,
        report: &mut Report,
    ) {
        let mut fields = Fields::new(body, report);
        fields.ignore(&READ_ONLY);
        fields.boolean("enabled", &mut self.enabled);
        if fields.take("identifier").is_some() {
            fields.optional_text("identifier", &mut self.identifier);
        }
        let family_given = self.take_over_family(&mut fields, lookup);
        self.take_over_parent(&mut fields, lookup);
        let inherited = lookup.inherited_categories(self.parent_id);
        content::take_over_categories(&mut self.categories.0, &inherited, &mut fields, lookup);
        content::take_over_groups(&mut self.groups.0, &mut fields, lookup);
        self.associations.take_over(&mut fields, self.parent_id, naming, lookup);
        fields.ignore(&["values"]);
        let values = body.get("values");
        fields.finish();
        match self.find_shape(lookup) {
            Some(shape) => {
                self.take_over_as_variant(before, values, family_given, shape, lookup, report)
            }
            None => self.take_over_values(values, lookup, report),
        }
        if before.is_none_or(|before| before.identifier != self.identifier) {
            self.check_identifier(lookup, report);
        }
    }

    fn take_over_family(&mut self, fields: &mut Fields<'_>, lookup: &Lookup) -> Option<String> {
        let before = self.family.clone();
        fields.optional_text("family", &mut self.family);
        let family = self.family.as_ref().filter(|family| before.as_ref() != Some(family))?;
        if !lookup.has_family(family) {
            fields
                .report
                .format("family", format!("The {family} family does not exist in your PIM."));
        }
        Some(family.clone())
    }

    /// A variant that loses its parent keeps what it inherited.
    fn take_over_parent(&mut self, fields: &mut Fields<'_>, lookup: &Lookup) {
        match fields.take("parent") {
            None => {}
            Some(Value::Null) => {
                if let Some(parent) = self.parent_id.take() {
                    self.values.inherit(&lookup.inherited_values(Some(parent)));
                    let categories = lookup.inherited_categories(Some(parent));
                    self.categories.0.extend(categories.into_iter().map(str::to_owned));
                    self.associations.inherit(&lookup.inherited_associations(Some(parent)));
                    self.axis_values = None;
                }
            }
            Some(Value::String(code)) => match lookup.model_by_code(code) {
                Some(model) => {
                    if self.parent_id != Some(model.id) {
                        self.axis_values = None;
                    }
                    self.parent_id = Some(model.id);
                }
                None => fields.report.format(
                    "parent",
                    format!("Property \"parent\" expects a valid parent code. The parent product model does not exist, \"{code}\" given."),
                ),
            },
            Some(other) => fields.expects("parent", "a string", other),
        }
    }

    fn find_shape<'a>(&self, lookup: &'a Lookup) -> Option<&'a VariantShape> {
        let parent = lookup.model(self.parent_id?)?;
        lookup.variant(&parent.family_variant)
    }

    fn take_over_as_variant(
        &mut self,
        before: Option<&Self>,
        given: Option<&Value>,
        family_given: Option<String>,
        shape: &VariantShape,
        lookup: &Lookup,
        report: &mut Report,
    ) {
        if family_given.is_some_and(|family| family != shape.family) {
            report.rule("family", "The variant product family must be the same than its parent");
        }
        self.family = Some(shape.family.clone());
        let depth = lookup.ancestry(self.parent_id).count();
        let Some(level) = shape.levels.last().filter(|_| depth == shape.levels.len()) else {
            let parent = lookup.ancestry(self.parent_id).next().map_or("", |model| &model.code);
            let name = self.identifier.as_deref().unwrap_or_default();
            return report.rule("parent", format!("The variant product \"{name}\" cannot have product model \"{parent}\" as parent, (this product model can only have other product models as children)"));
        };
        if before.is_none_or(|before| before.parent_id != self.parent_id) {
            // A variant takes along what it overrides; a simple product begins to inherit.
            let was_variant = before.is_some_and(|before| before.parent_id.is_some());
            self.values.0.retain(|code, _| match shape.level_of(code) {
                Some(level) if level < depth => was_variant && !shape.is_axis(code),
                level => level == Some(depth),
            });
        }
        let inherited = lookup.inherited_values(self.parent_id);
        let place = Level { number: depth, shape, inherited: &inherited };
        self.write(given, lookup, report, Some(place));
        let axes = self.axis_values.take();
        self.axis_values = content::read_axes(&self.values, level, axes.as_ref(), report);
    }

    fn take_over_values(&mut self, given: Option<&Value>, lookup: &Lookup, report: &mut Report) {
        self.write(given, lookup, report, None);
    }

    fn write(
        &mut self,
        given: Option<&Value>,
        lookup: &Lookup,
        report: &mut Report,
        variant: Option<Level<'_>>,
    ) {
        let Some(given) = given else { return };
        let identifier = &mut self.identifier;
        let write = |values: &mut Values,
                     attribute: &Attribute,
                     place: &Place,
                     data: Option<Value>,
                     report: &mut Report| {
            match &variant {
                _ if attribute.is_main_identifier => {
                    *identifier = data.as_ref().and_then(Value::as_str).map(str::to_owned);
                }
                Some(level) => level.write(values, attribute, place, data, report),
                None => values.set_at(place, data),
            }
        };
        let inherited = variant.as_ref().map(|level| level.inherited);
        write_values(&mut self.values, inherited, given, lookup, report, write);
    }

    /// For new ones.
    pub(super) fn add_defaults(&mut self, body: &Map<String, Value>, lookup: &Lookup) {
        let depth = lookup.ancestry(self.parent_id).count();
        let level = self.find_shape(lookup).map(|shape| (depth, shape));
        content::add_defaults(&mut self.values, body, self.family.as_deref(), level, lookup);
    }

    fn check_identifier(&self, lookup: &Lookup, report: &mut Report) {
        let Some(identifier) = &self.identifier else { return };
        if types::Sku::parse(identifier).is_err() {
            return report.rule(
                "identifier",
                "The identifier must be 1 to 255 characters without control characters or surrounding spaces.",
            );
        }
        let attribute = lookup.main_identifier();
        if let Some(message) = attribute.and_then(|it| check_text(it, identifier, lookup)) {
            report.rule("identifier", message);
        }
    }

    /// The root of the page that the product belongs to.
    pub(super) fn root(&self, lookup: &Lookup) -> Uuid {
        lookup.root_of(self.parent_id).unwrap_or(self.id)
    }
}
