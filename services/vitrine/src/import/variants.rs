//! Variants told by their models: `sku=A-S-Red,size=S,color=Red|sku=A-M-Red,size=M,color=Red`.

use std::collections::{BTreeMap, HashMap};

use super::{code::to_code, mapping::Mapping, reader::Fields, value::text};

/// Every model of the file with its variants.
#[derive(Default)]
pub(super) struct Variants {
    /// Model's code → what it is.
    models: HashMap<String, Model>,
    /// Variant's sku → code of its model.
    parents: HashMap<String, String>,
    /// Family variant's code → what it is.
    pub(super) family_variants: BTreeMap<String, FamilyVariant>,
}

struct Model {
    family_variant: String,
}

/// How products of a family vary.
pub(super) struct FamilyVariant {
    pub(super) family: String,
    /// Attributes that tell the variants apart.
    pub(super) axes: Vec<String>,
}

impl Variants {
    /// Learns a model and its variants; an error says what is wrong with the record.
    pub(super) fn learn(
        &mut self,
        mapping: &Mapping,
        code: &str,
        family: &str,
        fields: &Fields,
    ) -> Result<(), String> {
        let Some(rule) = &mapping.profile.variants else { return Ok(()) };
        let members = fields
            .get(&rule.members)
            .map(text)
            .ok_or_else(|| format!("{} is missing", rule.members))?;
        let mut axes: Vec<String> = Vec::new();
        for member in members.split('|') {
            let pairs = member.split(',').filter_map(|pair| pair.split_once('='));
            for (name, value) in pairs {
                if name.trim() == mapping.profile.product.identifier {
                    self.parents.insert(value.trim().to_owned(), code.to_owned());
                } else if let Some(column) = mapping.column(&mapping.axis_column(name.trim()))
                    && !axes.contains(&column.attribute)
                {
                    axes.push(column.attribute.clone());
                }
            }
        }
        if axes.is_empty() || axes.len() > 5 {
            return Err(format!("{} must name one to five axes", rule.members));
        }
        axes.sort();
        let family_variant = to_code(&format!("{family} {}", axes.join(" ")));
        self.models.insert(code.to_owned(), Model { family_variant: family_variant.clone() });
        self.family_variants
            .entry(family_variant)
            .or_insert_with(|| FamilyVariant { family: family.to_owned(), axes });
        Ok(())
    }

    /// The model that the sku is a variant of.
    pub(super) fn parent(&self, sku: &str) -> Option<&str> {
        self.parents.get(sku).map(String::as_str)
    }

    /// The model's family variant.
    pub(super) fn family_variant(&self, model: &str) -> Option<(&str, &FamilyVariant)> {
        let code = &self.models.get(model)?.family_variant;
        Some((code, self.family_variants.get(code)?))
    }
}
