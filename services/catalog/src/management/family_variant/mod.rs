//! Family variants: how products of a family vary, on one or two levels.

pub mod api;
mod store;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    attribute::Attribute,
    fields::{Fields, Labels},
    report::Report,
};

const MAX_LEVELS: usize = 2;
const MAX_AXES: usize = 5;

/// How products of a family vary.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct FamilyVariant {
    /// Chosen by staff, never changed; unique among all families.
    #[schema(example = "mugs_by_color")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// What varies on each level; the rest of the family's attributes is common to all variants.
    #[sqlx(json)]
    pub variant_attribute_sets: Vec<Level>,
    /// Attributes that do not vary; only read.
    pub common_attributes: Vec<String>,
    #[serde(skip)]
    family: String,
    #[serde(skip)]
    version: i64,
}

/// A level of variation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Level {
    /// 1 or 2.
    pub level: i16,
    /// Attributes that tell siblings apart; never changed.
    #[schema(example = json!(["color"]))]
    pub axes: Vec<String>,
    /// Attributes filled on this level, axes included.
    pub attributes: Vec<String>,
}

impl FamilyVariant {
    fn new(family: &str, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            labels: Labels::new(),
            variant_attribute_sets: Vec::new(),
            common_attributes: Vec::new(),
            family: family.to_owned(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.ignore(&["common_attributes"]);
        fields.labels("labels", &mut self.labels);
        let Some(sets) = fields.take("variant_attribute_sets") else { return };
        let Some(sets) = sets.as_array() else {
            return fields.expects("variant_attribute_sets", "an array", sets);
        };
        for set in sets {
            match read_level(set) {
                Some((level, axes, attributes)) => self.set_level(level, axes, attributes),
                None => fields.report.format(
                    "variant_attribute_sets",
                    "Property \"variant_attribute_sets\" expects an array of objects as data, with \"level\", \"axes\" and \"attributes\".",
                ),
            }
        }
    }

    fn set_level(
        &mut self,
        number: i16,
        axes: Option<Vec<String>>,
        attributes: Option<Vec<String>>,
    ) {
        let place = match self.variant_attribute_sets.iter().position(|set| set.level == number) {
            Some(place) => place,
            None => {
                let level = Level { level: number, axes: Vec::new(), attributes: Vec::new() };
                self.variant_attribute_sets.push(level);
                self.variant_attribute_sets.sort_by_key(|set| set.level);
                self.variant_attribute_sets.iter().position(|set| set.level == number).unwrap_or(0)
            }
        };
        let level = &mut self.variant_attribute_sets[place];
        if let Some(axes) = axes {
            level.axes = axes;
        }
        if let Some(mut attributes) = attributes {
            attributes.sort();
            attributes.dedup();
            level.attributes = attributes;
        }
        for axis in &level.axes {
            if !level.attributes.contains(axis) {
                level.attributes.push(axis.clone());
                level.attributes.sort();
            }
        }
    }

    /// Unique attributes and identifiers vary on the lowest level, wherever they were put.
    fn move_unique_down(&mut self, family: &HashMap<String, Attribute>) {
        let unique: Vec<String> =
            family.values().filter(|attribute| attribute.unique).map(|a| a.code.clone()).collect();
        let Some((lowest, upper)) = self.variant_attribute_sets.split_last_mut() else { return };
        for level in upper {
            level.attributes.retain(|code| !unique.contains(code));
        }
        lowest.attributes.extend(unique);
        lowest.attributes.sort();
        lowest.attributes.dedup();
    }

    fn check_levels(&self, before: Option<&Self>, report: &mut Report) {
        let levels = &self.variant_attribute_sets;
        let numbers_follow = levels.iter().zip(1..).all(|(set, number)| set.level == number);
        if levels.is_empty() || levels.len() > MAX_LEVELS || !numbers_follow {
            report.rule(
                "variant_attribute_sets",
                "There should be one or two levels, numbered 1 and 2.",
            );
        }
        for set in levels {
            let level = set.level;
            if set.axes.is_empty() {
                report.rule("variant_attribute_sets", format!("There should be at least one attribute defined as axis for the attribute set for level \"{level}\""));
            }
            if set.axes.len() > MAX_AXES {
                report.rule("variant_attribute_sets", format!("There should be no more than {MAX_AXES} attributes defined as axis for the attribute set for level \"{level}\""));
            }
        }
        let Some(before) = before else { return };
        let axes = |variant: &Self| -> Vec<Vec<String>> {
            variant.variant_attribute_sets.iter().map(|set| set.axes.clone()).collect()
        };
        if axes(self).len() != axes(before).len() {
            report.rule(
                "variant_attribute_sets",
                "The number of variant attribute sets cannot be changed.",
            );
        } else if axes(self) != axes(before) {
            report.rule("variant_attribute_sets", "The variant axes cannot be changed.");
        }
    }

    fn check_attributes(&self, family: &HashMap<String, Attribute>, report: &mut Report) {
        let mut seen = Vec::new();
        for set in &self.variant_attribute_sets {
            for code in &set.attributes {
                if !family.contains_key(code) {
                    report.rule(
                        "variant_attribute_sets",
                        format!(
                            "Attribute \"{code}\" must belong to the family \"{}\".",
                            self.family
                        ),
                    );
                }
                if seen.contains(&code) {
                    report.rule(
                        "variant_attribute_sets",
                        "Attributes must be unique in the variant attribute sets.",
                    );
                }
                seen.push(code);
            }
            for axis in set.axes.iter().filter_map(|code| family.get(code)) {
                check_axis(axis, report);
            }
        }
    }
}

fn check_axis(axis: &Attribute, report: &mut Report) {
    let code = &axis.code;
    if !axis.kind.can_be_axis() {
        report.rule("variant_attribute_sets", format!("Variant axes \"{code}\" must be a boolean, a simple select, a multi select, a metric or a reference entity."));
    }
    if axis.localizable || axis.scopable || !axis.available_locales.is_empty() {
        report.rule("variant_attribute_sets", format!("Variant axes \"{code}\" cannot be localizable, not scopable and not locale specific."));
    }
}

type ReadLevel = (i16, Option<Vec<String>>, Option<Vec<String>>);

fn read_level(set: &Value) -> Option<ReadLevel> {
    let set = set.as_object()?;
    let number = set.get("level")?.as_i64().and_then(|number| i16::try_from(number).ok())?;
    let texts = |name: &str| match set.get(name) {
        None => Some(None),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(Some),
        Some(_) => None,
    };
    Some((number, texts("axes")?, texts("attributes")?))
}
