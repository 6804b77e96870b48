"""Caps: which one a plan exceeds, in words."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.visits.caps import Cap, OverCap
from bot.views import block_kit

REASON_MAX_CHARS = 200
CAPS: Mapping[Cap, str] = {
    Cap.TOO_SOON: "One visit in three weeks is as much as a customer should be asked for.",
    Cap.TOO_MANY: "Two visits in a quarter are as much as a customer should be asked for.",
    Cap.TOO_LONG: "Four hours in a quarter are as much as a customer should be asked for.",
    Cap.DO_NOT_CONTACT: "They are to be left alone.",
}


def over_cap_text(over_cap: OverCap, today: date) -> str:
    """Return which cap a plan exceeds, in sentences."""
    who = block_kit.capitalize(block_kit.one_line(over_cap.who or "you"))
    when = block_kit.format_day(over_cap.on, today)
    if over_cap.cap is Cap.DO_NOT_CONTACT:
        reason = block_kit.one_line(over_cap.reason, REASON_MAX_CHARS)
        return f"{CAPS[over_cap.cap]} {who} said so on {when}: {reason}"
    if over_cap.on >= today:
        seen = f"{who} {'sees' if over_cap.who else 'see'} them on {when}."
    else:
        seen = f"{who} saw them on {when}."
    return f"{seen} {CAPS[over_cap.cap]}"


def pack(over_cap: OverCap) -> list[str | None]:
    """Pack an exceeded cap for a form's private metadata."""
    who = block_kit.one_line(over_cap.who) if over_cap.who else None
    reason = block_kit.one_line(over_cap.reason, REASON_MAX_CHARS) if over_cap.reason else ""
    return [over_cap.cap, who, over_cap.on.isoformat(), reason]


def unpack(packed: Sequence[str]) -> OverCap:
    """Unpack what `pack` wrote."""
    cap, who, on, reason = packed
    return OverCap(Cap(cap), who, date.fromisoformat(on), reason)
