use crate::management::error::{Refusal, Result};

/// What records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// Records of a reference entity.
    ReferenceEntity,
    /// Assets of an asset family.
    AssetFamily,
}

impl RecordKind {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReferenceEntity => "reference_entity",
            Self::AssetFamily => "asset_family",
        }
    }

    /// The kind with this name; whatever is not an asset family is a reference entity.
    fn parse(name: &str) -> Self {
        if name == Self::AssetFamily.as_str() { Self::AssetFamily } else { Self::ReferenceEntity }
    }

    /// What its families are called in messages, capitalised.
    pub fn family_noun(self) -> &'static str {
        match self {
            Self::ReferenceEntity => "Reference entity",
            Self::AssetFamily => "Asset family",
        }
    }

    /// What its records are called in messages, capitalised.
    pub fn noun(self) -> &'static str {
        match self {
            Self::ReferenceEntity => "Record",
            Self::AssetFamily => "Asset",
        }
    }

    /// Path segment of its families.
    pub fn path(self) -> &'static str {
        match self {
            Self::ReferenceEntity => "reference-entities",
            Self::AssetFamily => "asset-families",
        }
    }

    /// Path segment of its records, below a family.
    pub fn records_path(self) -> &'static str {
        match self {
            Self::ReferenceEntity => "records",
            Self::AssetFamily => "assets",
        }
    }

    /// Path segment of its media files.
    pub fn media_path(self) -> &'static str {
        match self {
            Self::ReferenceEntity => "reference-entities-media-files",
            Self::AssetFamily => "asset-media-files",
        }
    }

    /// The owner of a family's attributes and records; 404 if there can be no such family.
    pub fn owner(self, family: &str) -> Result<String> {
        if family.contains('/') {
            return Err(self.missing_family(family));
        }
        Ok(format!("{}/{family}", self.as_str()))
    }

    /// The owner of an attribute's options; 404 if there can be no such attribute.
    pub fn owner_of_options(self, family: &str, attribute: &str) -> Result<String> {
        let owner = self.owner(family)?;
        if attribute.contains('/') {
            return Err(Owner::parse(&owner).missing_attribute(attribute));
        }
        Ok(format!("{owner}/{attribute}"))
    }

    /// 404 for a family.
    pub fn missing_family(self, family: &str) -> Refusal {
        Refusal::not_found(format!("{} \"{family}\" does not exist.", self.family_noun()))
    }
}

/// Whose attributes, options or records: `reference_entity/brand`, `reference_entity/brand/country`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    /// What records are.
    pub kind: RecordKind,
    /// The family.
    pub family: &'a str,
    /// The attribute; empty if the family is the owner.
    pub attribute: &'a str,
}

impl<'a> Owner<'a> {
    /// Takes an owner apart, as [`RecordKind`] puts it together.
    pub fn parse(text: &'a str) -> Self {
        let mut parts = text.split('/');
        let kind = RecordKind::parse(parts.next().unwrap_or_default());
        let family = parts.next().unwrap_or_default();
        Self { kind, family, attribute: parts.next().unwrap_or_default() }
    }

    /// Path segments of the family.
    pub fn path(self) -> [&'a str; 2] {
        [self.kind.path(), self.family]
    }

    /// 404 for an attribute of the family.
    pub fn missing_attribute(self, code: &str) -> Refusal {
        let noun = self.kind.family_noun().to_lowercase();
        let family = self.family;
        Refusal::not_found(format!(
            "Attribute \"{code}\" does not exist for the {noun} \"{family}\"."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_taken_apart_as_it_was_put_together() {
        let owner = RecordKind::AssetFamily.owner_of_options("photos", "mood").unwrap();
        let parsed = Owner::parse(&owner);
        assert_eq!(parsed.kind, RecordKind::AssetFamily);
        assert_eq!((parsed.family, parsed.attribute), ("photos", "mood"));
        assert!(RecordKind::ReferenceEntity.owner("a/b").is_err());
        assert!(RecordKind::ReferenceEntity.owner_of_options("a", "b/c").is_err());
    }
}
