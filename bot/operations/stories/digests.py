"""Enqueue each team's weekly digest of stories, and its changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.db import customers, stories
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.stories import DigestRecord, Team
from bot.domain.customers import Customer, Stage
from bot.domain.debriefs.rules import Debrief, Sharing
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.stories import ChannelFault, Digest, DigestFacts, Story, decide_digest, next_digest
from bot.domain.working_time import local_date
from bot.services import Services

# Over a week: a digest also has what a missed one left, or what was written as one was made.
LOOK_BACK = timedelta(days=28)


def enqueue_digests(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Enqueue the digest of every team whose hour has come; without stories no post (E1).

    A week whose digest was missed for good is reported as skipped: the next one has its stories.
    """
    with services.reading(workspace_id) as tx:
        due = stories.list_due(tx, now)
    outcomes: list[Outcome] = []
    for team_id in due:
        with services.transaction(workspace_id) as tx:
            team = stories.get_due(tx, team_id, now)
            outcomes += _enqueue_due(tx, team, now) if team else []
    return outcomes


def get_facts(tx: Tx, digest: DigestRecord, now: datetime) -> DigestFacts | None:
    """Return what a digest shows of what may be shared now; None when nothing may any more."""
    team = stories.get(tx, digest.team_id)
    posted = [
        each
        for each in debriefs.list_by_digest(tx, digest.id)
        if each.draft.sharing is not Sharing.PRIVATE
    ]
    if team is None or not posted:
        return None
    days = [each.on for each in posted]
    known = customers.get_many(tx, {each.customer_id for each in posted})
    authors = staff.get_names(tx, {each.author_id for each in posted})
    return DigestFacts(
        first=min(days),
        last=max(days),
        today=local_date(now, team.hours.zone),
        stories=tuple(
            _build_story(each, known.get(each.customer_id), authors[each.author_id])
            for each in posted
        ),
    )


def enqueue_edit(tx: Tx, digest_id: int, now: datetime) -> None:
    """Enqueue an edit of a digest in which a story has changed."""
    digest = stories.get_digest(tx, digest_id)
    if digest:
        outbox.enqueue_edit(tx, MessageKind.DIGEST, digest.id, digest.week, now)


def is_posted(tx: Tx, digest_id: int) -> bool:
    """Return whether a digest is posted."""
    digest = stories.get_digest(tx, digest_id)
    return bool(digest and outbox.get_message_ref(tx, MessageKind.DIGEST, digest.id, digest.week))


def restore_stories(tx: Tx, digest_id: int) -> None:
    """Assign its stories again to a digest that is retried, except those posted meanwhile.

    None written since: if the digest is in Slack already, it was posted without them.
    """
    digest = stories.get_digest(tx, digest_id)
    if digest:
        unposted = _list_unposted(tx, digest.team_id, digest.created_at)
        debriefs.assign_to_digest(tx, [each.id for each in unposted], digest_id)


def mark_channel_lost(tx: Tx, digest_id: int, fault: ChannelFault, now: datetime) -> None:
    """Mark a team's channel as unavailable, and notify its owner once until it works again."""
    digest = stories.get_digest(tx, digest_id)
    team = stories.get(tx, digest.team_id) if digest else None
    if team is None or not stories.mark_channel_unavailable(tx, team.id, fault, now):
        return
    authors = pms.list_by_team(tx, team.id)
    owner = team.owner_id if team.owner_id in authors else next(iter(authors), None)
    if owner:
        outbox.enqueue(tx, MessageKind.CHANNEL_UNAVAILABLE, team.id, now.isoformat(), owner, now)


def _list_unposted(tx: Tx, team_id: int, now: datetime) -> Sequence[Debrief]:
    return debriefs.list_unposted(tx, pms.list_by_team(tx, team_id), now - LOOK_BACK, now)


def _enqueue_due(tx: Tx, team: Team, now: datetime) -> Sequence[Outcome]:
    decision = decide_digest(team.digest, team.hours, now)
    skipped = [
        Outcome("digest", team.channel_id, DeliveryStatus.DROPPED, f"skipped {week}")
        for week in decision.skipped
    ]
    if decision.send:
        return [*skipped, _enqueue(tx, team, decision.digest, now)]
    stories.set_next_digest(tx, team.id, decision.digest)
    return [*skipped, Outcome("digest", team.channel_id, DeliveryStatus.DELAYED, "too_late_today")]


def _enqueue(tx: Tx, team: Team, planned: Digest, now: datetime) -> Outcome:
    stories.set_next_digest(tx, team.id, next_digest(now, team.hours))
    unposted = _list_unposted(tx, team.id, now)
    if not unposted:
        return Outcome("digest", team.channel_id, DeliveryStatus.DROPPED, "nothing_to_tell")
    week = planned.week
    digest_id = stories.add_digest(tx, team.id, week, now)
    if digest_id is None:
        return Outcome("digest", team.channel_id, DeliveryStatus.DROPPED, "sent_already")
    debriefs.assign_to_digest(tx, [each.id for each in unposted], digest_id)
    outbox.enqueue(tx, MessageKind.DIGEST, digest_id, week, team.channel_id, now)
    return Outcome("digest", team.channel_id, DeliveryStatus.QUEUED, f"{len(unposted)} stories")


def _build_story(debrief: Debrief, customer: Customer | None, author: str) -> Story:
    draft = debrief.draft
    return Story(
        customer=debrief.customer_name,
        stage=customer.stage if customer else Stage.CUSTOMER,
        kind=draft.kind,
        on=debrief.on,
        story=draft.story,
        author=author,
        sharing=draft.sharing,
        segment=(customer.segment or "") if customer else "",
        region=(customer.region or "") if customer else "",
        quote=draft.quote,
        workaround=draft.workarounds[0].what if draft.workarounds else "",
        picture=draft.picture,
    )
