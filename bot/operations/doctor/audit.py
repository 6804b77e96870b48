"""Audit that what was due is sent, postponed with a reason or dead; enqueue what is missing."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.outbox import audit as queries
from bot.db.outbox import queries as outbox
from bot.db.outbox.audit import AuditWindow, LateItem, MessageCount
from bot.db.outbox.queries import MessageKind, OutboxMessage, OutboxState
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.log import get_logger
from bot.operations.messages import MESSAGE_TYPES
from bot.operations.workspaces import list_reachable
from bot.platform.metrics import OutboxLevels, reason_label
from bot.services import Services

LOG = get_logger(__name__)

# Jobs tick every few seconds: what they have left for so long they have missed.
GRACE = timedelta(minutes=2)
# Another process retries an incoming payload after a while, and more than once.
INBOX_GRACE = timedelta(minutes=15)
# How many of a kind one pass looks at: the next one finds the rest.
LIMIT = 500
COUNT_LIMIT = 10_000
# If more PMs than these were asked in three days, all of them are looked at once an hour.
NEWEST_LIMIT = 20_000
FULL_CHECK_MINUTE = 0
# A rate that is used up for less than this is merely in use.
RATE_GRACE = timedelta(seconds=2)


class OverdueKind(StrEnum):
    """What may be overdue; values are labels of metrics and words of logs."""

    PM_LATE = "pm_late"
    TEAM_LATE = "team_late"
    NOTE_LATE = "note_late"
    MESSAGE_LATE = "message_late"
    LEASE_LATE = "lease_late"
    EVENT_LATE = "event_late"


@dataclass(frozen=True)
class MissingMessage:
    """A message that should have been enqueued and wasn't; `finding` is the code for its kind."""

    finding: str
    kind: MessageKind
    message: OutboxMessage


@dataclass(frozen=True)
class OverdueWork:
    """Overdue work of one kind; a `count` of `LIMIT` means that many or more.

    `since` is when the longest wait began, aware UTC; `explanation` says why it waits, if known.
    """

    finding: OverdueKind
    count: int
    since: datetime
    explanation: str = ""


@dataclass(frozen=True)
class AuditReport:
    """The findings of an audit of one workspace."""

    workspace_id: str
    missing: Sequence[MissingMessage]
    overdue: Sequence[OverdueWork]

    @property
    def unexplained(self) -> Sequence[OverdueWork]:
        """Return the overdue work that nothing explains."""
        return [each for each in self.overdue if not each.explanation]

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many were found of each kind."""
        missing = Counter(each.finding for each in self.missing)
        return {**missing, **{each.finding.value: each.count for each in self.unexplained}}


def audit(services: Services, now: datetime) -> Sequence[Outcome]:
    """Audit each workspace there is a token for, enqueue what is missing and report what is wrong.

    A dry run has saved nothing, and everything would look overdue: it isn't audited.
    """
    if not services.writes_enabled:
        return []
    outcomes: list[Outcome] = []
    counts: Counter[str] = Counter()
    for report in inspect(services, now):
        counts.update(report.counts)
        outcomes += _repair(services, report, now)
    services.metrics.count_findings(counts, now)
    return outcomes


def inspect(services: Services, now: datetime) -> Sequence[AuditReport]:
    """Return what is missing or overdue in each workspace there is a token for; changes nothing.

    What is due is due at `now`; leases and rates go by the clock, which may differ.
    """
    halted, clock = workspaces.list_halted(services.engine), services.clock.now()
    reports = []
    for workspace_id in list_reachable(services):
        with services.reading(workspace_id) as tx:
            overdue = _find_overdue(tx, halted.get(workspace_id), now, clock)
            reports.append(AuditReport(workspace_id, _find_missing(tx, now), overdue))
    return reports


def get_levels(services: Services, now: datetime) -> OutboxLevels:
    """Return how much waits and how much is dead in all workspaces, each up to `COUNT_LIMIT`.

    What can leave is only what there is a token for.
    """
    waiting: Counter[tuple[str, str, str]] = Counter()
    dead: Counter[str] = Counter()
    due, oldest = 0, now
    halted = workspaces.list_halted(services.engine)
    for workspace_id in workspaces.list_ids(services.engine):
        with services.reading(workspace_id) as tx:
            reachable = workspace_id in services.reachable
            hold = "halted" if workspace_id in halted else "" if reachable else "no_token"
            waiting.update(_count_undelivered(tx, hold))
            for each in _count_messages(tx, OutboxState.DEAD):
                dead[each.kind] += each.count
            count, first = queries.count_due(tx, now, COUNT_LIMIT) if reachable else (0, None)
        due, oldest = due + count, min(oldest, first or now)
    return OutboxLevels(waiting, dead, due, (now - oldest).total_seconds())


def dead_letters(services: Services, workspace_id: str) -> Sequence[MessageCount]:
    """Return the dead letters of a workspace, by kind and reason."""
    with services.reading(workspace_id) as tx:
        return _count_messages(tx, OutboxState.DEAD)


def _count_undelivered(tx: Tx, hold: str) -> Mapping[tuple[str, str, str], int]:
    found: Counter[tuple[str, str, str]] = Counter()
    for each in [
        *_count_messages(tx, OutboxState.PENDING),
        *_count_messages(tx, OutboxState.SENDING),
    ]:
        reason = hold or reason_label(each.reason or "none")
        found[each.kind, each.state, reason] += each.count
    return found


def _count_messages(tx: Tx, state: OutboxState) -> Sequence[MessageCount]:
    return queries.count_messages(tx, state, COUNT_LIMIT)


def _find_missing(tx: Tx, now: datetime) -> Sequence[MissingMessage]:
    newest = None if now.minute == FULL_CHECK_MINUTE else NEWEST_LIMIT
    return [
        MissingMessage(each.audit.finding, each.kind, message)
        for each in MESSAGE_TYPES.values()
        if each.audit
        for message in each.audit.find(
            tx, AuditWindow(now - each.audit.look_back, now, newest, LIMIT)
        )
    ]


def _find_overdue(
    tx: Tx, halt: str | None, now: datetime, clock: datetime
) -> Sequence[OverdueWork]:
    halted = f"halted: {halt}" if halt else ""
    used_up = queries.list_exhausted_methods(tx, clock + RATE_GRACE, clock)
    rate_reached = f"rate of {', '.join(used_up)}" if used_up else ""
    found = {finding: late(tx, now, clock) for finding, late in OVERDUE_QUERIES.items()}
    return [
        OverdueWork(
            finding,
            len(late),
            min(each.since for each in late),
            halted or (rate_reached if finding is OverdueKind.MESSAGE_LATE else ""),
        )
        for finding, late in found.items()
        if late
    ]


# Each kind by its query, which takes the audit's instant and the clock's.
OVERDUE_QUERIES: Mapping[OverdueKind, Callable[[Tx, datetime, datetime], Sequence[LateItem]]] = {
    OverdueKind.PM_LATE: lambda tx, now, _: queries.late_pms(tx, now - GRACE, LIMIT),
    OverdueKind.TEAM_LATE: lambda tx, now, _: queries.late_teams(tx, now - GRACE, LIMIT),
    OverdueKind.NOTE_LATE: lambda tx, now, _: queries.late_notes(tx, now - GRACE, LIMIT),
    OverdueKind.MESSAGE_LATE: lambda tx, now, _: queries.late_messages(tx, now - GRACE, LIMIT),
    OverdueKind.LEASE_LATE: lambda tx, _, clock: queries.late_leases(tx, clock - GRACE, LIMIT),
    OverdueKind.EVENT_LATE: lambda tx, _, clock: queries.late_events(
        tx, clock - INBOX_GRACE, LIMIT
    ),
}


def _repair(services: Services, report: AuditReport, now: datetime) -> Sequence[Outcome]:
    workspace_id = report.workspace_id
    for each in report.overdue:
        _log_overdue(workspace_id, each, now)
    restored = [
        each for each in report.missing if _enqueue_missing(services, workspace_id, each, now)
    ]
    return [
        *(
            Outcome(each.kind, each.message.subject, DeliveryStatus.QUEUED, "put_back")
            for each in restored
        ),
        *(
            Outcome("audit", workspace_id, DeliveryStatus.DELAYED, each.finding)
            for each in report.unexplained
        ),
    ]


def _enqueue_missing(
    services: Services, workspace_id: str, missing: MissingMessage, now: datetime
) -> bool:
    """Enqueue a message under its own key; False when another process has done so meanwhile."""
    message = missing.message
    with services.transaction(workspace_id) as tx:
        enqueued = bool(outbox.enqueue_all(tx, missing.kind, [message], now))
    if enqueued:
        LOG.error(
            "audit_missing",
            finding=missing.finding,
            workspace=workspace_id,
            subject=message.subject,
            period=message.period,
            due=message.due_at.isoformat(),
        )
    return enqueued


def _log_overdue(workspace_id: str, overdue: OverdueWork, now: datetime) -> None:
    known = {
        "finding": overdue.finding,
        "workspace": workspace_id,
        "count": overdue.count,
        "seconds": (now - overdue.since).total_seconds(),
    }
    if overdue.explanation:
        LOG.info("audit_held", because=overdue.explanation, **known)
    else:
        LOG.error("audit_late", **known)
