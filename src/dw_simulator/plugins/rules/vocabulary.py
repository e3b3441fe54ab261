"""Words that names are put together from, collected for this project."""

SITE_WORDS = tuple(
    """amber autumn azure bold brave breezy bright calm candid cedar clear clever cobalt coral cosy
    crisp daily deep early easy fair fine fleet fresh gentle glad golden grand green happy honest
    humble indigo ivory jolly keen kind late lemon light little lively lucky lunar mellow merry mint
    misty modern nimble noble north olive open patient plain polar proud quick quiet rapid ready
    royal ruby rustic silent silver simple smart snowy solar solid sound spring steady stone sunny
    swift tidal tidy true urban velvet violet vivid warm wild windy wise young""".split()
)
SITE_NOUNS = tuple(
    """acorn anchor arbor atlas bakery barn basket bay beacon bell birch bloom board bridge brook cabin
    canvas castle cellar circle cliff cloud coast corner cove craft creek crown dawn delta depot
    dock dune ember falls farm feather fern field fjord forge forest gallery garden gate glade grove
    harbor haven hearth hill hollow island kettle kitchen ladder lake lantern ledger library lodge
    loft maple market meadow mill moss nest oak oasis orbit orchard paper path peak pearl pier pine
    planet plaza pocket pond press quarry rail reef ridge river road rocket shop sparrow station
    studio summit tower trail valley wagon willow works""".split()
)
PAGE_SECTIONS = tuple(
    "about blog events guides help jobs news offers products reviews shop stories support team tips".split()
)

PRODUCT_QUALITIES = tuple(
    """Classic Modern Compact Foldable Handmade Everyday Premium Rustic Slim Large Small Lightweight
    Sturdy Soft Vintage Portable Deluxe Nordic Simple Heavy-Duty Elegant Striped Two-Tone Travel
    Family Weekend Studio Garden City Mini Stackable Washable Woven Polished Matte Round Square Tall
    Wide Original Curved Recycled Seasonal Signature Essential Refillable Padded Adjustable""".split()
)
_FAMILIES = (
    (
        "Oak Pine Walnut Bamboo Steel Birch",
        "Desk|Chair|Stool|Shelf|Bench|Bed Frame|Side Table|Cabinet",
    ),
    ("Steel Copper Ceramic Glass Enamel", "Kettle|Teapot|Bowl|Mug|Jar|Carafe|Serving Plate|Mixing Bowl|Tray"),
    ("Cast Iron|Steel|Copper|Aluminium", "Frying Pan|Saucepan|Stockpot|Casserole|Wok|Baking Tray"),
    ("Cotton Linen Wool Fleece Jersey Flannel", "Shirt|Blanket|Scarf|Jacket|Trousers|Cushion|Throw|Robe|Cap"),
    ("Cotton Linen Bamboo Microfibre", "Towel|Bed Sheet|Pillowcase|Tablecloth|Napkin Set|Apron|Curtain"),
    (
        "Leather Canvas Nylon Suede",
        "Backpack|Wallet|Belt|Handbag|Suitcase|Laptop Sleeve|Sandals|Boots",
    ),
    ("Steel Carbon Titanium Chrome", "Screwdriver Set|Hammer|Pliers|Wrench|Hand Saw|Chisel Set"),
    ("Paper Linen Leather Cork", "Notebook|Diary|Photo Album|Folder|Sketchbook|Pen Case|Calendar"),
    (
        "Brass Glass Paper Rattan Concrete",
        "Lantern|Table Lamp|Floor Lamp|Candle Holder|Vase|Planter",
    ),
    ("Nylon Polyester Canvas", "Tent|Sleeping Bag|Hammock|Rain Cover|Picnic Mat|Beach Shade|Windbreak"),
    ("Rubber Cork Foam", "Yoga Mat|Exercise Mat|Door Mat|Massage Ball|Kneeling Pad|Bath Mat"),
    (
        "Wooden Magnetic Felt",
        "Chess Set|Puzzle|Building Blocks|Memory Game|Toy Train|Domino Set",
    ),
)


def _split(words: str) -> list[str]:
    return words.split("|") if "|" in words else words.split()


PRODUCT_THINGS = tuple(
    dict.fromkeys(
        f"{material} {thing}"
        for materials, things in _FAMILIES
        for material in _split(materials)
        for thing in things.split("|")
    )
)

STREET_NAMES = tuple(
    """Abbey Acacia Alder Alma Apple Ash Aspen Barn Bath Beacon Beech Birch Bishop Blossom Bridge Brook
    Brewery Brown Canal Canon Castle Cathedral Cedar Chapel Charles Cherry Chestnut Church Clay
    Clover College Cooper Copper Corn Cottage Court Cross Crown Dale Dean Deer Dock Dove Eagle East
    Edward Elm Factory Falcon Farm Fern Ferry Field Fir Fisher Foundry Fountain Fox Friar Garden
    George Glebe Grange Grant Green Grove Hall Harbour Harvest Hawthorn Hazel Heath Heron High Hill
    Holly Hope Iron Ivy Jubilee Juniper King Kiln Lake Larch Laurel Lark Lavender Lime Linden Lodge
    Long Lower Magnolia Main Manor Maple Market Meadow Mill Mint Monk Moss Mulberry New North Oak
    Oakfield Old Orchard Park Pear Pine Plum Poplar Post Priory Prospect Quarry Queen Railway
    Rectory Ridge River Robin Rose Rowan Saddler School Sheep Silver South Spring Spruce Square
    Stable Station Stone Summer Sunset Sycamore Tanner Temple Thistle Thorn Tower Union Upper Vale
    Valley Vine Walnut Water Weaver Well West Wharf Wheel White Willow Wood Wool Wren York""".split()
)
STREET_KINDS = tuple("Street Road Lane Avenue Close Drive Way Court Crescent Gardens Place Terrace".split())
