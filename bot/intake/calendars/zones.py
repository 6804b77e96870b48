"""Zones: what calendar programs call them, as IANA names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

# Offsets in January and in July tell most zones apart.
SEASONS = (1, 7)
# Further names in one feed are ignored.
MAX_NAMES = 100
MAX_REST_BYTES = 2**18
OWN_ZONE = re.compile(rb"\nX-WR-TIMEZONE[^\r\n:]{0,100}:([^\r\n]{1,100})")
ZONE_OFFSETS = re.compile(rb"\n(TZID|TZOFFSETTO)[^\r\n:]{0,100}:([^\r\n]{1,200})")


def iana_name(name: str) -> str | None:
    """Return the IANA zone that a program's name stands for; None for an unknown one.

    Some put their own address before it: /example.org/2024_1/Europe/Berlin.
    """
    plain = name.strip().strip('"').strip()
    if plain.upper() in ("UTC", "GMT", "Z", "ETC/UTC", "(UTC) COORDINATED UNIVERSAL TIME"):
        return "UTC"
    windows = _windows_zones().get(plain.casefold())
    if windows:
        return windows
    parts = plain.strip("/").split("/")
    # Three parts at most, as in an IANA name, and from the left, to find the longest first.
    tails = ("/".join(parts[start:]) for start in range(max(0, len(parts) - 3), len(parts)))
    return next(
        (_iana_zones()[each.casefold()] for each in tails if each.casefold() in _iana_zones()), None
    )


def own_zone(rest: bytes) -> str | None:
    """Return the zone that a feed names as its own; `rest` is what lies outside of its events."""
    found = OWN_ZONE.search(rest)
    return iana_name(found[1].decode("utf-8", "replace")) if found else None


def resolve_names(
    names: Iterable[str], rest: bytes, year: int, preferred: str
) -> Mapping[str, str]:
    """Return the zones that a feed's names stand for, by name; unknown ones are left out."""
    found: dict[str, str] = {}
    declared = None
    for name in list(names)[:MAX_NAMES]:
        zone = iana_name(name) if name else None
        if name and zone is None:
            declared = _declared_offsets(rest) if declared is None else declared
            zone = find_by_offsets(declared.get(name, ()), year, preferred)
        if zone:
            found[name] = zone
    return found


def _declared_offsets(rest: bytes) -> Mapping[str, Sequence[str]]:
    """Return the offsets of the zones that a feed declares, by name."""
    declared: dict[str, list[str]] = {}
    name = ""
    for each in ZONE_OFFSETS.finditer(rest[:MAX_REST_BYTES]):
        value = each[2].decode("utf-8", "replace").strip()
        if each[1] == b"TZID":
            name = value
        else:
            declared.setdefault(name, []).append(value)
    return declared


def find_by_offsets(offsets: Iterable[str], year: int, preferred: str) -> str | None:
    """Return a zone with these offsets ("+0200") in a year; `preferred`, if it has them.

    Nothing else identifies what programs call "Customized Time Zone". None if there is none.
    """
    wanted = {_seconds(each) for each in offsets}
    names = [preferred, *dict.fromkeys(WINDOWS_TO_OLSON.values())]
    return next((each for each in names if wanted and _offsets(each, year) == wanted), None)


@lru_cache(1)
def _iana_zones() -> Mapping[str, str]:
    return {each.casefold(): each for each in available_timezones() if "/" in each}


@lru_cache(1)
def _windows_zones() -> Mapping[str, str]:
    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


@lru_cache(2**10)
def _offsets(name: str, year: int) -> set[float]:
    zone = ZoneInfo(name)
    found = (datetime(year, month, 1, tzinfo=zone).utcoffset() for month in SEASONS)
    return {(each or timedelta()).total_seconds() for each in found}


def _seconds(offset: str) -> float:
    found = re.fullmatch(r"([-+])(\d\d)(\d\d)(\d\d)?", offset)
    if not found:
        return float("nan")
    hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:])
    amount = hours * 3600 + minutes * 60 + seconds
    return -amount if found[1] == "-" else amount
