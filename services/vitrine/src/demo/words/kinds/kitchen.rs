//! Pots, pans, knives, boards and jars.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const COOK: Kind = Kind {
    family: "cookware",
    series: series::KITCHEN,
    brands: brand::COOKING,
    adjectives: adjective::TOOL,
    ..BASE
};

const TOOL: Kind = Kind { family: "kitchen_tools", ..COOK };

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "pot",
        prefix: "POT",
        category: "pots_and_pans",
        noun: noun("cooking pot", "Kochtopf", M, "faitout", M),
        shape: Shape::Pot,
        models: 5,
        axes: Axes::Size,
        materials: &["stainless_steel", "copper", "aluminium"],
        sizes: &[
            size("cm_16", 1.0, &[("width", 16.0), ("height", 11.0), ("capacity", 1.9)]),
            size("cm_20", 1.25, &[("width", 20.0), ("height", 13.0), ("capacity", 3.6)]),
            size("cm_24", 1.5, &[("width", 24.0), ("height", 15.0), ("capacity", 6.1)]),
        ],
        facts: &[
            Fact::Measure("weight", 1.1, 1.5, 0.1),
            Fact::Flag("induction", 80),
            Fact::Flag("oven_safe", 70),
            Fact::Flag("dishwasher_safe", 60),
        ],
        price: (49, 129),
        features: &[
            w(
                "A scale inside saves the measuring jug.",
                "Eine Skala im Inneren erspart den Messbecher.",
                "Une graduation intérieure remplace le verre doseur.",
            ),
            w(
                "The rim pours without dripping.",
                "Der Schüttrand gießt, ohne zu tropfen.",
                "Le bord verseur ne goutte pas.",
            ),
            w(
                "The handles are riveted and stay cool on the stove.",
                "Die Griffe sind genietet und bleiben auf dem Herd kühl.",
                "Les poignées rivetées restent froides sur la plaque.",
            ),
        ],
        ..COOK
    },
    Kind {
        code: "pan",
        prefix: "PAN",
        category: "pots_and_pans",
        noun: noun("frying pan", "Bratpfanne", F, "poêle", F),
        shape: Shape::Pan,
        models: 6,
        axes: Axes::Size,
        materials: &["cast_iron", "carbon_steel", "stainless_steel", "copper"],
        sizes: &[
            size("cm_20", 1.0, &[("width", 20.0), ("height", 4.0)]),
            size("cm_24", 1.2, &[("width", 24.0), ("height", 4.5)]),
            size("cm_28", 1.4, &[("width", 28.0), ("height", 5.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 1.0, 1.6, 0.1),
            Fact::Flag("induction", 90),
            Fact::Flag("oven_safe", 80),
        ],
        price: (39, 119),
        features: &[
            w(
                "It heats evenly to the edge and browns what should be brown.",
                "Sie wird bis zum Rand gleichmäßig heiß und bräunt, was braun werden soll.",
                "Elle chauffe uniformément jusqu’au bord et dore ce qui doit dorer.",
            ),
            w(
                "With every meal the surface grows a little better.",
                "Mit jedem Essen wird die Oberfläche ein wenig besser.",
                "À chaque repas, la surface devient un peu meilleure.",
            ),
        ],
        ..COOK
    },
    Kind {
        code: "casserole",
        prefix: "CAS",
        category: "casseroles",
        noun: noun("Dutch oven", "Bräter", M, "cocotte", F),
        shape: Shape::Casserole,
        models: 6,
        axes: Axes::ColorThenSize,
        colors: color::ENAMEL,
        materials: &["cast_iron"],
        sizes: &[
            size("cm_20", 1.0, &[("width", 20.0), ("height", 15.0), ("capacity", 2.4)]),
            size("cm_24", 1.25, &[("width", 24.0), ("height", 17.0), ("capacity", 4.2)]),
            size("cm_28", 1.55, &[("width", 28.0), ("height", 19.0), ("capacity", 6.7)]),
        ],
        facts: &[
            Fact::Measure("weight", 3.2, 3.9, 0.1),
            Fact::Flag("induction", 100),
            Fact::Flag("oven_safe", 100),
            Fact::Flag("dishwasher_safe", 30),
        ],
        price: (119, 229),
        features: &[
            w(
                "Under the heavy lid, braises stay juicy and bread gets its crust.",
                "Unter dem schweren Deckel bleibt Geschmortes saftig und bekommt Brot seine Kruste.",
                "Sous le lourd couvercle, les mijotés restent tendres et le pain prend sa croûte.",
            ),
            w(
                "From the stove to the oven to the table, all in one pot.",
                "Vom Herd in den Ofen auf den Tisch, alles in einem Topf.",
                "De la plaque au four puis à la table, sans changer de récipient.",
            ),
        ],
        ..COOK
    },
    Kind {
        code: "kettle",
        prefix: "KET",
        category: "kettles",
        noun: noun("kettle", "Wasserkessel", M, "bouilloire", F),
        shape: Shape::Kettle,
        models: 5,
        axes: Axes::Color,
        colors: color::ENAMEL,
        materials: &["enamelled_steel"],
        facts: &[
            Fact::Measure("width", 19.0, 23.0, 0.5),
            Fact::Measure("height", 18.0, 24.0, 0.5),
            Fact::Measure("capacity", 1.4, 2.4, 0.2),
            Fact::Measure("weight", 0.9, 1.5, 0.1),
            Fact::Flag("induction", 90),
        ],
        price: (39, 95),
        features: &[
            w(
                "It whistles politely, and only when the water really boils.",
                "Er pfeift höflich, und nur, wenn das Wasser wirklich kocht.",
                "Elle siffle poliment, et seulement quand l’eau bout vraiment.",
            ),
            w(
                "The wide lid makes filling and cleaning easy.",
                "Der weite Deckel macht Füllen und Reinigen leicht.",
                "Le large couvercle facilite le remplissage et le nettoyage.",
            ),
        ],
        ..COOK
    },
    Kind {
        code: "baking-dish",
        prefix: "BAK",
        category: "casseroles",
        noun: noun("baking dish", "Auflaufform", F, "plat à gratin", M),
        shape: Shape::BakingDish,
        brands: brand::POTTERY,
        models: 5,
        axes: Axes::ColorThenSize,
        colors: color::CERAMIC,
        materials: &["stoneware"],
        sizes: &[
            size("cm_26x18", 1.0, &[("width", 26.0), ("depth", 18.0), ("capacity", 1.6)]),
            size("cm_34x24", 1.4, &[("width", 34.0), ("depth", 24.0), ("capacity", 3.0)]),
        ],
        facts: &[
            Fact::Measure("height", 6.0, 7.5, 0.5),
            Fact::Measure("weight", 1.2, 1.6, 0.1),
            Fact::Flag("oven_safe", 100),
            Fact::Flag("dishwasher_safe", 100),
        ],
        price: (29, 59),
        features: &[
            w(
                "It keeps a gratin hot until the second helping.",
                "Sie hält den Auflauf bis zum Nachschlag heiß.",
                "Il garde le gratin chaud jusqu’à la deuxième portion.",
            ),
            w(
                "Wide handles give a safe grip with oven mitts.",
                "Breite Griffe liegen auch mit Ofenhandschuhen sicher in der Hand.",
                "De larges poignées offrent une bonne prise, même avec des gants.",
            ),
        ],
        ..COOK
    },
    Kind {
        code: "chef-knife",
        prefix: "KNI",
        category: "knives_and_boards",
        noun: noun("chef’s knife", "Kochmesser", N, "couteau de chef", M),
        shape: Shape::Knife,
        brands: brand::CUTTING,
        models: 6,
        axes: Axes::Size,
        materials: &["carbon_steel", "stainless_steel"],
        sizes: &[
            size("cm_16", 1.0, &[("blade_length", 16.0), ("width", 28.0)]),
            size("cm_20", 1.2, &[("blade_length", 20.0), ("width", 33.0)]),
            size("cm_24", 1.4, &[("blade_length", 24.0), ("width", 38.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 0.14, 0.2, 0.01),
            Fact::Pick("handle_material", &["walnut", "oak", "beech"]),
            Fact::Whole("hardness", 57, 62, 1),
        ],
        price: (59, 159),
        features: &[
            w(
                "The balance point lies right where the fingers hold it.",
                "Der Schwerpunkt liegt genau dort, wo die Finger greifen.",
                "Le point d’équilibre se trouve exactement sous les doigts.",
            ),
            w(
                "It glides through tomatoes and does not shy away from pumpkins.",
                "Es gleitet durch Tomaten und scheut auch vor Kürbissen nicht zurück.",
                "Il glisse dans les tomates et ne recule pas devant les courges.",
            ),
        ],
        ..TOOL
    },
    Kind {
        code: "cutting-board",
        prefix: "CUT",
        category: "knives_and_boards",
        noun: noun("cutting board", "Schneidebrett", N, "planche à découper", F),
        shape: Shape::CuttingBoard,
        brands: brand::CUTTING,
        models: 5,
        axes: Axes::MaterialThenSize,
        materials: &["oak", "walnut", "acacia", "bamboo"],
        sizes: &[
            size("cm_30x20", 1.0, &[("width", 30.0), ("depth", 20.0)]),
            size("cm_42x28", 1.6, &[("width", 42.0), ("depth", 28.0)]),
        ],
        facts: &[Fact::Measure("height", 2.0, 4.0, 0.5), Fact::Measure("weight", 0.9, 1.4, 0.1)],
        price: (24, 59),
        features: &[
            w(
                "The groove all around catches the juice.",
                "Die umlaufende Rille fängt den Saft auf.",
                "La rigole périphérique recueille le jus.",
            ),
            w(
                "It is easy on the blade and, turned over, a tray for cheese.",
                "Es schont die Klinge und wird umgedreht zur Käseplatte.",
                "Elle ménage la lame et, retournée, devient un plateau à fromage.",
            ),
        ],
        ..TOOL
    },
    Kind {
        code: "pepper-mill",
        prefix: "PEP",
        category: "kitchen_helpers",
        noun: noun("pepper mill", "Pfeffermühle", F, "moulin à poivre", M),
        shape: Shape::PepperMill,
        models: 5,
        axes: Axes::Color,
        colors: color::PAINTED,
        materials: &["beech", "oak", "walnut"],
        facts: &[
            Fact::Measure("height", 14.0, 24.0, 1.0),
            Fact::Measure("width", 5.0, 6.5, 0.5),
            Fact::Measure("weight", 0.2, 0.36, 0.02),
        ],
        price: (24, 49),
        features: &[
            w(
                "The steel mechanism cracks the corns first and then grinds them.",
                "Das Stahlmahlwerk bricht die Körner zuerst und mahlt sie dann.",
                "Le mécanisme en acier concasse d’abord les grains, puis les moud.",
            ),
            w(
                "A turn of the knob takes you from coarse to fine.",
                "Eine Drehung am Knopf führt von grob bis fein.",
                "Un tour de molette suffit pour passer du grossier au fin.",
            ),
        ],
        ..TOOL
    },
    Kind {
        code: "storage-jar",
        prefix: "JAR",
        category: "kitchen_helpers",
        noun: noun("storage jar", "Vorratsglas", N, "bocal", M),
        shape: Shape::Jar,
        models: 4,
        axes: Axes::Size,
        materials: &["heatproof_glass"],
        sizes: &[
            size("l_0_5", 1.0, &[("capacity", 0.5), ("height", 12.0)]),
            size("l_1", 1.3, &[("capacity", 1.0), ("height", 18.0)]),
            size("l_2", 1.7, &[("capacity", 2.0), ("height", 26.0)]),
        ],
        facts: &[
            Fact::Measure("width", 10.0, 11.0, 0.5),
            Fact::Measure("weight", 0.36, 0.48, 0.02),
            Fact::Flag("dishwasher_safe", 100),
        ],
        price: (9, 19),
        features: &[
            w(
                "The wooden lid seals tightly and smells of nothing.",
                "Der Holzdeckel schließt dicht und riecht nach nichts.",
                "Le couvercle en bois ferme hermétiquement et ne sent rien.",
            ),
            w(
                "The jars can be stacked and look good side by side.",
                "Die Gläser lassen sich stapeln und sehen nebeneinander gut aus.",
                "Les bocaux s’empilent et sont beaux côte à côte.",
            ),
        ],
        ..TOOL
    },
];
