"""Counted: what a visit that was told, or told otherwise, changes about when the next is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.domain.nudges import rules
from bot.domain.staff.pms import Pm
from bot.operations.nudges.sent import Shown, standing
from bot.operations.staff.pms import recounted


@dataclass(frozen=True)
class Counted:
    """A PM whose visits were counted anew, and the nudge that they answer, if it stands."""

    pm: Pm
    nudge: Shown | None

    @property
    def due_on(self) -> date:
        """The PM's local date of the next visit."""
        return rules.due_on(self.pm.anchor_on, self.pm.rhythm)


def recount(tx: Tx, user_ids: Collection[str], now: datetime) -> dict[str, Counted]:
    """Count the visits of those of them who are PMs; a due date moves at once (`product.md` A1).

    A visit of long ago changes nothing about what is due: the nudge stays.
    """
    counted = {}
    # In one order, so that two who tell of one visit do not wait for each other.
    for user_id in sorted(user_ids):
        before = pms.take(tx, user_id)
        if before:
            pm = recounted(tx, before)
            later = pm.anchor_on > before.anchor_on
            counted[user_id] = Counted(pm, _answered(tx, user_id, now) if later else None)
    return counted


def _answered(tx: Tx, user_id: str, now: datetime) -> Shown | None:
    nudge = nudges.latest(tx, user_id)
    if nudge is None or nudge.answer == "been":
        return None
    nudges.answer(tx, nudge.id, "been", now)
    return standing(tx, nudge, now)
