"""Debriefs that are not finished: begun anywhere, kept as they are typed, and offered again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from bot.db import customers, hypotheses
from bot.db import stories as teams
from bot.db.debriefs import queries as debriefs
from bot.db.debriefs import saved_drafts as unfinished
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.visits import plans
from bot.db.visits import queries as visits
from bot.domain.customers import name_key
from bot.domain.debriefs.rules import (
    OFFERED,
    QUOTE_LENGTH,
    STORY_LENGTH,
    Debrief,
    Draft,
    Sheet,
    Unfinished,
)
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import local_date
from bot.errors import NoSuchDebrief, NotYours
from bot.operations.customers.search import Chosen, meant
from bot.operations.hypotheses import chosen
from bot.services import Services
from bot.views import block_kit as kit
from bot.views.debriefs.form import DebriefForm
from bot.views.debriefs.saved_drafts import Left

# Words that came with a command were typed before anything that is typed into its form.
AT_FIRST = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Beginning:
    """Where a debrief begins.

    `words` stand behind a command, `quote` in a message. `on` is the author's local date of the
    visit if that is known; `key` names the unfinished one that is gone on with, `debrief_id` a
    debrief that is written anew; `afresh` leaves any unfinished one alone. `where` is a response
    URL, or "".
    """

    words: str = ""
    quote: str = ""
    customer: Chosen | None = None
    on: date | None = None
    kind: VisitKind = VisitKind.VIDEO
    visit_id: int | None = None
    nudge_id: int | None = None
    key: str = ""
    debrief_id: int | None = None
    where: str = ""
    afresh: bool = False

    @property
    def own_key(self) -> str:
        """What its debrief is known by: the same in each window where it comes from one place."""
        if self.debrief_id is not None:
            return editing(self.debrief_id)
        if self.visit_id is not None:
            return f"visit:{self.visit_id}"
        return f"nudge:{self.nudge_id}" if self.nudge_id is not None else uuid4().hex


def editing(debrief_id: int) -> str:
    """The key of a debrief that is written anew."""
    return f"debrief:{debrief_id}"


def begin(services: Services, actor: Actor, start: Beginning, now: datetime) -> DebriefForm:
    """The form of a debrief, with whatever its author has left unfinished of it.

    What was said behind a command is kept before the form is shown. Raises `NoSuchDebrief` and
    `NotYours` for one that is written anew.
    """
    with services.transaction(actor.workspace_id) as tx:
        customer, story = meant(tx, start.words) if start.words else (start.customer, "")
        start = replace(start, customer=customer)
        left = _left(tx, actor, start, now)
        words = _fitted(_joined(left or _fresh(tx, actor, start, now), customer, story, now))
        if story or start.quote:
            unfinished.keep(tx, actor.user_id, words)
        if left:
            unfinished.take_over(tx, actor.user_id, left.key)
        return _form(tx, actor, start, words, left, now)


def keep(services: Services, actor: Actor, words: Unfinished) -> None:
    """Keep what somebody has typed so far; nothing where there are no words yet.

    What is heard of only after its form was submitted is not kept.
    """
    if not words.draft.said:
        return
    with services.transaction(actor.workspace_id, hasty=True) as tx:
        # After whoever saves the form just now, or takes the debrief back.
        tx.one_at_a_time(f"debriefs of {actor.user_id}")
        if debriefs.is_written(tx, actor.user_id, words.form_id):
            return
        if words.debrief_id is not None and debriefs.get(tx, words.debrief_id) is None:
            words = replace(words, debrief_id=None)
        unfinished.keep(tx, actor.user_id, words)


def left(services: Services, actor: Actor, key: str) -> Left | None:
    """What somebody has left unfinished under a key."""
    with services.reading(actor.workspace_id) as tx:
        words = unfinished.get(tx, actor.user_id, key)
        return _as_left(tx, words) if words else None


def all_left(tx: Tx, user_id: str, now: datetime) -> Sequence[Left]:
    """All that somebody has left unfinished lately, the newest first."""
    return [_as_left(tx, each) for each in unfinished.of(tx, user_id, now - OFFERED)]


def throw_away(services: Services, actor: Actor, key: str) -> None:
    """Somebody does not want to go on with it."""
    with services.transaction(actor.workspace_id) as tx:
        unfinished.forget(tx, actor.user_id, key)


def tidy(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Forget what is too old to be offered."""
    with services.transaction(workspace_id) as tx:
        unfinished.tidy(tx, now - OFFERED)
    return []


def _left(tx: Tx, actor: Actor, start: Beginning, now: datetime) -> Unfinished | None:
    """What was left unfinished of this very debrief, else the newest that it may be."""
    if start.afresh:
        return None
    known = unfinished.get(tx, actor.user_id, start.key or start.own_key)
    if known or start.key or start.debrief_id is not None:
        return known
    found = unfinished.of(tx, actor.user_id, now - OFFERED)
    return next((each for each in found if _may_be(tx, each, start)), None)


def _may_be(tx: Tx, left: Unfinished, start: Beginning) -> bool:
    """Whether it may be what begins now: never one of another visit."""
    if start.visit_id is not None and left.visit_id is not None:
        return False
    if start.customer is None:
        return True
    return name_key(_name(tx, left.draft)) == name_key(start.customer[1])


def _as_left(tx: Tx, words: Unfinished) -> Left:
    return Left(words.key, _name(tx, words.draft), words.draft.story, words.since)


def _name(tx: Tx, draft: Draft) -> str:
    known = customers.get(tx, draft.customer_id) if draft.customer_id is not None else None
    return known.name if known else draft.new_customer


def _fresh(tx: Tx, actor: Actor, start: Beginning, now: datetime) -> Unfinished:
    on = start.on or local_date(now, actor.zone)
    draft = Draft(None, on, "", kind=start.kind, quote=start.quote)
    if start.debrief_id is not None:
        draft = own(tx, actor, start.debrief_id).draft
    else:
        draft = replace(draft, hypothesis_id=_tested(tx, actor, start, on))
    key = start.key or start.own_key
    return Unfinished(key, draft, now, AT_FIRST, debrief_id=start.debrief_id)


def _tested(tx: Tx, actor: Actor, start: Beginning, on: date) -> int | None:
    """The hypothesis that the visit was planned to test, as long as it is open."""
    visit_id = start.visit_id
    if visit_id is None and start.customer and start.customer[0] is not None:
        booked = visits.booked(tx, actor.user_id, start.customer[0], on)
        visit_id = booked.id if booked else None
    planned = plans.get(tx, visit_id).hypothesis_id if visit_id is not None else None
    known = hypotheses.get(tx, planned) if planned is not None else None
    return known.id if known and known.settled is None else None


def own(tx: Tx, actor: Actor, debrief_id: int) -> Debrief:
    """A debrief of the actor's. Raises `NoSuchDebrief` and `NotYours`."""
    kept = debriefs.get(tx, debrief_id)
    if kept is None:
        raise NoSuchDebrief
    if kept.author_id != actor.user_id:
        raise NotYours
    return kept


def _joined(words: Unfinished, customer: Chosen | None, story: str, now: datetime) -> Unfinished:
    """What was left, with the customer and the words that were said just now."""
    draft = words.draft
    if customer:
        id, name = customer
        draft = replace(draft, customer_id=id, new_customer="" if id is not None else name)
    if story:
        told = "\n".join(filter(None, [draft.story, story]))
        return replace(words, draft=replace(draft, story=told), since=now)
    return replace(words, draft=draft)


def _fitted(words: Unfinished) -> Unfinished:
    """What fits into the fields of Slack's forms, and the rest beside it."""
    draft = words.draft
    story, quote = kit.head(draft.story, STORY_LENGTH), kit.head(draft.quote, QUOTE_LENGTH)
    over = words.rest, draft.story[len(story) :], draft.quote[len(quote) :]
    rest = "\n".join(filter(None, over))
    return replace(words, draft=replace(draft, story=story, quote=quote), rest=rest)


def _form(
    tx: Tx,
    actor: Actor,
    start: Beginning,
    words: Unfinished,
    left: Unfinished | None,
    now: datetime,
) -> DebriefForm:
    draft, today = words.draft, local_date(now, actor.zone)
    name = _name(tx, draft)
    pm = pms.get(tx, actor.user_id)
    team = teams.get(tx, pm.team_id) if pm and pm.team_id else None
    visit_id = start.visit_id if start.visit_id is not None else words.visit_id
    return DebriefForm(
        customer=(draft.customer_id, name) if name else None,
        on=draft.on or today,
        today=today,
        sheet=_sheet(tx, words, visit_id),
        more=words.debrief_id is not None,
        nudge_id=start.nudge_id if start.nudge_id is not None else words.nudge_id,
        where=start.where,
        typed=draft,
        kind=start.kind,
        digest_on=team.digest.on if team else None,
        since=left.since if left else None,
        rest=words.rest,
        zone=actor.zone,
        hypothesis=chosen(tx, draft.hypothesis_id, draft.new_hypothesis),
    )


def _sheet(tx: Tx, words: Unfinished, visit_id: int | None) -> Sheet:
    kept = debriefs.get(tx, words.debrief_id) if words.debrief_id is not None else None
    version = kept.version if kept else 0
    return Sheet(words.key, "", version, visit_id, words.debrief_id)
