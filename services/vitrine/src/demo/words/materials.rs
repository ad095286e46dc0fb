//! Materials: labels, how a sentence names them, how they look and how they want to be cared for.

use crate::demo::text::{Words, w};

/// A material option.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Material {
    pub(crate) code: &'static str,
    pub(crate) label: Words,
    /// After *made of*, *aus* (so in the dative) and *en*.
    pub(crate) phrase: Words,
    pub(crate) class: Class,
    pub(crate) paint: [u8; 3],
    /// What it does to the price.
    pub(crate) factor: f64,
}

/// Materials that are cared for alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Wood,
    Metal,
    Ceramic,
    Glass,
    Fabric,
    Leather,
    Other,
}

const fn material(
    code: &'static str,
    label: Words,
    phrase: Words,
    class: Class,
    paint: u32,
    factor: f64,
) -> Material {
    let paint = [(paint >> 16) as u8, (paint >> 8) as u8, paint as u8];
    Material { code, label, phrase, class, paint, factor }
}

use Class::{Ceramic, Fabric, Glass, Leather, Metal, Other, Wood};

pub(crate) const MATERIALS: &[Material] = &[
    material(
        "oak",
        w("Oak", "Eiche", "Chêne"),
        w("solid oak", "massiver Eiche", "chêne massif"),
        Wood,
        0xc79a64,
        1.0,
    ),
    material(
        "walnut",
        w("Walnut", "Nussbaum", "Noyer"),
        w("solid walnut", "massivem Nussbaum", "noyer massif"),
        Wood,
        0x7a5236,
        1.2,
    ),
    material(
        "ash",
        w("Ash", "Esche", "Frêne"),
        w("solid ash", "massiver Esche", "frêne massif"),
        Wood,
        0xdcbf93,
        1.0,
    ),
    material(
        "beech",
        w("Beech", "Buche", "Hêtre"),
        w("solid beech", "massiver Buche", "hêtre massif"),
        Wood,
        0xd4a272,
        0.9,
    ),
    material(
        "pine",
        w("Pine", "Kiefer", "Pin"),
        w("solid pine", "massiver Kiefer", "pin massif"),
        Wood,
        0xe0bd82,
        0.7,
    ),
    material(
        "acacia",
        w("Acacia", "Akazie", "Acacia"),
        w("oiled acacia", "geölter Akazie", "acacia huilé"),
        Wood,
        0xa26a3f,
        0.9,
    ),
    material(
        "teak",
        w("Teak", "Teak", "Teck"),
        w("solid teak", "massivem Teakholz", "teck massif"),
        Wood,
        0xa8754a,
        1.3,
    ),
    material(
        "bamboo",
        w("Bamboo", "Bambus", "Bambou"),
        w("bamboo", "Bambus", "bambou"),
        Wood,
        0xd3b272,
        0.8,
    ),
    material("cork", w("Cork", "Kork", "Liège"), w("cork", "Kork", "liège"), Other, 0xb98d5e, 0.8),
    material(
        "rattan",
        w("Rattan", "Rattan", "Rotin"),
        w("woven rattan", "geflochtenem Rattan", "rotin tressé"),
        Other,
        0xc8a26a,
        1.0,
    ),
    material(
        "steel",
        w("Steel", "Stahl", "Acier"),
        w("powder-coated steel", "pulverbeschichtetem Stahl", "acier thermolaqué"),
        Metal,
        0x55595e,
        1.0,
    ),
    material(
        "stainless_steel",
        w("Stainless steel", "Edelstahl", "Inox"),
        w("brushed stainless steel", "gebürstetem Edelstahl", "inox brossé"),
        Metal,
        0xb4b8bb,
        1.0,
    ),
    material(
        "carbon_steel",
        w("Carbon steel", "Kohlenstoffstahl", "Acier au carbone"),
        w("forged carbon steel", "geschmiedetem Kohlenstoffstahl", "acier au carbone forgé"),
        Metal,
        0x8b8f94,
        1.1,
    ),
    material(
        "aluminium",
        w("Aluminum", "Aluminium", "Aluminium"),
        w("recycled aluminum", "recyceltem Aluminium", "aluminium recyclé"),
        Metal,
        0xa9adb0,
        0.9,
    ),
    material(
        "brass",
        w("Brass", "Messing", "Laiton"),
        w("brushed brass", "gebürstetem Messing", "laiton brossé"),
        Metal,
        0xc7a04c,
        1.2,
    ),
    material(
        "copper",
        w("Copper", "Kupfer", "Cuivre"),
        w("hammered copper", "gehämmertem Kupfer", "cuivre martelé"),
        Metal,
        0xbd7550,
        1.4,
    ),
    material(
        "cast_iron",
        w("Cast iron", "Gusseisen", "Fonte"),
        w("heavy cast iron", "schwerem Gusseisen", "fonte épaisse"),
        Metal,
        0x3a3c3f,
        1.0,
    ),
    material(
        "enamelled_steel",
        w("Enamelled steel", "Emaillierter Stahl", "Acier émaillé"),
        w("enamelled steel", "emailliertem Stahl", "acier émaillé"),
        Metal,
        0xe8e2d6,
        0.9,
    ),
    material(
        "stoneware",
        w("Stoneware", "Steinzeug", "Grès"),
        w("glazed stoneware", "glasiertem Steinzeug", "grès émaillé"),
        Ceramic,
        0xb9ab98,
        1.0,
    ),
    material(
        "porcelain",
        w("Porcelain", "Porzellan", "Porcelaine"),
        w("fine porcelain", "feinem Porzellan", "porcelaine fine"),
        Ceramic,
        0xefece6,
        1.1,
    ),
    material(
        "terracotta",
        w("Terracotta", "Terrakotta", "Terre cuite"),
        w("fired terracotta", "gebrannter Terrakotta", "terre cuite"),
        Ceramic,
        0xbf6e4c,
        0.8,
    ),
    material(
        "concrete",
        w("Concrete", "Beton", "Béton"),
        w("fine-grained concrete", "feinkörnigem Beton", "béton fin"),
        Other,
        0xa5a4a1,
        0.9,
    ),
    material(
        "marble",
        w("Marble", "Marmor", "Marbre"),
        w("polished marble", "poliertem Marmor", "marbre poli"),
        Other,
        0xe3e0dc,
        1.4,
    ),
    material(
        "blown_glass",
        w("Blown glass", "Mundgeblasenes Glas", "Verre soufflé"),
        w("mouth-blown glass", "mundgeblasenem Glas", "verre soufflé"),
        Glass,
        0xcfe0e2,
        1.1,
    ),
    material(
        "heatproof_glass",
        w("Heatproof glass", "Hitzebeständiges Glas", "Verre thermorésistant"),
        w("heatproof glass", "hitzebeständigem Glas", "verre thermorésistant"),
        Glass,
        0xcfe0e2,
        1.0,
    ),
    material(
        "cotton",
        w("Organic cotton", "Bio-Baumwolle", "Coton bio"),
        w("organic cotton", "Bio-Baumwolle", "coton bio"),
        Fabric,
        0xe7dfd0,
        1.0,
    ),
    material(
        "linen",
        w("Linen", "Leinen", "Lin"),
        w("washed linen", "gewaschenem Leinen", "lin lavé"),
        Fabric,
        0xd8ccb4,
        1.2,
    ),
    material(
        "wool",
        w("Wool", "Wolle", "Laine"),
        w("pure new wool", "reiner Schurwolle", "pure laine vierge"),
        Fabric,
        0xcdbfa9,
        1.3,
    ),
    material(
        "velvet",
        w("Velvet", "Samt", "Velours"),
        w("cotton velvet", "Baumwollsamt", "velours de coton"),
        Fabric,
        0x6a7a4b,
        1.1,
    ),
    material(
        "boucle",
        w("Bouclé", "Bouclé", "Bouclette"),
        w("soft bouclé", "weichem Bouclé", "tissu bouclette"),
        Fabric,
        0xe7dfd0,
        1.2,
    ),
    material(
        "jute",
        w("Jute", "Jute", "Jute"),
        w("natural jute", "natürlicher Jute", "jute naturel"),
        Other,
        0xc2a271,
        0.8,
    ),
    material(
        "felt",
        w("Wool felt", "Wollfilz", "Feutre de laine"),
        w("wool felt", "Wollfilz", "feutre de laine"),
        Fabric,
        0x8d8d8a,
        1.0,
    ),
    material(
        "waxed_cotton",
        w("Waxed cotton", "Gewachste Baumwolle", "Coton ciré"),
        w("waxed cotton", "gewachster Baumwolle", "coton ciré"),
        Fabric,
        0x6a6a48,
        1.2,
    ),
    material(
        "recycled_polyester",
        w("Recycled polyester", "Recyceltes Polyester", "Polyester recyclé"),
        w("recycled polyester", "recyceltem Polyester", "polyester recyclé"),
        Fabric,
        0x4e6a7c,
        0.9,
    ),
    material(
        "ripstop_nylon",
        w("Ripstop nylon", "Ripstop-Nylon", "Nylon ripstop"),
        w("ripstop nylon", "Ripstop-Nylon", "nylon ripstop"),
        Fabric,
        0x6a7a4b,
        1.0,
    ),
    material(
        "leather",
        w("Leather", "Leder", "Cuir"),
        w("vegetable-tanned leather", "pflanzlich gegerbtem Leder", "cuir à tannage végétal"),
        Leather,
        0x9b5f36,
        1.6,
    ),
    material(
        "paper",
        w("Paper", "Papier", "Papier"),
        w("unbleached paper", "ungebleichtem Papier", "papier non blanchi"),
        Other,
        0xd8c4a2,
        1.0,
    ),
    material(
        "beeswax",
        w("Beeswax", "Bienenwachs", "Cire d’abeille"),
        w("pure beeswax", "reinem Bienenwachs", "cire d’abeille pure"),
        Other,
        0xe0b65c,
        1.2,
    ),
    material(
        "plant_wax",
        w("Plant wax", "Pflanzenwachs", "Cire végétale"),
        w("plant wax", "Pflanzenwachs", "cire végétale"),
        Other,
        0xefe6d6,
        1.0,
    ),
];

/// The material of this code.
pub(crate) fn material_by_code(code: &str) -> &'static Material {
    MATERIALS
        .iter()
        .find(|material| material.code == code)
        .expect("kinds name only listed materials, a test sees to it")
}

/// Sentences on how a class of materials is kept beautiful.
const CARE: &[(Class, &[Words])] = &[
    (
        Wood,
        &[
            w(
                "A little oil once a year keeps the wood beautiful.",
                "Etwas Öl einmal im Jahr hält das Holz schön.",
                "Un peu d’huile une fois par an suffit à garder le bois beau.",
            ),
            w(
                "Grain and tone differ from piece to piece, which is part of its charm.",
                "Maserung und Farbton sind bei jedem Stück anders, und gerade das macht den Reiz aus.",
                "Le veinage et la teinte varient d’une pièce à l’autre, et c’est ce qui fait leur charme.",
            ),
            w(
                "The wood comes from sustainably managed forests.",
                "Das Holz stammt aus nachhaltig bewirtschafteten Wäldern.",
                "Le bois provient de forêts gérées durablement.",
            ),
        ],
    ),
    (
        Metal,
        &[
            w(
                "The surface is easy to clean with a damp cloth.",
                "Die Oberfläche lässt sich leicht mit einem feuchten Tuch reinigen.",
                "La surface se nettoie facilement avec un chiffon humide.",
            ),
            w(
                "The metal ages with dignity and can be recycled completely.",
                "Das Metall altert in Würde und lässt sich vollständig wiederverwerten.",
                "Le métal vieillit bien et se recycle entièrement.",
            ),
        ],
    ),
    (
        Ceramic,
        &[
            w(
                "Small differences in the glaze show that every piece is made by hand.",
                "Kleine Unterschiede in der Glasur zeigen, dass jedes Stück von Hand entsteht.",
                "De légères différences d’émail montrent que chaque pièce est faite à la main.",
            ),
            w(
                "Fired at high temperature, the surface is hard and unaffected by stains.",
                "Bei hoher Temperatur gebrannt, ist die Oberfläche hart und unempfindlich gegen Flecken.",
                "Cuite à haute température, la surface est dure et résiste aux taches.",
            ),
        ],
    ),
    (
        Glass,
        &[
            w(
                "The glass is free of lead and leaves every taste as it is.",
                "Das Glas ist bleifrei und geschmacksneutral.",
                "Le verre est sans plomb et respecte tous les goûts.",
            ),
            w(
                "The glass stays clear, wash after wash.",
                "Das Glas bleibt klar, auch nach vielen Spülgängen.",
                "Le verre reste limpide, lavage après lavage.",
            ),
        ],
    ),
    (
        Fabric,
        &[
            w(
                "The fabric is free of harmful substances and kind to the skin.",
                "Der Stoff ist schadstofffrei und hautfreundlich.",
                "Le tissu est exempt de substances nocives et doux pour la peau.",
            ),
            w(
                "The color is dyed in the yarn and stays true for years.",
                "Die Farbe sitzt im Garn und bleibt über Jahre frisch.",
                "La couleur, teinte dans le fil, reste fraîche pendant des années.",
            ),
        ],
    ),
    (
        Leather,
        &[w(
            "The leather grows more beautiful with every year of use.",
            "Das Leder wird mit jedem Jahr des Gebrauchs schöner.",
            "Le cuir embellit au fil des années.",
        )],
    ),
    (
        Other,
        &[w(
            "The material is natural and every piece a little different.",
            "Das Material ist natürlich und jedes Stück ein wenig anders.",
            "La matière est naturelle et chaque pièce un peu différente.",
        )],
    ),
];

/// The sentences on the care of this class.
pub(crate) fn care(class: Class) -> &'static [Words] {
    CARE.iter().find(|(known, _)| *known == class).map_or(&[], |(_, sentences)| sentences)
}
