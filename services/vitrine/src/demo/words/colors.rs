//! Colours: what they are called and how they look.

use crate::demo::text::{Words, w};

/// A colour option and its paint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Color {
    pub(crate) code: &'static str,
    pub(crate) label: Words,
    pub(crate) paint: [u8; 3],
}

const fn color(code: &'static str, label: Words, paint: u32) -> Color {
    Color { code, label, paint: [(paint >> 16) as u8, (paint >> 8) as u8, paint as u8] }
}

pub(crate) const COLORS: &[Color] = &[
    color("white", w("White", "Weiß", "Blanc"), 0xf3f0ea),
    color("cream", w("Cream", "Creme", "Crème"), 0xeadfc8),
    color("sand", w("Sand", "Sand", "Sable"), 0xd6c09b),
    color("camel", w("Camel", "Camel", "Camel"), 0xb88a5b),
    color("stone", w("Stone gray", "Steingrau", "Gris pierre"), 0xa39d92),
    color("light_grey", w("Light gray", "Hellgrau", "Gris clair"), 0xc9cbca),
    color("anthracite", w("Anthracite", "Anthrazit", "Anthracite"), 0x43484e),
    color("black", w("Black", "Schwarz", "Noir"), 0x26272a),
    color("terracotta", w("Terracotta", "Terrakotta", "Terracotta"), 0xc26d4d),
    color("rust", w("Rust", "Rostrot", "Rouille"), 0xa3512d),
    color("brick", w("Brick red", "Ziegelrot", "Rouge brique"), 0xa8443a),
    color("burgundy", w("Burgundy", "Bordeaux", "Bordeaux"), 0x6e2638),
    color("blush", w("Dusty pink", "Altrosa", "Vieux rose"), 0xd6a59d),
    color("mustard", w("Mustard", "Senfgelb", "Jaune moutarde"), 0xd0a032),
    color("sun", w("Sunny yellow", "Sonnengelb", "Jaune soleil"), 0xe9bd45),
    color("sage", w("Sage green", "Salbeigrün", "Vert sauge"), 0x9fae93),
    color("moss", w("Moss green", "Moosgrün", "Vert mousse"), 0x6a7a4b),
    color("olive", w("Olive green", "Olivgrün", "Vert olive"), 0x7f7b49),
    color("forest", w("Forest green", "Tannengrün", "Vert sapin"), 0x315643),
    color("mint", w("Mint green", "Mintgrün", "Vert menthe"), 0xaed0bd),
    color("sky", w("Sky blue", "Himmelblau", "Bleu ciel"), 0x98bcd2),
    color("teal", w("Teal", "Petrol", "Bleu canard"), 0x2c6873),
    color("denim", w("Denim blue", "Jeansblau", "Bleu denim"), 0x56769b),
    color("navy", w("Navy blue", "Marineblau", "Bleu marine"), 0x293b5f),
    color("lavender", w("Lavender", "Lavendel", "Lavande"), 0xa79bc2),
    color("brass", w("Brass", "Messing", "Laiton"), 0xc7a04c),
    color("copper", w("Copper", "Kupfer", "Cuivre"), 0xbd7550),
    color("steel", w("Brushed steel", "Edelstahl", "Inox"), 0xb4b8bb),
    color("clear", w("Clear", "Klar", "Transparent"), 0xcfe0e2),
    color("amber", w("Amber", "Bernstein", "Ambre"), 0xcb8c3c),
    color("smoke", w("Smoky gray", "Rauchgrau", "Gris fumé"), 0x7f858b),
];

/// The colour of this code.
pub(crate) fn color_by_code(code: &str) -> &'static Color {
    COLORS
        .iter()
        .find(|color| color.code == code)
        .expect("kinds name only listed colours, a test sees to it")
}

pub(crate) const UPHOLSTERY: &[&str] =
    &["sand", "stone", "anthracite", "moss", "rust", "navy", "blush", "mustard", "teal", "cream"];
pub(crate) const PAINTED: &[&str] =
    &["white", "black", "sage", "terracotta", "denim", "mustard", "forest", "light_grey"];
pub(crate) const METAL: &[&str] =
    &["black", "white", "brass", "copper", "sage", "terracotta", "mustard", "navy"];
pub(crate) const CERAMIC: &[&str] =
    &["white", "cream", "sage", "sky", "anthracite", "terracotta", "blush", "denim"];
pub(crate) const ENAMEL: &[&str] = &["cream", "forest", "brick", "navy", "mustard", "black", "sky"];
pub(crate) const APPLIANCE: &[&str] = &["steel", "black", "cream", "sage", "brick"];
pub(crate) const GLASSY: &[&str] = &["clear", "amber", "smoke", "sage", "sky"];
pub(crate) const FABRIC: &[&str] = &[
    "white",
    "sand",
    "stone",
    "terracotta",
    "sage",
    "denim",
    "navy",
    "mustard",
    "blush",
    "anthracite",
    "moss",
    "lavender",
];
pub(crate) const TRAIL: &[&str] =
    &["moss", "rust", "navy", "anthracite", "sun", "teal", "olive", "black"];
pub(crate) const EARTHY: &[&str] = &["terracotta", "anthracite", "sand", "sage", "white", "stone"];
