//! Sets: products made of other products, sold together at a better price.

use crate::demo::text::{Words, w};

/// A set and the kinds and quantities it consists of.
pub(crate) struct Set {
    pub(crate) code: &'static str,
    pub(crate) name: Words,
    pub(crate) description: Words,
    pub(crate) contents: &'static [(&'static str, u32)],
    /// Colour of the box on the picture.
    pub(crate) color: &'static str,
}

const fn set(
    code: &'static str,
    color: &'static str,
    name: Words,
    description: Words,
    contents: &'static [(&'static str, u32)],
) -> Set {
    Set { code, name, description, contents, color }
}

pub(crate) const SETS: &[Set] = &[
    set(
        "SET-FIRST-FILTER",
        "terracotta",
        w("First Filter Coffee Set", "Set Erster Filterkaffee", "Coffret premier café filtre"),
        w(
            "Everything for the first cup brewed by hand: dripper, papers, scale and a bag of coffee. The instructions fit on a postcard and are included.",
            "Alles für die erste von Hand gebrühte Tasse: Handfilter, Papier, Waage und ein Beutel Kaffee. Die Anleitung passt auf eine Postkarte und liegt bei.",
            "Tout pour la première tasse préparée à la main : cône filtre, papier, balance et un sachet de café. Le mode d’emploi tient sur une carte postale, fournie.",
        ),
        &[("dripper", 1), ("filter-paper", 1), ("coffee-scale", 1), ("filter-coffee", 1)],
    ),
    set(
        "SET-ESPRESSO-BAR",
        "navy",
        w("Espresso Bar Set", "Set Espressobar", "Coffret bar à espresso"),
        w(
            "Machine, grinder and two bags of espresso that suit each other. Set up on Saturday morning, the first good cup is ready before lunch.",
            "Maschine, Mühle und zwei Beutel Espresso, die zueinander passen. Am Samstagmorgen aufgestellt, gelingt die erste gute Tasse noch vor dem Mittag.",
            "Machine, broyeur et deux sachets d’espresso faits pour s’entendre. Installés le samedi matin, ils donnent une première bonne tasse avant midi.",
        ),
        &[("espresso-machine", 1), ("coffee-grinder", 1), ("espresso", 2)],
    ),
    set(
        "SET-SLOW-MORNING",
        "sage",
        w("Slow Morning Set", "Set Langsamer Morgen", "Coffret matin tranquille"),
        w(
            "A French press, two mugs and coffee for the first week. For mornings that take their time.",
            "Eine Stempelkanne, zwei Becher und Kaffee für die erste Woche. Für Morgen, die sich Zeit nehmen.",
            "Une cafetière à piston, deux mugs et du café pour la première semaine. Pour les matins qui prennent leur temps.",
        ),
        &[("french-press", 1), ("mug", 2), ("filter-coffee", 1)],
    ),
    set(
        "SET-FIRST-KITCHEN",
        "mustard",
        w("First Kitchen Set", "Set Erste Küche", "Coffret première cuisine"),
        w(
            "Pot, pan, knife and board: with these four, almost every recipe works. A good present for a first apartment.",
            "Topf, Pfanne, Messer und Brett: Mit diesen vier gelingt fast jedes Rezept. Ein gutes Geschenk zur ersten Wohnung.",
            "Faitout, poêle, couteau et planche : avec ces quatre-là, presque toutes les recettes réussissent. Un beau cadeau pour un premier appartement.",
        ),
        &[("pot", 1), ("pan", 1), ("chef-knife", 1), ("cutting-board", 1)],
    ),
    set(
        "SET-TABLE-FOR-FOUR",
        "denim",
        w("Table for Four Set", "Set Gedeckt für vier", "Coffret table pour quatre"),
        w(
            "Four plates, four bowls, four tumblers and a carafe, all in tones that go together. The table is laid in a moment.",
            "Vier Teller, vier Schalen, vier Trinkgläser und eine Karaffe, alles in Tönen, die zueinander passen. Der Tisch ist im Nu gedeckt.",
            "Quatre assiettes, quatre bols, quatre gobelets et une carafe aux tons assortis. La table est mise en un instant.",
        ),
        &[("plate", 4), ("bowl", 4), ("tumbler", 4), ("carafe", 1)],
    ),
    set(
        "SET-SUNDAY-ROAST",
        "brick",
        w("Sunday Roast Set", "Set Sonntagsbraten", "Coffret rôti du dimanche"),
        w(
            "The Dutch oven for the roast, the baking dish for the gratin and an apron for the cook.",
            "Der Bräter für den Braten, die Auflaufform für das Gratin und eine Schürze für die Küche.",
            "La cocotte pour le rôti, le plat pour le gratin et un tablier pour qui cuisine.",
        ),
        &[("casserole", 1), ("baking-dish", 1), ("apron", 1)],
    ),
    set(
        "SET-WEEKEND-OUTSIDE",
        "forest",
        w("Weekend Outside Set", "Set Wochenende draußen", "Coffret week-end dehors"),
        w(
            "Tent, two sleeping bags, two mats and a lantern. Pack them into the car on Friday and come back rested on Sunday.",
            "Zelt, zwei Schlafsäcke, zwei Isomatten und eine Laterne. Am Freitag ins Auto gepackt, am Sonntag erholt zurück.",
            "Une tente, deux sacs de couchage, deux matelas et une lanterne. On charge le vendredi, on rentre reposé le dimanche.",
        ),
        &[("tent", 1), ("sleeping-bag", 2), ("sleeping-mat", 2), ("lantern", 1)],
    ),
    set(
        "SET-CAMP-KITCHEN",
        "rust",
        w("Camp Kitchen Set", "Set Campingküche", "Coffret cuisine de camping"),
        w(
            "A stove, two enamel mugs and two bottles: dinner with a view.",
            "Ein Kocher, zwei Emaillebecher und zwei Flaschen: Abendessen mit Aussicht.",
            "Un réchaud, deux gobelets émaillés et deux gourdes : un dîner avec vue.",
        ),
        &[("camping-stove", 1), ("enamel-mug", 2), ("bottle", 2)],
    ),
    set(
        "SET-READING-CORNER",
        "teal",
        w("Reading Corner Set", "Set Leseecke", "Coffret coin lecture"),
        w(
            "Armchair, floor lamp with bulb and a throw. Only the book is missing.",
            "Sessel, Stehleuchte mit Lampe und eine Wohndecke. Es fehlt nur noch das Buch.",
            "Un fauteuil, un lampadaire avec son ampoule et un plaid. Il ne manque que le livre.",
        ),
        &[("armchair", 1), ("floor-lamp", 1), ("led-bulb", 1), ("throw", 1)],
    ),
    set(
        "SET-GOOD-NIGHT",
        "lavender",
        w("Good Night Set", "Set Gute Nacht", "Coffret bonne nuit"),
        w(
            "Two sets of bed linen, two cushions and a candle for the last page of the day.",
            "Zwei Garnituren Bettwäsche, zwei Kissen und eine Kerze für die letzte Seite des Tages.",
            "Deux parures de lit, deux coussins et une bougie pour la dernière page de la journée.",
        ),
        &[("bed-linen", 2), ("cushion", 2), ("candle", 1)],
    ),
    set(
        "SET-BALCONY",
        "moss",
        w("Balcony Garden Set", "Set Balkongarten", "Coffret jardin de balcon"),
        w(
            "Three plant pots, a watering can and a trowel. Seeds are up to you.",
            "Drei Pflanztöpfe, eine Gießkanne und eine Pflanzkelle. Die Samen wählen Sie.",
            "Trois pots de fleurs, un arrosoir et un transplantoir. À vous de choisir les graines.",
        ),
        &[("plant-pot", 3), ("watering-can", 1), ("trowel", 1)],
    ),
    set(
        "SET-FRESH-BATH",
        "sky",
        w("Fresh Bathroom Set", "Set Frisches Bad", "Coffret salle de bains"),
        w(
            "Six towels and a basket for the laundry, for a bathroom that looks like the seaside.",
            "Sechs Handtücher und ein Korb für die Wäsche, für ein Bad, das nach Meer aussieht.",
            "Six serviettes et un panier à linge, pour une salle de bains aux airs de bord de mer.",
        ),
        &[("towel", 6), ("basket", 1)],
    ),
];
