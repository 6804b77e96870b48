"""Explain what has become of a message, and why a person did or didn't get one on a day."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import history
from bot.db.outbox.history import OutboxRow
from bot.db.outbox.queries import MessageKind, OutboxState
from bot.db.staff import history as staff_history
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain.explanations import (
    DayHistory,
    MessageHistory,
    MessageTarget,
    NudgeStanding,
    PersonTarget,
)
from bot.domain.staff.pms import Pm
from bot.domain.working_time import ONE_DAY, is_working_day, local_date, to_instant
from bot.errors import NothingToExplain
from bot.operations.doctor.audit import GRACE, OverdueKind
from bot.operations.doctor.remedies import AUDIT_REMEDIES, get_remedy
from bot.operations.messages import MESSAGE_TYPES
from bot.operations.nudges import why
from bot.operations.outbox.message_type import RESTORED
from bot.services import Services

UTC_ZONE = "UTC"


def explain_message(
    services: Services, target: MessageTarget, now: datetime
) -> tuple[MessageHistory, str]:
    """Return what has become of a message, and the zone of the person it is for.

    Raises `NothingToExplain`.
    """
    for workspace_id in workspaces.list_ids(services.engine):
        with services.reading(workspace_id) as tx:
            row = _find_row(tx, target)
            if row is not None:
                return _message_history(tx, row, now), _zone_of(tx, row.destination)
    raise NothingToExplain(
        "No message is known there. It may be another workspace's or somebody else's, or an answer "
        "to a command or a button, of which nothing is kept: only messages nobody asked for are."
    )


def _find_row(tx: Tx, target: MessageTarget) -> OutboxRow | None:
    if target.outbox_id:
        return history.get(tx, target.outbox_id)
    return history.find_by_place(tx, target.channel, target.ts)


def explain_day(
    services: Services, target: PersonTarget, now: datetime, at: datetime | None = None
) -> DayHistory:
    """Return a person's day, with all that the outbox has of it. Raises `NothingToExplain`.

    Where the target has no date it is that of `at`, or today's.
    """
    workspace_id, user_id = _find_person(services, target)
    with services.reading(workspace_id) as tx:
        pm, zone = pms.get(tx, user_id), _zone_of(tx, user_id)
        today = local_date(now, zone)
        on = target.on or local_date(at or now, zone)
        return DayHistory(
            workspace_id=workspace_id,
            user_id=user_id,
            zone=zone,
            on=on,
            today=today,
            messages=_list_messages(tx, user_id, on, zone, now),
            **(_pm_day(tx, pm, on, now) if pm else {}),
        )


def _find_person(services: Services, target: PersonTarget) -> tuple[str, str]:
    found: list[tuple[str, str]] = []
    for workspace_id in workspaces.list_ids(services.engine):
        with services.reading(workspace_id) as tx:
            found += [(workspace_id, user_id) for user_id in _list_users(tx, target)]
    if target.user_id and len(found) > 1:
        # A guest of one workspace may be a PM of another.
        found = [each for each in found if _is_pm(services, *each)] or found[:1]
    if not found:
        raise NothingToExplain(
            "Nobody of that name or id is known here. They may be in another workspace, or have "
            "never used the bot. Ids start with U and are in the profile in Slack."
        )
    if len(found) > 1:
        listed = ", ".join(user_id for _, user_id in found)
        raise NothingToExplain(f"That fits {len(found)} people: {listed}. Name one by their id.")
    return found[0]


def _list_users(tx: Tx, target: PersonTarget) -> Sequence[str]:
    if target.name:
        return staff_history.find_users(tx, target.name)
    return [target.user_id] if staff.get(tx, target.user_id) else []


def _is_pm(services: Services, workspace_id: str, user_id: str) -> bool:
    with services.reading(workspace_id) as tx:
        return pms.get(tx, user_id) is not None


def _zone_of(tx: Tx, user_id: str) -> str:
    pm, member = pms.get(tx, user_id), staff.get(tx, user_id)
    if pm is not None:
        return pm.settings.hours.zone
    return member.zone if member else UTC_ZONE


def _list_messages(
    tx: Tx, user_id: str, on: date, zone: str, now: datetime
) -> Sequence[MessageHistory]:
    since, until = (to_instant(day, time(), zone) for day in (on, on + ONE_DAY))
    rows = {row.id: row for row in history.list_between(tx, user_id, since, until)}
    nudge = history.get_nudge(tx, user_id, on)
    if nudge is not None:
        rows.setdefault(nudge.id, nudge)
    return [_message_history(tx, row, now) for row in rows.values()]


def _pm_day(tx: Tx, pm: Pm, on: date, now: datetime) -> dict[str, Any]:
    hours = pm.settings.hours
    row, sent = history.get_nudge(tx, pm.user_id, on), nudges.get_by_date(tx, pm.user_id, on)
    before, after = staff_history.find_nearest_nudges(tx, pm.user_id, on)
    visited_on, booked_on = staff_history.find_nearest_visits(tx, pm.user_id, on)
    is_missing = row is None and pm.last_enqueued is not None and pm.last_enqueued.on == on
    return {
        "joined_on": local_date(pm.joined_at, hours.zone),
        "standing": _standing(tx, pm, now),
        "nudge": _message_history(tx, row, now) if row else None,
        "step": sent.step if sent else None,
        "answer": str(sent.answer or "") if sent else "",
        "absence": staff_history.get_absence(tx, pm.user_id, on),
        "day_off": not is_working_day(on, hours),
        "nudged_before": before,
        "nudged_after": after,
        "visited_on": visited_on,
        "booked_on": booked_on,
        "is_missing": is_missing,
        "remedy": _missing_remedy(MessageKind.NUDGE) if is_missing else "",
    }


def _standing(tx: Tx, pm: Pm, now: datetime) -> NudgeStanding:
    facts = why.facts_of(tx, pm, now)
    return NudgeStanding(
        due_on=facts.due_on,
        next_nudge_at=facts.next_nudge_at,
        step=facts.step,
        reason=facts.reason,
        away=facts.away,
        back_on=facts.back_on,
        booked_on=facts.next_visit[1] if facts.next_visit else None,
        awaiting_debrief_of=facts.awaiting_debrief[1] if facts.awaiting_debrief else None,
    )


def _missing_remedy(kind: MessageKind) -> str:
    audit = MESSAGE_TYPES[kind].audit
    return audit.remedy if audit else RESTORED


def _message_history(tx: Tx, row: OutboxRow, now: datetime) -> MessageHistory:
    halted = workspaces.is_halted(tx)
    is_late = not halted and _is_late(row, now)
    reason = "halted" if halted and row.state is OutboxState.PENDING else row.reason or ""
    return MessageHistory(
        id=row.id,
        kind=row.kind.value,
        summary=MESSAGE_TYPES[row.kind].summary,
        destination=row.destination,
        state=row.state.value,
        reason=reason,
        created_at=row.created_at,
        due_at=row.due_at,
        next_at=row.next_at,
        attempts=row.attempts,
        first_attempt_at=row.first_attempt_at,
        sent_at=row.sent_at,
        channel=row.message_channel or "",
        ts=row.message_ts or "",
        revision=row.revision,
        is_late=is_late,
        remedy=_remedy(row, is_late, halted),
    )


def _is_late(row: OutboxRow, now: datetime) -> bool:
    if row.state is OutboxState.PENDING:
        return row.next_at < now - GRACE
    return row.state is OutboxState.SENDING and bool(row.lease_until and row.lease_until < now)


def _remedy(row: OutboxRow, is_late: bool, halted: bool) -> str:
    if row.state is OutboxState.DEAD:
        again = f"python -m bot redrive --kind {row.kind} --reason {row.reason}"
        return f"{get_remedy(row.reason or '')} Then send again what is still true: `{again}`."
    if is_late:
        return AUDIT_REMEDIES[OverdueKind.MESSAGE_LATE]
    if halted and row.state is OutboxState.PENDING:
        return get_remedy("token_revoked")
    return ""
