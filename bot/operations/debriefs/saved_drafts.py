"""Begin debriefs, save drafts of them as they are typed, and offer these again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from bot.db import customers, hypotheses, stories
from bot.db.debriefs import queries as debriefs
from bot.db.debriefs import saved_drafts
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.visits import plans
from bot.db.visits import queries as visits
from bot.domain.customers import CustomerChoice, name_key
from bot.domain.debriefs.facts import DebriefForm, SavedDraftLine
from bot.domain.debriefs.rules import (
    DRAFT_LIFETIME,
    QUOTE_LENGTH,
    STORY_LENGTH,
    Debrief,
    Draft,
    FormSession,
    SavedDraft,
)
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor
from bot.domain.text import cut_to_length
from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import local_date
from bot.errors import NoSuchDebrief, NotYours
from bot.operations.customers.search import parse_debrief_arguments
from bot.operations.hypotheses import get_hypothesis_choice
from bot.services import Services

# Words after a command were typed before anything that is typed into its form.
EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class DebriefStart:
    """What a debrief begins from.

    `words` follow a command, `quote` is from a message. `on` is the author's local date of the
    visit if known; `key` is that of a saved draft to continue, `debrief_id` that of a debrief to
    edit; `ignore_saved` leaves any saved draft alone. `reply_to` is a response URL, "home" or "".
    """

    words: str = ""
    quote: str = ""
    customer: CustomerChoice | None = None
    on: date | None = None
    kind: VisitKind = VisitKind.VIDEO
    visit_id: int | None = None
    nudge_id: int | None = None
    key: str = ""
    debrief_id: int | None = None
    reply_to: str = ""
    ignore_saved: bool = False

    @property
    def own_key(self) -> str:
        """Return the key of the debrief: the same in each form opened from one place."""
        if self.debrief_id is not None:
            return edit_key(self.debrief_id)
        if self.visit_id is not None:
            return f"visit:{self.visit_id}"
        return f"nudge:{self.nudge_id}" if self.nudge_id is not None else uuid4().hex


def edit_key(debrief_id: int) -> str:
    """Return the key of a debrief that is edited."""
    return f"debrief:{debrief_id}"


def begin(services: Services, actor: Actor, start: DebriefStart, now: datetime) -> DebriefForm:
    """Build the form of a debrief, with what its author has left unfinished of it.

    Words after a command are saved before the form is shown. Raises `NoSuchDebrief` and
    `NotYours` for an edit.
    """
    with services.transaction(actor.workspace_id) as tx:
        customer, story = (
            parse_debrief_arguments(tx, start.words) if start.words else (start.customer, "")
        )
        start = replace(start, customer=customer)
        earlier = _find_saved(tx, actor, start, now)
        saved = _split_to_fit(
            _add_arguments(earlier or _new_draft(tx, actor, start, now), customer, story, now)
        )
        if story or start.quote:
            saved_drafts.save(tx, actor.user_id, saved)
        if earlier:
            saved_drafts.detach_form(tx, actor.user_id, earlier.key)
        return _build_form(tx, actor, start, saved, earlier, now)


def save(services: Services, actor: Actor, saved: SavedDraft) -> None:
    """Save what the actor has typed so far; nothing if there are no words yet.

    Input that arrives only after its form was submitted isn't saved.
    """
    if not saved.draft.has_text:
        return
    with services.transaction(actor.workspace_id, short_wait=True) as tx:
        # After a transaction that saves the form just now, or withdraws the debrief.
        tx.advisory_lock(f"debriefs of {actor.user_id}")
        if debriefs.is_submitted(tx, actor.user_id, saved.form_id):
            return
        if saved.debrief_id is not None and debriefs.get(tx, saved.debrief_id) is None:
            saved = replace(saved, debrief_id=None)
        saved_drafts.save(tx, actor.user_id, saved)


def get(services: Services, actor: Actor, key: str) -> SavedDraftLine | None:
    """Return the actor's saved draft under a key, or None."""
    with services.reading(actor.workspace_id) as tx:
        saved = saved_drafts.get(tx, actor.user_id, key)
        return _saved_view(tx, saved) if saved else None


def list_recent(tx: Tx, user_id: str, now: datetime) -> Sequence[SavedDraftLine]:
    """Return a user's recent saved drafts, newest first."""
    return [
        _saved_view(tx, each)
        for each in saved_drafts.list_new_by_author(tx, user_id, now - DRAFT_LIFETIME)
    ]


def remove(services: Services, actor: Actor, key: str) -> None:
    """Delete a saved draft that the actor doesn't want to continue."""
    with services.transaction(actor.workspace_id) as tx:
        saved_drafts.remove(tx, actor.user_id, key)


def clean_up(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Delete saved drafts that are too old to be offered."""
    with services.transaction(workspace_id) as tx:
        saved_drafts.remove_before(tx, now - DRAFT_LIFETIME)
    return []


def _find_saved(tx: Tx, actor: Actor, start: DebriefStart, now: datetime) -> SavedDraft | None:
    """Return the saved draft of this very debrief, else the newest that it may be."""
    if start.ignore_saved:
        return None
    known = saved_drafts.get(tx, actor.user_id, start.key or start.own_key)
    if known or start.key or start.debrief_id is not None:
        return known
    found = saved_drafts.list_new_by_author(tx, actor.user_id, now - DRAFT_LIFETIME)
    return next((each for each in found if _may_match(tx, each, start)), None)


def _may_match(tx: Tx, saved: SavedDraft, start: DebriefStart) -> bool:
    """Return whether a saved draft may be what begins now: never one of another visit."""
    if start.visit_id is not None and saved.visit_id is not None:
        return False
    if start.customer is None:
        return True
    return name_key(_customer_name(tx, saved.draft)) == name_key(start.customer[1])


def _saved_view(tx: Tx, saved: SavedDraft) -> SavedDraftLine:
    return SavedDraftLine(
        saved.key, _customer_name(tx, saved.draft), saved.draft.story, saved.since
    )


def _customer_name(tx: Tx, draft: Draft) -> str:
    known = customers.get(tx, draft.customer_id) if draft.customer_id is not None else None
    return known.name if known else draft.new_customer


def _new_draft(tx: Tx, actor: Actor, start: DebriefStart, now: datetime) -> SavedDraft:
    on = start.on or local_date(now, actor.zone)
    draft = Draft(None, on, "", kind=start.kind, quote=start.quote)
    if start.debrief_id is not None:
        draft = get_own_debrief(tx, actor, start.debrief_id).draft
    else:
        draft = replace(draft, hypothesis_id=_hypothesis_to_test(tx, actor, start, on))
    key = start.key or start.own_key
    return SavedDraft(key, draft, now, EPOCH, debrief_id=start.debrief_id)


def _hypothesis_to_test(tx: Tx, actor: Actor, start: DebriefStart, on: date) -> int | None:
    """Return the hypothesis that the visit was planned to test, if it is still open."""
    visit_id = start.visit_id
    if visit_id is None and start.customer and start.customer[0] is not None:
        booked = visits.find_booked(tx, actor.user_id, start.customer[0], on)
        visit_id = booked.id if booked else None
    hypothesis_id = plans.get(tx, visit_id).hypothesis_id if visit_id is not None else None
    known = hypotheses.get(tx, hypothesis_id) if hypothesis_id is not None else None
    return known.id if known and known.outcome is None else None


def get_own_debrief(tx: Tx, actor: Actor, debrief_id: int) -> Debrief:
    """Return the actor's debrief. Raises `NoSuchDebrief` and `NotYours`."""
    debrief = debriefs.get(tx, debrief_id)
    if debrief is None:
        raise NoSuchDebrief
    if debrief.author_id != actor.user_id:
        raise NotYours
    return debrief


def _add_arguments(
    saved: SavedDraft, customer: CustomerChoice | None, story: str, now: datetime
) -> SavedDraft:
    """Return the saved draft with the customer and the words that were given just now."""
    draft = saved.draft
    if customer:
        id, name = customer
        draft = replace(draft, customer_id=id, new_customer="" if id is not None else name)
    if story:
        story_text = "\n".join(filter(None, [draft.story, story]))
        return replace(saved, draft=replace(draft, story=story_text), since=now)
    return replace(saved, draft=draft)


def _split_to_fit(saved: SavedDraft) -> SavedDraft:
    """Split a draft into what fits the fields of Slack's forms, and the rest beside it."""
    draft = saved.draft
    story, quote = (
        cut_to_length(draft.story, STORY_LENGTH),
        cut_to_length(draft.quote, QUOTE_LENGTH),
    )
    over = saved.rest, draft.story[len(story) :], draft.quote[len(quote) :]
    rest = "\n".join(filter(None, over))
    return replace(saved, draft=replace(draft, story=story, quote=quote), rest=rest)


def _build_form(
    tx: Tx,
    actor: Actor,
    start: DebriefStart,
    saved: SavedDraft,
    earlier: SavedDraft | None,
    now: datetime,
) -> DebriefForm:
    draft, today = saved.draft, local_date(now, actor.zone)
    name = _customer_name(tx, draft)
    pm = pms.get(tx, actor.user_id)
    team = stories.get(tx, pm.team_id) if pm and pm.team_id else None
    visit_id = start.visit_id if start.visit_id is not None else saved.visit_id
    return DebriefForm(
        customer=(draft.customer_id, name) if name else None,
        on=draft.on or today,
        today=today,
        session=_form_session(tx, saved, visit_id),
        expanded=saved.debrief_id is not None,
        nudge_id=start.nudge_id if start.nudge_id is not None else saved.nudge_id,
        reply_to=start.reply_to,
        typed=draft,
        kind=start.kind,
        digest_on=team.digest.on if team else None,
        left_at=earlier.since if earlier else None,
        overflow=saved.rest,
        zone=actor.zone,
        hypothesis=get_hypothesis_choice(tx, draft.hypothesis_id, draft.new_hypothesis),
    )


def _form_session(tx: Tx, saved: SavedDraft, visit_id: int | None) -> FormSession:
    debrief = debriefs.get(tx, saved.debrief_id) if saved.debrief_id is not None else None
    version = debrief.version if debrief else 0
    return FormSession(saved.key, "", version, visit_id, saved.debrief_id)
