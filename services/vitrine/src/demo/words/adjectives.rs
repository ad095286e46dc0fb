//! Qualities, with the forms each language needs.

use crate::demo::grammar::Adjective;

const fn after(
    en: &'static str,
    de: &'static str,
    masculine: &'static str,
    feminine: &'static str,
) -> Adjective {
    Adjective { en, de, fr: [masculine, feminine], before: false }
}

const fn before(
    en: &'static str,
    de: &'static str,
    masculine: &'static str,
    feminine: &'static str,
) -> Adjective {
    Adjective { en, de, fr: [masculine, feminine], before: true }
}

pub(crate) const ADJECTIVES: &[Adjective] = &[
    before("handsome", "schön", "beau", "belle"),
    after("timeless", "zeitlos", "intemporel", "intemporelle"),
    after("understated", "schlicht", "sobre", "sobre"),
    after("sturdy", "robust", "robuste", "robuste"),
    after("light", "leicht", "léger", "légère"),
    after("compact", "kompakt", "compact", "compacte"),
    after("generous", "großzügig", "généreux", "généreuse"),
    after("elegant", "elegant", "élégant", "élégante"),
    after("versatile", "vielseitig", "polyvalent", "polyvalente"),
    after("durable", "langlebig", "durable", "durable"),
    after("refined", "raffiniert", "raffiné", "raffinée"),
    after("modern", "modern", "moderne", "moderne"),
    after("classic", "klassisch", "classique", "classique"),
    after("practical", "praktisch", "pratique", "pratique"),
    after("cozy", "gemütlich", "douillet", "douillette"),
    after("soft", "weich", "doux", "douce"),
    after("reliable", "zuverlässig", "fiable", "fiable"),
    after("well-thought-out", "durchdacht", "bien pensé", "bien pensée"),
    after("airy", "luftig", "aérien", "aérienne"),
    after("delicate", "filigran", "délicat", "délicate"),
    after("hard-wearing", "strapazierfähig", "résistant", "résistante"),
    after("decorative", "dekorativ", "décoratif", "décorative"),
    after("balanced", "ausgewogen", "équilibré", "équilibrée"),
    after("fruity", "fruchtig", "fruité", "fruitée"),
    after("full-bodied", "vollmundig", "corsé", "corsée"),
    after("lively", "lebhaft", "vif", "vive"),
    after("mild", "mild", "doux", "douce"),
    after("aromatic", "aromatisch", "aromatique", "aromatique"),
];

/// The adjective of this English word.
pub(crate) fn adjective(english: &str) -> &'static Adjective {
    ADJECTIVES
        .iter()
        .find(|adjective| adjective.en == english)
        .expect("kinds name only listed adjectives, a test sees to it")
}

pub(crate) const FURNISHING: &[&str] = &[
    "timeless",
    "understated",
    "sturdy",
    "elegant",
    "versatile",
    "durable",
    "refined",
    "modern",
    "classic",
    "well-thought-out",
    "handsome",
];
pub(crate) const COMFORT: &[&str] =
    &["cozy", "generous", "timeless", "elegant", "durable", "handsome", "classic", "refined"];
pub(crate) const LIGHT: &[&str] =
    &["airy", "delicate", "elegant", "understated", "modern", "timeless", "decorative", "handsome"];
pub(crate) const TOOL: &[&str] = &[
    "practical",
    "reliable",
    "durable",
    "sturdy",
    "versatile",
    "well-thought-out",
    "handsome",
    "classic",
];
pub(crate) const TABLE: &[&str] = &[
    "handsome",
    "understated",
    "elegant",
    "versatile",
    "durable",
    "timeless",
    "practical",
    "refined",
];
pub(crate) const SOFT: &[&str] =
    &["soft", "cozy", "hard-wearing", "understated", "light", "handsome", "durable", "timeless"];
pub(crate) const TRAIL: &[&str] = &[
    "light",
    "sturdy",
    "compact",
    "reliable",
    "hard-wearing",
    "practical",
    "well-thought-out",
    "versatile",
];
pub(crate) const DECOR: &[&str] =
    &["decorative", "delicate", "handsome", "timeless", "understated", "elegant", "modern"];
pub(crate) const BREW: &[&str] =
    &["balanced", "fruity", "full-bodied", "lively", "mild", "aromatic"];
