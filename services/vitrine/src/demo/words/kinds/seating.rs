//! Chairs, sofas, benches.

use crate::demo::grammar::{F, M, N, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const SEAT: Kind = Kind {
    family: "seating",
    series: series::HOME,
    brands: brand::FURNITURE,
    adjectives: adjective::FURNISHING,
    ..BASE
};

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "chair",
        prefix: "CHA",
        category: "dining_chairs",
        noun: noun("dining chair", "Esszimmerstuhl", M, "chaise", F),
        shape: Shape::Chair,
        models: 6,
        axes: Axes::Color,
        colors: color::PAINTED,
        materials: &["oak", "beech", "ash"],
        facts: &[
            Fact::Measure("width", 44.0, 52.0, 1.0),
            Fact::Measure("height", 76.0, 84.0, 1.0),
            Fact::Measure("depth", 48.0, 55.0, 1.0),
            Fact::Measure("seat_height", 45.0, 47.0, 0.5),
            Fact::Measure("weight", 4.2, 6.8, 0.1),
            Fact::Measure("max_load", 110.0, 150.0, 10.0),
            Fact::Whole("seats", 1, 1, 1),
            Fact::Flag("assembly_required", 40),
        ],
        price: (119, 289),
        features: &[
            w(
                "The gently curved back follows the body, even through a long dinner.",
                "Die sanft geschwungene Lehne folgt dem Körper, auch an langen Abenden.",
                "Le dossier légèrement cintré épouse le corps, même lors des longs dîners.",
            ),
            w(
                "The joints are doweled and glued so that nothing wobbles.",
                "Die Verbindungen sind verdübelt und verleimt, damit nichts wackelt.",
                "Les assemblages sont chevillés et collés pour que rien ne bouge.",
            ),
            w(
                "Felt pads protect the floor.",
                "Filzgleiter schonen den Boden.",
                "Des patins en feutre protègent le sol.",
            ),
        ],
        ..SEAT
    },
    Kind {
        code: "armchair",
        prefix: "ARM",
        category: "armchairs",
        noun: noun("armchair", "Sessel", M, "fauteuil", M),
        shape: Shape::Armchair,
        adjectives: adjective::COMFORT,
        models: 7,
        axes: Axes::Color,
        colors: color::UPHOLSTERY,
        materials: &["wool", "velvet", "boucle", "linen"],
        cover: true,
        facts: &[
            Fact::Measure("width", 70.0, 88.0, 1.0),
            Fact::Measure("height", 74.0, 98.0, 1.0),
            Fact::Measure("depth", 72.0, 86.0, 1.0),
            Fact::Measure("seat_height", 40.0, 45.0, 1.0),
            Fact::Measure("weight", 14.0, 24.0, 0.5),
            Fact::Whole("seats", 1, 1, 1),
            Fact::Flag("removable_cover", 60),
            Fact::Flag("assembly_required", 30),
        ],
        price: (449, 1190),
        features: &[
            w(
                "Deep enough to tuck up your legs, upright enough to read.",
                "Tief genug, um die Beine anzuziehen, aufrecht genug zum Lesen.",
                "Assez profond pour replier les jambes, assez droit pour lire.",
            ),
            w(
                "The seat rests on pocket springs and a layer of natural latex.",
                "Der Sitz ruht auf Taschenfedern und einer Schicht Naturlatex.",
                "L’assise repose sur des ressorts ensachés et une couche de latex naturel.",
            ),
            w(
                "The armrests are just wide enough for a cup.",
                "Die Armlehnen sind gerade breit genug für eine Tasse.",
                "Les accoudoirs sont juste assez larges pour une tasse.",
            ),
        ],
        ..SEAT
    },
    Kind {
        code: "sofa",
        prefix: "SOF",
        category: "sofas",
        noun: noun("sofa", "Sofa", N, "canapé", M),
        shape: Shape::Sofa,
        adjectives: adjective::COMFORT,
        models: 6,
        axes: Axes::ColorThenSize,
        colors: color::UPHOLSTERY,
        materials: &["wool", "velvet", "boucle", "linen"],
        cover: true,
        sizes: &[
            size("seat_2", 1.0, &[("width", 164.0), ("seats", 2.0)]),
            size("seat_3", 1.3, &[("width", 212.0), ("seats", 3.0)]),
            size("seat_4", 1.55, &[("width", 248.0), ("seats", 4.0)]),
        ],
        facts: &[
            Fact::Measure("height", 74.0, 88.0, 1.0),
            Fact::Measure("depth", 86.0, 98.0, 1.0),
            Fact::Measure("seat_height", 41.0, 45.0, 1.0),
            Fact::Measure("weight", 42.0, 58.0, 1.0),
            Fact::Flag("removable_cover", 60),
            Fact::Flag("assembly_required", 50),
        ],
        price: (1090, 2290),
        features: &[
            w(
                "The cushions keep their shape thanks to a core of springs wrapped in down and fibre.",
                "Die Polster behalten ihre Form, dank eines Federkerns in einer Hülle aus Daunen und Fasern.",
                "Les coussins gardent leur forme grâce à un noyau de ressorts enveloppé de duvet et de fibres.",
            ),
            w(
                "A frame of kiln-dried beech carries it for decades.",
                "Ein Rahmen aus getrockneter Buche trägt es über Jahrzehnte.",
                "Un cadre en hêtre séché le soutient pendant des décennies.",
            ),
            w(
                "It is delivered in parts that fit through every stairwell.",
                "Geliefert wird es in Teilen, die durch jedes Treppenhaus passen.",
                "Il est livré en éléments qui passent dans toutes les cages d’escalier.",
            ),
        ],
        ..SEAT
    },
    Kind {
        code: "bar-stool",
        prefix: "BST",
        category: "stools_and_benches",
        noun: noun("bar stool", "Barhocker", M, "tabouret de bar", M),
        shape: Shape::Stool,
        models: 5,
        axes: Axes::MaterialThenSize,
        materials: &["oak", "walnut", "ash"],
        sizes: &[
            size("cm_65", 1.0, &[("height", 65.0), ("seat_height", 65.0)]),
            size("cm_75", 1.08, &[("height", 75.0), ("seat_height", 75.0)]),
        ],
        facts: &[
            Fact::Measure("width", 38.0, 44.0, 1.0),
            Fact::Measure("depth", 36.0, 42.0, 1.0),
            Fact::Measure("weight", 4.0, 6.0, 0.1),
            Fact::Measure("max_load", 110.0, 130.0, 10.0),
            Fact::Whole("seats", 1, 1, 1),
            Fact::Flag("assembly_required", 70),
        ],
        price: (129, 249),
        features: &[
            w(
                "The saddle-shaped seat stays comfortable without a cushion.",
                "Die sattelförmige Sitzfläche bleibt auch ohne Kissen bequem.",
                "L’assise en forme de selle reste confortable sans coussin.",
            ),
            w(
                "The footrest carries a strip of brass where shoes would leave their marks.",
                "Die Fußstütze trägt einen Streifen Messing, wo sonst Schuhe Spuren hinterlassen.",
                "Le repose-pieds porte une bande de laiton là où les chaussures laisseraient des traces.",
            ),
        ],
        ..SEAT
    },
    Kind {
        code: "bench",
        prefix: "BEN",
        category: "stools_and_benches",
        noun: noun("bench", "Sitzbank", F, "banc", M),
        shape: Shape::Bench,
        models: 5,
        axes: Axes::MaterialThenSize,
        materials: &["oak", "walnut", "ash", "pine"],
        sizes: &[
            size("cm_120", 1.0, &[("width", 120.0), ("seats", 2.0)]),
            size("cm_160", 1.2, &[("width", 160.0), ("seats", 3.0)]),
        ],
        facts: &[
            Fact::Measure("height", 44.0, 46.0, 1.0),
            Fact::Measure("depth", 32.0, 38.0, 1.0),
            Fact::Measure("seat_height", 44.0, 46.0, 1.0),
            Fact::Measure("weight", 11.0, 15.0, 0.5),
            Fact::Flag("assembly_required", 80),
        ],
        price: (249, 420),
        features: &[
            w(
                "At the table, in the hall or at the end of the bed, it is at home everywhere.",
                "Am Tisch, im Flur oder am Fußende des Bettes: Sie ist überall zu Hause.",
                "À table, dans l’entrée ou au pied du lit, il trouve partout sa place.",
            ),
            w(
                "The top is made from one board, its edges softly rounded.",
                "Die Sitzfläche ist aus einem Brett gefertigt, ihre Kanten sind weich gerundet.",
                "L’assise est taillée dans une seule planche aux bords adoucis.",
            ),
        ],
        ..SEAT
    },
    Kind {
        code: "garden-chair",
        prefix: "GCH",
        category: "garden_furniture",
        noun: noun("garden chair", "Gartenstuhl", M, "chaise de jardin", F),
        shape: Shape::FoldingChair,
        models: 5,
        axes: Axes::Color,
        colors: color::PAINTED,
        materials: &["acacia", "teak"],
        facts: &[
            Fact::Measure("width", 46.0, 56.0, 1.0),
            Fact::Measure("height", 80.0, 90.0, 1.0),
            Fact::Measure("depth", 50.0, 60.0, 1.0),
            Fact::Measure("seat_height", 44.0, 46.0, 1.0),
            Fact::Measure("weight", 4.0, 7.0, 0.2),
            Fact::Whole("seats", 1, 1, 1),
            Fact::Flag("outdoor_use", 100),
        ],
        price: (79, 189),
        features: &[
            w(
                "It folds flat and hangs on a hook in the shed all winter.",
                "Er lässt sich flach zusammenklappen und hängt im Winter am Haken im Schuppen.",
                "Elle se replie à plat et passe l’hiver accrochée dans la remise.",
            ),
            w(
                "Gaps between the slats let the rain run off.",
                "Zwischen den Latten läuft der Regen einfach ab.",
                "Les interstices entre les lattes laissent la pluie s’écouler.",
            ),
        ],
        ..SEAT
    },
];
