//! The attributes of the shop.

use crate::demo::text::{Words, same, w};

/// One attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) code: &'static str,
    pub(crate) of: Type,
    pub(crate) group: &'static str,
    pub(crate) label: Words,
}

/// What an attribute holds; the metric ones name family and unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Identifier,
    /// Plain text, the same in every language.
    Text,
    LocalizedText,
    LocalizedTextarea,
    /// Localized, and with its own wording per channel.
    ScopedTextarea,
    Whole,
    Metric(&'static str, &'static str),
    Select,
    MultiSelect,
    Flag,
    Date,
    Price,
    Image,
}

const LENGTH: Type = Type::Metric("Length", "CENTIMETER");
const WEIGHT: Type = Type::Metric("Weight", "KILOGRAM");
const POWER: Type = Type::Metric("Power", "WATT");

const fn attribute(code: &'static str, of: Type, group: &'static str, label: Words) -> Attribute {
    Attribute { code, of, group, label }
}

pub(crate) const ATTRIBUTES: &[Attribute] = &[
    attribute("sku", Type::Identifier, "general", w("Item number", "Artikelnummer", "Référence")),
    attribute("name", Type::LocalizedText, "general", w("Name", "Name", "Nom")),
    attribute(
        "description",
        Type::LocalizedTextarea,
        "general",
        w("Description", "Beschreibung", "Description"),
    ),
    attribute("teaser", Type::ScopedTextarea, "general", w("Teaser", "Kurztext", "Accroche")),
    attribute("brand", Type::Select, "general", w("Brand", "Marke", "Marque")),
    attribute("image", Type::Image, "general", w("Picture", "Bild", "Image")),
    attribute(
        "release_date",
        Type::Date,
        "general",
        w("In the range since", "Im Sortiment seit", "Au catalogue depuis"),
    ),
    attribute("price", Type::Price, "commerce", w("Price", "Preis", "Prix")),
    attribute("ean", Type::Text, "commerce", same("EAN")),
    attribute(
        "tax_class",
        Type::Select,
        "commerce",
        w("Tax class", "Steuerklasse", "Classe de taxe"),
    ),
    attribute(
        "warranty_years",
        Type::Whole,
        "commerce",
        w("Warranty (years)", "Garantie (Jahre)", "Garantie (années)"),
    ),
    attribute("color", Type::Select, "appearance", w("Color", "Farbe", "Couleur")),
    attribute("material", Type::Select, "appearance", w("Material", "Material", "Matière")),
    attribute(
        "handle_material",
        Type::Select,
        "appearance",
        w("Handle material", "Material des Griffs", "Matière du manche"),
    ),
    attribute("size", Type::Select, "appearance", w("Size", "Größe", "Taille")),
    attribute("width", LENGTH, "measures", w("Width", "Breite", "Largeur")),
    attribute("height", LENGTH, "measures", w("Height", "Höhe", "Hauteur")),
    attribute("depth", LENGTH, "measures", w("Depth", "Tiefe", "Profondeur")),
    attribute("length", LENGTH, "measures", w("Length", "Länge", "Longueur")),
    attribute("weight", WEIGHT, "measures", w("Weight", "Gewicht", "Poids")),
    attribute(
        "capacity",
        Type::Metric("Volume", "LITER"),
        "measures",
        w("Capacity", "Fassungsvermögen", "Contenance"),
    ),
    attribute("seat_height", LENGTH, "measures", w("Seat height", "Sitzhöhe", "Hauteur d’assise")),
    attribute(
        "blade_length",
        LENGTH,
        "measures",
        w("Blade length", "Klingenlänge", "Longueur de lame"),
    ),
    attribute(
        "cable_length",
        LENGTH,
        "measures",
        w("Cable length", "Kabellänge", "Longueur du câble"),
    ),
    attribute("pieces", Type::Whole, "measures", w("Pieces", "Stückzahl", "Nombre de pièces")),
    attribute("seats", Type::Whole, "details", w("Seats", "Sitzplätze", "Places assises")),
    attribute("persons", Type::Whole, "details", w("Persons", "Personen", "Personnes")),
    attribute("max_load", WEIGHT, "details", w("Maximum load", "Belastbarkeit", "Charge maximale")),
    attribute("compartments", Type::Whole, "details", w("Compartments", "Fächer", "Compartiments")),
    attribute(
        "removable_cover",
        Type::Flag,
        "details",
        w("Removable cover", "Abnehmbarer Bezug", "Housse amovible"),
    ),
    attribute(
        "outdoor_use",
        Type::Flag,
        "details",
        w("For outdoors", "Für draußen", "Pour l’extérieur"),
    ),
    attribute(
        "assembly_required",
        Type::Flag,
        "details",
        w("Assembly required", "Aufbau nötig", "Montage nécessaire"),
    ),
    attribute("extendable", Type::Flag, "details", w("Extendable", "Ausziehbar", "Extensible")),
    attribute("socket", Type::Select, "details", w("Socket", "Sockel", "Culot")),
    attribute(
        "max_power",
        POWER,
        "details",
        w("Maximum bulb power", "Maximale Lampenleistung", "Puissance maximale"),
    ),
    attribute("power", POWER, "details", w("Power", "Leistung", "Puissance")),
    attribute("dimmable", Type::Flag, "details", w("Dimmable", "Dimmbar", "Variable")),
    attribute(
        "protection_class",
        Type::Select,
        "details",
        w("Ingress protection", "Schutzart", "Indice de protection"),
    ),
    attribute(
        "color_temperature",
        Type::Select,
        "details",
        w("Color temperature", "Farbtemperatur", "Température de couleur"),
    ),
    attribute(
        "luminous_flux",
        Type::Whole,
        "details",
        w("Luminous flux (lm)", "Lichtstrom (lm)", "Flux lumineux (lm)"),
    ),
    attribute(
        "lifetime_hours",
        Type::Whole,
        "details",
        w("Lifetime (h)", "Lebensdauer (h)", "Durée de vie (h)"),
    ),
    attribute(
        "run_time_hours",
        Type::Whole,
        "details",
        w("Run time (h)", "Laufzeit (h)", "Autonomie (h)"),
    ),
    attribute(
        "burn_time_hours",
        Type::Whole,
        "details",
        w("Burn time (h)", "Brenndauer (h)", "Durée de combustion (h)"),
    ),
    attribute(
        "induction",
        Type::Flag,
        "details",
        w("For induction", "Für Induktion", "Pour induction"),
    ),
    attribute("oven_safe", Type::Flag, "details", w("Ovenproof", "Backofenfest", "Passe au four")),
    attribute(
        "dishwasher_safe",
        Type::Flag,
        "details",
        w("Dishwasher-safe", "Spülmaschinenfest", "Passe au lave-vaisselle"),
    ),
    attribute(
        "microwave_safe",
        Type::Flag,
        "details",
        w("Microwave-safe", "Mikrowellengeeignet", "Passe au micro-ondes"),
    ),
    attribute(
        "hardness",
        Type::Whole,
        "details",
        w("Hardness (HRC)", "Härte (HRC)", "Dureté (HRC)"),
    ),
    attribute(
        "grind_settings",
        Type::Whole,
        "details",
        w("Grind settings", "Mahlgrade", "Réglages de mouture"),
    ),
    attribute("roast", Type::Select, "details", w("Roast", "Röstung", "Torréfaction")),
    attribute("process", Type::Select, "details", w("Processing", "Aufbereitung", "Procédé")),
    attribute("variety", Type::Text, "details", w("Variety", "Varietät", "Variété")),
    attribute(
        "altitude",
        Type::Whole,
        "details",
        w("Altitude (m)", "Anbauhöhe (m)", "Altitude (m)"),
    ),
    attribute(
        "tasting_notes",
        Type::MultiSelect,
        "details",
        w("Tasting notes", "Aromen", "Arômes"),
    ),
    attribute("grind", Type::Select, "details", w("Grind", "Mahlung", "Mouture")),
    attribute(
        "fabric_weight",
        Type::Whole,
        "details",
        w("Fabric weight (g/m²)", "Stoffgewicht (g/m²)", "Grammage (g/m²)"),
    ),
    attribute(
        "underfloor_heating",
        Type::Flag,
        "details",
        w("For underfloor heating", "Für Fußbodenheizung", "Pour chauffage au sol"),
    ),
    attribute("opaque", Type::Flag, "details", w("Room-darkening", "Verdunkelnd", "Occultant")),
    attribute(
        "water_column",
        Type::Whole,
        "details",
        w("Water column (mm)", "Wassersäule (mm)", "Colonne d’eau (mm)"),
    ),
    attribute(
        "comfort_temperature",
        Type::Metric("Temperature", "CELSIUS"),
        "details",
        w("Comfort temperature", "Komforttemperatur", "Température de confort"),
    ),
    attribute("season", Type::MultiSelect, "details", w("Season", "Jahreszeit", "Saison")),
    attribute(
        "laptop_compartment",
        Type::Flag,
        "details",
        w("Laptop compartment", "Notebookfach", "Compartiment ordinateur"),
    ),
    attribute(
        "water_repellent",
        Type::Flag,
        "details",
        w("Water-repellent", "Wasserabweisend", "Déperlant"),
    ),
    attribute(
        "frost_proof",
        Type::Flag,
        "details",
        w("Frost-proof", "Frostfest", "Résistant au gel"),
    ),
    attribute(
        "drainage_hole",
        Type::Flag,
        "details",
        w("Drainage hole", "Abflussloch", "Trou de drainage"),
    ),
    attribute(
        "compostable",
        Type::Flag,
        "origin",
        w("Compostable", "Kompostierbar", "Compostable"),
    ),
    attribute("organic", Type::Flag, "origin", w("Organic", "Bio", "Bio")),
    attribute(
        "origin",
        Type::Select,
        "origin",
        w("Growing region", "Anbauland", "Pays de culture"),
    ),
    attribute("care", Type::MultiSelect, "origin", w("Care", "Pflege", "Entretien")),
    attribute(
        "country_of_origin",
        Type::Select,
        "origin",
        w("Country of origin", "Herkunftsland", "Pays d’origine"),
    ),
    attribute(
        "sustainability",
        Type::MultiSelect,
        "origin",
        w("Sustainability", "Nachhaltigkeit", "Durabilité"),
    ),
];

/// The attribute of this code.
pub(crate) fn attribute_by_code(code: &str) -> &'static Attribute {
    ATTRIBUTES
        .iter()
        .find(|attribute| attribute.code == code)
        .expect("kinds name only listed attributes, a test sees to it")
}
