"""Suggestions: chosen from what the database knows, kept with a nudge, and shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zlib import crc32

from bot.db import customers, deals, nudges, taken
from bot.db.engine import Tx
from bot.db.nudges import SentNudge
from bot.domain.calendar import local_date
from bot.domain.suggestions import Suggestion, Why, suggest
from bot.views import nudges as views
from bot.views import reasons


def hash_of(user_id: str, on: date) -> int:
    """A seed that is the same on every machine, as `hash` is not."""
    return crc32(f"{user_id}{on.isoformat()}".encode())


def chosen(
    tx: Tx, pm_id: str, zone: str, now: datetime, seed: int, but: Collection[int] = ()
) -> Sequence[Suggestion]:
    """Up to three customers worth a visit; while nothing changes, a seed names the same ones.

    Nobody whom a PM is planning to visit just now.
    """
    today = local_date(now, zone)
    others = {*but, *taken.all_held(tx, now)}
    return suggest(deals.candidates(tx, pm_id, today, seed, others), today, seed, others)


def written(found: Sequence[Suggestion], before: Sequence[int]) -> list[dict[str, Any]]:
    """Suggestions as a nudge keeps them, with the ids of customers that it named `before`."""
    return [
        {
            "customer": each.customer_id,
            "why": each.why,
            "on": each.on.isoformat() if each.on else None,
            "before": list(before),
        }
        for each in found
    ]


def name_another(tx: Tx, nudge: SentNudge, gone: int, zone: str, now: datetime) -> SentNudge:
    """The nudge with the next customer in the place of one; as it is if it did not name that one.

    `zone` is the PM's.
    """
    before = named_ever(nudge)
    others = [{**each, "before": before} for each in nudge.suggested if each["customer"] != gone]
    if len(others) < len(nudge.suggested):
        fresh = chosen(tx, nudge.pm_id, zone, now, nudge.id, before)[:1]
        nudges.suggest(tx, nudge.id, [*others, *written(fresh, before)])
    return nudges.get(tx, nudge.id) or nudge


def named_ever(nudge: SentNudge) -> list[int]:
    """The customers that a nudge names, and those that it named before."""
    named = [each["customer"] for each in nudge.suggested]
    return [*named, *(id for each in nudge.suggested for id in each.get("before", ()))]


def shown_one(tx: Tx, written: Mapping[str, Any], today: date) -> views.Suggestion:
    """A suggestion as a nudge shows it, under the customer's name of today."""
    customer = customers.get(tx, written["customer"])
    name = customer.name if customer else ""
    on = date.fromisoformat(written["on"]) if written["on"] else None
    why = Why(written["why"])
    return views.Suggestion(written["customer"], name, reasons.reason(why, on, today))
