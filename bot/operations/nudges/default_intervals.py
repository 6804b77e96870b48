"""Defaults: how often a PM sees a customer who has not chosen it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.db import stories as teams
from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.stories import Team
from bot.domain.staff.access import Actor, Role
from bot.domain.staff.pms import Pm, usual_days
from bot.domain.working_time import local_date
from bot.errors import NotYours
from bot.operations.nudges import absences
from bot.services import Services
from bot.views.nudges.default_intervals import DefaultsChange, DefaultsShown


def shown(services: Services, actor: Actor) -> DefaultsShown:
    """What holds for the actor, and which of it they may change."""
    with services.reading(actor.workspace_id) as tx:
        team, workspace_days = _team(tx, actor), workspaces.interval_days(tx)
    usual = usual_days(team.interval_days if team else None, workspace_days)
    own = team if team and _may(actor, team) else None
    admin = Role.ADMIN in actor.roles
    return DefaultsShown(
        usual,
        own.id if own else None,
        own.name if own else None,
        own.interval_days if own else None,
        usual_days(None, workspace_days) if admin else None,
    )


def check(services: Services, actor: Actor, wanted: DefaultsChange) -> None:
    """Raises `NotYours` for what the actor may not set."""
    with services.reading(actor.workspace_id) as tx:
        _check(tx, actor, wanted)


def change(services: Services, actor: Actor, wanted: DefaultsChange) -> bool:
    """Set defaults; whoever has not chosen an interval moves with them (`product.md` A1).

    False when nothing was to be changed. Raises `NotYours` for what the actor may not set.
    """
    if wanted == DefaultsChange():
        return False
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time("defaults")
        _check(tx, actor, wanted)
        if wanted.workspace_days is not None:
            workspaces.set_interval(tx, wanted.workspace_days)
        if wanted.team is not None:
            teams.set_interval(tx, *wanted.team)
        _move(tx, pms.following(tx))
        return True


def follow(tx: Tx, team_id: int | None) -> int:
    """The interval in days of somebody in a team who has not chosen one."""
    team = teams.get(tx, team_id) if team_id else None
    return usual_days(team.interval_days if team else None, workspaces.interval_days(tx))


def _check(tx: Tx, actor: Actor, wanted: DefaultsChange) -> None:
    admin = Role.ADMIN in actor.roles
    team = teams.get(tx, wanted.team[0]) if wanted.team else None
    theirs = team is not None and (admin or team.owner_id == actor.user_id)
    if (wanted.workspace_days is not None and not admin) or (wanted.team and not theirs):
        raise NotYours


def _move(tx: Tx, user_ids: Sequence[str]) -> None:
    for user_id in user_ids:
        pm = pms.take(tx, user_id)
        days = follow(tx, pm.team_id) if pm else None
        if pm and days and days != pm.rhythm.interval_days:
            pms.keep(tx, _moved(tx, pm, days))


def _moved(tx: Tx, pm: Pm, days: int) -> Pm:
    rhythm = replace(pm.rhythm, interval_days=days)
    joined_on = local_date(pm.joined_at, rhythm.hours.zone)
    anchor_on = absences.anchor(tx, pm.user_id, joined_on, pm.last_visit_on, days)
    planned = absences.planned(tx, pm.user_id, pm.asked, anchor_on, rhythm)
    return replace(pm, rhythm=rhythm, anchor_on=anchor_on, planned=planned)


def _team(tx: Tx, actor: Actor) -> Team | None:
    pm = pms.get(tx, actor.user_id)
    return teams.get(tx, pm.team_id) if pm and pm.team_id else None


def _may(actor: Actor, team: Team) -> bool:
    """Whoever chose the team's channel, and admins."""
    return Role.ADMIN in actor.roles or team.owner_id == actor.user_id
