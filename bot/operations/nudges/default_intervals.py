"""Default intervals between visits, for PMs who haven't chosen one."""

from collections.abc import Sequence
from dataclasses import replace

from bot.db import stories, workspaces
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.stories import Team
from bot.domain.staff.access import Actor, Role
from bot.domain.staff.pms import IntervalDefaults, IntervalDefaultsChange, Pm, default_interval_days
from bot.domain.working_time import local_date
from bot.errors import NotYours
from bot.operations.nudges import absences
from bot.services import Services

# SQLite lets no one else write while a batch is written.
BATCH = 20


def get_defaults(services: Services, actor: Actor) -> IntervalDefaults:
    """Return the defaults that apply to the actor, and those they may change."""
    with services.reading(actor.workspace_id) as tx:
        team, workspace_days = _get_team(tx, actor), workspaces.get_interval_days(tx)
    usual = default_interval_days(team.interval_days if team else None, workspace_days)
    own = team if team and _may_change(actor, team) else None
    admin = Role.ADMIN in actor.roles
    return IntervalDefaults(
        usual,
        own.id if own else None,
        own.name if own else None,
        own.interval_days if own else None,
        default_interval_days(None, workspace_days) if admin else None,
    )


def check(services: Services, actor: Actor, wanted: IntervalDefaultsChange) -> None:
    """Raise `NotYours` for what the actor may not set."""
    with services.reading(actor.workspace_id) as tx:
        _check(tx, actor, wanted)


def change(services: Services, actor: Actor, wanted: IntervalDefaultsChange) -> bool:
    """Set defaults; PMs who haven't chosen an interval move with them (`product.md` A1).

    They move some at a time, each to the default as it is then.
    False when there is nothing to change. Raises `NotYours` for what the actor may not set.
    """
    if wanted == IntervalDefaultsChange():
        return False
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock("defaults")
        _check(tx, actor, wanted)
        if wanted.workspace_days is not None:
            workspaces.set_interval(tx, wanted.workspace_days)
        if wanted.team is not None:
            stories.set_interval(tx, *wanted.team)
        user_ids = pms.list_with_default_interval(tx)
    for start in range(0, len(user_ids), BATCH):
        with services.transaction(actor.workspace_id) as tx:
            _update_pms(tx, user_ids[start : start + BATCH])
    return True


def team_interval_days(tx: Tx, team_id: int | None) -> int:
    """Return the interval in days of someone in a team who hasn't chosen one."""
    team = stories.get(tx, team_id) if team_id else None
    return default_interval_days(
        team.interval_days if team else None, workspaces.get_interval_days(tx)
    )


def _check(tx: Tx, actor: Actor, wanted: IntervalDefaultsChange) -> None:
    admin = Role.ADMIN in actor.roles
    team = stories.get(tx, wanted.team[0]) if wanted.team else None
    theirs = team is not None and (admin or team.owner_id == actor.user_id)
    if (wanted.workspace_days is not None and not admin) or (wanted.team and not theirs):
        raise NotYours


def _update_pms(tx: Tx, user_ids: Sequence[str]) -> None:
    for user_id in user_ids:
        pm = pms.get_for_update(tx, user_id)
        days = team_interval_days(tx, pm.team_id) if pm else None
        if pm and days and days != pm.settings.interval_days:
            pms.save(tx, _with_interval(tx, pm, days))


def _with_interval(tx: Tx, pm: Pm, days: int) -> Pm:
    settings = replace(pm.settings, interval_days=days)
    joined_on = local_date(pm.joined_at, settings.hours.zone)
    cycle_start = absences.cycle_start(tx, pm.user_id, joined_on, pm.last_visit_on, days)
    next_nudge = absences.next_nudge(tx, pm.user_id, pm.last_enqueued, cycle_start, settings)
    return replace(pm, settings=settings, cycle_start=cycle_start, next_nudge=next_nudge)


def _get_team(tx: Tx, actor: Actor) -> Team | None:
    pm = pms.get(tx, actor.user_id)
    return stories.get(tx, pm.team_id) if pm and pm.team_id else None


def _may_change(actor: Actor, team: Team) -> bool:
    """Return whether the actor chose the team's channel, or is an admin."""
    return Role.ADMIN in actor.roles or team.owner_id == actor.user_id
