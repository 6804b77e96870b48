"""Caps: what a plan goes over, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.visits.caps import Cap
from bot.views import block_kit as kit

BECAUSE_SHOWN = 200
CAPS: Mapping[Cap, str] = {
    Cap.TOO_SOON: "One visit in three weeks is as much as a customer should be asked for.",
    Cap.TOO_MANY: "Two visits in a quarter are as much as a customer should be asked for.",
    Cap.TOO_LONG: "Four hours in a quarter are as much as a customer should be asked for.",
    Cap.DO_NOT_CONTACT: "They are to be left alone.",
}


@dataclass(frozen=True)
class OverCap:
    """A cap that a plan goes over: who sees or saw the customer nearest to it, and on which date.

    `who` is None for the PM themselves. Of a customer who is to be left alone: who said so, when,
    and why.
    """

    cap: Cap
    who: str | None
    on: date
    because: str = ""


def told(over: OverCap, today: date) -> str:
    """What a plan goes over, in sentences."""
    who = kit.capitalised(kit.one_line(over.who or "you"))
    when = kit.day(over.on, today)
    if over.cap is Cap.DO_NOT_CONTACT:
        because = kit.one_line(over.because, BECAUSE_SHOWN)
        return f"{CAPS[over.cap]} {who} said so on {when}: {because}"
    if over.on >= today:
        seen = f"{who} {'sees' if over.who else 'see'} them on {when}."
    else:
        seen = f"{who} saw them on {when}."
    return f"{seen} {CAPS[over.cap]}"


def packed(over: OverCap) -> list[str | None]:
    """What a form carries of it."""
    who = kit.one_line(over.who) if over.who else None
    because = kit.one_line(over.because, BECAUSE_SHOWN) if over.because else ""
    return [over.cap, who, over.on.isoformat(), because]


def unpacked(written: Sequence[str]) -> OverCap:
    """What `packed` wrote."""
    cap, who, on, because = written
    return OverCap(Cap(cap), who, date.fromisoformat(on), because)
