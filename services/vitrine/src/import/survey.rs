//! The first reading: what the file's products need.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Result;
use serde_json::Value;

use super::{
    code::to_code,
    mapping::{CategoryPath, Column, Mapping},
    profile::AttributeKind,
    reader::{Fields, Records},
    value::{Format, text},
    variants::Variants,
};

/// A column with more different values is no select.
const MAX_AUTO_OPTIONS: usize = 60;
/// A column with a longer value is no select.
const MAX_OPTION_CHARS: usize = 80;
const MAX_TEXT_CHARS: usize = 255;

/// What the file's products need.
#[derive(Default)]
pub(super) struct Survey {
    /// Readable records.
    pub(super) records: u64,
    /// Attribute's code → what was seen of it.
    pub(super) attributes: BTreeMap<String, AttributeFacts>,
    /// Family's code → its label and attributes.
    pub(super) families: BTreeMap<String, FamilyFacts>,
    /// Category's code → its parent (none: the rule's own) and label, parents first.
    pub(super) categories: Vec<CategoryFacts>,
    seen_categories: BTreeSet<String>,
    /// Models and their variants.
    pub(super) variants: Variants,
}

/// What was seen of an attribute.
pub(super) struct AttributeFacts {
    pub(super) label: String,
    pub(super) localizable: bool,
    pub(super) as_label: bool,
    pub(super) format: Format,
    /// Option's code → its name, for selects and what may be one.
    pub(super) options: BTreeMap<String, String>,
    longest: usize,
    count: u64,
}

/// What was seen of a family.
pub(super) struct FamilyFacts {
    pub(super) label: String,
    pub(super) attributes: BTreeSet<String>,
}

/// A category to be made.
pub(super) struct CategoryFacts {
    pub(super) code: String,
    pub(super) parent: Option<String>,
    pub(super) label: String,
}

impl Survey {
    /// Reads the whole file. Records that cannot be read are told in the second reading.
    pub(super) fn of(file: &Path, mapping: &Mapping) -> Result<Self> {
        let mut survey = Self::default();
        for record in Records::open(file, mapping.profile.delimiter)? {
            if let Ok(fields) = record.fields {
                survey.learn(mapping, &mapping.complete(fields));
            }
        }
        survey.settle();
        Ok(survey)
    }

    fn learn(&mut self, mapping: &Mapping, fields: &Fields) {
        self.records += 1;
        let Ok((family, label)) = mapping.family(fields) else { return };
        let family_facts = self
            .families
            .entry(family.clone())
            .or_insert_with(|| FamilyFacts { label, attributes: BTreeSet::new() });
        for (_, column, cell) in mapping.cells(fields) {
            if !family_facts.attributes.contains(&column.attribute) {
                family_facts.attributes.insert(column.attribute.clone());
            }
            self.attributes
                .entry(column.attribute.clone())
                .or_insert_with(|| AttributeFacts::new(mapping, &column))
                .learn(cell);
        }
        for path in mapping.categories(fields) {
            self.learn_category(&path);
        }
        if mapping.is_model(fields)
            && let Ok(code) = mapping.identifier(fields)
        {
            // A bad record is told in the second reading.
            let _ = self.variants.learn(mapping, &code, &family, fields);
        }
    }

    fn learn_category(&mut self, path: &CategoryPath<'_>) {
        let under = &path.rule.under;
        self.add_category(&under.code, None, &under.label);
        let mut parent = under.code.clone();
        for (code, name) in path.codes().into_iter().zip(&path.names) {
            self.add_category(&code, Some(&parent), name);
            parent = code;
        }
    }

    fn add_category(&mut self, code: &str, parent: Option<&str>, label: &str) {
        if self.seen_categories.insert(code.to_owned()) {
            self.categories.push(CategoryFacts {
                code: code.to_owned(),
                parent: parent.map(str::to_owned),
                label: label.to_owned(),
            });
        }
    }

    fn settle(&mut self) {
        for facts in self.attributes.values_mut() {
            facts.settle();
        }
    }
}

impl AttributeFacts {
    fn new(mapping: &Mapping, column: &Column) -> Self {
        let rule = mapping.rule(column);
        Self {
            label: column.label.clone(),
            localizable: rule.localizable,
            as_label: rule.as_label,
            format: Format {
                kind: rule.kind,
                separator: rule.separator.clone(),
                minor_units: rule.minor_units,
                currency: mapping.profile.currency.clone(),
                cut_at: rule.cut_at,
            },
            options: BTreeMap::new(),
            longest: 0,
            count: 0,
        }
    }

    fn learn(&mut self, cell: &Value) {
        self.count += 1;
        self.longest = self.longest.max(text(cell).chars().count());
        match self.format.kind {
            AttributeKind::Select | AttributeKind::Multiselect => self.learn_options(cell),
            // One more than allowed shows that it is no select.
            AttributeKind::Auto
                if self.options.len() <= MAX_AUTO_OPTIONS && self.longest <= MAX_OPTION_CHARS =>
            {
                self.learn_options(cell);
            }
            _ => {}
        }
    }

    fn learn_options(&mut self, cell: &Value) {
        for name in self.format.names(cell) {
            self.options.entry(to_code(&name)).or_insert(name);
        }
    }

    /// Decides what `auto` becomes: a select if few short values recur.
    fn settle(&mut self) {
        if self.format.kind != AttributeKind::Auto {
            return;
        }
        let options = self.options.len();
        let recurs = u64::try_from(options * 2).is_ok_and(|twice| self.count >= twice);
        self.format.kind =
            if options <= MAX_AUTO_OPTIONS && self.longest <= MAX_OPTION_CHARS && recurs {
                AttributeKind::Select
            } else if self.longest <= MAX_TEXT_CHARS {
                AttributeKind::Text
            } else {
                AttributeKind::Textarea
            };
    }
}
