//! A body is applied to a product model, by the merge rules.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::ProductModel;
use crate::management::{
    associations::Naming,
    content::{self, Level},
    fields::Fields,
    lookup::Lookup,
    report::Report,
    values::write_values,
};

/// What clients read and may send back.
const READ_ONLY: [&str; 10] = [
    "code",
    "family",
    "created",
    "updated",
    "_links",
    "completenesses",
    "quality_scores",
    "metadata",
    "linked_data",
    "root_parent",
];
const MAX_CODE: usize = 255;

impl ProductModel {
    /// Takes over a body. `before` is what is kept, none if the model is new.
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
        fields.text("family_variant", &mut self.family_variant);
        self.take_over_parent(&mut fields, lookup);
        let inherited = lookup.inherited_categories(self.parent_id);
        content::take_over_categories(&mut self.categories.0, &inherited, &mut fields, lookup);
        content::refuse_groups(&mut fields);
        self.associations.take_over(&mut fields, self.parent_id, naming, lookup);
        fields.ignore(&["values"]);
        let values = body.get("values");
        fields.finish();
        self.check_frame(before, report);
        self.take_over_values(values, lookup, report);
    }

    fn take_over_parent(&mut self, fields: &mut Fields<'_>, lookup: &Lookup) {
        match fields.take("parent") {
            None => {}
            Some(Value::Null) => self.parent_id = None,
            Some(Value::String(code)) => match lookup.model_by_code(code) {
                Some(parent) => self.parent_id = Some(parent.id),
                None => fields.report.format(
                    "parent",
                    format!("Property \"parent\" expects a valid parent code. The parent product model does not exist, \"{code}\" given."),
                ),
            },
            Some(other) => fields.expects("parent", "a string", other),
        }
    }

    fn check_frame(&self, before: Option<&Self>, report: &mut Report) {
        let is_printable = !self.code.chars().any(char::is_control);
        if self.code.chars().count() > MAX_CODE || !is_printable {
            report.rule("code", format!("This value should have {MAX_CODE} characters or less, without control characters."));
        }
        let Some(before) = before else { return };
        if before.family_variant != self.family_variant {
            report.rule("family_variant", "This property cannot be changed.");
        }
        if before.parent_id != self.parent_id {
            report.rule("parent", "This property cannot be changed.");
        }
    }

    fn take_over_values(&mut self, given: Option<&Value>, lookup: &Lookup, report: &mut Report) {
        if self.family_variant.is_empty() {
            return report.rule("family_variant", "This value should not be blank.");
        }
        let Some(shape) = lookup.variant(&self.family_variant) else {
            let code = &self.family_variant;
            return report.format("family_variant", format!("Property \"family_variant\" expects a valid family variant code. The family variant does not exist, \"{code}\" given."));
        };
        let depth = lookup.ancestry(self.parent_id).count();
        if let Some(parent) = lookup.ancestry(self.parent_id).next() {
            let (code, above) = (&self.code, &parent.code);
            if parent.family_variant != self.family_variant {
                report.rule(
                    "parent",
                    format!(
                        "The parent of the product model \"{code}\" has another family variant."
                    ),
                );
            }
            if depth >= shape.levels.len() {
                return report.rule("parent", format!("The product model \"{code}\" cannot have product model \"{above}\" as parent."));
            }
        }
        let inherited = lookup.inherited_values(self.parent_id);
        if let Some(given) = given {
            let own = Level { number: depth, shape, inherited: &inherited };
            let write = |values: &mut _, attribute: &_, place: &_, data, report: &mut _| {
                own.write(values, attribute, place, data, report);
            };
            write_values(&mut self.values, Some(&inherited), given, lookup, report, write);
        }
        if let Some(level) = depth.checked_sub(1).and_then(|above| shape.levels.get(above)) {
            let axes = self.axis_values.take();
            self.axis_values = content::read_axes(&self.values, level, axes.as_ref(), report);
        }
    }

    /// For new ones.
    pub(super) fn add_defaults(&mut self, body: &Map<String, Value>, lookup: &Lookup) {
        let Some(shape) = lookup.variant(&self.family_variant) else { return };
        let level = (lookup.ancestry(self.parent_id).count(), shape);
        content::add_defaults(&mut self.values, body, Some(&shape.family), Some(level), lookup);
    }

    /// The root of the page that the model belongs to.
    pub(super) fn root(&self, lookup: &Lookup) -> Uuid {
        lookup.root_of(self.parent_id).unwrap_or(self.id)
    }
}
