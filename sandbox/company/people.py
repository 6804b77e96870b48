"""The people at the made-up customers: some from the stories, the others picked at random."""

from collections.abc import Iterator, Sequence
from random import Random

from sandbox.company.model import Customer, CustomerPerson

_FIRST = {
    "north": "Anja Birgit Dörte Eike Finn Gesa Hauke Imke Jorin Kerstin Lasse Merle Nils Ole "
    "Ragna Sönke Tjark Ulrike Wiebke Maren Björn Åse Signe Torvald Liv Eero Aino Pieter Saskia Wim",
    "west": "Agnes Barnaby Clara Declan Edith Fergus Gwen Hazel Ian Joan Kit Leonard Mabel Nora "
    "Oscar Philippa Roy Sadie Tobias Una Vera Warren Curtis Dolores Earl Faye Glenn Hattie Luis",
    "south": "Aarav Bhavna Chandra Divya Eshwar Farida Gopal Harini Ismail Jaya Kavya Lakshmi "
    "Manoj Nandini Omkar Padma Rafiq Shanta Tarun Usha Vimala Yusuf Zainab Aminah Hafiz Minh Linh "
    "Siew",
}
_LAST = {
    "north": "Ahrens Behnke Claasen Detlefsen Eggers Feddersen Grothe Hinrichs Iversen Jessen "
    "Kröger Lüders Mohr Nissen Ohlsen Petersen Reimers Sievers Thomsen Voss Wulff Lindqvist "
    "Haugen Virtanen Jansma Verbeke Dahlby Solheim Kivela Brouwer",
    "west": "Ashdown Birch Coldwell Dunmore Ellery Fairweather Garrity Holcombe Ingram Jessop "
    "Kirkbride Lockhart Marden Norcross Overton Pettigrew Quill Rowntree Stanhope Thackeray "
    "Underhill Vance Whitlock Yarrow Delgado Mercer Pruitt Sandoval Tully Weems",
    "south": "Achari Bhandari Chettiar Deshmukh Eapen Fernandes Ghatge Hegde Iyengar Joshi Kamath "
    "Lobo Menon Nadkarni Oommen Pillai Qureshi Rao Shinde Thampi Uthappa Varghese Wagle "
    "Yadav Zaveri Ibrahim Tan Lim Nguyen Pham",
}
_NAME_REGIONS = {
    "United Kingdom": "west",
    "Ireland": "west",
    "United States": "west",
    "India": "south",
    "Malaysia": "south",
    "Singapore": "south",
    "Vietnam": "south",
}
_ROLES = (
    "quality manager",
    "calibration technician",
    "maintenance lead",
    "laboratory head",
    "purchasing",
    "plant manager",
    "shift leader",
    "metrologist",
)
_NAMED_PEOPLE = {
    "Norderquell Wasser": "Henrik Tamm",
    "Speicherwerk Kaffee": "Frauke Lorenzen",
    "Alsterglas Labor": "Silke Marquardt, Tim Brandes",
    "Billstrom Kranbau": "Uwe Dierks",
    "Skärholm Mejeri": "Astrid Wallmark",
    "Lechtal Käserei": "Resi Hintermeier",
    "Isarwinkel Prüfstelle": "Ludwig Ostermayr",
    "Polderzicht Waterbeheer": "Joost Terpstra",
    "Kaamos Sensors": "Pekka Niemelä",
    "Harrow Street Biologics": "Victor Halloran, Denise Okpara",
    "Merrow & Finch Labs": "Dana Pruss",
    "Pocomas Valley Water": "Gloria Estevan",
    "Northwick Pumps": "Ray Kowalek",
    "Kaveri Bend Foundry": "Selvi Murugesan",
    "Deccan Torque": "Imran Shaikh",
    "Konkan Coldchain": "Faisal Parkar",
    "Malabar Spice Testing": "George Kurian",
}
PEOPLE_WITH_CELL = frozenset({"Victor Halloran", "George Kurian", "Gloria Estevan", "Henrik Tamm"})
_PEOPLE_BY_SIZE = {"small": 1, "medium": 2, "large": 3}


def people(customers: Sequence[Customer], random: Random) -> tuple[CustomerPerson, ...]:
    """List two to four people for each customer; no two share a name or an email."""
    used_names = {name for names in _NAMED_PEOPLE.values() for name in names.split(", ")}
    return tuple(
        each for customer in customers for each in _people_at(customer, used_names, random)
    )


def _people_at(
    customer: Customer, used_names: set[str], random: Random
) -> Iterator[CustomerPerson]:
    known = [name for name in _NAMED_PEOPLE.get(customer.name, "").split(", ") if name]
    for name in known:
        yield _person(customer, name, random)
    for _ in range(max(1, _PEOPLE_BY_SIZE[customer.size] + 1 - len(known))):
        yield _person(
            customer,
            _unused_name(_NAME_REGIONS.get(customer.country, "north"), used_names, random),
            random,
        )


def _unused_name(name_region: str, used_names: set[str], random: Random) -> str:
    while True:
        name = (
            f"{random.choice(_FIRST[name_region].split())} "
            f"{random.choice(_LAST[name_region].split())}"
        )
        if name not in used_names:
            used_names.add(name)
            return name


def _person(customer: Customer, name: str, random: Random) -> CustomerPerson:
    reachable = name in PEOPLE_WITH_CELL or random.random() < 0.4
    # No country has the calling code 999.
    phone = f"+999 {random.randrange(10, 99)} {random.randrange(1_000_000, 9_999_999)}"
    return CustomerPerson(
        customer=customer.name,
        name=name,
        email=f"{_local(name)}@{customer.domain}",
        phone=phone if reachable else "",
        role=random.choice(_ROLES),
        has_cell=name in PEOPLE_WITH_CELL,
    )


def _local(name: str) -> str:
    plain = name.casefold().translate(_PLAIN)
    return plain.replace(" ", ".")


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
