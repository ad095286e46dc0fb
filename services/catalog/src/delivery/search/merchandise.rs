//! What rules make of the order of a list.

use std::collections::{HashMap, HashSet};

use tantivy::{DocId, SegmentReader};
use uuid::Uuid;

use super::{
    filter::{Filter, SegmentFilter},
    order::IdHalves,
    request::Request,
};
use crate::delivery::{
    index::{ViewIndex, tokenize::words},
    structure::{Rule, Structure, Subject},
};

/// Pages that come first; more are not looked at.
const MAX_PINNED: usize = 100;

/// The rules that hold for a request, as its index knows their pages.
#[derive(Debug, Default)]
pub(super) struct Merchandise {
    /// Pages that come first, in this order.
    pub pinned: Vec<Uuid>,
    boosted: Pages,
    buried: Pages,
    /// Where the shop goes instead.
    pub redirect: Option<String>,
}

/// Pages by id, or by what they have.
#[derive(Debug, Default)]
struct Pages {
    ids: HashSet<IdHalves>,
    filters: Vec<Filter>,
}

/// Where a page of one segment stands among the others; lower comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    Pinned(u64),
    Boosted,
    Plain,
    Buried,
}

/// Tiers of the pages of one segment.
pub(super) struct Tiers {
    pinned: HashMap<IdHalves, u64>,
    boosted: SegmentPages,
    buried: SegmentPages,
}

struct SegmentPages {
    ids: HashSet<IdHalves>,
    filters: Vec<SegmentFilter>,
}

impl Merchandise {
    /// Gathers what every rule says that holds now, in their order.
    pub(super) fn of(
        structure: &Structure,
        index: &ViewIndex,
        request: &Request,
    ) -> tantivy::Result<Self> {
        if structure.rules.is_empty() {
            return Ok(Self::default());
        }
        let typed = request.q.as_ref().map(|q| words(&mut index.plain(), q));
        let (category, now) = (request.category.as_deref(), chrono::Utc::now());
        let view = (request.channel.as_str(), request.locale.code.as_str());
        let holds = |rule: &&Rule| rule.holds(view, typed.as_deref(), category, now);
        let mut merchandise = Self::default();
        for rule in structure.rules.iter().filter(holds) {
            merchandise.redirect = merchandise.redirect.or_else(|| rule.redirect.clone());
            if request.is_ranked {
                for sku in &rule.pin {
                    merchandise.pin(index.find_by_sku(sku)?);
                }
                merchandise.boosted.add(structure, index, request, &rule.boost)?;
                merchandise.buried.add(structure, index, request, &rule.bury)?;
            }
        }
        Ok(merchandise)
    }

    fn pin(&mut self, page: Option<Uuid>) {
        let is_new = |page: &Uuid| !self.pinned.contains(page);
        let page = page.filter(is_new).filter(|_| self.pinned.len() < MAX_PINNED);
        self.pinned.extend(page);
    }

    /// Tiers of the pages of a segment; `None` if every page is as good as the others.
    pub(super) fn in_segment(&self, segment: &SegmentReader) -> tantivy::Result<Option<Tiers>> {
        if self.pinned.is_empty() && self.boosted.is_empty() && self.buried.is_empty() {
            return Ok(None);
        }
        let pinned = (0..).zip(&self.pinned).map(|(place, id)| (id.as_u64_pair(), place));
        Ok(Some(Tiers {
            pinned: pinned.collect(),
            boosted: self.boosted.in_segment(segment)?,
            buried: self.buried.in_segment(segment)?,
        }))
    }
}

impl Pages {
    fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.filters.is_empty()
    }

    /// What names nothing that there is (any more) changes nothing.
    fn add(
        &mut self,
        structure: &Structure,
        index: &ViewIndex,
        request: &Request,
        subjects: &[Subject],
    ) -> tantivy::Result<()> {
        for subject in subjects {
            match subject {
                Subject::Skus { skus } => {
                    for sku in skus {
                        self.ids.extend(index.find_by_sku(sku)?.map(|id| id.as_u64_pair()));
                    }
                }
                Subject::Attribute { attribute, values } => {
                    let values = values.iter().map(String::as_str).collect();
                    let filter = Filter::of(structure, &request.currency, attribute, values);
                    self.filters.extend(filter.ok());
                }
            }
        }
        Ok(())
    }

    fn in_segment(&self, segment: &SegmentReader) -> tantivy::Result<SegmentPages> {
        let filters: tantivy::Result<Vec<SegmentFilter>> =
            self.filters.iter().map(|filter| filter.in_segment(segment)).collect();
        Ok(SegmentPages { ids: self.ids.clone(), filters: filters? })
    }
}

impl SegmentPages {
    fn contain(&self, doc: DocId, id: IdHalves) -> bool {
        self.ids.contains(&id) || self.filters.iter().any(|filter| filter.passes(doc))
    }
}

impl Tiers {
    /// What is boosted by one rule and buried by another is buried.
    pub(super) fn tier(&self, doc: DocId, id: IdHalves) -> Tier {
        if let Some(place) = self.pinned.get(&id) {
            Tier::Pinned(*place)
        } else if self.buried.contain(doc, id) {
            Tier::Buried
        } else if self.boosted.contain(doc, id) {
            Tier::Boosted
        } else {
            Tier::Plain
        }
    }
}

impl Tier {
    /// Bits of a rank that are left for the order within a tier.
    const BITS: u32 = 61;

    /// The rank of a page whose rank among pages of its tier is this one.
    pub(super) fn rank(self, within: u64) -> u64 {
        let within = within & ((1 << Self::BITS) - 1);
        match self {
            Self::Pinned(place) => place,
            Self::Boosted => (1 << Self::BITS) | within,
            Self::Plain => (2 << Self::BITS) | within,
            Self::Buried => (3 << Self::BITS) | within,
        }
    }
}
