//! Mugs, plates, bowls, glasses, carafes.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const TABLEWARE: Kind = Kind {
    family: "tableware",
    series: series::KITCHEN,
    brands: brand::POTTERY,
    adjectives: adjective::TABLE,
    ..BASE
};

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "mug",
        prefix: "MUG",
        category: "mugs_and_cups",
        noun: noun("mug", "Becher", M, "mug", M),
        shape: Shape::Mug,
        models: 8,
        axes: Axes::Color,
        colors: color::CERAMIC,
        materials: &["stoneware", "porcelain"],
        facts: &[
            Fact::Measure("width", 8.0, 9.5, 0.5),
            Fact::Measure("height", 8.5, 11.0, 0.5),
            Fact::Measure("capacity", 0.25, 0.4, 0.05),
            Fact::Measure("weight", 0.28, 0.4, 0.02),
            Fact::Flag("dishwasher_safe", 100),
            Fact::Flag("microwave_safe", 90),
        ],
        price: (12, 26),
        features: &[
            w(
                "The handle has room for two fingers, the rim is pleasantly thin.",
                "Der Henkel hat Platz für zwei Finger, der Rand ist angenehm dünn.",
                "L’anse accueille deux doigts, le bord est agréablement fin.",
            ),
            w(
                "It keeps the coffee warm while the bread is being toasted.",
                "Er hält den Kaffee warm, bis das Brot getoastet ist.",
                "Il garde le café chaud le temps de griller le pain.",
            ),
        ],
        ..TABLEWARE
    },
    Kind {
        code: "plate",
        prefix: "PLA",
        category: "plates_and_bowls",
        noun: noun("plate", "Teller", M, "assiette", F),
        shape: Shape::Plate,
        models: 6,
        axes: Axes::ColorThenSize,
        colors: color::CERAMIC,
        materials: &["stoneware", "porcelain"],
        sizes: &[size("cm_21", 1.0, &[("width", 21.0)]), size("cm_27", 1.4, &[("width", 27.0)])],
        facts: &[
            Fact::Measure("height", 2.0, 3.0, 0.5),
            Fact::Measure("weight", 0.42, 0.56, 0.02),
            Fact::Flag("dishwasher_safe", 100),
            Fact::Flag("microwave_safe", 90),
        ],
        price: (14, 28),
        features: &[
            w(
                "The wide base frames every dish.",
                "Der breite Spiegel rahmt jedes Gericht.",
                "Le large fond met chaque plat en valeur.",
            ),
            w(
                "It stacks well and survives the everyday.",
                "Er lässt sich gut stapeln und übersteht den Alltag.",
                "Elle s’empile bien et résiste au quotidien.",
            ),
        ],
        ..TABLEWARE
    },
    Kind {
        code: "bowl",
        prefix: "BOW",
        category: "plates_and_bowls",
        noun: noun("bowl", "Schale", F, "bol", M),
        shape: Shape::Bowl,
        models: 6,
        axes: Axes::Color,
        colors: color::CERAMIC,
        materials: &["stoneware", "porcelain"],
        facts: &[
            Fact::Measure("width", 13.0, 24.0, 1.0),
            Fact::Measure("height", 6.0, 10.0, 0.5),
            Fact::Measure("capacity", 0.4, 1.8, 0.1),
            Fact::Measure("weight", 0.36, 0.8, 0.02),
            Fact::Flag("dishwasher_safe", 100),
            Fact::Flag("microwave_safe", 90),
        ],
        price: (15, 39),
        features: &[
            w(
                "Made for soup, muesli and salad, and for holding in both hands.",
                "Gemacht für Suppe, Müsli und Salat, und um sie in beiden Händen zu halten.",
                "Pensé pour la soupe, le muesli et la salade, et pour être tenu à deux mains.",
            ),
            w(
                "The foot is left unglazed and feels like warm sand.",
                "Der Fuß bleibt unglasiert und fühlt sich an wie warmer Sand.",
                "Le pied, non émaillé, a le toucher du sable chaud.",
            ),
        ],
        ..TABLEWARE
    },
    Kind {
        code: "tumbler",
        prefix: "TUM",
        category: "glasses_and_carafes",
        noun: noun("tumbler", "Trinkglas", N, "gobelet", M),
        shape: Shape::Tumbler,
        brands: &["studio_ennis", "faience_orlat"],
        models: 5,
        axes: Axes::Color,
        colors: color::GLASSY,
        materials: &["blown_glass", "heatproof_glass"],
        facts: &[
            Fact::Measure("width", 7.0, 8.5, 0.5),
            Fact::Measure("height", 8.0, 12.0, 0.5),
            Fact::Measure("capacity", 0.2, 0.4, 0.05),
            Fact::Measure("weight", 0.14, 0.24, 0.02),
            Fact::Flag("dishwasher_safe", 80),
        ],
        price: (9, 22),
        features: &[
            w(
                "It sits well in the hand and catches the light on the table.",
                "Es liegt gut in der Hand und fängt auf dem Tisch das Licht ein.",
                "Il tient bien en main et capte la lumière sur la table.",
            ),
            w(
                "Good for water, wine and a spoonful of dessert.",
                "Gut für Wasser, Wein und einen Löffel Nachtisch.",
                "Parfait pour l’eau, le vin et les desserts à la cuillère.",
            ),
        ],
        ..TABLEWARE
    },
    Kind {
        code: "carafe",
        prefix: "CAR",
        category: "glasses_and_carafes",
        noun: noun("carafe", "Karaffe", F, "carafe", F),
        shape: Shape::Carafe,
        brands: &["studio_ennis", "faience_orlat"],
        models: 4,
        axes: Axes::ColorThenSize,
        colors: color::GLASSY,
        materials: &["blown_glass", "heatproof_glass"],
        sizes: &[
            size("l_0_75", 1.0, &[("capacity", 0.75), ("height", 24.0)]),
            size("l_1_2", 1.25, &[("capacity", 1.2), ("height", 28.0)]),
        ],
        facts: &[
            Fact::Measure("width", 9.5, 11.0, 0.5),
            Fact::Measure("weight", 0.5, 0.7, 0.02),
            Fact::Flag("dishwasher_safe", 70),
        ],
        price: (29, 59),
        features: &[
            w(
                "The narrow neck holds back ice and lemon.",
                "Der schmale Hals hält Eis und Zitrone zurück.",
                "Le col étroit retient la glace et le citron.",
            ),
            w(
                "It fits into the door of the fridge.",
                "Sie passt in die Kühlschranktür.",
                "Elle se range dans la porte du réfrigérateur.",
            ),
        ],
        ..TABLEWARE
    },
];
