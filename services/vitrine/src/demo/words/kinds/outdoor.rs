//! Tents, sleeping bags, backpacks and what else goes outside.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const CAMP: Kind = Kind {
    family: "camping",
    series: series::WILD,
    brands: brand::OUTDOOR,
    adjectives: adjective::TRAIL,
    colors: color::TRAIL,
    axes: Axes::Color,
    ..BASE
};

const BAG: Kind = Kind { family: "bags", ..CAMP };

const SEASONS: Fact = Fact::Several("season", &["spring", "summer", "autumn"], 2, 3);

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "tent",
        prefix: "TEN",
        category: "tents",
        noun: noun("tent", "Zelt", N, "tente", F),
        shape: Shape::Tent,
        models: 7,
        axes: Axes::ColorThenSize,
        materials: &["ripstop_nylon", "recycled_polyester"],
        sizes: &[
            size("p_2", 1.0, &[("persons", 2.0), ("width", 140.0)]),
            size("p_3", 1.2, &[("persons", 3.0), ("width", 180.0)]),
            size("p_4", 1.45, &[("persons", 4.0), ("width", 240.0)]),
        ],
        facts: &[
            Fact::Measure("height", 105.0, 130.0, 5.0),
            Fact::Measure("depth", 220.0, 240.0, 5.0),
            Fact::Measure("weight", 2.0, 3.2, 0.1),
            Fact::Whole("water_column", 3000, 5000, 500),
            SEASONS,
        ],
        price: (229, 549),
        features: &[
            w(
                "One person pitches it in five minutes, even in the wind.",
                "Eine Person baut es in fünf Minuten auf, auch bei Wind.",
                "Une seule personne le monte en cinq minutes, même par grand vent.",
            ),
            w(
                "Two entrances and two porches keep wet boots outside.",
                "Zwei Eingänge und zwei Apsiden halten nasse Schuhe draußen.",
                "Deux entrées et deux absides laissent les chaussures mouillées dehors.",
            ),
            w(
                "The inner tent breathes, so mornings stay dry.",
                "Das Innenzelt atmet, so bleibt der Morgen trocken.",
                "La chambre intérieure respire et les matins restent secs.",
            ),
        ],
        ..CAMP
    },
    Kind {
        code: "sleeping-bag",
        prefix: "SLE",
        category: "sleeping",
        noun: noun("sleeping bag", "Schlafsack", M, "sac de couchage", M),
        shape: Shape::SleepingBag,
        models: 6,
        axes: Axes::ColorThenSize,
        materials: &["recycled_polyester", "ripstop_nylon"],
        sizes: &[
            size("regular", 1.0, &[("length", 205.0)]),
            size("long", 1.1, &[("length", 220.0)]),
        ],
        facts: &[
            Fact::Measure("width", 76.0, 84.0, 2.0),
            Fact::Measure("weight", 0.9, 1.6, 0.1),
            Fact::Measure("comfort_temperature", -6.0, 9.0, 1.0),
            SEASONS,
        ],
        price: (99, 289),
        features: &[
            w(
                "The hood closes with one hand, the foot box leaves room for dreams.",
                "Die Kapuze schließt mit einer Hand, das Fußteil lässt Platz zum Träumen.",
                "La capuche se ferme d’une main et le bas laisse de la place pour rêver.",
            ),
            w(
                "Two of them can be zipped together.",
                "Zwei davon lassen sich miteinander verbinden.",
                "On peut en assembler deux grâce à la fermeture éclair.",
            ),
        ],
        ..CAMP
    },
    Kind {
        code: "sleeping-mat",
        prefix: "MAT",
        category: "sleeping",
        noun: noun("sleeping mat", "Isomatte", F, "matelas de camping", M),
        shape: Shape::SleepingMat,
        models: 5,
        materials: &["recycled_polyester", "ripstop_nylon"],
        facts: &[
            Fact::Measure("width", 51.0, 64.0, 1.0),
            Fact::Measure("length", 183.0, 198.0, 5.0),
            Fact::Measure("height", 5.0, 9.0, 0.5),
            Fact::Measure("weight", 0.4, 0.9, 0.05),
            SEASONS,
        ],
        price: (59, 149),
        features: &[
            w(
                "Inflated in twelve breaths, rolled up smaller than a bottle.",
                "Mit zwölf Atemzügen gefüllt, gerollt kleiner als eine Flasche.",
                "Gonflé en douze souffles, roulé plus petit qu’une bouteille.",
            ),
            w(
                "It forgives roots and stones.",
                "Sie verzeiht Wurzeln und Steine.",
                "Il pardonne les racines et les cailloux.",
            ),
        ],
        ..CAMP
    },
    Kind {
        code: "lantern",
        prefix: "LAN",
        category: "camp_kitchen_and_light",
        noun: noun("camping lantern", "Campinglaterne", F, "lanterne de camping", F),
        shape: Shape::Lantern,
        models: 5,
        materials: &["steel", "aluminium"],
        facts: &[
            Fact::Measure("width", 10.0, 15.0, 0.5),
            Fact::Measure("height", 18.0, 27.0, 0.5),
            Fact::Measure("weight", 0.3, 0.8, 0.05),
            Fact::Whole("luminous_flux", 120, 400, 20),
            Fact::Whole("run_time_hours", 8, 60, 4),
        ],
        price: (35, 89),
        features: &[
            w(
                "Warm light for cooking, a candle flicker for talking.",
                "Warmes Licht zum Kochen, Kerzenflackern zum Reden.",
                "Une lumière chaude pour cuisiner, un effet bougie pour discuter.",
            ),
            w(
                "It charges by USB-C and can top up your phone if need be.",
                "Sie lädt per USB-C und zur Not auch das Telefon.",
                "Elle se recharge par USB-C et dépanne même votre téléphone.",
            ),
        ],
        ..CAMP
    },
    Kind {
        code: "camping-stove",
        prefix: "STO",
        category: "camp_kitchen_and_light",
        noun: noun("camping stove", "Campingkocher", M, "réchaud", M),
        shape: Shape::Stove,
        models: 8,
        axes: Axes::None,
        colors: &[],
        materials: &["stainless_steel", "aluminium"],
        facts: &[
            Fact::Measure("width", 9.0, 16.0, 0.5),
            Fact::Measure("height", 8.0, 14.0, 0.5),
            Fact::Measure("weight", 0.09, 0.45, 0.02),
            Fact::Measure("power", 2200.0, 3600.0, 100.0),
        ],
        price: (39, 119),
        features: &[
            w(
                "Half a liter boils in under three minutes.",
                "Ein halber Liter kocht in weniger als drei Minuten.",
                "Un demi-litre bout en moins de trois minutes.",
            ),
            w(
                "Wide supports carry a real pot.",
                "Breite Auflagen tragen auch einen richtigen Topf.",
                "De larges supports accueillent une vraie casserole.",
            ),
        ],
        ..CAMP
    },
    Kind {
        code: "enamel-mug",
        prefix: "ENA",
        category: "camp_kitchen_and_light",
        noun: noun("enamel mug", "Emaillebecher", M, "gobelet émaillé", M),
        shape: Shape::EnamelMug,
        brands: &["emaille_rosbach", "bergkant"],
        adjectives: &["sturdy", "light", "classic", "durable", "practical"],
        models: 5,
        colors: color::ENAMEL,
        materials: &["enamelled_steel"],
        facts: &[
            Fact::Measure("width", 8.0, 9.0, 0.5),
            Fact::Measure("height", 8.0, 9.0, 0.5),
            Fact::Measure("capacity", 0.3, 0.5, 0.05),
            Fact::Measure("weight", 0.13, 0.19, 0.01),
        ],
        price: (9, 19),
        features: &[
            w(
                "It survives falls, fires and whole summers in the van.",
                "Er übersteht Stürze, Feuer und ganze Sommer im Bus.",
                "Il résiste aux chutes, au feu et à des étés entiers dans le van.",
            ),
            w(
                "The rolled rim is smooth on the lips.",
                "Der gerollte Rand ist glatt an den Lippen.",
                "Le bord roulé est doux aux lèvres.",
            ),
        ],
        ..CAMP
    },
    Kind {
        code: "backpack",
        prefix: "BPK",
        category: "backpacks",
        noun: noun("backpack", "Rucksack", M, "sac à dos", M),
        shape: Shape::Backpack,
        models: 8,
        axes: Axes::ColorThenSize,
        materials: &["waxed_cotton", "recycled_polyester", "ripstop_nylon"],
        sizes: &[
            size("l_18", 1.0, &[("capacity", 18.0), ("height", 44.0)]),
            size("l_28", 1.25, &[("capacity", 28.0), ("height", 52.0)]),
        ],
        facts: &[
            Fact::Measure("width", 28.0, 32.0, 1.0),
            Fact::Measure("depth", 15.0, 20.0, 1.0),
            Fact::Measure("weight", 0.8, 1.2, 0.05),
            Fact::Flag("laptop_compartment", 70),
            Fact::Flag("water_repellent", 90),
        ],
        price: (79, 179),
        features: &[
            w(
                "The back panel leaves a gap for air, the straps are as soft as they look.",
                "Der Rücken lässt Luft hindurch, die Träger sind so weich, wie sie aussehen.",
                "Le dos laisse circuler l’air et les bretelles sont aussi souples qu’elles en ont l’air.",
            ),
            w(
                "It opens wide at the top, so nothing gets lost at the bottom.",
                "Er öffnet sich oben weit, so geht unten nichts verloren.",
                "Il s’ouvre largement par le haut, rien ne se perd au fond.",
            ),
        ],
        ..BAG
    },
    Kind {
        code: "travel-bag",
        prefix: "TRA",
        category: "travel_bags",
        noun: noun("travel bag", "Reisetasche", F, "sac de voyage", M),
        shape: Shape::Duffel,
        models: 5,
        axes: Axes::ColorThenSize,
        materials: &["waxed_cotton", "recycled_polyester", "leather"],
        sizes: &[
            size("l_40", 1.0, &[("capacity", 40.0), ("width", 52.0)]),
            size("l_60", 1.2, &[("capacity", 60.0), ("width", 62.0)]),
        ],
        facts: &[
            Fact::Measure("height", 28.0, 34.0, 1.0),
            Fact::Measure("depth", 25.0, 31.0, 1.0),
            Fact::Measure("weight", 1.0, 1.6, 0.1),
            Fact::Flag("water_repellent", 80),
        ],
        price: (99, 229),
        features: &[
            w(
                "A separate compartment keeps shoes away from shirts.",
                "Ein eigenes Fach hält Schuhe und Hemden getrennt.",
                "Un compartiment séparé isole les chaussures des chemises.",
            ),
            w(
                "Carried in the hand, over the shoulder or on the back.",
                "Getragen wird sie in der Hand, über der Schulter oder auf dem Rücken.",
                "Il se porte à la main, à l’épaule ou sur le dos.",
            ),
        ],
        ..BAG
    },
    Kind {
        code: "tote",
        prefix: "TOT",
        category: "travel_bags",
        noun: noun("tote bag", "Tragetasche", F, "cabas", M),
        shape: Shape::Tote,
        brands: brand::WEAVERS,
        models: 5,
        colors: color::FABRIC,
        materials: &["cotton", "linen", "waxed_cotton"],
        facts: &[
            Fact::Measure("width", 36.0, 46.0, 1.0),
            Fact::Measure("height", 36.0, 42.0, 1.0),
            Fact::Measure("depth", 10.0, 16.0, 1.0),
            Fact::Measure("capacity", 12.0, 20.0, 1.0),
            Fact::Measure("weight", 0.2, 0.5, 0.05),
            Fact::Flag("laptop_compartment", 30),
        ],
        price: (24, 69),
        features: &[
            w(
                "It carries the weekly shopping without cutting into the shoulder.",
                "Sie trägt den Wocheneinkauf, ohne in die Schulter zu schneiden.",
                "Il porte les courses de la semaine sans cisailler l’épaule.",
            ),
            w(
                "The inner pocket is where the keys belong.",
                "In die Innentasche gehören die Schlüssel.",
                "La poche intérieure attend les clés.",
            ),
        ],
        ..BAG
    },
    Kind {
        code: "bottle",
        prefix: "BOT",
        category: "bottles",
        noun: noun("water bottle", "Trinkflasche", F, "gourde", F),
        shape: Shape::Bottle,
        models: 6,
        axes: Axes::ColorThenSize,
        materials: &["stainless_steel"],
        sizes: &[
            size("l_0_5", 1.0, &[("capacity", 0.5), ("height", 21.0)]),
            size("l_0_75", 1.2, &[("capacity", 0.75), ("height", 26.0)]),
        ],
        facts: &[
            Fact::Measure("width", 7.0, 7.5, 0.5),
            Fact::Measure("weight", 0.28, 0.34, 0.02),
            Fact::Flag("dishwasher_safe", 70),
        ],
        price: (19, 39),
        features: &[
            w(
                "Cold for a day, hot for twelve hours, never dripping.",
                "Einen Tag kalt, zwölf Stunden heiß und immer dicht.",
                "Un jour au frais, douze heures au chaud, sans jamais goutter.",
            ),
            w(
                "It fits into the cup holder of car and bicycle.",
                "Sie passt in den Halter von Auto und Fahrrad.",
                "Elle tient dans le porte-gobelet de la voiture et du vélo.",
            ),
        ],
        family: "camping",
        ..BAG
    },
];
