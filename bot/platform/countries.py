"""Countries and their parts: which one a zone lies in, and names to choose them by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import itemgetter

import holidays
from holidays.registry import COUNTRIES

from bot.domain.customers import name_key

LITTLE_WORDS = frozenset({"and", "of", "the"})
# Where the package's own word is not how it is written.
SPELT = {"HK": "Hong Kong", "CD": "DR Congo"}


@dataclass(frozen=True)
class Place:
    """A country, or a part of one, with its name: `code` is ISO's, `part` None for all of it."""

    code: str
    part: str | None
    name: str


def of_zone(zone: str) -> Place | None:
    """The country that an IANA zone lies in; None for UTC and for zones of no one country."""
    code = _codes_by_zone().get(zone)
    return place(code, None) if code else None


def place(code: str, part: str | None) -> Place | None:
    """The country or part with these codes, if its holidays are known."""
    return _known().get((code, part))


def search(typed: str, limit: int) -> Sequence[Place]:
    """Places whose name holds what was typed, those that begin with it first, by name."""
    wanted = name_key(typed)
    found = [(key, each) for key, each in _by_name().items() if wanted in key]
    found.sort(key=lambda pair: (not pair[0].startswith(wanted), "," in pair[0]))
    return [each for _, each in found[:limit]]


@cache
def _by_name() -> dict[str, Place]:
    return dict(
        sorted(((name_key(each.name), each) for each in _known().values()), key=itemgetter(0))
    )


@cache
def _known() -> dict[tuple[str, str | None], Place]:
    # What every country calls its parts takes a quarter of a second to load.
    return {(each.code, each.part): each for each in _places()}


def _places() -> Iterator[Place]:
    names = {spellings[1]: _words(module) for module, spellings in COUNTRIES.items()}
    for code, parts in holidays.list_supported_countries(include_aliases=False).items():
        country = SPELT.get(code, names[code])
        yield Place(code, None, country)
        spelt = holidays.country_holidays(code).get_subdivision_aliases()
        for part in parts:
            # Among its spellings are other bodies' codes, in capitals.
            name = next((each for each in spelt.get(part, ()) if not each.isupper()), part)
            yield Place(code, part, f"{country}, {name}")


def _words(module: str) -> str:
    words = module.split("_")
    return " ".join(each if each in LITTLE_WORDS else each.capitalize() for each in words)


@cache
def _codes_by_zone() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
