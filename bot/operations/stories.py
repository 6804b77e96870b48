"""Stories: each team's digest of the week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.db import customers
from bot.db import stories as teams
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.stories import PostedDigest, Team
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Debrief, Sharing
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.domain.stories import ChannelFault, Digest, digest_verdict, next_digest
from bot.domain.working_time import local_date
from bot.services import Services
from bot.views.stories import DigestFacts, Story

# Longer than a week: what a missed digest left, or what was written as one was made, is told too.
LOOK_BACK = timedelta(days=28)


def post_digests(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Queue the digest of every team whose hour has come; nothing to tell, no post (E1).

    A week whose digest was missed for good is named as skipped: the next one tells its stories.
    """
    with services.transaction(workspace_id) as tx:
        return [each for team in teams.due(tx, now) for each in _post(tx, team, now)]


def facts(tx: Tx, digest: PostedDigest, now: datetime) -> DigestFacts | None:
    """What a digest shows, from what may be shared now; None when nothing may be any more."""
    team = teams.get(tx, digest.team_id)
    told = [each for each in debriefs.told(tx, digest.id) if each.sharing is not Sharing.PRIVATE]
    if team is None or not told:
        return None
    days = [each.on for each in told]
    return DigestFacts(
        first=min(days),
        last=max(days),
        today=local_date(now, team.hours.zone),
        stories=tuple(_story(tx, each) for each in told),
    )


def changed(tx: Tx, digest_id: int, now: datetime) -> None:
    """A story that a digest tells has changed: its post is drawn anew."""
    digest = teams.digest(tx, digest_id)
    team = teams.get(tx, digest.team_id) if digest else None
    if digest and team:
        outbox.revise(tx, Kind.DIGEST_CHANGED, digest_id, team.channel_id, now)


def tell_again(tx: Tx, digest_id: int) -> None:
    """Give a digest that is tried after all its stories again, but for those told meanwhile.

    None that were written since: should it stand in Slack already, it stands without them.
    """
    digest = teams.digest(tx, digest_id)
    if digest:
        untold = _untold(tx, digest.team_id, digest.created_at)
        debriefs.tell(tx, [each.id for each in untold], digest_id)


def lose_channel(tx: Tx, digest_id: int, fault: ChannelFault | None, now: datetime) -> None:
    """A team's channel can no longer be posted to: tell its owner, once until it can be again."""
    digest = teams.digest(tx, digest_id)
    team = teams.get(tx, digest.team_id) if digest else None
    if team is None or fault is None or not teams.lose(tx, team.id, fault, now):
        return
    authors = pms.of_team(tx, team.id)
    owner = team.owner_id if team.owner_id in authors else next(iter(authors), None)
    if owner:
        outbox.put(tx, Kind.CHANNEL_LOST, team.id, now.isoformat(), owner, now)


def _untold(tx: Tx, team_id: int, now: datetime) -> Sequence[Debrief]:
    return debriefs.untold(tx, pms.of_team(tx, team_id), now - LOOK_BACK, now)


def _post(tx: Tx, team: Team, now: datetime) -> Sequence[Outcome]:
    verdict = digest_verdict(team.digest, team.hours, now)
    skipped = [
        Outcome("digest", team.channel_id, Fate.DROPPED, f"skipped {week}")
        for week in verdict.skipped
    ]
    if verdict.send:
        return [*skipped, _queue(tx, team, verdict.digest, now)]
    teams.plan(tx, team.id, verdict.digest)
    return [*skipped, Outcome("digest", team.channel_id, Fate.HELD, "too_late_today")]


def _queue(tx: Tx, team: Team, planned: Digest, now: datetime) -> Outcome:
    teams.plan(tx, team.id, next_digest(now, team.hours))
    untold = _untold(tx, team.id, now)
    if not untold:
        return Outcome("digest", team.channel_id, Fate.DROPPED, "nothing_to_tell")
    week = planned.week
    digest_id = teams.add_digest(tx, team.id, week, now)
    if digest_id is None:
        return Outcome("digest", team.channel_id, Fate.DROPPED, "sent_already")
    debriefs.tell(tx, [each.id for each in untold], digest_id)
    outbox.put(tx, Kind.DIGEST, digest_id, week, team.channel_id, now)
    return Outcome("digest", team.channel_id, Fate.QUEUED, f"{len(untold)} stories")


def _story(tx: Tx, debrief: Debrief) -> Story:
    customer = customers.get(tx, debrief.customer_id)
    around = debrief.workarounds[0].what if debrief.workarounds else ""
    return Story(
        customer=debrief.customer_name,
        stage=customer.stage if customer else Stage.CUSTOMER,
        kind=debrief.kind,
        on=debrief.on,
        story=debrief.story,
        author=staff.name(tx, debrief.author_id),
        sharing=debrief.sharing,
        segment=(customer.segment or "") if customer else "",
        region=(customer.region or "") if customer else "",
        quote=debrief.quote,
        workaround=around,
        picture=debrief.picture,
    )
