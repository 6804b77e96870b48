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
# Where the package's own name is not the usual spelling.
NAME_OVERRIDES = {"HK": "Hong Kong", "CD": "DR Congo"}


@dataclass(frozen=True)
class CountryPart:
    """A country, or a part of one, with its name: `code` is ISO's, `part` None for all of it."""

    code: str
    part: str | None
    name: str


def find_by_zone(zone: str) -> CountryPart | None:
    """Return the country of an IANA zone; None for UTC and for zones of no one country."""
    code = _codes_by_zone().get(zone)
    return find_by_code(code, None) if code else None


def find_by_code(code: str, part: str | None) -> CountryPart | None:
    """Return the country or part with these codes; None if its holidays are unknown."""
    return _parts_by_code().get((code, part))


def search(typed: str, limit: int) -> Sequence[CountryPart]:
    """Return places whose name holds the typed text, those that begin with it first, by name."""
    wanted = name_key(typed)
    found = [(key, each) for key, each in _parts_by_name().items() if wanted in key]
    found.sort(key=lambda pair: (not pair[0].startswith(wanted), "," in pair[0]))
    return [each for _, each in found[:limit]]


@cache
def _parts_by_name() -> dict[str, CountryPart]:
    return dict(
        sorted(
            ((name_key(each.name), each) for each in _parts_by_code().values()), key=itemgetter(0)
        )
    )


@cache
def _parts_by_code() -> dict[tuple[str, str | None], CountryPart]:
    # The names of all countries' parts take a quarter of a second to load.
    return {(each.code, each.part): each for each in _load_parts()}


def _load_parts() -> Iterator[CountryPart]:
    names = {spellings[1]: _title_case(module) for module, spellings in COUNTRIES.items()}
    for code, parts in holidays.list_supported_countries(include_aliases=False).items():
        country = NAME_OVERRIDES.get(code, names[code])
        yield CountryPart(code, None, country)
        aliases = holidays.country_holidays(code).get_subdivision_aliases()
        for part in parts:
            # Its aliases include other bodies' codes, in capitals.
            name = next((each for each in aliases.get(part, ()) if not each.isupper()), part)
            yield CountryPart(code, part, f"{country}, {name}")


def _title_case(module: str) -> str:
    words = module.split("_")
    return " ".join(each if each in LITTLE_WORDS else each.capitalize() for each in words)


@cache
def _codes_by_zone() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
