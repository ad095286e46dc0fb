//! Applies a mapping to records.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    path::Path,
    rc::Rc,
};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    code::to_code,
    profile::{AttributeRule, CategoryRule, Profile, VariantRule},
    reader::{Fields, open_text},
    value::text,
};

/// A mapping with its lookup files read.
pub(super) struct Mapping {
    pub(super) profile: Profile,
    lookups: Vec<HashMap<String, String>>,
    columns: RefCell<HashMap<String, Option<Rc<Column>>>>,
}

/// What one column of the file becomes.
pub(super) struct Column {
    /// Code of the attribute.
    pub(super) attribute: String,
    /// Its label, if it must be created.
    pub(super) label: String,
    /// Which rule of the mapping it follows.
    rule: usize,
}

/// A category that a record names: from the top level down.
pub(super) struct CategoryPath<'a> {
    pub(super) rule: &'a CategoryRule,
    pub(super) names: Vec<String>,
}

impl CategoryPath<'_> {
    /// Code of each level: made of all names down to it, so that equal names under different parents
    /// stay apart.
    pub(super) fn codes(&self) -> Vec<String> {
        let root = &self.rule.under.code;
        (1..=self.names.len())
            .map(|depth| to_code(&format!("{root} {}", self.names[..depth].join(" "))))
            .collect()
    }
}

impl Mapping {
    /// Reads the lookup files beside `file`.
    pub(super) fn new(profile: Profile, file: &Path) -> Result<Self> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let lookups = profile
            .lookups
            .iter()
            .map(|lookup| {
                let path = folder.join(&lookup.file);
                serde_json::from_reader(open_text(&path)?)
                    .with_context(|| format!("{} is not a JSON object of texts", path.display()))
            })
            .collect::<Result<_>>()?;
        Ok(Self { profile, lookups, columns: RefCell::default() })
    }

    /// Adds the columns that come from lookups and pairs.
    pub(super) fn complete(&self, mut fields: Fields) -> Fields {
        for (rule, table) in self.profile.lookups.iter().zip(&self.lookups) {
            let key = fields.get(&rule.key).map(text).unwrap_or_default();
            let value = table.get(&key).unwrap_or(&rule.default);
            fields.insert(rule.column.clone(), Value::from(value.as_str()));
        }
        for rule in &self.profile.expansions {
            let Some(pairs) = fields.get(&rule.column).map(text) else { continue };
            for (name, value) in split_pairs(&pairs) {
                fields.insert(format!("{}.{name}", rule.column), Value::from(value));
            }
        }
        fields
    }

    /// What the column becomes; `None` if it is left out.
    pub(super) fn column(&self, name: &str) -> Option<Rc<Column>> {
        if let Some(known) = self.columns.borrow().get(name) {
            return known.clone();
        }
        let column = self.find_column(name).map(Rc::new);
        self.columns.borrow_mut().insert(name.to_owned(), column.clone());
        column
    }

    fn find_column(&self, name: &str) -> Option<Column> {
        let rules = self.profile.attributes.iter().enumerate();
        let (index, rule, wildcard) = rules
            .filter_map(|(index, rule)| Some((index, rule, match_column(&rule.column, name)?)))
            .next()?;
        if rule.ignore {
            return None;
        }
        let pattern = rule.code.as_deref().unwrap_or(name);
        let readable = if wildcard.is_empty() { name } else { wildcard };
        Some(Column {
            attribute: to_attribute_code(&pattern.replace("{*}", wildcard)),
            label: rule.label.clone().unwrap_or_else(|| to_label(readable)),
            rule: index,
        })
    }

    /// The rule that a column follows.
    pub(super) fn rule(&self, column: &Column) -> &AttributeRule {
        &self.profile.attributes[column.rule]
    }

    /// The columns of a record that become attributes.
    pub(super) fn cells<'a>(
        &self,
        fields: &'a Fields,
    ) -> impl Iterator<Item = (&'a str, Rc<Column>, &'a Value)> {
        fields.iter().filter_map(|(name, cell)| Some((name.as_str(), self.column(name)?, cell)))
    }

    /// The record's sku.
    pub(super) fn identifier(&self, fields: &Fields) -> Result<String, String> {
        let column = &self.profile.product.identifier;
        fields.get(column).map(text).ok_or_else(|| format!("{column} is missing"))
    }

    /// Code and label of the record's family.
    pub(super) fn family(&self, fields: &Fields) -> Result<(String, String), String> {
        let rule = &self.profile.product.family;
        let name = fields
            .get(&rule.column)
            .map(text)
            .ok_or_else(|| format!("{} is missing", rule.column))?;
        Ok((format!("{}{}", rule.prefix, to_code(&name)), to_label(&name)))
    }

    /// The categories that the record names.
    pub(super) fn categories(&self, fields: &Fields) -> Vec<CategoryPath<'_>> {
        let mut paths = Vec::new();
        for rule in &self.profile.categories {
            let Some(cell) = fields.get(&rule.column).map(text) else { continue };
            for path in split(&cell, rule.separator.as_deref()) {
                let levels = split(path, rule.path_separator.as_deref());
                let names: Vec<String> =
                    levels.iter().skip(rule.skip_levels).map(|name| to_label(name)).collect();
                if !names.is_empty() {
                    paths.push(CategoryPath { rule, names });
                }
            }
        }
        paths
    }

    /// Whether the record is a product model.
    pub(super) fn is_model(&self, fields: &Fields) -> bool {
        self.profile.variants.as_ref().is_some_and(|rule| is_model(rule, fields))
    }

    /// The column of an axis that a model's members name.
    pub(super) fn axis_column(&self, axis: &str) -> String {
        match self.profile.expansions.first() {
            Some(expansion) => format!("{}.{axis}", expansion.column),
            None => axis.to_owned(),
        }
    }
}

fn is_model(rule: &VariantRule, fields: &Fields) -> bool {
    fields.get(&rule.kind.column).map(text).is_some_and(|kind| kind == rule.kind.model)
}

/// What `*` in the pattern stands for; `None` if the name does not match.
fn match_column<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        None => (pattern == name).then_some(""),
        Some((before, after)) => name.strip_prefix(before)?.strip_suffix(after),
    }
}

fn split<'a>(text: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    match separator {
        None => vec![text.trim()],
        Some(separator) => {
            text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect()
        }
    }
}

/// `a=1,b=x, y,c=3`: a comma separates only where `name=` follows.
fn split_pairs(pairs: &str) -> BTreeMap<String, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    for part in pairs.split(',') {
        match part.split_once('=').filter(|(name, _)| is_name(name.trim())) {
            Some((name, value)) => found.push((name.trim().to_owned(), value.trim().to_owned())),
            None => {
                if let Some((_, value)) = found.last_mut() {
                    value.push(',');
                    value.push_str(part);
                }
            }
        }
    }
    found.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn to_attribute_code(name: &str) -> String {
    let is_plain = name.len() <= 100 && is_name(name);
    if is_plain { name.to_owned() } else { to_code(name) }
}

/// `contrast_ratio__typical_` → "Contrast ratio typical".
fn to_label(name: &str) -> String {
    let words = name.replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = words.chars();
    characters
        .next()
        .map_or(words.clone(), |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_what_its_star_matched() {
        assert_eq!(match_column("attr_t_*", "attr_t_colour"), Some("colour"));
        assert_eq!(match_column("attr_t_*", "attr_n_width"), None);
        assert_eq!(match_column("title", "title"), Some(""));
    }

    #[test]
    fn a_comma_inside_a_value_does_not_separate_pairs() {
        let pairs = split_pairs("size=XS,material=Wool, Silk,color=Black,empty=");
        assert_eq!(pairs["material"], "Wool, Silk");
        assert_eq!(pairs["color"], "Black");
        assert_eq!(pairs.len(), 3);
    }

    #[test]
    fn a_column_name_becomes_a_readable_label() {
        assert_eq!(to_label("contrast_ratio__typical_"), "Contrast ratio typical");
    }
}
