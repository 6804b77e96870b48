"""Stories: each team's digest of the week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.db import customers, debriefs, outbox, pms, staff, teams
from bot.db.engine import Tx
from bot.db.outbox import Kind
from bot.db.teams import PostedDigest, Team
from bot.domain.calendar import local_date
from bot.domain.customers import Stage
from bot.domain.debriefs import Debrief
from bot.domain.outcomes import Fate, Outcome
from bot.domain.stories import digest_verdict, next_digest
from bot.services import Services
from bot.views.stories import DigestFacts, Story

# Longer than a week: what a missed digest left, or what was written as one was made, is told too.
LOOK_BACK = timedelta(days=28)


def post_digests(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Queue the digest of every team whose hour has come; nothing to tell, no post (E1)."""
    with services.transaction(workspace_id) as tx:
        return [_post(tx, team, now) for team in teams.due(tx, now)]


def facts(tx: Tx, digest: PostedDigest, now: datetime) -> DigestFacts | None:
    """What a digest shows, from what may be shared now; None when nothing may be any more."""
    team = teams.get(tx, digest.team_id)
    told = debriefs.told(tx, digest.id)
    if team is None or not told:
        return None
    days = [each.on for each in told]
    return DigestFacts(
        first=min(days),
        last=max(days),
        today=local_date(now, team.hours.zone),
        stories=tuple(_story(tx, each) for each in told),
    )


def _post(tx: Tx, team: Team, now: datetime) -> Outcome:
    verdict = digest_verdict(team.digest, team.hours, now)
    if not verdict.send:
        teams.plan(tx, team.id, verdict.digest)
        return Outcome("digest", team.channel_id, Fate.HELD, "too_late_today")
    teams.plan(tx, team.id, next_digest(now, team.hours))
    authors = pms.of_team(tx, team.id)
    untold = debriefs.untold(tx, authors, now - LOOK_BACK, now)
    if not untold:
        return Outcome("digest", team.channel_id, Fate.DROPPED, "nothing_to_tell")
    week = verdict.digest.week
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
    )
