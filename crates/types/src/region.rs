//! A region: where the payments of a group of countries are made.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid, Variant, Version};

/// Name of a region, e.g. `eu`: one to four lower-case letters or digits, a letter first.
///
/// It is short because ids carry it: whoever sees the id of a payment knows where the payment is
/// without asking anybody. A marked id is a UUID of version 8 (RFC 9562 §5.8) whose last four bytes are
/// the name, filled up with zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Region([u8; LENGTH]);

const LENGTH: usize = 4;

/// Why a text is no name of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionError(String);

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a region: one to four of a-z and 0-9, beginning with a letter",
            self.0
        )
    }
}

impl std::error::Error for RegionError {}

impl Region {
    /// Its name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }

    /// The id that says what this one says, and its region.
    pub fn mark(&self, id: Uuid) -> Uuid {
        let mut bytes = id.into_bytes();
        bytes[12..].copy_from_slice(&self.0);
        Builder::from_bytes(bytes)
            .with_variant(Variant::RFC4122)
            .with_version(Version::Custom)
            .into_uuid()
    }

    /// The last eight digits of the ids that are marked with it, as a UUID is written.
    pub fn digits(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The region that an id is marked with.
    pub fn of(id: Uuid) -> Option<Self> {
        let bytes = id.into_bytes();
        let [.., a, b, c, d] = bytes;
        (id.get_version() == Some(Version::Custom)).then(|| Self::from_bytes([a, b, c, d]))?
    }

    fn from_bytes(bytes: [u8; LENGTH]) -> Option<Self> {
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(LENGTH);
        let (name, rest) = bytes.split_at(end);
        let is_name = name.first().is_some_and(u8::is_ascii_lowercase)
            && name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        (is_name && rest.iter().all(|&byte| byte == 0)).then_some(Self(bytes))
    }
}

impl FromStr for Region {
    type Err = RegionError;
    fn from_str(text: &str) -> Result<Self, RegionError> {
        let error = || RegionError(text.to_owned());
        let mut bytes = [0; LENGTH];
        bytes.get_mut(..text.len()).ok_or_else(error)?.copy_from_slice(text.as_bytes());
        Self::from_bytes(bytes).ok_or_else(error)
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;
    fn try_from(text: String) -> Result<Self, RegionError> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for good in ["eu", "us", "a", "ap2", "apac"] {
            assert_eq!(good.parse::<Region>().unwrap().as_str(), good);
        }
        for bad in ["", "EU", "2a", "e-u", "apac2", "é", "e\0u", "\0"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ids_of_other_versions_name_no_region() {
        let eu: Region = "eu".parse().unwrap();
        let marked = eu.mark(Uuid::now_v7()).into_bytes();
        for id in [Uuid::nil(), Uuid::now_v7(), Builder::from_random_bytes(marked).into_uuid()] {
            assert_eq!(Region::of(id), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn a_marked_id_tells_its_region_and_keeps_the_rest(
            name in "[a-z][a-z0-9]{0,3}", id in any::<u128>(),
        ) {
            let (region, id) = (name.parse::<Region>().unwrap(), Uuid::from_u128(id));
            let marked = region.mark(id);
            prop_assert_eq!(Region::of(marked), Some(region));
            prop_assert_eq!(region.mark(marked), marked);
            prop_assert!(marked.to_string().ends_with(&region.digits()));
            prop_assert_eq!(&marked.as_bytes()[..6], &id.as_bytes()[..6]);
        }
    }
}
