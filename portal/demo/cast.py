"""Who lives in the demo world: two agencies, their clients, vendors and people. Data only; portal.demo.places builds it."""

from dataclasses import dataclass, field
from typing import Any

ALL = ("work", "tickets", "mails", "money", "security")
USUAL = ("work", "tickets", "mails")


@dataclass(frozen=True)
class Person:
    """Somebody with an account. clients: slug -> areas (contacts); vendor: name of the organisation (vendors)."""

    name: str
    email: str
    kind: str
    role: str
    position: str = ""
    clients: dict[str, tuple[str, ...]] = field(default_factory=dict)
    vendor: str = ""
    language: str = ""


@dataclass(frozen=True)
class Company:
    """A client with its projects (name -> external id)."""

    name: str
    slug: str
    external_id: str
    manager: str
    projects: dict[str, str]


@dataclass(frozen=True)
class Outside:
    """A vendor. provider_of: slug of the client that engaged it; projects: (client slug, project slug) shared with it.

    card: what the agency notes of it: services, languages, rating.
    """

    name: str
    projects: tuple[tuple[str, str], ...]
    provider_of: str = ""
    card: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class House:
    """An agency; its first person is the owner. A person with the address of another house's works for both."""

    name: str
    slug: str
    settings: dict[str, str]
    calendar: dict[str, str]
    people: tuple[Person, ...]
    clients: tuple[Company, ...]
    vendors: tuple[Outside, ...] = ()


NORDLICHT = House(
    name="Nordlicht",
    slug="nordlicht",
    settings={
        "brand_hex": "#00656e",
        "language": "en",
        "phone": "+49 40 555 018-0",
        "sender_name": "Nordlicht",
        "sender_address": "portal@nordlicht.example",
    },
    calendar={"country": "DE", "region": "HH"},
    people=(
        Person("Solveig Omdal", "solveig@nordlicht.example", "specialist", "owner", "Owner"),
        Person("Jonas Reuter", "jonas@nordlicht.example", "specialist", "manager", "Account manager"),
        Person("Ingrid Solberg", "ingrid@nordlicht.example", "specialist", "manager", "Paid media"),
        Person("Mira Lindqvist", "mira@nordlicht.example", "specialist", "specialist", "Content"),
        Person("Aleksei Sorokin", "aleksei@nordlicht.example", "specialist", "specialist", "Technical SEO"),
        Person("Bence Kovács", "bence@nordlicht.example", "specialist", "freelancer", "Development"),
        Person(
            "Henrike Brodersen-Westphal",
            "henrike.brodersen-westphal@nordlicht.example",
            "specialist",
            "bookkeeper",
            "Accounting",
            language="de",
        ),
        Person("Gabriella Németh", "gabriella@nordlicht.example", "specialist", "reader", "Call center"),
        Person(
            "Katrin Vogel",
            "katrin.vogel@hanse-moebelwerk.example",
            "contact",
            "contact",
            "Head of marketing",
            {"hanse-moebelwerk": ALL},
        ),
        Person(
            "Thomas Brandt",
            "thomas.brandt@hanse-moebelwerk.example",
            "contact",
            "contact",
            "Managing director",
            {"hanse-moebelwerk": (*USUAL, "money")},
        ),
        Person(
            "Lena Hofmann",
            "lena.hofmann@hanse-moebelwerk.example",
            "contact",
            "contact",
            "Online shop",
            {"hanse-moebelwerk": USUAL},
        ),
        Person(
            "Dörte Klüver",
            "doerte.kluever@hanse-moebelwerk.example",
            "contact",
            "contact",
            "Accounting",
            {"hanse-moebelwerk": ("money",)},
            language="de",
        ),
        Person(
            "Hauke Simonsen",
            "hauke.simonsen@hanse-moebelwerk.example",
            "contact",
            "reader",
            "Showroom",
            {"hanse-moebelwerk": ("work",)},
            language="de",
        ),
        Person(
            "Renate Falk",
            "renate@falk-beratung.example",
            "contact",
            "contact",
            "Consulting",
            {"hanse-moebelwerk": ("work", "mails"), "fjordlys-smykker": ("work", "mails")},
        ),
        Person("Marte Haugen", "marte@fjordlys.example", "contact", "contact", "Owner", {"fjordlys-smykker": ALL}),
        Person(
            "Sindre Lie",
            "sindre@fjordlys.example",
            "contact",
            "contact",
            "Shop",
            {"fjordlys-smykker": ("work", "mails")},
        ),
        Person(
            "Friederike Brandes",
            "brandes@kanzlei-brandes.example",
            "contact",
            "contact",
            "Rechtsanwältin und Notarin",
            {"kanzlei-brandes": ALL},
            language="de",
        ),
        Person(
            "Nils Achterberg",
            "achterberg@kanzlei-brandes.example",
            "contact",
            "contact",
            "Büroleitung",
            {"kanzlei-brandes": USUAL},
            language="de",
        ),
        Person("Eirik Dahl", "eirik@studio-fjord.example", "vendor", "vendor", "Design", vendor="Studio Fjord"),
        Person("Marit Lunde", "marit@studio-fjord.example", "vendor", "reader", "Design", vendor="Studio Fjord"),
        Person(
            "Timo Lindner", "timo@lichtbild-lindner.example", "vendor", "vendor", "Photos", vendor="Lichtbild Lindner"
        ),
    ),
    clients=(
        Company(
            "Hanse Möbelwerk",
            "hanse-moebelwerk",
            "K-1001",
            "Jonas Reuter",
            {"Online shop": "P-2101", "Oak series": "P-2102", "Black Friday": "P-2103"},
        ),
        Company(
            "Fjordlys Smykker",
            "fjordlys-smykker",
            "K-1002",
            "Ingrid Solberg",
            {"Shop": "P-2201", "Spring catalogue": "P-2202"},
        ),
        Company(
            "Kanzlei Brandes",
            "kanzlei-brandes",
            "K-1003",
            "Ingrid Solberg",
            {"Website": "P-2301", "Mandantenbrief": "P-2302"},
        ),
    ),
    vendors=(
        Outside(
            "Studio Fjord",
            (("hanse-moebelwerk", "black-friday"), ("fjordlys-smykker", "spring-catalogue")),
            card={"services": "Design, banners, catalogues", "languages": "nb, en, de", "rating": 5},
        ),
        Outside(
            "Lichtbild Lindner",
            (("hanse-moebelwerk", "oak-series"),),
            provider_of="hanse-moebelwerk",
            card={"services": "Photos", "languages": "de", "rating": 4},
        ),
    ),
)

LINDENHOF = House(
    name="Lindenhof",
    slug="lindenhof",
    settings={
        "brand_hex": "#833365",
        "language": "de",
        "phone": "+49 4841 555 070",
        "sender_name": "Lindenhof Kommunikation",
        "sender_address": "portal@lindenhof.example",
    },
    calendar={"country": "DE", "region": "SH"},
    people=(
        Person("Carla Behrens", "carla@lindenhof.example", "specialist", "owner", "Inhaberin"),
        Person("Malte Jansen", "malte@lindenhof.example", "specialist", "manager", "Kundenbetreuer"),
        Person("Aleksei Sorokin", "aleksei@nordlicht.example", "specialist", "specialist", "Technik"),
        Person(
            "Uwe Petersen",
            "uwe@autohaus-petersen.example",
            "contact",
            "contact",
            "Geschäftsführer",
            {"autohaus-petersen": ALL},
        ),
        Person(
            "Silke Petersen",
            "silke@autohaus-petersen.example",
            "contact",
            "contact",
            "Verkauf",
            {"autohaus-petersen": USUAL},
        ),
        Person(
            "Birgit Carstensen",
            "birgit@hotel-strandlaeufer.example",
            "contact",
            "contact",
            "Inhaberin",
            {"hotel-strandlaeufer": ALL},
        ),
        Person(
            "Ole Carstensen",
            "ole@hotel-strandlaeufer.example",
            "contact",
            "contact",
            "Empfang",
            {"hotel-strandlaeufer": USUAL},
        ),
    ),
    clients=(
        Company(
            "Autohaus Petersen",
            "autohaus-petersen",
            "10007",
            "Malte Jansen",
            {"Winteraktion": "W-1", "Gebrauchtwagen": ""},
        ),
        Company(
            "Hotel Strandläufer",
            "hotel-strandlaeufer",
            "10011",
            "Malte Jansen",
            {"Saison": "S-1", "Website": ""},
        ),
    ),
)

NETWORK = "Waterkant Network"
HOUSES = (NORDLICHT, LINDENHOF)
PLATFORM = Person("Petra Platz", "petra@platform.example", "platform", "staff")
LIMITED: dict[str, tuple[tuple[str, str], ...]] = {"Hauke Simonsen": (("hanse-moebelwerk", "oak-series"),)}
"""Contacts to whom only these projects of their client are open."""
FREELANCE: dict[str, tuple[tuple[str, str], ...]] = {
    "Bence Kovács": (
        ("hanse-moebelwerk", "online-shop"),
        ("fjordlys-smykker", "shop"),
        ("kanzlei-brandes", "website"),
    )
}
