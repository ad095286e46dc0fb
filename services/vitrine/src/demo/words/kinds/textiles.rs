//! Cushions, blankets, rugs, towels, bed linen.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const CLOTH: Kind = Kind {
    family: "textiles",
    series: series::CLOTH,
    brands: brand::WEAVERS,
    adjectives: adjective::SOFT,
    colors: color::FABRIC,
    axes: Axes::ColorThenSize,
    ..BASE
};

const WASH_60: Fact = Fact::Several("care", &["wash_60", "tumble_dry", "iron"], 2, 3);
const WASH_30: Fact = Fact::Several("care", &["wash_30", "iron", "gentle"], 2, 3);
const BY_HAND: Fact = Fact::Several("care", &["hand_wash", "dry_flat", "gentle"], 2, 3);

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "cushion",
        prefix: "CUS",
        category: "cushions",
        noun: noun("cushion", "Kissen", N, "coussin", M),
        shape: Shape::Cushion,
        models: 8,
        materials: &["linen", "velvet", "wool", "cotton"],
        cover: true,
        sizes: &[
            size("cm_40x40", 1.0, &[("width", 40.0), ("length", 40.0)]),
            size("cm_50x50", 1.25, &[("width", 50.0), ("length", 50.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 0.4, 0.6, 0.05),
            WASH_30,
            Fact::Flag("removable_cover", 100),
        ],
        price: (24, 59),
        features: &[
            w(
                "The filling of feathers is plump and keeps its shape.",
                "Die Federfüllung ist prall und behält ihre Form.",
                "Le garnissage en plumes est gonflant et garde sa forme.",
            ),
            w(
                "A hidden zip, piped seams: tailored like a good jacket.",
                "Ein verdeckter Reißverschluss, Nähte mit Paspel: geschneidert wie eine gute Jacke.",
                "Fermeture invisible et coutures passepoilées : une façon de bon tailleur.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "throw",
        prefix: "THR",
        category: "blankets",
        noun: noun("throw", "Wohndecke", F, "plaid", M),
        shape: Shape::Blanket,
        models: 7,
        axes: Axes::Color,
        materials: &["wool", "cotton"],
        facts: &[
            Fact::Measure("width", 130.0, 150.0, 10.0),
            Fact::Measure("length", 170.0, 200.0, 10.0),
            Fact::Measure("weight", 0.9, 1.6, 0.1),
            Fact::Whole("fabric_weight", 280, 460, 20),
            BY_HAND,
        ],
        price: (59, 159),
        features: &[
            w(
                "Large enough for two, light enough to take along to the balcony.",
                "Groß genug für zwei, leicht genug für den Balkon.",
                "Assez grand pour deux, assez léger pour le balcon.",
            ),
            w(
                "The fringes are knotted by hand.",
                "Die Fransen sind von Hand geknüpft.",
                "Les franges sont nouées à la main.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "rug",
        prefix: "RUG",
        category: "rugs",
        noun: noun("rug", "Teppich", M, "tapis", M),
        shape: Shape::Rug,
        adjectives: &["hard-wearing", "soft", "timeless", "handsome", "cozy", "durable"],
        models: 7,
        materials: &["wool", "jute", "cotton"],
        sizes: &[
            size("cm_80x150", 1.0, &[("width", 80.0), ("length", 150.0)]),
            size("cm_160x230", 2.6, &[("width", 160.0), ("length", 230.0)]),
            size("cm_200x290", 3.9, &[("width", 200.0), ("length", 290.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 2.6, 4.0, 0.1),
            Fact::Whole("fabric_weight", 1400, 2600, 100),
            Fact::Flag("underfloor_heating", 80),
        ],
        price: (79, 179),
        features: &[
            w(
                "Woven flat, it lies still and does not catch on doors.",
                "Flach gewebt liegt er ruhig und bleibt an keiner Tür hängen.",
                "Tissé à plat, il reste bien en place et n’accroche pas les portes.",
            ),
            w(
                "Both sides can be used, which doubles its life.",
                "Beide Seiten sind nutzbar, das verdoppelt sein Leben.",
                "Utilisable des deux côtés, il dure deux fois plus longtemps.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "towel",
        prefix: "TOW",
        category: "towels",
        noun: noun("towel", "Handtuch", N, "serviette de toilette", F),
        shape: Shape::Towel,
        models: 6,
        materials: &["cotton", "linen"],
        sizes: &[
            size("cm_30x50", 1.0, &[("width", 30.0), ("length", 50.0)]),
            size("cm_50x100", 2.1, &[("width", 50.0), ("length", 100.0)]),
            size("cm_70x140", 3.6, &[("width", 70.0), ("length", 140.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 0.08, 0.1, 0.01),
            Fact::Whole("fabric_weight", 380, 620, 20),
            WASH_60,
        ],
        price: (6, 12),
        features: &[
            w(
                "It dries quickly and becomes softer with each wash.",
                "Es trocknet schnell und wird mit jeder Wäsche weicher.",
                "Elle sèche vite et s’adoucit à chaque lavage.",
            ),
            w(
                "A loop on the long side holds it on the hook.",
                "Eine Schlaufe an der Längsseite hält es am Haken.",
                "Une bride sur le grand côté la retient au crochet.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "bed-linen",
        prefix: "LIN",
        category: "bed_linen",
        noun: noun("bed linen set", "Bettwäsche", F, "parure de lit", F),
        shape: Shape::BedLinen,
        models: 6,
        materials: &["cotton", "linen"],
        sizes: &[
            size("cm_135x200", 1.0, &[("width", 135.0), ("length", 200.0)]),
            size("cm_155x220", 1.15, &[("width", 155.0), ("length", 220.0)]),
            size("cm_200x200", 1.45, &[("width", 200.0), ("length", 200.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 1.0, 1.3, 0.1),
            Fact::Whole("fabric_weight", 120, 180, 10),
            WASH_60,
        ],
        price: (69, 139),
        features: &[
            w(
                "Cool in summer, warm in winter, and beautiful unironed.",
                "Kühl im Sommer, warm im Winter und ungebügelt schön.",
                "Fraîche en été, chaude en hiver, et belle sans repassage.",
            ),
            w(
                "Buttons of mother-of-pearl close the cover.",
                "Knöpfe aus Perlmutt schließen den Bezug.",
                "Des boutons de nacre ferment la housse.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "curtain",
        prefix: "CUR",
        category: "curtains",
        noun: noun("curtain", "Vorhang", M, "rideau", M),
        shape: Shape::Curtain,
        adjectives: &["light", "airy", "soft", "elegant", "understated", "timeless"],
        models: 5,
        axes: Axes::ColorThenSize,
        materials: &["linen", "cotton", "velvet"],
        sizes: &[
            size("cm_140x245", 1.0, &[("width", 140.0), ("length", 245.0)]),
            size("cm_140x300", 1.2, &[("width", 140.0), ("length", 300.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 0.9, 1.6, 0.1),
            Fact::Whole("fabric_weight", 160, 340, 20),
            WASH_30,
            Fact::Flag("opaque", 40),
        ],
        price: (59, 129),
        features: &[
            w(
                "It falls in calm folds and softens the light of the afternoon.",
                "Er fällt in ruhigen Falten und macht das Licht am Nachmittag weich.",
                "Il tombe en plis calmes et adoucit la lumière de l’après-midi.",
            ),
            w(
                "The heading tape fits rails and rods alike.",
                "Das Kräuselband passt an Schienen und Stangen.",
                "Le ruban fronceur convient aux rails comme aux tringles.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "tea-towel",
        prefix: "TEA",
        category: "kitchen_textiles",
        noun: noun("dish towel", "Geschirrtuch", N, "torchon", M),
        shape: Shape::TeaTowel,
        models: 5,
        axes: Axes::Color,
        materials: &["cotton", "linen"],
        facts: &[
            Fact::Measure("width", 48.0, 52.0, 2.0),
            Fact::Measure("length", 68.0, 74.0, 2.0),
            Fact::Measure("weight", 0.07, 0.11, 0.01),
            Fact::Whole("fabric_weight", 180, 240, 20),
            WASH_60,
        ],
        price: (9, 18),
        features: &[
            w(
                "It dries glasses without leaving lint.",
                "Es trocknet Gläser, ohne zu fusseln.",
                "Il essuie les verres sans laisser de peluches.",
            ),
            w(
                "The stripes are woven in, not printed.",
                "Die Streifen sind eingewebt, nicht gedruckt.",
                "Les rayures sont tissées, non imprimées.",
            ),
        ],
        ..CLOTH
    },
    Kind {
        code: "apron",
        prefix: "APR",
        category: "kitchen_textiles",
        noun: noun("apron", "Schürze", F, "tablier", M),
        shape: Shape::Apron,
        adjectives: &["hard-wearing", "practical", "handsome", "durable", "classic"],
        models: 4,
        axes: Axes::Color,
        materials: &["cotton", "linen"],
        facts: &[
            Fact::Measure("width", 66.0, 74.0, 2.0),
            Fact::Measure("length", 80.0, 92.0, 2.0),
            Fact::Measure("weight", 0.25, 0.5, 0.05),
            Fact::Whole("fabric_weight", 240, 360, 20),
            WASH_30,
        ],
        price: (29, 69),
        features: &[
            w(
                "The straps cross at the back, so nothing pulls at the neck.",
                "Die Träger kreuzen sich am Rücken, so zieht nichts am Nacken.",
                "Les bretelles se croisent dans le dos, rien ne tire sur la nuque.",
            ),
            w(
                "Two pockets and a loop for the towel.",
                "Zwei Taschen und eine Schlaufe für das Tuch.",
                "Deux poches et une bride pour le torchon.",
            ),
        ],
        ..CLOTH
    },
];
