//! Invented brands, each with a line about itself.

use crate::demo::text::{Words, w};

/// A brand option.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brand {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) line: Words,
    /// Option of attribute `country_of_origin`.
    pub(crate) country: &'static str,
}

const fn brand(
    code: &'static str,
    name: &'static str,
    country: &'static str,
    line: Words,
) -> Brand {
    Brand { code, name, line, country }
}

pub(crate) const BRANDS: &[Brand] = &[
    brand(
        "lindmoor",
        "Lindmoor",
        "de",
        w(
            "Lindmoor builds furniture in small series on the edge of the moor.",
            "Lindmoor baut am Rand des Moores Möbel in kleinen Serien.",
            "Lindmoor fabrique des meubles en petites séries, au bord de la lande.",
        ),
    ),
    brand(
        "halvard_soen",
        "Halvard & Søn",
        "dk",
        w(
            "Halvard & Søn has worked with wood for three generations.",
            "Halvard & Søn arbeitet seit drei Generationen mit Holz.",
            "Halvard & Søn travaille le bois depuis trois générations.",
        ),
    ),
    brand(
        "maison_calvane",
        "Maison Calvane",
        "fr",
        w(
            "Maison Calvane designs in Lyon and produces close by.",
            "Maison Calvane entwirft in Lyon und fertigt ganz in der Nähe.",
            "Maison Calvane dessine à Lyon et fabrique tout près.",
        ),
    ),
    brand(
        "brunnholt",
        "Brunnholt",
        "at",
        w(
            "Brunnholt repairs what it makes, even after twenty years.",
            "Brunnholt repariert, was es herstellt, auch nach zwanzig Jahren.",
            "Brunnholt répare ce qu’il fabrique, même vingt ans après.",
        ),
    ),
    brand(
        "holloway_reed",
        "Holloway & Reed",
        "gb",
        w(
            "Holloway & Reed keeps old joinery alive.",
            "Holloway & Reed hält alte Tischlerkunst lebendig.",
            "Holloway & Reed perpétue la menuiserie d’autrefois.",
        ),
    ),
    brand(
        "lumenaria",
        "Lumenaria",
        "it",
        w(
            "Lumenaria has been shaping light in Treviso since 1974.",
            "Lumenaria formt in Treviso seit 1974 Licht.",
            "Lumenaria façonne la lumière à Trévise depuis 1974.",
        ),
    ),
    brand(
        "kaap_licht",
        "Kaap Licht",
        "nl",
        w(
            "Kaap Licht assembles every lamp by hand in Haarlem.",
            "Kaap Licht montiert jede Leuchte in Haarlem von Hand.",
            "Kaap Licht assemble chaque luminaire à la main à Haarlem.",
        ),
    ),
    brand(
        "atelier_vauclin",
        "Atelier Vauclin",
        "fr",
        w(
            "Atelier Vauclin loves clear lines and warm light.",
            "Atelier Vauclin liebt klare Linien und warmes Licht.",
            "Atelier Vauclin aime les lignes claires et la lumière chaude.",
        ),
    ),
    brand(
        "casa_brennero",
        "Casa Brennero",
        "it",
        w(
            "Casa Brennero cooks with every pan before it is sold.",
            "Casa Brennero kocht mit jedem Modell selbst, bevor es in den Handel kommt.",
            "Casa Brennero cuisine avec chaque modèle avant de le vendre.",
        ),
    ),
    brand(
        "emaille_rosbach",
        "Emaille Rosbach",
        "de",
        w(
            "Emaille Rosbach has fired enamel since 1921.",
            "Emaille Rosbach brennt seit 1921 Emaille.",
            "Emaille Rosbach cuit l’émail depuis 1921.",
        ),
    ),
    brand(
        "kupferkrug",
        "Kupferkrug",
        "de",
        w(
            "Kupferkrug makes tools for people who like to cook.",
            "Kupferkrug macht Werkzeug für Menschen, die gern kochen.",
            "Kupferkrug fabrique des outils pour celles et ceux qui aiment cuisiner.",
        ),
    ),
    brand(
        "messer_talhof",
        "Talhof",
        "de",
        w(
            "Talhof forges and grinds in its own smithy.",
            "Talhof schmiedet und schleift in der eigenen Werkstatt.",
            "Talhof forge et affûte dans son propre atelier.",
        ),
    ),
    brand(
        "toepferei_wied",
        "Töpferei Wied",
        "de",
        w(
            "Töpferei Wied throws and glazes in the Westerwald.",
            "Die Töpferei Wied dreht und glasiert im Westerwald.",
            "Töpferei Wied tourne et émaille dans le Westerwald.",
        ),
    ),
    brand(
        "faience_orlat",
        "Faïence Orlat",
        "fr",
        w(
            "Faïence Orlat fires with power from its own roof.",
            "Faïence Orlat brennt mit Strom vom eigenen Dach.",
            "Faïence Orlat cuit grâce à l’électricité de son propre toit.",
        ),
    ),
    brand(
        "bar_montello",
        "Montello",
        "it",
        w(
            "Montello has built machines for small bars since 1958 and keeps every spare part.",
            "Montello baut seit 1958 Maschinen für kleine Bars und hält jedes Ersatzteil vor.",
            "Montello construit des machines pour petits bars depuis 1958 et garde chaque pièce détachée.",
        ),
    ),
    brand(
        "papier_tropf",
        "Papier & Tropf",
        "at",
        w(
            "Papier & Tropf believes in slow coffee.",
            "Papier & Tropf glaubt an langsamen Kaffee.",
            "Papier & Tropf croit au café lent.",
        ),
    ),
    brand(
        "roesthaus_morgentau",
        "Rösthaus Morgentau",
        "de",
        w(
            "Rösthaus Morgentau roasts in small drums every Tuesday.",
            "Das Rösthaus Morgentau röstet jeden Dienstag in kleinen Trommeln.",
            "Rösthaus Morgentau torréfie chaque mardi en petits tambours.",
        ),
    ),
    brand(
        "cafe_alvarelle",
        "Café Alvarelle",
        "fr",
        w(
            "Café Alvarelle buys directly from the growers.",
            "Café Alvarelle kauft direkt bei den Erzeugern.",
            "Café Alvarelle achète directement aux producteurs.",
        ),
    ),
    brand(
        "weberei_lohe",
        "Weberei Lohe",
        "de",
        w(
            "Weberei Lohe weaves on looms from the 1960s.",
            "Die Weberei Lohe webt auf Webstühlen aus den 1960er-Jahren.",
            "Weberei Lohe tisse sur des métiers des années 1960.",
        ),
    ),
    brand(
        "filature_sorel",
        "Filature Sorel",
        "fr",
        w(
            "Filature Sorel spins, dyes and weaves under one roof.",
            "Filature Sorel spinnt, färbt und webt unter einem Dach.",
            "Filature Sorel file, teint et tisse sous un même toit.",
        ),
    ),
    brand(
        "casa_tecelao",
        "Casa Tecelão",
        "pt",
        w(
            "Casa Tecelão is a family mill in the north of Portugal.",
            "Casa Tecelão ist eine Familienweberei im Norden Portugals.",
            "Casa Tecelão est un tissage familial du nord du Portugal.",
        ),
    ),
    brand(
        "bergkant",
        "Bergkant",
        "at",
        w(
            "Bergkant tests everything on its own mountain for a year.",
            "Bergkant prüft alles ein Jahr lang am eigenen Berg.",
            "Bergkant teste tout pendant un an sur sa propre montagne.",
        ),
    ),
    brand(
        "sturmfels",
        "Sturmfels",
        "ch",
        w(
            "Sturmfels repairs seams and zips free of charge.",
            "Sturmfels repariert Nähte und Reißverschlüsse kostenlos.",
            "Sturmfels répare gratuitement les coutures et les fermetures éclair.",
        ),
    ),
    brand(
        "nordvik",
        "Nordvik Fjellsport",
        "no",
        w(
            "Nordvik Fjellsport comes from a place where it rains two hundred days a year.",
            "Nordvik Fjellsport kommt von dort, wo es an zweihundert Tagen im Jahr regnet.",
            "Nordvik Fjellsport vient d’un lieu où il pleut deux cents jours par an.",
        ),
    ),
    brand(
        "gaertnerei_gruenau",
        "Grünau Garten",
        "de",
        w(
            "Grünau Garten grew out of a nursery, and it shows.",
            "Grünau Garten ist aus einer Gärtnerei entstanden, und das merkt man.",
            "Grünau Garten est né d’une pépinière, et cela se voit.",
        ),
    ),
    brand(
        "terre_ferrante",
        "Terre Ferrante",
        "it",
        w(
            "Terre Ferrante fires clay from its own pit.",
            "Terre Ferrante brennt Ton aus der eigenen Grube.",
            "Terre Ferrante cuit l’argile de sa propre carrière.",
        ),
    ),
    brand(
        "studio_ennis",
        "Studio Ennis",
        "gb",
        w(
            "Studio Ennis makes small things with great care.",
            "Studio Ennis macht kleine Dinge mit großer Sorgfalt.",
            "Studio Ennis crée de petites choses avec grand soin.",
        ),
    ),
];

/// The brand of this code.
pub(crate) fn brand_by_code(code: &str) -> &'static Brand {
    BRANDS
        .iter()
        .find(|brand| brand.code == code)
        .expect("kinds name only listed brands, a test sees to it")
}

pub(crate) const FURNITURE: &[&str] =
    &["lindmoor", "halvard_soen", "maison_calvane", "brunnholt", "holloway_reed"];
pub(crate) const LIGHTING: &[&str] = &["lumenaria", "kaap_licht", "atelier_vauclin"];
pub(crate) const COOKING: &[&str] = &["casa_brennero", "emaille_rosbach", "kupferkrug"];
pub(crate) const CUTTING: &[&str] = &["messer_talhof", "kupferkrug"];
pub(crate) const POTTERY: &[&str] = &["toepferei_wied", "faience_orlat"];
pub(crate) const ESPRESSO: &[&str] = &["bar_montello", "kupferkrug"];
pub(crate) const SLOW_COFFEE: &[&str] = &["papier_tropf", "bar_montello"];
pub(crate) const ROASTERS: &[&str] = &["roesthaus_morgentau", "cafe_alvarelle"];
pub(crate) const WEAVERS: &[&str] = &["weberei_lohe", "filature_sorel", "casa_tecelao"];
pub(crate) const OUTDOOR: &[&str] = &["bergkant", "sturmfels", "nordvik"];
pub(crate) const GARDEN: &[&str] = &["gaertnerei_gruenau", "terre_ferrante"];
pub(crate) const DECOR: &[&str] = &["studio_ennis", "maison_calvane", "faience_orlat"];
