//! Garden and decoration.

use crate::demo::grammar::{F, M, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const GARDEN: Kind = Kind {
    family: "garden",
    series: series::CLOTH,
    brands: brand::GARDEN,
    adjectives: &["sturdy", "handsome", "durable", "practical", "timeless", "classic"],
    axes: Axes::Color,
    ..BASE
};

const DECOR: Kind = Kind {
    family: "decor",
    series: series::HOME,
    brands: brand::DECOR,
    adjectives: adjective::DECOR,
    axes: Axes::Color,
    ..BASE
};

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "plant-pot",
        prefix: "PPO",
        category: "pots_and_planters",
        noun: noun("plant pot", "Pflanztopf", M, "pot de fleurs", M),
        shape: Shape::PlantPot,
        models: 8,
        axes: Axes::ColorThenSize,
        colors: color::EARTHY,
        materials: &["terracotta", "concrete", "stoneware"],
        sizes: &[
            size("cm_14", 1.0, &[("width", 14.0), ("height", 13.0)]),
            size("cm_20", 1.6, &[("width", 20.0), ("height", 18.0)]),
            size("cm_28", 2.5, &[("width", 28.0), ("height", 25.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 0.7, 1.2, 0.1),
            Fact::Flag("frost_proof", 60),
            Fact::Flag("drainage_hole", 80),
        ],
        price: (12, 29),
        features: &[
            w(
                "The matching saucer protects the windowsill.",
                "Der passende Untersetzer schützt die Fensterbank.",
                "La soucoupe assortie protège le rebord de fenêtre.",
            ),
            w(
                "Roots like the breathing wall.",
                "Wurzeln mögen die atmende Wand.",
                "Les racines apprécient sa paroi qui respire.",
            ),
        ],
        ..GARDEN
    },
    Kind {
        code: "watering-can",
        prefix: "WAT",
        category: "garden_tools",
        noun: noun("watering can", "Gießkanne", F, "arrosoir", M),
        shape: Shape::WateringCan,
        models: 5,
        colors: &["forest", "cream", "terracotta", "anthracite", "sky", "mustard"],
        materials: &["steel"],
        facts: &[
            Fact::Measure("width", 30.0, 46.0, 1.0),
            Fact::Measure("height", 22.0, 36.0, 1.0),
            Fact::Measure("capacity", 1.2, 8.0, 0.4),
            Fact::Measure("weight", 0.5, 1.4, 0.1),
        ],
        price: (24, 59),
        features: &[
            w(
                "The long spout reaches the last pot in the row.",
                "Der lange Ausguss erreicht auch den letzten Topf in der Reihe.",
                "Le long bec atteint même le dernier pot de la rangée.",
            ),
            w(
                "Balanced when full, it pours to the drop.",
                "Auch voll gut ausbalanciert, gießt sie auf den Tropfen genau.",
                "Bien équilibré même plein, il verse à la goutte près.",
            ),
        ],
        ..GARDEN
    },
    Kind {
        code: "trowel",
        prefix: "TRO",
        category: "garden_tools",
        noun: noun("garden trowel", "Pflanzkelle", F, "transplantoir", M),
        shape: Shape::Trowel,
        models: 6,
        axes: Axes::None,
        materials: &["stainless_steel", "carbon_steel"],
        facts: &[
            Fact::Measure("width", 6.0, 8.0, 0.5),
            Fact::Measure("length", 28.0, 36.0, 1.0),
            Fact::Measure("weight", 0.2, 0.36, 0.02),
        ],
        price: (14, 35),
        features: &[
            w(
                "The blade is forged from one piece and does not bend in clay.",
                "Das Blatt ist aus einem Stück geschmiedet und verbiegt sich auch im Lehm nicht.",
                "La lame forgée d’une pièce ne plie pas, même dans l’argile.",
            ),
            w(
                "A leather loop keeps it at hand.",
                "Eine Lederschlaufe hält sie griffbereit.",
                "Une lanière de cuir le garde à portée de main.",
            ),
        ],
        ..GARDEN
    },
    Kind {
        code: "nesting-box",
        prefix: "NES",
        category: "garden_life",
        noun: noun("nesting box", "Nistkasten", M, "nichoir", M),
        shape: Shape::NestingBox,
        models: 5,
        colors: color::PAINTED,
        materials: &["pine", "oak"],
        facts: &[
            Fact::Measure("width", 16.0, 20.0, 1.0),
            Fact::Measure("height", 24.0, 32.0, 1.0),
            Fact::Measure("depth", 16.0, 20.0, 1.0),
            Fact::Measure("weight", 1.4, 2.4, 0.1),
            Fact::Flag("frost_proof", 100),
        ],
        price: (29, 65),
        features: &[
            w(
                "The entrance hole suits great tits and sparrows.",
                "Das Einflugloch passt für Kohlmeisen und Spatzen.",
                "Le trou d’envol convient aux mésanges et aux moineaux.",
            ),
            w(
                "The front opens for cleaning in fall.",
                "Die Front lässt sich zur Reinigung im Herbst öffnen.",
                "La façade s’ouvre pour le nettoyage d’automne.",
            ),
        ],
        ..GARDEN
    },
    Kind {
        code: "fire-bowl",
        prefix: "FIR",
        category: "garden_life",
        noun: noun("fire bowl", "Feuerschale", F, "brasero", M),
        shape: Shape::FireBowl,
        models: 4,
        axes: Axes::Size,
        materials: &["steel", "cast_iron"],
        sizes: &[
            size("cm_50", 1.0, &[("width", 50.0)]),
            size("cm_60", 1.25, &[("width", 60.0)]),
            size("cm_80", 1.7, &[("width", 80.0)]),
        ],
        facts: &[
            Fact::Measure("height", 28.0, 42.0, 1.0),
            Fact::Measure("weight", 7.0, 11.0, 0.5),
            Fact::Flag("frost_proof", 100),
        ],
        price: (89, 189),
        features: &[
            w(
                "The metal takes on a patina and grows more beautiful every year.",
                "Das Metall darf Patina ansetzen und wird mit jedem Jahr schöner.",
                "Le métal se patine et devient plus beau chaque année.",
            ),
            w(
                "Rainwater drains through a hole in the middle.",
                "Regenwasser läuft durch ein Loch in der Mitte ab.",
                "L’eau de pluie s’écoule par un trou au centre.",
            ),
        ],
        ..GARDEN
    },
    Kind {
        code: "vase",
        prefix: "VAS",
        category: "vases_and_candles",
        noun: noun("vase", "Vase", F, "vase", M),
        shape: Shape::Vase,
        models: 8,
        colors: color::CERAMIC,
        materials: &["stoneware", "porcelain"],
        facts: &[
            Fact::Measure("width", 9.0, 18.0, 1.0),
            Fact::Measure("height", 16.0, 34.0, 1.0),
            Fact::Measure("weight", 0.5, 1.6, 0.1),
        ],
        price: (24, 89),
        features: &[
            w(
                "A single branch is enough to fill it.",
                "Ein einziger Zweig genügt, um sie zu füllen.",
                "Une seule branche suffit à le remplir.",
            ),
            w(
                "Glazed inside and watertight, matte outside.",
                "Innen glasiert und wasserdicht, außen matt.",
                "Émaillé et étanche à l’intérieur, mat à l’extérieur.",
            ),
        ],
        ..DECOR
    },
    Kind {
        code: "candle",
        prefix: "CAN",
        category: "vases_and_candles",
        noun: noun("candle", "Kerze", F, "bougie", F),
        shape: Shape::Candle,
        brands: &["studio_ennis"],
        models: 6,
        colors: &["cream", "terracotta", "sage", "denim", "mustard", "blush", "burgundy"],
        materials: &["plant_wax", "beeswax"],
        facts: &[
            Fact::Measure("width", 6.0, 9.0, 0.5),
            Fact::Measure("height", 8.0, 18.0, 1.0),
            Fact::Measure("weight", 0.2, 0.6, 0.05),
            Fact::Whole("burn_time_hours", 24, 80, 4),
        ],
        price: (12, 34),
        features: &[
            w(
                "It burns evenly and without soot.",
                "Sie brennt gleichmäßig und ohne Ruß.",
                "Elle brûle régulièrement, sans suie.",
            ),
            w(
                "The wick is made of cotton, the dye of plants.",
                "Der Docht ist aus Baumwolle, die Farbe aus Pflanzen.",
                "La mèche est en coton, les pigments sont végétaux.",
            ),
        ],
        ..DECOR
    },
    Kind {
        code: "wall-clock",
        prefix: "CLO",
        category: "clocks_and_mirrors",
        noun: noun("wall clock", "Wanduhr", F, "horloge murale", F),
        shape: Shape::Clock,
        models: 5,
        colors: color::PAINTED,
        materials: &["oak", "steel", "beech"],
        facts: &[
            Fact::Measure("width", 24.0, 36.0, 1.0),
            Fact::Measure("depth", 3.0, 5.0, 0.5),
            Fact::Measure("weight", 0.6, 1.4, 0.1),
        ],
        price: (39, 119),
        features: &[
            w(
                "The hand sweeps without ticking.",
                "Der Zeiger läuft schleichend, ohne zu ticken.",
                "L’aiguille avance sans tic-tac.",
            ),
            w(
                "The large markers can be read from across the room.",
                "Die großen Striche liest man auch quer durch den Raum.",
                "Les grands repères se lisent d’un bout à l’autre de la pièce.",
            ),
        ],
        ..DECOR
    },
    Kind {
        code: "mirror",
        prefix: "MIR",
        category: "clocks_and_mirrors",
        noun: noun("mirror", "Spiegel", M, "miroir", M),
        shape: Shape::Mirror,
        models: 5,
        axes: Axes::ColorThenSize,
        colors: &["black", "brass", "white", "copper", "sage"],
        materials: &["steel", "aluminium"],
        sizes: &[size("cm_50", 1.0, &[("width", 50.0)]), size("cm_70", 1.4, &[("width", 70.0)])],
        facts: &[Fact::Measure("depth", 2.0, 4.0, 0.5), Fact::Measure("weight", 3.4, 5.0, 0.1)],
        price: (69, 159),
        features: &[
            w(
                "It makes narrow halls wider and dark corners brighter.",
                "Er macht schmale Flure breiter und dunkle Ecken heller.",
                "Il élargit les couloirs étroits et éclaire les coins sombres.",
            ),
            w(
                "The frame is slim and holds the glass without glue.",
                "Der Rahmen ist schmal und hält das Glas ohne Kleber.",
                "Le cadre fin retient la glace sans colle.",
            ),
        ],
        ..DECOR
    },
    Kind {
        code: "basket",
        prefix: "BAS",
        category: "baskets",
        noun: noun("basket", "Korb", M, "panier", M),
        shape: Shape::Basket,
        adjectives: &["light", "practical", "handsome", "versatile", "durable", "classic"],
        models: 6,
        axes: Axes::Size,
        materials: &["rattan", "jute"],
        sizes: &[
            size("cm_25", 1.0, &[("width", 25.0), ("height", 22.0)]),
            size("cm_35", 1.4, &[("width", 35.0), ("height", 30.0)]),
            size("cm_45", 1.9, &[("width", 45.0), ("height", 38.0)]),
        ],
        facts: &[Fact::Measure("weight", 0.5, 0.8, 0.05)],
        price: (24, 45),
        features: &[
            w(
                "For blankets, toys, firewood or the laundry.",
                "Für Decken, Spielzeug, Brennholz oder die Wäsche.",
                "Pour les plaids, les jouets, le bois ou le linge.",
            ),
            w(
                "The handles are woven into the rim and do not tear out.",
                "Die Griffe sind in den Rand geflochten und reißen nicht aus.",
                "Les anses tressées dans le bord ne s’arrachent pas.",
            ),
        ],
        ..DECOR
    },
];
