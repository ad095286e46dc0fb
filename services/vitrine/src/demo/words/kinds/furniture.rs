//! Tables, shelves, cupboards, beds.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const WOODS: &[&str] = &["oak", "walnut", "ash", "beech"];

const TABLE: Kind = Kind {
    family: "tables",
    series: series::HOME,
    brands: brand::FURNITURE,
    adjectives: adjective::FURNISHING,
    materials: WOODS,
    ..BASE
};

const STORAGE: Kind = Kind { family: "storage", ..TABLE };

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "dining-table",
        prefix: "DTA",
        category: "dining_tables",
        noun: noun("dining table", "Esstisch", M, "table à manger", F),
        shape: Shape::DiningTable,
        models: 6,
        axes: Axes::MaterialThenSize,
        sizes: &[
            size("cm_140x80", 1.0, &[("width", 140.0), ("depth", 80.0), ("seats", 4.0)]),
            size("cm_180x90", 1.25, &[("width", 180.0), ("depth", 90.0), ("seats", 6.0)]),
            size("cm_220x95", 1.5, &[("width", 220.0), ("depth", 95.0), ("seats", 8.0)]),
        ],
        facts: &[
            Fact::Measure("height", 74.0, 76.0, 0.5),
            Fact::Measure("weight", 32.0, 42.0, 1.0),
            Fact::Flag("extendable", 30),
            Fact::Flag("assembly_required", 100),
        ],
        price: (590, 1190),
        features: &[
            w(
                "The top is joined from full-length staves and oiled by hand.",
                "Die Platte ist aus durchgehenden Lamellen verleimt und von Hand geölt.",
                "Le plateau est assemblé à partir de lames pleine longueur et huilé à la main.",
            ),
            w(
                "The legs stand at the corners, so nobody has to straddle one.",
                "Die Beine stehen an den Ecken, so sitzt niemand davor.",
                "Les pieds sont placés aux angles, personne ne se retrouve gêné.",
            ),
            w(
                "Scratches are welcome: a little sanding and oil, and it is like new.",
                "Kratzer sind erlaubt: etwas Schleifpapier und Öl, und er ist wie neu.",
                "Les rayures sont permises : un peu de ponçage et d’huile, et elle est comme neuve.",
            ),
        ],
        ..TABLE
    },
    Kind {
        code: "coffee-table",
        prefix: "CTA",
        category: "coffee_tables",
        noun: noun("coffee table", "Couchtisch", M, "table basse", F),
        shape: Shape::CoffeeTable,
        models: 6,
        axes: Axes::Material,
        facts: &[
            Fact::Measure("width", 80.0, 120.0, 5.0),
            Fact::Measure("height", 34.0, 42.0, 1.0),
            Fact::Measure("depth", 55.0, 80.0, 5.0),
            Fact::Measure("weight", 12.0, 22.0, 0.5),
            Fact::Flag("assembly_required", 70),
        ],
        price: (229, 490),
        features: &[
            w(
                "A shelf underneath keeps magazines and remote controls out of sight.",
                "Eine Ablage darunter lässt Zeitschriften und Fernbedienungen verschwinden.",
                "Une tablette inférieure fait disparaître magazines et télécommandes.",
            ),
            w(
                "Rounded corners are kind to shins and children.",
                "Runde Ecken schonen Schienbeine und Kinder.",
                "Les angles arrondis ménagent les tibias et les enfants.",
            ),
        ],
        ..TABLE
    },
    Kind {
        code: "side-table",
        prefix: "STA",
        category: "coffee_tables",
        noun: noun("side table", "Beistelltisch", M, "table d’appoint", F),
        shape: Shape::SideTable,
        models: 6,
        axes: Axes::Color,
        colors: color::METAL,
        materials: &["steel", "aluminium"],
        facts: &[
            Fact::Measure("width", 35.0, 50.0, 1.0),
            Fact::Measure("height", 45.0, 56.0, 1.0),
            Fact::Measure("depth", 35.0, 50.0, 1.0),
            Fact::Measure("weight", 3.0, 6.5, 0.1),
            Fact::Flag("assembly_required", 40),
        ],
        price: (69, 179),
        features: &[
            w(
                "The raised rim keeps cup and book where they belong.",
                "Der hochgezogene Rand hält Tasse und Buch dort, wo sie hingehören.",
                "Le rebord relevé retient la tasse et le livre à leur place.",
            ),
            w(
                "A handle in the stem makes it easy to carry along.",
                "Ein Griff im Fuß macht das Mitnehmen leicht.",
                "Une poignée dans le pied permet de l’emporter facilement.",
            ),
        ],
        ..TABLE
    },
    Kind {
        code: "desk",
        prefix: "DES",
        category: "desks",
        noun: noun("desk", "Schreibtisch", M, "bureau", M),
        shape: Shape::Desk,
        models: 5,
        axes: Axes::MaterialThenSize,
        sizes: &[
            size("cm_120x60", 1.0, &[("width", 120.0), ("depth", 60.0)]),
            size("cm_140x70", 1.15, &[("width", 140.0), ("depth", 70.0)]),
            size("cm_160x80", 1.3, &[("width", 160.0), ("depth", 80.0)]),
        ],
        facts: &[
            Fact::Measure("height", 73.0, 75.0, 0.5),
            Fact::Measure("weight", 22.0, 30.0, 0.5),
            Fact::Flag("assembly_required", 100),
        ],
        price: (390, 690),
        features: &[
            w(
                "Two drawers run silently, and cables vanish in a channel behind the top.",
                "Zwei Schubladen laufen lautlos, und Kabel verschwinden in einem Kanal hinter der Platte.",
                "Deux tiroirs coulissent sans bruit et les câbles disparaissent dans une goulotte à l’arrière.",
            ),
            w(
                "The front edge is bevelled, which the wrists will notice.",
                "Die Vorderkante ist abgeschrägt, das merken die Handgelenke.",
                "Le bord avant est chanfreiné, les poignets apprécient.",
            ),
        ],
        ..TABLE
    },
    Kind {
        code: "bookcase",
        prefix: "BOO",
        category: "shelves",
        noun: noun("bookcase", "Bücherregal", N, "bibliothèque", F),
        shape: Shape::Shelf,
        models: 6,
        axes: Axes::MaterialThenSize,
        materials: &["oak", "walnut", "pine", "beech"],
        sizes: &[
            size("cm_80x120", 1.0, &[("width", 80.0), ("height", 120.0), ("compartments", 4.0)]),
            size("cm_80x200", 1.4, &[("width", 80.0), ("height", 200.0), ("compartments", 6.0)]),
        ],
        facts: &[
            Fact::Measure("depth", 28.0, 36.0, 1.0),
            Fact::Measure("weight", 19.0, 27.0, 0.5),
            Fact::Measure("max_load", 80.0, 120.0, 10.0),
            Fact::Flag("assembly_required", 100),
        ],
        price: (249, 490),
        features: &[
            w(
                "The shelves can be set at any height, without tools.",
                "Die Böden lassen sich ohne Werkzeug in jeder Höhe einhängen.",
                "Les tablettes se règlent à toutes les hauteurs, sans outils.",
            ),
            w(
                "Hidden brackets fix it safely to the wall.",
                "Verdeckte Winkel halten es sicher an der Wand.",
                "Des équerres cachées la fixent solidement au mur.",
            ),
        ],
        ..STORAGE
    },
    Kind {
        code: "sideboard",
        prefix: "SID",
        category: "cabinets",
        noun: noun("sideboard", "Sideboard", N, "buffet", M),
        shape: Shape::Sideboard,
        models: 6,
        axes: Axes::Material,
        facts: &[
            Fact::Measure("width", 140.0, 190.0, 5.0),
            Fact::Measure("height", 68.0, 82.0, 1.0),
            Fact::Measure("depth", 40.0, 46.0, 1.0),
            Fact::Measure("weight", 38.0, 56.0, 1.0),
            Fact::Whole("compartments", 3, 6, 1),
            Fact::Flag("assembly_required", 30),
        ],
        price: (690, 1390),
        features: &[
            w(
                "The doors close softly by themselves.",
                "Die Türen schließen leise von allein.",
                "Les portes se ferment en douceur, toutes seules.",
            ),
            w(
                "The back is as beautiful as the front, so it may stand free in the room.",
                "Die Rückseite ist so schön wie die Front, es darf also frei im Raum stehen.",
                "L’arrière est aussi beau que la façade : il peut se placer au milieu de la pièce.",
            ),
        ],
        ..STORAGE
    },
    Kind {
        code: "wardrobe",
        prefix: "WAR",
        category: "cabinets",
        noun: noun("wardrobe", "Kleiderschrank", M, "armoire", F),
        shape: Shape::Wardrobe,
        models: 4,
        axes: Axes::Color,
        colors: &["white", "sage", "anthracite", "cream", "navy"],
        materials: &["pine", "beech"],
        facts: &[
            Fact::Measure("width", 100.0, 150.0, 10.0),
            Fact::Measure("height", 190.0, 215.0, 5.0),
            Fact::Measure("depth", 58.0, 62.0, 1.0),
            Fact::Measure("weight", 68.0, 96.0, 1.0),
            Fact::Whole("compartments", 4, 8, 1),
            Fact::Flag("assembly_required", 100),
        ],
        price: (690, 1290),
        features: &[
            w(
                "Inside wait a rail, shelves and two drawers.",
                "Innen warten eine Kleiderstange, Böden und zwei Schubladen.",
                "À l’intérieur : une penderie, des tablettes et deux tiroirs.",
            ),
            w(
                "Leveling feet make up for uneven floors.",
                "Stellfüße gleichen unebene Böden aus.",
                "Des pieds réglables compensent les sols irréguliers.",
            ),
        ],
        ..STORAGE
    },
    Kind {
        code: "bedside-table",
        prefix: "BED",
        category: "bedroom_furniture",
        noun: noun("bedside table", "Nachttisch", M, "table de chevet", F),
        shape: Shape::BedsideTable,
        models: 5,
        axes: Axes::Material,
        facts: &[
            Fact::Measure("width", 38.0, 50.0, 1.0),
            Fact::Measure("height", 45.0, 55.0, 1.0),
            Fact::Measure("depth", 34.0, 42.0, 1.0),
            Fact::Measure("weight", 8.0, 13.0, 0.5),
            Fact::Whole("compartments", 1, 2, 1),
            Fact::Flag("assembly_required", 40),
        ],
        price: (149, 320),
        features: &[
            w(
                "One drawer for the things of the night, one niche for books.",
                "Eine Schublade für die Dinge der Nacht, ein Fach für Bücher.",
                "Un tiroir pour les affaires de la nuit, une niche pour les livres.",
            ),
            w(
                "A cable outlet in the back leads the charger inside.",
                "Ein Kabelauslass hinten führt das Ladegerät hinein.",
                "Un passe-câble à l’arrière laisse entrer le chargeur.",
            ),
        ],
        ..STORAGE
    },
    Kind {
        code: "bed",
        prefix: "BDF",
        category: "bedroom_furniture",
        noun: noun("bed", "Bett", N, "lit", M),
        shape: Shape::Bed,
        models: 5,
        axes: Axes::MaterialThenSize,
        sizes: &[
            size("cm_140x200", 1.0, &[("width", 150.0)]),
            size("cm_160x200", 1.1, &[("width", 170.0)]),
            size("cm_180x200", 1.2, &[("width", 190.0)]),
        ],
        facts: &[
            Fact::Measure("height", 85.0, 100.0, 1.0),
            Fact::Measure("depth", 210.0, 216.0, 1.0),
            Fact::Measure("weight", 48.0, 60.0, 1.0),
            Fact::Measure("max_load", 250.0, 300.0, 10.0),
            Fact::Flag("assembly_required", 100),
        ],
        price: (690, 1290),
        features: &[
            w(
                "The headboard leans back a little, made for reading.",
                "Das Kopfteil ist leicht geneigt, wie gemacht zum Lesen.",
                "La tête de lit, légèrement inclinée, invite à la lecture.",
            ),
            w(
                "Interlocking joints keep it quiet, without a single metal screw.",
                "Steckverbindungen halten es leise, ohne eine einzige Metallschraube.",
                "Les assemblages emboîtés le rendent silencieux, sans une seule vis.",
            ),
        ],
        ..STORAGE
    },
    Kind {
        code: "coat-rack",
        prefix: "COA",
        category: "hallway",
        noun: noun("coat rack", "Wandgarderobe", F, "patère murale", F),
        shape: Shape::CoatRack,
        models: 4,
        axes: Axes::Color,
        colors: color::PAINTED,
        materials: &["oak", "beech", "ash"],
        facts: &[
            Fact::Measure("width", 50.0, 90.0, 5.0),
            Fact::Measure("height", 10.0, 18.0, 1.0),
            Fact::Measure("depth", 6.0, 12.0, 1.0),
            Fact::Measure("weight", 1.2, 2.6, 0.1),
            Fact::Measure("max_load", 15.0, 30.0, 5.0),
        ],
        price: (39, 119),
        features: &[
            w(
                "Its pegs are turned in one piece and hold even heavy coats.",
                "Die Haken sind aus einem Stück gedrechselt und halten auch schwere Mäntel.",
                "Ses crochets tournés d’une seule pièce supportent même les manteaux lourds.",
            ),
            w(
                "Screws and anchors for brick walls are included.",
                "Schrauben und Dübel für Mauerwerk liegen bei.",
                "Vis et chevilles pour murs en brique sont fournies.",
            ),
        ],
        ..STORAGE
    },
];
