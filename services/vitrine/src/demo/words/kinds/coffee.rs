//! Coffee and what it is made with.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const GEAR: Kind = Kind {
    family: "coffee_equipment",
    series: series::CAFE,
    brands: brand::SLOW_COFFEE,
    adjectives: adjective::TOOL,
    axes: Axes::Color,
    ..BASE
};

const COFFEE: Kind = Kind {
    family: "coffee",
    category: "coffee_beans",
    series: series::ROAST,
    brands: brand::ROASTERS,
    adjectives: adjective::BREW,
    shape: Shape::CoffeeBag,
    // The colours of the bags; coffee itself has no attribute colour.
    colors: color::FABRIC,
    axes: Axes::SizeAndGrind,
    sizes: &[size("g_250", 1.0, &[("weight", 0.25)]), size("kg_1", 3.6, &[("weight", 1.0)])],
    ..BASE
};

const ORIGINS: Fact = Fact::Pick(
    "origin",
    &[
        "ethiopia",
        "colombia",
        "brazil",
        "guatemala",
        "kenya",
        "rwanda",
        "peru",
        "honduras",
        "costa_rica",
        "indonesia",
    ],
);
const PROCESS: Fact = Fact::Pick("process", &["washed", "natural", "honey"]);
const VARIETY: Fact = Fact::Note(
    "variety",
    &["Bourbon", "Caturra", "Catuaí", "Heirloom", "SL 28", "Typica", "Pacamara"],
);

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "filter-coffee",
        prefix: "FCO",
        noun: noun("filter coffee", "Filterkaffee", M, "café filtre", M),
        models: 12,
        facts: &[
            ORIGINS,
            Fact::Pick("roast", &["light", "medium"]),
            PROCESS,
            VARIETY,
            Fact::Whole("altitude", 1200, 2100, 50),
            Fact::Several(
                "tasting_notes",
                &[
                    "berries",
                    "citrus",
                    "jasmine",
                    "peach",
                    "honey",
                    "black_tea",
                    "caramel",
                    "red_apple",
                ],
                2,
                3,
            ),
            Fact::Flag("organic", 60),
        ],
        price: (9, 16),
        features: &[
            w(
                "Roasted gently, so that the fruit of the cherry remains in the cup.",
                "Schonend geröstet, damit die Frucht der Kirsche in der Tasse bleibt.",
                "Torréfié en douceur pour que le fruit de la cerise reste dans la tasse.",
            ),
            w(
                "Our advice: sixty grams to a liter of water at ninety-four degrees.",
                "Unser Rat: sechzig Gramm auf einen Liter Wasser mit vierundneunzig Grad.",
                "Notre conseil : soixante grammes pour un litre d’eau à quatre-vingt-quatorze degrés.",
            ),
            w(
                "At its best in a hand-brewed filter, good in the French press.",
                "Am schönsten von Hand aufgebrüht, gut auch in der Stempelkanne.",
                "Idéal en filtre manuel, agréable aussi en cafetière à piston.",
            ),
        ],
        ..COFFEE
    },
    Kind {
        code: "espresso",
        prefix: "ESP",
        noun: noun("espresso", "Espresso", M, "espresso", M),
        models: 10,
        facts: &[
            ORIGINS,
            Fact::Pick("roast", &["medium", "dark"]),
            PROCESS,
            VARIETY,
            Fact::Whole("altitude", 900, 1700, 50),
            Fact::Several(
                "tasting_notes",
                &["dark_chocolate", "hazelnut", "caramel", "almond", "plum", "cocoa", "vanilla"],
                2,
                3,
            ),
            Fact::Flag("organic", 50),
        ],
        price: (9, 15),
        features: &[
            w(
                "Dense crema, little acidity: as Italians like it.",
                "Dichte Crema, wenig Säure: so, wie man ihn in Italien mag.",
                "Une crema dense, peu d’acidité : comme on l’aime en Italie.",
            ),
            w(
                "It stands up to milk and is a delight without.",
                "Er behauptet sich gegen Milch und ist auch ohne ein Genuss.",
                "Il s’affirme dans le lait et se savoure aussi sans.",
            ),
            w(
                "Our advice: eighteen grams, thirty-eight in the cup, in twenty-seven seconds.",
                "Unser Rat: achtzehn Gramm, achtunddreißig in der Tasse, in siebenundzwanzig Sekunden.",
                "Notre conseil : dix-huit grammes, trente-huit en tasse, en vingt-sept secondes.",
            ),
        ],
        ..COFFEE
    },
    Kind {
        code: "hand-grinder",
        prefix: "HGR",
        category: "coffee_grinders",
        noun: noun("hand grinder", "Handmühle", F, "moulin à café", M),
        shape: Shape::HandGrinder,
        models: 5,
        colors: &["black", "steel", "sage", "brick", "navy"],
        materials: &["aluminium", "stainless_steel"],
        facts: &[
            Fact::Measure("width", 5.0, 6.5, 0.5),
            Fact::Measure("height", 16.0, 20.0, 0.5),
            Fact::Measure("weight", 0.45, 0.75, 0.05),
            Fact::Whole("grind_settings", 18, 40, 2),
        ],
        price: (59, 189),
        features: &[
            w(
                "The double bearing keeps the axle steady and the grind even.",
                "Die doppelt gelagerte Achse läuft ruhig und mahlt gleichmäßig.",
                "L’axe à double roulement tourne sans jeu et donne une mouture régulière.",
            ),
            w(
                "Twenty grams take under a minute and the grip fits every hand.",
                "Zwanzig Gramm sind in weniger als einer Minute gemahlen, und der Griff passt in jede Hand.",
                "Vingt grammes en moins d’une minute, et une prise adaptée à toutes les mains.",
            ),
        ],
        ..GEAR
    },
    Kind {
        code: "coffee-grinder",
        prefix: "CGR",
        category: "coffee_grinders",
        noun: noun("coffee grinder", "Kaffeemühle", F, "broyeur à café", M),
        shape: Shape::ElectricGrinder,
        brands: brand::ESPRESSO,
        models: 5,
        colors: color::APPLIANCE,
        materials: &["aluminium", "steel"],
        facts: &[
            Fact::Measure("width", 13.0, 18.0, 0.5),
            Fact::Measure("height", 32.0, 42.0, 1.0),
            Fact::Measure("depth", 18.0, 26.0, 1.0),
            Fact::Measure("weight", 3.2, 6.4, 0.1),
            Fact::Measure("power", 120.0, 280.0, 10.0),
            Fact::Whole("grind_settings", 30, 60, 5),
            Fact::Measure("capacity", 0.25, 0.5, 0.05),
        ],
        price: (189, 459),
        features: &[
            w(
                "Steel burrs work slowly and quietly and keep the aroma cool.",
                "Mahlscheiben aus Stahl arbeiten langsam und leise und halten das Aroma kühl.",
                "Les meules en acier tournent lentement, en silence, et préservent les arômes.",
            ),
            w(
                "It doses to a tenth of a second, straight into the portafilter.",
                "Sie dosiert auf die Zehntelsekunde, direkt in den Siebträger.",
                "Il dose au dixième de seconde, directement dans le porte-filtre.",
            ),
        ],
        ..GEAR
    },
    Kind {
        code: "espresso-machine",
        prefix: "EMA",
        category: "espresso_machines",
        noun: noun("espresso machine", "Espressomaschine", F, "machine à espresso", F),
        shape: Shape::EspressoMachine,
        brands: brand::ESPRESSO,
        models: 5,
        colors: color::APPLIANCE,
        materials: &["stainless_steel", "steel"],
        facts: &[
            Fact::Measure("width", 24.0, 32.0, 1.0),
            Fact::Measure("height", 34.0, 40.0, 1.0),
            Fact::Measure("depth", 30.0, 44.0, 1.0),
            Fact::Measure("weight", 9.0, 21.0, 0.5),
            Fact::Measure("power", 1200.0, 1600.0, 50.0),
            Fact::Measure("capacity", 1.8, 3.0, 0.2),
            Fact::Measure("cable_length", 110.0, 140.0, 10.0),
        ],
        price: (549, 1690),
        features: &[
            w(
                "Ready in six minutes, with a steady temperature from the first shot on.",
                "In sechs Minuten bereit, mit stabiler Temperatur ab dem ersten Bezug.",
                "Prête en six minutes, avec une température stable dès la première tasse.",
            ),
            w(
                "The steam wand turns milk into silk.",
                "Die Dampflanze macht aus Milch Seide.",
                "La buse vapeur transforme le lait en soie.",
            ),
            w(
                "Every part that wears out can be replaced at home.",
                "Jedes Verschleißteil lässt sich zu Hause tauschen.",
                "Chaque pièce d’usure se remplace à la maison.",
            ),
        ],
        ..GEAR
    },
    Kind {
        code: "dripper",
        prefix: "DRI",
        category: "brewing",
        noun: noun("coffee dripper", "Handfilter", M, "cône filtre", M),
        shape: Shape::Dripper,
        models: 6,
        colors: color::CERAMIC,
        materials: &["porcelain", "stoneware"],
        facts: &[
            Fact::Measure("width", 11.0, 14.0, 0.5),
            Fact::Measure("height", 9.0, 12.0, 0.5),
            Fact::Measure("weight", 0.3, 0.5, 0.02),
            Fact::Flag("dishwasher_safe", 100),
        ],
        price: (19, 39),
        features: &[
            w(
                "Spiral ribs let the coffee run at the right pace.",
                "Spiralrippen lassen den Kaffee im richtigen Tempo laufen.",
                "Les nervures en spirale laissent couler le café au bon rythme.",
            ),
            w(
                "It stands on every common mug and carafe.",
                "Er steht auf jedem gängigen Becher und jeder Kanne.",
                "Il se pose sur tous les mugs et carafes courants.",
            ),
        ],
        ..GEAR
    },
    Kind {
        code: "french-press",
        prefix: "FPR",
        category: "brewing",
        noun: noun("French press", "Stempelkanne", F, "cafetière à piston", F),
        shape: Shape::FrenchPress,
        models: 5,
        axes: Axes::ColorThenSize,
        colors: &["black", "copper", "steel", "brass"],
        materials: &["heatproof_glass"],
        sizes: &[
            size("l_0_35", 1.0, &[("capacity", 0.35), ("height", 17.0)]),
            size("l_1", 1.4, &[("capacity", 1.0), ("height", 24.0)]),
        ],
        facts: &[
            Fact::Measure("width", 12.0, 16.0, 0.5),
            Fact::Measure("weight", 0.5, 0.7, 0.05),
            Fact::Flag("dishwasher_safe", 100),
        ],
        price: (29, 55),
        features: &[
            w(
                "The double sieve holds back even fine grounds.",
                "Das doppelte Sieb hält auch feines Pulver zurück.",
                "Le double tamis retient même la mouture fine.",
            ),
            w(
                "Four minutes of patience, then press slowly.",
                "Vier Minuten Geduld, dann langsam drücken.",
                "Quatre minutes de patience, puis on presse lentement.",
            ),
        ],
        ..GEAR
    },
    Kind {
        code: "coffee-scale",
        prefix: "SCA",
        category: "brewing",
        noun: noun("coffee scale", "Kaffeewaage", F, "balance à café", F),
        shape: Shape::Scale,
        models: 4,
        colors: &["black", "white", "steel"],
        materials: &["aluminium"],
        facts: &[
            Fact::Measure("width", 13.0, 16.0, 0.5),
            Fact::Measure("height", 2.0, 3.0, 0.5),
            Fact::Measure("depth", 13.0, 18.0, 0.5),
            Fact::Measure("weight", 0.3, 0.6, 0.05),
            Fact::Measure("max_load", 2.0, 3.0, 0.5),
        ],
        price: (39, 129),
        features: &[
            w(
                "It weighs to a tenth of a gram and starts the timer by itself.",
                "Sie wiegt auf ein Zehntelgramm genau und startet die Uhr von selbst.",
                "Elle pèse au dixième de gramme et lance le chronomètre toute seule.",
            ),
            w(
                "Splashes run off the sealed surface; charged by USB-C.",
                "Spritzer perlen von der dichten Oberfläche ab; geladen wird per USB-C.",
                "Les éclaboussures glissent sur la surface étanche ; recharge par USB-C.",
            ),
        ],
        ..GEAR
    },
    Kind {
        code: "filter-paper",
        prefix: "FIL",
        category: "brewing",
        noun: noun("filter paper", "Filterpapier", N, "papier filtre", M),
        shape: Shape::FilterPack,
        brands: &["papier_tropf"],
        adjectives: &["reliable", "practical", "delicate"],
        models: 4,
        axes: Axes::Size,
        colors: &["sand", "camel", "cream"],
        sizes: &[
            size("pcs_40", 1.0, &[("pieces", 40.0)]),
            size("pcs_100", 2.1, &[("pieces", 100.0)]),
        ],
        facts: &[
            Fact::Measure("width", 12.0, 17.0, 0.5),
            Fact::Measure("height", 10.0, 13.0, 0.5),
            Fact::Measure("weight", 0.08, 0.1, 0.01),
            Fact::Flag("compostable", 100),
        ],
        price: (3, 6),
        features: &[
            w(
                "Rinse once, and nothing tastes of paper.",
                "Einmal gespült, schmeckt nichts nach Papier.",
                "Un rinçage, et rien n’a le goût du papier.",
            ),
            w(
                "The even fibre gives a clear, bright cup.",
                "Die gleichmäßige Faser sorgt für eine klare Tasse.",
                "La fibre régulière donne une tasse claire et nette.",
            ),
        ],
        ..GEAR
    },
];
