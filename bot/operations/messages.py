"""Render each kind of outbox message from what is true when it is delivered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from bot.db import customers
from bot.db import stories as story_queries
from bot.db.contacts import flags
from bot.db.contacts.flags import StoredFlag
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.db.suggestions import queries as suggestions
from bot.db.visits import queries as visits
from bot.domain.contacts.flags import EvidenceLine, FlagFacts, FlagState
from bot.domain.customers import Stage
from bot.domain.nudges import rules
from bot.domain.nudges.rules import NudgeStep, PlannedNudge
from bot.domain.outbox.delivery_policy import POST_METHOD
from bot.domain.stories import catch_up_hours
from bot.domain.working_time import late_delivery_time, local_date, next_contact_time
from bot.operations.calendars import feeds as calendars
from bot.operations.customers.search import customer_name
from bot.operations.debriefs import promises
from bot.operations.notes import offers as notes
from bot.operations.nudges import away
from bot.operations.nudges.sent import (
    get_or_create_nudge,
    get_posted_nudge,
    is_closed_by_visit,
    nudge_message,
)
from bot.operations.outbox.rendered import Edit, Postpone, Rendered, Withdraw, wait_until_posted
from bot.operations.staff.pms import silenced_until
from bot.operations.stories import digests as stories
from bot.operations.surveys import links as surveys
from bot.operations.visits import briefs, ground_rules, prompts
from bot.operations.workarounds import fix_notices
from bot.slack.posting import MessageRef
from bot.views import stories as story_views
from bot.views.contacts import flag_message as flag_views
from bot.views.nudges import message as nudge_views

MAX_PROSPECTS = 2


def _do_nothing(*_: object) -> None:
    """Do nothing, for a kind that has nothing to record."""


@dataclass(frozen=True)
class Delivery:
    """The renderer of a message kind, and what is recorded once a message is posted or dead.

    `on_dead` undoes what was done for a message that won't be posted, and `on_requeued` redoes it
    for one that is tried after all.
    """

    render: Callable[[Tx, ClaimedMessage, datetime], Rendered | Withdraw | Postpone]
    on_posted: Callable[[Tx, ClaimedMessage, MessageRef], None] = _do_nothing
    on_dead: Callable[[Tx, ClaimedMessage], None] = _do_nothing
    on_requeued: Callable[[Tx, ClaimedMessage], None] = _do_nothing
    to_channel: bool = False
    edits: bool = False


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered | Withdraw | Postpone:
    """Render a claimed message as of now, if it is to be sent now."""
    return DELIVERIES[message.kind].render(tx, message, now)


def on_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    """Record where a message was posted."""
    DELIVERIES[message.kind].on_posted(tx, message, message_ref)


def on_dead(tx: Tx, message: ClaimedMessage) -> None:
    """Record that a message will never be posted."""
    DELIVERIES[message.kind].on_dead(tx, message)


def requeue_dead(
    tx: Tx, kind: MessageKind | None, reason: str | None, now: datetime
) -> Sequence[ClaimedMessage]:
    """Requeue dead messages, of a kind or for a reason; each is rendered again on delivery."""
    dead = outbox.list_dead(tx, kind, reason)
    outbox.requeue_dead(tx, dead, now)
    for each in dead:
        DELIVERIES[each.kind].on_requeued(tx, each)
    return dead


def slack_methods(kind: MessageKind, *, search_first: bool = False) -> Sequence[str]:
    """Return the Slack methods that deliver a kind.

    `search_first` adds those that look for an earlier attempt.
    """
    known = DELIVERIES[kind]
    if known.edits:
        return ("chat.update",)
    checked = ("conversations.info",) if known.to_channel else ()
    opened = () if known.to_channel else ("conversations.open",)
    looked_up = ("conversations.history", *opened) if search_first else ()
    return (*looked_up, *checked, POST_METHOD)


def _render_nudge(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered | Withdraw | Postpone:
    pm = pms.get(tx, message.subject)
    if pm is None:
        return Withdraw("left")
    if pm.last_enqueued is None or pm.last_enqueued.on != _planned_date(message):
        return Withdraw("overtaken")
    if rules.first_nudge(pm.cycle_start, pm.settings).on > pm.last_enqueued.on:
        return Withdraw("visited")
    if silenced_until(tx, pm, local_date(now, pm.settings.hours.zone)):
        return Withdraw("booked")
    at = away.find_absence_end(tx, pm.user_id, now) or prompts.delay_if_sent_today(
        tx, MessageKind.DEBRIEF_PROMPT, pm, now
    )
    # If its day has passed, such as after an outage, the PM's hour on their next working day.
    at = at or late_delivery_time(pm.last_enqueued.on, message.next_at, now, pm.settings.hours)
    if at > now:
        return Postpone(at)
    if _question_is_open(tx, pm.user_id, pm.last_enqueued):
        return Withdraw("question_stands")
    nudge = get_or_create_nudge(tx, pm, pm.last_enqueued, now)
    if nudge.answer is not None:
        return Withdraw("answered")
    return nudge_message(tx, nudge, now)


def _question_is_open(tx: Tx, user_id: str, last_enqueued: PlannedNudge) -> bool:
    """Return whether the question "keep going?" is unanswered; it is its cycle's last nudge."""
    latest = nudges.get_latest(tx, user_id)
    if (
        latest is None
        or latest.step is not NudgeStep.KEEP_GOING_QUESTION
        or latest.on == last_enqueued.on
    ):
        return False
    return latest.answer is None and latest.cycle == last_enqueued.cycle


def _planned_date(message: ClaimedMessage) -> date:
    """Return the planned local date of a nudge, the second part of its key in the outbox."""
    return date.fromisoformat(message.period)


def _on_nudge_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    nudge = nudges.get_by_date(tx, message.subject, _planned_date(message))
    if nudge:
        nudges.save_message_ref(tx, nudge.id, message_ref.channel, message_ref.ts)


def _render_nudge_change(
    tx: Tx, message: ClaimedMessage, now: datetime
) -> Rendered | Withdraw | Postpone:
    nudge = nudges.get(tx, int(message.subject))
    pm = pms.get(tx, nudge.pm_id) if nudge else None
    if nudge is None or pm is None:
        return Withdraw("left")
    posted_nudge = get_posted_nudge(tx, nudge, now)
    if posted_nudge is None:
        return wait_until_posted(
            outbox.get_next_try(tx, MessageKind.NUDGE, nudge.pm_id, nudge.on.isoformat()), now
        )
    last = visits.get_last(tx, pm.user_id)
    if last is None or not is_closed_by_visit(tx, nudge):
        return Edit(nudge_message(tx, nudge, now), posted_nudge.message_ref)
    due_on = rules.due_on(pm.cycle_start, pm.settings)
    name = customer_name(tx, last.customer_id)
    return Edit(
        nudge_views.visited_message(posted_nudge.facts, name, last.on, due_on),
        posted_nudge.message_ref,
    )


def _render_flag(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered | Withdraw | Postpone:
    stored = flags.get(tx, int(message.subject))
    if stored is None or stored.flag.state is not FlagState.RAISED:
        return Withdraw("gone")
    pm = pms.get(tx, stored.pm_id)
    if pm is None:
        return Withdraw("left")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    return Postpone(at) if at > now else flag_views.render_message(_flag_facts(tx, stored, now))


def _on_flag_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    flags.save_message_ref(tx, int(message.subject), message_ref.channel, message_ref.ts)


def _on_flag_dead(tx: Tx, message: ClaimedMessage) -> None:
    """Clear the notification, which no one got: the next review looks for someone who can."""
    flags.clear_notified(tx, int(message.subject))


def _render_flag_cleared(tx: Tx, message: ClaimedMessage, _now: datetime) -> Rendered | Withdraw:
    stored = flags.get(tx, int(message.subject))
    if stored is None or stored.flag.state is not FlagState.CLEARED:
        return Withdraw("back")
    if stored.message_channel is None or stored.message_ts is None:
        return Withdraw("never_told")
    name = customer_name(tx, stored.flag.customer_id)
    return Edit(
        flag_views.ended_message(name), MessageRef(stored.message_channel, stored.message_ts)
    )


def _render_digest(
    tx: Tx, message: ClaimedMessage, now: datetime
) -> Rendered | Withdraw | Postpone:
    digest = story_queries.get_digest(tx, int(message.subject))
    team = story_queries.get(tx, digest.team_id) if digest else None
    facts = stories.get_facts(tx, digest, now) if digest else None
    if digest is None or team is None or facts is None:
        # A story that is shared again later goes into a later digest.
        debriefs.remove_from_digest(tx, int(message.subject))
        return Withdraw("nothing_to_tell")
    hours = catch_up_hours(team.hours)
    at = late_delivery_time(local_date(digest.created_at, hours.zone), message.next_at, now, hours)
    return Postpone(at) if at > now else story_views.render_digest(facts)


def _flag_facts(tx: Tx, stored: StoredFlag, now: datetime) -> FlagFacts:
    names = customers.get_person_names(tx, [each.person_id for each in stored.flag.evidence])
    lines = [
        EvidenceLine(names.get(each.person_id, ""), each.trait, each.counts)
        for each in stored.flag.evidence
    ]
    return FlagFacts(
        id=stored.id,
        customer_id=stored.flag.customer_id,
        customer=customer_name(tx, stored.flag.customer_id),
        evidence=tuple(lines),
        prospects=_find_prospects(tx, stored, now),
    )


def _find_prospects(tx: Tx, stored: StoredFlag, now: datetime) -> tuple[str, ...]:
    pm = pms.get(tx, stored.pm_id)
    today = local_date(now, pm.settings.hours.zone if pm else "UTC")
    free = [
        each
        for each in suggestions.list_candidates(tx, stored.pm_id, today, stored.flag.customer_id)
        if each.stage is Stage.PROSPECT and not each.great and not each.booked
    ]
    # Different prospects for each flag: otherwise every PM would be sent to the same two.
    mixed = Random(stored.flag.customer_id).sample(free, len(free))
    longest = sorted(mixed, key=lambda each: str(each.last_visit_on or ""))
    return tuple(each.name for each in longest[:MAX_PROSPECTS])


def _on_digest_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    story_queries.save_message_ref(tx, int(message.subject), message_ref.channel, message_ref.ts)


def _on_digest_dead(tx: Tx, message: ClaimedMessage) -> None:
    """Release the stories for the next digest."""
    debriefs.remove_from_digest(tx, int(message.subject))


def _on_digest_requeued(tx: Tx, message: ClaimedMessage) -> None:
    stories.restore_stories(tx, int(message.subject))


def _render_digest_change(
    tx: Tx, message: ClaimedMessage, now: datetime
) -> Rendered | Withdraw | Postpone:
    digest = story_queries.get_digest(tx, int(message.subject))
    if digest is None:
        return Withdraw("nothing_to_tell")
    if digest.message_channel is None or digest.message_ts is None:
        return wait_until_posted(
            outbox.get_next_try(tx, MessageKind.DIGEST, digest.id, digest.week), now
        )
    facts = stories.get_facts(tx, digest, now)
    rendered = (
        story_views.render_digest(facts, changed=True) if facts else story_views.withdrawn_message()
    )
    return Edit(rendered, MessageRef(digest.message_channel, digest.message_ts))


def _render_channel_lost(
    tx: Tx, message: ClaimedMessage, now: datetime
) -> Rendered | Withdraw | Postpone:
    team = story_queries.get(tx, int(message.subject))
    pm = pms.get(tx, message.destination)
    if team is None or team.channel_fault is None:
        return Withdraw("back")
    if pm is None:
        return Withdraw("left")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    return (
        Postpone(at)
        if at > now
        else story_views.channel_lost_message(team.name, team.channel_fault)
    )


DELIVERIES: Mapping[MessageKind, Delivery] = {
    MessageKind.NUDGE: Delivery(_render_nudge, _on_nudge_posted),
    MessageKind.NUDGE_CHANGED: Delivery(_render_nudge_change, edits=True),
    MessageKind.FLAG: Delivery(_render_flag, _on_flag_posted, _on_flag_dead),
    MessageKind.FLAG_CLEARED: Delivery(_render_flag_cleared, edits=True),
    MessageKind.DIGEST: Delivery(
        _render_digest, _on_digest_posted, _on_digest_dead, _on_digest_requeued, to_channel=True
    ),
    MessageKind.DIGEST_CHANGED: Delivery(_render_digest_change, edits=True),
    MessageKind.CHANNEL_UNAVAILABLE: Delivery(_render_channel_lost),
    MessageKind.BRIEF: Delivery(briefs.render),
    MessageKind.DEBRIEF_PROMPT: Delivery(prompts.render, prompts.on_posted),
    MessageKind.DEBRIEF_PROMPT_CHANGED: Delivery(prompts.render_change, edits=True),
    MessageKind.AGENDA_REQUEST: Delivery(
        ground_rules.render_question, on_dead=ground_rules.clear_asked
    ),
    MessageKind.AGENDA_REPLY: Delivery(ground_rules.render_talk_request),
    MessageKind.CALENDAR_UNAVAILABLE: Delivery(calendars.render),
    MessageKind.NOTE: Delivery(notes.render, notes.on_posted),
    MessageKind.PROMISE_REMINDER: Delivery(promises.render),
    MessageKind.PROMISE_GIVEN: Delivery(promises.render_given),
    MessageKind.SURVEY_ANSWERED: Delivery(surveys.render),
    MessageKind.FIX_NOTICE: Delivery(fix_notices.render, fix_notices.on_posted),
    MessageKind.FIX_NOTICE_CHANGED: Delivery(fix_notices.render_change, edits=True),
    MessageKind.FIX_REMINDER: Delivery(fix_notices.render_reminder, fix_notices.on_reminder_posted),
    MessageKind.FIX_REMINDER_CHANGED: Delivery(fix_notices.render_reminder_change, edits=True),
}
