"""Suggestions: chosen from what the database knows, kept with a nudge, and shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from bot.db import customers
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import SentNudge
from bot.db.suggestions import claims as taken
from bot.db.suggestions import coverage
from bot.db.suggestions import queries as suggestions
from bot.domain.suggestions.coverage import Aspect, Lean, balance, dart
from bot.domain.suggestions.rules import Ground, Suggestion, Why, suggest, turn
from bot.domain.working_time import local_date
from bot.views.nudges import message as views
from bot.views.suggestions import reasons

# A PM's visits of so long, and as many of them, show where there are gaps.
A_YEAR = timedelta(days=365)
LATEST = 10


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
    ground = ground_of(tx, pm_id, today, seed)
    found = suggestions.candidates(tx, pm_id, today, seed, others, ground)
    return suggest(found, today, seed, others, ground)


def ground_of(tx: Tx, pm_id: str, today: date, seed: int) -> Ground:
    """What a PM's candidates are weighed on: the month's dart is the same for all PMs."""
    visited, wanted = coverage.visited(tx, pm_id, today - A_YEAR, LATEST), coverage.wanted(tx)
    whose = turn(seed)
    month = f"{tx.workspace_id} {today:%Y-%m}"
    fell = dart(month, visited, wanted) if whose is Why.DART else None
    return Ground(balance(visited, wanted), fell, whose)


def written(found: Sequence[Suggestion], before: Sequence[int]) -> list[dict[str, Any]]:
    """Suggestions as a nudge keeps them, with the ids of customers that it named `before`."""
    return [
        {
            "customer": each.customer_id,
            "why": each.why,
            "on": each.on.isoformat() if each.on else None,
            "lean": asdict(each.lean) if each.lean else None,
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
    lean = _lean(written.get("lean"))
    told = reasons.reason(Why(written["why"]), on, today, lean)
    return views.Suggestion(written["customer"], name, told)


def _lean(written: Mapping[str, Any] | None) -> Lean | None:
    return Lean(**{**written, "aspect": Aspect(written["aspect"])}) if written else None
