"""Suggestions: chosen from what the database knows, kept with a nudge, and shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from zlib import crc32

from bot.db import customers, deals
from bot.db.engine import Tx
from bot.domain.suggestions import Suggestion, Why, suggest
from bot.views import nudges as views
from bot.views import reasons


def hash_of(user_id: str, on: date) -> int:
    """A seed that is the same on every machine, as `hash` is not."""
    return crc32(f"{user_id}{on.isoformat()}".encode())


def chosen(
    tx: Tx, today: date, seed: int, passed_over: Collection[int] = ()
) -> Sequence[Suggestion]:
    """Up to three customers worth a visit; while nothing changes, a seed names the same ones."""
    return suggest(deals.candidates(tx, today, seed, passed_over), today, seed, passed_over)


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


def shown_one(tx: Tx, written: Mapping[str, Any], today: date) -> views.Suggestion:
    """A suggestion as a nudge shows it, under the customer's name of today."""
    customer = customers.get(tx, written["customer"])
    name = customer.name if customer else ""
    on = date.fromisoformat(written["on"]) if written["on"] else None
    why = Why(written["why"])
    return views.Suggestion(written["customer"], name, reasons.reason(why, on, today))
