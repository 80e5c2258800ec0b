//! Product types and categories of the demo shop, and what products of each category are like.

use model::catalog::AttributeKind::{self, Boolean, Choice, Date, Integer, Text};

use super::words::{self, Word};

/// Product types: slug, name, and attributes as slug, name, kind, whether lists filter by it, unit.
pub type TypeRow = (&'static str, &'static str, &'static [AttributeRow]);
/// An attribute of a product type.
pub type AttributeRow = (&'static str, &'static str, AttributeKind, bool, Option<&'static str>);

const COLOR: AttributeRow = ("color", "Color", Text, true, None);
const MATERIAL: AttributeRow = ("material", "Material", Text, true, None);
const SIZE: AttributeRow = ("size", "Size", Text, true, None);
const WEIGHT: AttributeRow = ("weight", "Weight", Integer, true, Some("g"));
const SEASON: AttributeRow = ("season", "Season", Choice, true, None);

/// The choices of the attributes of kind choice.
pub const CHOICES: [(&str, &[&str]); 7] = [
    ("season", &["all year", "summer", "winter"]),
    ("fit", &["slim", "regular", "relaxed"]),
    ("socket", &["E14", "E27", "GU10", "LED"]),
    ("language", &["English", "German", "French"]),
    ("binding", &["hardcover", "paperback"]),
    ("genre", &["ambient", "folk", "jazz", "classical"]),
    ("paper", &["matte", "cotton rag", "recycled"]),
];

/// The ten product types.
pub const TYPES: [TypeRow; 10] = [
    (
        "garment",
        "Garment",
        &[
            COLOR,
            MATERIAL,
            SIZE,
            ("fit", "Fit", Choice, true, None),
            SEASON,
            ("organic", "Organic", Boolean, true, None),
        ],
    ),
    ("accessory", "Accessory", &[COLOR, MATERIAL, SIZE, SEASON, ("waterproof", "Waterproof", Boolean, true, None)]),
    (
        "bag",
        "Bag",
        &[
            COLOR,
            MATERIAL,
            WEIGHT,
            ("volume", "Volume", Integer, true, Some("l")),
            ("waterproof", "Waterproof", Boolean, true, None),
        ],
    ),
    ("camping-gear", "Camping gear", &[COLOR, MATERIAL, SEASON, WEIGHT, ("persons", "Persons", Integer, true, None)]),
    (
        "lamp",
        "Lamp",
        &[
            COLOR,
            MATERIAL,
            ("height", "Height", Integer, true, Some("cm")),
            ("socket", "Socket", Choice, true, None),
            ("dimmable", "Dimmable", Boolean, true, None),
        ],
    ),
    ("textile", "Home textile", &[COLOR, MATERIAL, SIZE, SEASON, ("organic", "Organic", Boolean, true, None)]),
    (
        "tableware",
        "Tableware",
        &[
            COLOR,
            MATERIAL,
            ("capacity", "Capacity", Integer, true, Some("ml")),
            ("dishwasher-safe", "Dishwasher safe", Boolean, true, None),
        ],
    ),
    (
        "print",
        "Print",
        &[
            SIZE,
            ("artist", "Artist", Text, true, None),
            ("paper", "Paper", Choice, true, None),
            ("framed", "Framed", Boolean, true, None),
        ],
    ),
    (
        "printed-book",
        "Book",
        &[
            ("author", "Author", Text, true, None),
            ("pages", "Pages", Integer, false, None),
            ("language", "Language", Choice, true, None),
            ("binding", "Binding", Choice, true, None),
            ("published", "Published", Date, false, None),
        ],
    ),
    (
        "recording",
        "Recording",
        &[
            ("artist", "Artist", Text, true, None),
            ("genre", "Genre", Choice, true, None),
            ("format", "Format", Text, true, None),
            ("tracks", "Tracks", Integer, false, None),
        ],
    ),
];

/// Categories above the leaves: path, name, German name; parents first.
pub const BRANCHES: [(&str, &str, &str); 23] = [
    ("clothing", "Clothing", "Kleidung"),
    ("clothing/tops", "Tops", "Oberteile"),
    ("clothing/bottoms", "Bottoms", "Hosen und Röcke"),
    ("clothing/outerwear", "Outerwear", "Jacken und Mäntel"),
    ("accessories", "Accessories", "Accessoires"),
    ("accessories/bags", "Bags", "Taschen"),
    ("accessories/headwear", "Headwear", "Kopfbedeckungen"),
    ("accessories/small-goods", "Small goods", "Kleinwaren"),
    ("camping", "Camping", "Camping"),
    ("camping/shelter", "Shelter", "Zelte und Planen"),
    ("camping/sleeping", "Sleeping", "Schlafen"),
    ("camping/cooking", "Cooking", "Kochen"),
    ("home", "Home", "Wohnen"),
    ("home/lamps", "Lamps", "Leuchten"),
    ("home/textiles", "Textiles", "Heimtextilien"),
    ("home/tableware", "Tableware", "Geschirr"),
    ("prints", "Prints", "Drucke"),
    ("prints/art-prints", "Art prints", "Kunstdrucke"),
    ("books", "Books", "Bücher"),
    ("books/non-fiction", "Non-fiction", "Sachbücher"),
    ("books/fiction", "Fiction", "Belletristik"),
    ("music", "Music", "Musik"),
    ("music/vinyl", "Vinyl", "Schallplatten"),
];

/// What variants of a product differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axes {
    /// Size and colour of clothes.
    SizeAndColor,
    /// One size, several colours.
    Color,
    /// Several sizes in centimetres or paper formats.
    Size(&'static [&'static str]),
    /// One variant only.
    None,
}

/// What a product's name says between its line and its noun.
#[derive(Debug, Clone, Copy)]
pub enum Title {
    /// `Alder Linen Shirt`: a line, a material, a noun.
    Made(&'static [Word]),
    /// `Harbour, Alder Series`: a motif and a line.
    Motif(&'static [Word]),
    /// `A Field Guide to Coasts`, `Alder: a Novel of Winds`: a pattern with `{line}` and `{subject}`.
    Pattern(&'static [Word]),
}

/// A category at the end of the tree, and its products.
#[derive(Debug, Clone, Copy)]
pub struct Leaf {
    /// Path of slugs.
    pub path: &'static str,
    /// Name in English and German.
    pub name: Word,
    /// Slug of the product type.
    pub kind: &'static str,
    /// Beginning of article numbers; differs from leaf to leaf.
    pub sku: &'static str,
    /// What the products are called.
    pub nouns: &'static [Word],
    /// How names are made.
    pub title: Title,
    /// Who makes them.
    pub vendors: &'static [&'static str],
    /// What variants differ in.
    pub axes: Axes,
    /// Lowest and highest price in euros.
    pub price: (u32, u32),
    /// Lowest and highest weight in grams; none for downloads.
    pub weight: Option<(u32, u32)>,
}

macro_rules! leaf {
    ($path:literal, $name:expr, $kind:literal, $sku:literal, $nouns:expr, $title:expr, $vendors:ident, $axes:expr, $price:expr, $weight:expr) => {
        Leaf {
            path: $path,
            name: $name,
            kind: $kind,
            sku: $sku,
            nouns: &$nouns,
            title: $title,
            vendors: &words::$vendors,
            axes: $axes,
            price: $price,
            weight: $weight,
        }
    };
}

const CLOTH: Title = Title::Made(&words::CLOTH);
const TECHNICAL: Title = Title::Made(&words::TECHNICAL);
const LEATHER: Title = Title::Made(&words::LEATHER);
const SOLID: Title = Title::Made(&words::SOLID);
const CERAMIC: Title = Title::Made(&words::CERAMIC);
const METAL: Title = Title::Made(&words::METAL);
const SHEETS: Axes = Axes::Size(&["A4", "A3", "A2", "50x70"]);
const BEDDING: Axes = Axes::Size(&["130x180", "150x200", "200x220"]);
const SQUARE: Axes = Axes::Size(&["40x40", "50x50"]);
const PACKS: Axes = Axes::Size(&["single", "set of 4"]);
const PERSONS: Axes = Axes::Size(&["1 person", "2 persons", "3 persons"]);

/// The categories at the ends of the tree.
pub const LEAVES: [Leaf; 34] = [
    leaf!(
        "clothing/tops/t-shirts",
        ("T-shirts", "T-Shirts"),
        "garment",
        "TSH",
        [("T-Shirt", "T-Shirt"), ("Long Sleeve", "Langarmshirt"), ("Tank Top", "Top")],
        CLOTH,
        TAILORS,
        Axes::SizeAndColor,
        (15, 49),
        Some((120, 260))
    ),
    leaf!(
        "clothing/tops/shirts",
        ("Shirts", "Hemden"),
        "garment",
        "SHI",
        [("Shirt", "Hemd"), ("Overshirt", "Überhemd"), ("Blouse", "Bluse")],
        CLOTH,
        TAILORS,
        Axes::SizeAndColor,
        (39, 119),
        Some((180, 420))
    ),
    leaf!(
        "clothing/tops/knitwear",
        ("Knitwear", "Strick"),
        "garment",
        "KNI",
        [("Sweater", "Pullover"), ("Cardigan", "Strickjacke"), ("Vest", "Weste")],
        CLOTH,
        TAILORS,
        Axes::SizeAndColor,
        (59, 169),
        Some((300, 700))
    ),
    leaf!(
        "clothing/bottoms/trousers",
        ("Trousers", "Hosen"),
        "garment",
        "TRO",
        [("Trousers", "Hose"), ("Chinos", "Chino"), ("Work Pants", "Arbeitshose")],
        CLOTH,
        TAILORS,
        Axes::SizeAndColor,
        (59, 149),
        Some((350, 700))
    ),
    leaf!(
        "clothing/bottoms/shorts",
        ("Shorts", "Shorts"),
        "garment",
        "SHO",
        [("Shorts", "Shorts"), ("Bermudas", "Bermudas")],
        CLOTH,
        TAILORS,
        Axes::SizeAndColor,
        (35, 79),
        Some((200, 350))
    ),
    leaf!(
        "clothing/outerwear/jackets",
        ("Jackets", "Jacken"),
        "garment",
        "JAC",
        [("Jacket", "Jacke"), ("Parka", "Parka"), ("Anorak", "Anorak")],
        TECHNICAL,
        OUTFITTERS,
        Axes::SizeAndColor,
        (99, 349),
        Some((450, 1400))
    ),
    leaf!(
        "clothing/outerwear/rainwear",
        ("Rainwear", "Regenkleidung"),
        "garment",
        "RAI",
        [("Raincoat", "Regenmantel"), ("Poncho", "Poncho")],
        TECHNICAL,
        OUTFITTERS,
        Axes::SizeAndColor,
        (69, 219),
        Some((300, 800))
    ),
    leaf!(
        "accessories/bags/backpacks",
        ("Backpacks", "Rucksäcke"),
        "bag",
        "BAC",
        [("Backpack", "Rucksack"), ("Daypack", "Tagesrucksack")],
        TECHNICAL,
        OUTFITTERS,
        Axes::Color,
        (49, 199),
        Some((500, 1800))
    ),
    leaf!(
        "accessories/bags/totes",
        ("Totes", "Tragetaschen"),
        "bag",
        "TOT",
        [("Tote", "Tragetasche"), ("Market Bag", "Markttasche")],
        LEATHER,
        TAILORS,
        Axes::Color,
        (19, 129),
        Some((200, 800))
    ),
    leaf!(
        "accessories/headwear/caps",
        ("Caps", "Mützen"),
        "accessory",
        "CAP",
        [("Cap", "Kappe"), ("Sun Hat", "Sonnenhut")],
        CLOTH,
        TAILORS,
        Axes::Color,
        (19, 49),
        Some((70, 150))
    ),
    leaf!(
        "accessories/headwear/beanies",
        ("Beanies", "Strickmützen"),
        "accessory",
        "BEA",
        [("Beanie", "Strickmütze"), ("Watch Cap", "Seemannsmütze")],
        CLOTH,
        TAILORS,
        Axes::Color,
        (19, 45),
        Some((60, 140))
    ),
    leaf!(
        "accessories/small-goods/wallets",
        ("Wallets", "Geldbörsen"),
        "accessory",
        "WAL",
        [("Wallet", "Geldbörse"), ("Card Holder", "Kartenetui")],
        LEATHER,
        TAILORS,
        Axes::Color,
        (25, 99),
        Some((60, 160))
    ),
    leaf!(
        "accessories/small-goods/belts",
        ("Belts", "Gürtel"),
        "accessory",
        "BEL",
        [("Belt", "Gürtel")],
        LEATHER,
        TAILORS,
        Axes::Size(&["85 cm", "95 cm", "105 cm"]),
        (29, 89),
        Some((150, 320))
    ),
    leaf!(
        "accessories/small-goods/scarves",
        ("Scarves", "Schals"),
        "accessory",
        "SCA",
        [("Scarf", "Schal"), ("Bandana", "Halstuch")],
        CLOTH,
        TAILORS,
        Axes::Color,
        (15, 89),
        Some((60, 300))
    ),
    leaf!(
        "camping/shelter/tents",
        ("Tents", "Zelte"),
        "camping-gear",
        "TEN",
        [("Tent", "Zelt"), ("Bivouac", "Biwak")],
        TECHNICAL,
        OUTFITTERS,
        PERSONS,
        (149, 599),
        Some((1100, 4200))
    ),
    leaf!(
        "camping/shelter/tarps",
        ("Tarps", "Planen"),
        "camping-gear",
        "TAR",
        [("Tarp", "Plane"), ("Canopy", "Sonnensegel")],
        TECHNICAL,
        OUTFITTERS,
        Axes::Color,
        (39, 149),
        Some((400, 1500))
    ),
    leaf!(
        "camping/sleeping/mats",
        ("Mats", "Isomatten"),
        "camping-gear",
        "SLM",
        [("Sleeping Mat", "Isomatte"), ("Camp Pad", "Liegematte")],
        TECHNICAL,
        OUTFITTERS,
        Axes::Color,
        (29, 149),
        Some((350, 1200))
    ),
    leaf!(
        "camping/sleeping/bags",
        ("Sleeping bags", "Schlafsäcke"),
        "camping-gear",
        "SLB",
        [("Sleeping Bag", "Schlafsack"), ("Quilt", "Quilt")],
        TECHNICAL,
        OUTFITTERS,
        Axes::Size(&["regular", "long"]),
        (79, 399),
        Some((600, 1900))
    ),
    leaf!(
        "camping/cooking/stoves",
        ("Stoves", "Kocher"),
        "camping-gear",
        "STO",
        [("Stove", "Kocher"), ("Burner", "Brenner")],
        METAL,
        OUTFITTERS,
        Axes::None,
        (29, 179),
        Some((80, 900))
    ),
    leaf!(
        "camping/cooking/cookware",
        ("Cookware", "Kochgeschirr"),
        "camping-gear",
        "COO",
        [("Pot", "Topf"), ("Camp Mug", "Campingtasse"), ("Mess Kit", "Essgeschirr")],
        METAL,
        OUTFITTERS,
        PACKS,
        (12, 99),
        Some((60, 900))
    ),
    leaf!(
        "home/lamps/table-lamps",
        ("Table lamps", "Tischleuchten"),
        "lamp",
        "TLA",
        [("Table Lamp", "Tischleuchte"), ("Desk Lamp", "Schreibtischleuchte")],
        SOLID,
        MAKERS,
        Axes::Color,
        (49, 249),
        Some((700, 3500))
    ),
    leaf!(
        "home/lamps/floor-lamps",
        ("Floor lamps", "Stehleuchten"),
        "lamp",
        "FLA",
        [("Floor Lamp", "Stehleuchte"), ("Reading Lamp", "Leseleuchte")],
        SOLID,
        MAKERS,
        Axes::Color,
        (99, 449),
        Some((3000, 9000))
    ),
    leaf!(
        "home/lamps/pendants",
        ("Pendants", "Hängeleuchten"),
        "lamp",
        "PEN",
        [("Pendant", "Hängeleuchte")],
        SOLID,
        MAKERS,
        Axes::Color,
        (69, 399),
        Some((800, 4000))
    ),
    leaf!(
        "home/textiles/blankets",
        ("Blankets", "Decken"),
        "textile",
        "BLA",
        [("Blanket", "Decke"), ("Throw", "Überwurf")],
        CLOTH,
        MAKERS,
        BEDDING,
        (49, 199),
        Some((700, 2200))
    ),
    leaf!(
        "home/textiles/cushions",
        ("Cushions", "Kissen"),
        "textile",
        "CUS",
        [("Cushion", "Kissen")],
        CLOTH,
        MAKERS,
        SQUARE,
        (19, 69),
        Some((300, 800))
    ),
    leaf!(
        "home/tableware/mugs",
        ("Mugs", "Becher"),
        "tableware",
        "MUG",
        [("Mug", "Becher"), ("Espresso Cup", "Espressotasse")],
        CERAMIC,
        MAKERS,
        Axes::Color,
        (9, 35),
        Some((200, 450))
    ),
    leaf!(
        "home/tableware/bowls",
        ("Bowls", "Schalen"),
        "tableware",
        "BOW",
        [("Bowl", "Schale"), ("Plate", "Teller")],
        CERAMIC,
        MAKERS,
        PACKS,
        (12, 79),
        Some((300, 900))
    ),
    leaf!(
        "prints/art-prints/landscapes",
        ("Landscapes", "Landschaften"),
        "print",
        "LAN",
        [("Print", "Druck")],
        Title::Motif(&words::MOTIFS),
        PUBLISHERS,
        SHEETS,
        (15, 79),
        Some((80, 400))
    ),
    leaf!(
        "prints/art-prints/maps",
        ("Maps", "Karten"),
        "print",
        "MAP",
        [("Map Print", "Kartendruck")],
        Title::Motif(&words::MOTIFS),
        PUBLISHERS,
        SHEETS,
        (19, 89),
        Some((80, 400))
    ),
    leaf!(
        "books/non-fiction/atlases",
        ("Atlases", "Atlanten"),
        "printed-book",
        "ATL",
        [("The {line} Atlas of {subject}", "Der {line}-Atlas: {subject}")],
        Title::Pattern(&words::SUBJECTS),
        PUBLISHERS,
        Axes::None,
        (25, 79),
        Some((700, 2400))
    ),
    leaf!(
        "books/non-fiction/guides",
        ("Guides", "Ratgeber"),
        "printed-book",
        "GUI",
        [
            ("{line}: a Field Guide to {subject}", "{line}: ein Führer durch {subject}"),
            ("{line}, a History of {subject}", "{line}, eine Geschichte: {subject}")
        ],
        Title::Pattern(&words::SUBJECTS),
        PUBLISHERS,
        Axes::None,
        (12, 45),
        Some((250, 900))
    ),
    leaf!(
        "books/fiction/novels",
        ("Novels", "Romane"),
        "printed-book",
        "NOV",
        [("{line} and the {subject}", "{line}, Roman: {subject}"), ("The {subject} of {line}", "{subject} von {line}")],
        Title::Pattern(&words::SUBJECTS),
        PUBLISHERS,
        Axes::None,
        (10, 29),
        Some((200, 700))
    ),
    leaf!(
        "music/vinyl/records",
        ("Records", "Platten"),
        "recording",
        "VIN",
        [("{subject} at {line}", "{subject} in {line}"), ("{line} Sessions: {subject}", "{line}-Sitzungen: {subject}")],
        Title::Pattern(&words::MOODS),
        LABELS,
        Axes::Size(&["LP", "2 LP"]),
        (19, 45),
        Some((250, 600))
    ),
    leaf!(
        "music/downloads",
        ("Downloads", "Downloads"),
        "recording",
        "DOW",
        [("{line}: {subject}", "{line}: {subject}"), ("{subject}, live in {line}", "{subject}, live in {line}")],
        Title::Pattern(&words::MOODS),
        LABELS,
        Axes::Size(&["FLAC", "MP3"]),
        (6, 15),
        None
    ),
];
