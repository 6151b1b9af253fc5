"""The made-up world: industries, regions, products, and the words that names are built from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Industry:
    """One line of business: what it buys, when it peaks, what its firms are called."""

    name: str
    share: float
    peak_day: int
    families: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """One product; the price is in USD for its unit (kg, or 1,000 pieces)."""

    name: str
    family: str
    price: float
    launched: str
    tags: str = ""


INDUSTRIES = (
    Industry(
        "Food",
        0.20,
        300,
        ("Films", "Pouches", "Lidding", "Labels"),
        ("Foods", "Kitchens", "Provisions", "Pantry"),
    ),
    Industry(
        "Snacks", 0.14, 330, ("Films", "Barrier films", "Pouches"), ("Snacks", "Crisps", "Nut Works", "Bakes")
    ),
    Industry(
        "Coffee & tea",
        0.11,
        320,
        ("Barrier films", "Pouches", "New materials"),
        ("Coffee", "Roasters", "Tea House", "Roastery"),
    ),
    Industry(
        "Pet food",
        0.10,
        60,
        ("Bags", "Pouches", "Barrier films"),
        ("Pet Foods", "Petcare", "Animal Nutrition", "Kibble Works"),
    ),
    Industry(
        "Frozen food",
        0.10,
        190,
        ("Films", "Bags", "New materials"),
        ("Frozen Foods", "Ice Works", "Cold Kitchen", "Frost Foods"),
    ),
    Industry(
        "Dairy", 0.10, 170, ("Lidding", "Films", "Labels"), ("Dairy", "Creamery", "Cheese Works", "Dairies")
    ),
    Industry(
        "Pharma",
        0.09,
        20,
        ("Barrier films", "Lidding", "Labels"),
        ("Pharma", "Remedies", "Laboratories", "Medical"),
    ),
    Industry(
        "Cosmetics",
        0.08,
        310,
        ("Pouches", "Labels", "New materials"),
        ("Cosmetics", "Beauty", "Skin Care", "Botanics"),
    ),
    Industry(
        "Detergents",
        0.08,
        100,
        ("Pouches", "Bags", "Labels"),
        ("Home Care", "Detergents", "Cleaning", "Laundry Works"),
    ),
)

REGIONS: dict[str, tuple[str, ...]] = {
    "North America": ("Chicago", "Toronto", "Atlanta", "Dallas", "Columbus", "Portland", "Montréal"),
    "DACH": ("Hamburg", "Köln", "Linz", "Zürich", "Leipzig", "Nürnberg"),
    "UK & Ireland": ("Leeds", "Bristol", "Cork", "Dublin", "Norwich"),
    "Benelux & France": ("Lille", "Lyon", "Ghent", "Rotterdam", "Nantes"),
    "Nordics": ("Malmö", "Aarhus", "Tampere", "Bergen"),
    "Southern Europe": ("Bologna", "Valencia", "Porto", "Verona", "Thessaloniki"),
    "Asia Pacific": ("Singapore", "Osaka", "Melbourne", "Penang"),
}
REGION_SHARES = (0.28, 0.19, 0.14, 0.13, 0.09, 0.10, 0.07)

# The last one is new in the middle of the data and grows (see `orders`).
PRODUCTS = (
    Product("PE film clear 40 µm (kg)", "Films", 3.10, "2009-03-01"),
    Product("PE film printed 50 µm (kg)", "Films", 4.20, "2009-03-01"),
    Product("BOPP film 30 µm (kg)", "Films", 3.60, "2010-06-01"),
    Product("Cast PP film 60 µm (kg)", "Films", 3.90, "2011-02-01"),
    Product("Shrink film 25 µm (kg)", "Films", 3.40, "2012-09-01"),
    Product("Flow-wrap film matt (kg)", "Films", 5.10, "2016-04-01"),
    Product("Metallised barrier film (kg)", "Barrier films", 6.20, "2010-01-01"),
    Product("EVOH barrier film (kg)", "Barrier films", 7.80, "2013-05-01"),
    Product("Aluminium laminate (kg)", "Barrier films", 8.90, "2009-03-01"),
    Product("Clear high-barrier film (kg)", "Barrier films", 9.40, "2017-10-01"),
    Product("Blister base film (kg)", "Barrier films", 6.70, "2014-02-01"),
    Product("Stand-up pouch 250 ml (1,000)", "Pouches", 88.0, "2011-07-01"),
    Product("Stand-up pouch 500 ml (1,000)", "Pouches", 112.0, "2011-07-01"),
    Product("Stand-up pouch with zip (1,000)", "Pouches", 146.0, "2014-03-01"),
    Product("Spouted pouch 1 l (1,000)", "Pouches", 214.0, "2016-09-01"),
    Product("Flat-bottom coffee pouch, valve (1,000)", "Pouches", 238.0, "2015-01-01"),
    Product("Retort pouch 200 g (1,000)", "Pouches", 131.0, "2018-06-01"),
    Product("Side-gusset bag 2 kg (1,000)", "Bags", 121.0, "2010-10-01"),
    Product("Woven sack 15 kg (1,000)", "Bags", 342.0, "2012-03-01"),
    Product("Quad-seal bag 5 kg (1,000)", "Bags", 236.0, "2015-11-01"),
    Product("Wicketed bag printed (1,000)", "Bags", 47.0, "2009-03-01"),
    Product("Freezer bag 1 kg (1,000)", "Bags", 58.0, "2013-01-01"),
    Product("Peelable lidding film (kg)", "Lidding", 9.20, "2012-05-01"),
    Product("Resealable lidding film (kg)", "Lidding", 12.60, "2018-02-01"),
    Product("Die-cut aluminium lids (1,000)", "Lidding", 21.0, "2009-03-01"),
    Product("Blister lidding foil (kg)", "Lidding", 11.40, "2014-02-01"),
    Product("Paper label, roll (1,000)", "Labels", 8.40, "2009-03-01"),
    Product("PP label, roll (1,000)", "Labels", 10.80, "2011-01-01"),
    Product("Shrink sleeve (1,000)", "Labels", 17.50, "2015-06-01"),
    Product("Peel-back leaflet label (1,000)", "Labels", 39.0, "2019-04-01"),
    Product("Mono-PE recyclable film (kg)", "New materials", 5.90, "2020-09-01", "recyclable mono-material"),
    Product("Compostable film, PLA blend (kg)", "New materials", 11.80, "2021-05-01", "compostable biobased"),
    Product("Paper-based flow wrap (kg)", "New materials", 7.10, "2021-11-01", "recyclable paper"),
    Product("Film with 50% recycled content (kg)", "New materials", 4.90, "2022-08-01", "recycled"),
    Product(
        "Recyclable mono-PE pouch with zip (1,000)",
        "New materials",
        168.0,
        "2024-03-01",
        "recyclable mono-material new",
    ),
)

CHANNELS = ("email", "edi", "phone", "sales_visit", "web_shop")
CHANNEL_SHARES = (0.34, 0.22, 0.18, 0.14, 0.12)

NAME_HEADS = (
    "Alb", "Bask", "Brav", "Cald", "Corm", "Dask", "Drun", "Elv", "Fenn", "Galm", "Hask", "Ilm", "Jorv",
    "Kest", "Lorn", "Marv", "Nald", "Ostr", "Pell", "Pryd", "Quel", "Rusk", "Selv", "Tarn", "Thal", "Ulv",
    "Velm", "Wend", "Yarr", "Zelk",
)  # fmt: skip
NAME_TAILS = (
    "aby", "adine", "anto", "arosa", "avia", "eck", "eddin", "ellow", "enza", "estra", "etta", "ibor",
    "iden", "indo", "istan", "ody", "omere", "ory", "ossa", "oven", "ubin", "ulin", "umar", "ynne",
)  # fmt: skip
LEGAL_FORMS: dict[str, tuple[str, ...]] = {
    "North America": ("Inc.", "LLC", "Corp."),
    "DACH": ("GmbH", "AG", "GmbH & Co. KG"),
    "UK & Ireland": ("Ltd", "plc"),
    "Benelux & France": ("BV", "SA", "NV"),
    "Nordics": ("AB", "A/S", "Oy"),
    "Southern Europe": ("SpA", "SL", "Lda"),
    "Asia Pacific": ("Pte Ltd", "KK", "Pty Ltd"),
}

FIRST_NAMES = (
    "Ada", "Bruno", "Clara", "Dev", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Liam",
    "Mira", "Noor", "Oskar", "Priya", "Quinn", "Rosa", "Sami", "Tove", "Umar", "Vera", "Wim", "Yuki", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Albrook", "Bergholt", "Castellan", "Dunmore", "Eckersby", "Farrow", "Grünfeld", "Halloway", "Ibarra",
    "Jansema", "Kowalde", "Lindqvar", "Marchetta", "Nakamori", "O'Dell", "Pereira-Lund", "Quimby",
    "Rasmund", "Sørby", "Tannhauer", "Ullmark", "Vasquel", "Whitlam", "Yamadera", "Zielonka",
)  # fmt: skip
