"""The audit: all that was due is sent, held with a reason or dead; what is missing is raised."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.outbox import audit as queries
from bot.db.outbox import queries as outbox
from bot.db.outbox.audit import Late, Pile
from bot.db.outbox.queries import Kind, Letter, State
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.log import logger
from bot.platform.metrics import Levels, code
from bot.services import Services

LOG = logger(__name__)

# Jobs tick every few seconds: what they have left for so long they have overlooked.
GRACE = timedelta(minutes=2)
# What comes in is taken up again by another copy after a while, and more than once.
INBOX_GRACE = timedelta(minutes=15)
LOOK_BACK = timedelta(days=3)
# A digest, a flag, a note and an answer come rarely: a long weekend must not hide a lost one.
# A channel's digest, a flag, a note and a fix come rarely: a long weekend must not hide a lost one.
LONG_LOOK_BACK = timedelta(days=14)
# How many of a sort one pass looks at: those left over are found by the next.
MOST = 500
MOST_COUNTED = 10_000
# Where more PMs than these were asked in three days, all of them are looked at once an hour.
NEWEST = 20_000
WHOLE_AT = 0
# A rate that is used up for less than this is merely in use.
IN_USE = timedelta(seconds=2)


class Sort(StrEnum):
    """What an audit may find; values are labels of figures and words of logs."""

    NUDGE_MISSING = "nudge_missing"
    DIGEST_MISSING = "digest_missing"
    FLAG_MISSING = "flag_missing"
    BRIEF_MISSING = "brief_missing"
    PROMPT_MISSING = "prompt_missing"
    NOTE_MISSING = "note_missing"
    PROMISE_MISSING = "promise_missing"
    SURVEY_MISSING = "survey_missing"
    FIX_MISSING = "fix_missing"
    REMINDER_MISSING = "reminder_missing"
    PM_LATE = "pm_late"
    TEAM_LATE = "team_late"
    NOTE_LATE = "note_late"
    MESSAGE_LATE = "message_late"
    LEASE_LATE = "lease_late"
    EVENT_LATE = "event_late"


@dataclass(frozen=True)
class Missing:
    """A message that should have been left for delivery and was not."""

    sort: Sort
    kind: Kind
    letter: Letter


@dataclass(frozen=True)
class Waiting:
    """So many of a sort that wait too long, `MOST` or more of them; `because` explains it, if so.

    `since` is the longest wait's beginning, aware UTC.
    """

    sort: Sort
    count: int
    since: datetime
    because: str = ""


@dataclass(frozen=True)
class Report:
    """What an audit of one workspace has found."""

    workspace_id: str
    missing: Sequence[Missing]
    waiting: Sequence[Waiting]

    @property
    def alarming(self) -> Sequence[Waiting]:
        """What waits too long, and nothing explains it."""
        return [each for each in self.waiting if not each.because]

    @property
    def clean(self) -> bool:
        """Whether all is as it should be."""
        return not self.missing and not self.alarming

    @property
    def counts(self) -> Mapping[str, int]:
        """How many were found of each sort."""
        sorts = [each.sort for each in self.missing]
        found = {sort.value: sorts.count(sort) for sort in sorts}
        return found | {each.sort.value: each.count for each in self.alarming}


def audit(services: Services, now: datetime) -> Sequence[Outcome]:
    """Look at every workspace, put back what is missing and say what is wrong.

    A rehearsal has kept nothing, so that everything would look overdue: it is not audited.
    """
    if not services.writes:
        return []
    outcomes: list[Outcome] = []
    counts: Counter[str] = Counter()
    for report in look(services, now):
        counts.update(report.counts)
        outcomes += _mend(services, report, now)
    services.metrics.audited(counts, now)
    return outcomes


def look(services: Services, now: datetime) -> Sequence[Report]:
    """What is missing or late in each workspace; changes nothing.

    What is due is due at `now`; leases and rates run by the clock, which may differ.
    """
    halted, clock = workspaces.halted(services.engine), services.clock.now()
    reports = []
    for workspace_id in workspaces.ids(services.engine):
        with services.reading(workspace_id) as tx:
            waiting = _waiting(tx, halted.get(workspace_id), now, clock)
            reports.append(Report(workspace_id, _missing(tx, now), waiting))
    return reports


def levels(services: Services, now: datetime) -> Levels:
    """How much waits and how much is dead, over all workspaces, `MOST_COUNTED` of each at most."""
    waiting: Counter[tuple[str, str, str]] = Counter()
    dead: Counter[str] = Counter()
    due, oldest = 0, now
    halted = workspaces.halted(services.engine)
    for workspace_id in workspaces.ids(services.engine):
        with services.reading(workspace_id) as tx:
            waiting.update(_on_their_way(tx, halted=workspace_id in halted))
            for each in _piles(tx, State.DEAD):
                dead[each.kind] += each.count
            count, first = queries.due(tx, now, MOST_COUNTED)
        due, oldest = due + count, min(oldest, first or now)
    return Levels(waiting, dead, due, (now - oldest).total_seconds())


def dead_letters(services: Services, workspace_id: str) -> Sequence[Pile]:
    """The dead letters of a workspace, by kind and reason."""
    with services.reading(workspace_id) as tx:
        return _piles(tx, State.DEAD)


def _on_their_way(tx: Tx, *, halted: bool) -> Mapping[tuple[str, str, str], int]:
    found: Counter[tuple[str, str, str]] = Counter()
    for each in [*_piles(tx, State.PENDING), *_piles(tx, State.SENDING)]:
        reason = "halted" if halted else code(each.reason or "none")
        found[each.kind, each.state, reason] += each.count
    return found


def _piles(tx: Tx, state: State) -> Sequence[Pile]:
    return queries.piles(tx, state, MOST_COUNTED)


def _missing(tx: Tx, now: datetime) -> Sequence[Missing]:
    newest = None if now.minute == WHOLE_AT else NEWEST
    nudges = queries.missing_nudges(tx, now - LOOK_BACK, newest, MOST)
    digests = queries.missing_digests(tx, now - LONG_LOOK_BACK, MOST)
    flags = queries.missing_flags(tx, now - LONG_LOOK_BACK, MOST)
    briefs = queries.missing_briefs(tx, now - LOOK_BACK, now, MOST)
    prompts = queries.missing_prompts(tx, now - LOOK_BACK, now, MOST)
    notes = queries.missing_notes(tx, now - LONG_LOOK_BACK, newest, MOST)
    promises = queries.missing_promises(tx, now - LOOK_BACK, now, MOST)
    surveys = queries.missing_surveys(tx, now - LONG_LOOK_BACK, MOST)
    fixes = queries.missing_fixes(tx, now - LONG_LOOK_BACK, MOST)
    reminders = queries.missing_reminders(tx, now - LONG_LOOK_BACK, now, MOST)
    return [
        *(Missing(Sort.NUDGE_MISSING, Kind.NUDGE, each) for each in nudges),
        *(Missing(Sort.DIGEST_MISSING, Kind.DIGEST, each) for each in digests),
        *(Missing(Sort.FLAG_MISSING, Kind.FLAG, each) for each in flags),
        *(Missing(Sort.BRIEF_MISSING, Kind.BRIEF, each) for each in briefs),
        *(Missing(Sort.PROMPT_MISSING, Kind.PROMPT, each) for each in prompts),
        *(Missing(Sort.NOTE_MISSING, Kind.NOTE, each) for each in notes),
        *(Missing(Sort.PROMISE_MISSING, Kind.PROMISE, each) for each in promises),
        *(Missing(Sort.SURVEY_MISSING, Kind.SURVEY_ANSWERED, each) for each in surveys),
        *(Missing(Sort.FIX_MISSING, Kind.FIXED, each) for each in fixes),
        *(Missing(Sort.REMINDER_MISSING, Kind.FIXED_LATE, each) for each in reminders),
    ]


def _waiting(tx: Tx, halt: str | None, now: datetime, clock: datetime) -> Sequence[Waiting]:
    halted = f"halted: {halt}" if halt else ""
    spent = queries.spent(tx, clock + IN_USE, clock)
    slowed = f"rate of {', '.join(spent)}" if spent else ""
    found = {sort: late(tx, now, clock) for sort, late in LATE.items()}
    return [
        Waiting(
            sort,
            len(late),
            min(each.since for each in late),
            halted or (slowed if sort is Sort.MESSAGE_LATE else ""),
        )
        for sort, late in found.items()
        if late
    ]


# Each sort by its query: when it was due, and what the clock says.
LATE: Mapping[Sort, Callable[[Tx, datetime, datetime], Sequence[Late]]] = {
    Sort.PM_LATE: lambda tx, now, _: queries.late_pms(tx, now - GRACE, MOST),
    Sort.TEAM_LATE: lambda tx, now, _: queries.late_teams(tx, now - GRACE, MOST),
    Sort.NOTE_LATE: lambda tx, now, _: queries.late_notes(tx, now - GRACE, MOST),
    Sort.MESSAGE_LATE: lambda tx, now, _: queries.late_messages(tx, now - GRACE, MOST),
    Sort.LEASE_LATE: lambda tx, _, clock: queries.late_leases(tx, clock - GRACE, MOST),
    Sort.EVENT_LATE: lambda tx, _, clock: queries.late_events(tx, clock - INBOX_GRACE, MOST),
}


def _mend(services: Services, report: Report, now: datetime) -> Sequence[Outcome]:
    whose = report.workspace_id
    for each in report.waiting:
        _tell(whose, each, now)
    back = [each for each in report.missing if _put_back(services, whose, each, now)]
    return [
        *(Outcome(each.kind, each.letter.subject, Fate.QUEUED, "put_back") for each in back),
        *(Outcome("audit", whose, Fate.HELD, each.sort) for each in report.alarming),
    ]


def _put_back(services: Services, workspace_id: str, missing: Missing, now: datetime) -> bool:
    """Leave it for delivery under its own key; False when another copy has done so meanwhile."""
    letter = missing.letter
    with services.transaction(workspace_id) as tx:
        back = bool(outbox.put_all(tx, missing.kind, [letter], now))
    if back:
        LOG.error(
            "audit_missing",
            sort=missing.sort,
            workspace=workspace_id,
            subject=letter.subject,
            period=letter.period,
            due=letter.due_at.isoformat(),
        )
    return back


def _tell(workspace_id: str, waiting: Waiting, now: datetime) -> None:
    known = {
        "sort": waiting.sort,
        "workspace": workspace_id,
        "count": waiting.count,
        "seconds": (now - waiting.since).total_seconds(),
    }
    if waiting.because:
        LOG.info("audit_held", because=waiting.because, **known)
    else:
        LOG.error("audit_late", **known)
