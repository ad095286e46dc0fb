use std::collections::{HashMap, HashSet};

use super::{Labels, Locale, label};

/// A category.
#[derive(Debug)]
pub(in crate::delivery) struct Category {
    pub parent: Option<String>,
    pub labels: Labels,
    /// Codes of its children, in their order.
    pub children: Vec<String>,
}

/// All category trees.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Categories(HashMap<String, Category>);

impl Categories {
    /// From rows of code, parent and labels, in the order of siblings.
    pub(super) fn from_rows(rows: Vec<(String, Option<String>, Labels)>) -> Self {
        let mut children: HashMap<String, Vec<String>> = HashMap::new();
        for (code, parent, _) in &rows {
            if let Some(parent) = parent {
                children.entry(parent.clone()).or_default().push(code.clone());
            }
        }
        let categories = rows.into_iter().map(|(code, parent, labels)| {
            let children = children.remove(&code).unwrap_or_default();
            (code, Category { parent, labels, children })
        });
        Self(categories.collect())
    }

    /// The category of this code.
    pub(in crate::delivery) fn find(&self, code: &str) -> Option<&Category> {
        self.0.get(code)
    }

    /// Label of a category; its code made readable where there is none.
    pub(in crate::delivery) fn label(&self, code: &str, locale: &Locale) -> String {
        self.find(code).map_or_else(|| code.to_owned(), |found| label(&found.labels, locale, code))
    }

    /// Codes from the root of the tree to the category, both included.
    pub(in crate::delivery) fn path<'a>(&'a self, code: &'a str) -> Vec<&'a str> {
        let mut path = vec![code];
        let mut seen = HashSet::from([code]);
        while let Some(parent) = path
            .last()
            .and_then(|last| self.find(last))
            .and_then(|category| category.parent.as_deref())
            .filter(|parent| seen.insert(parent))
        {
            path.push(parent);
        }
        path.reverse();
        path
    }

    /// The path, if the category lies in this tree.
    pub(in crate::delivery) fn path_in<'a>(
        &'a self,
        tree: &str,
        code: &'a str,
    ) -> Option<Vec<&'a str>> {
        let path = self.path(code);
        (path.first() == Some(&tree)).then_some(path)
    }
}
