"""Defaults: how often a PM sees a customer who has not chosen it, for a team and a workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, StaticSelectElement

from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words

TEAM, WORKSPACE = "team_interval", "workspace_interval"
USUAL = "usual"
INTERVALS = {str(days): kit.capitalised(every) for days, every in words.EVERY.items()}


@dataclass(frozen=True)
class DefaultsShown:
    """What holds for the actor, in days, and which of it they may change.

    `team_id` and `team` are those of a team whose default they may set, `team_days` is None where
    it follows the workspace; `workspace_days` is None for somebody who may not set it.
    """

    usual_days: int
    team_id: int | None = None
    team: str | None = None
    team_days: int | None = None
    workspace_days: int | None = None


@dataclass(frozen=True)
class DefaultsChange:
    """Intervals in days that were changed: of a team by its id, None to do as the workspace does.

    What stands as it was shown is left to whoever has changed it meanwhile.
    """

    team: tuple[int, int | None] | None = None
    workspace_days: int | None = None


def own_element(interval_days: int | None, usual_days: int) -> StaticSelectElement:
    """The list in which a PM chooses an interval, or to do as the others."""
    others = f"As the others here: {words.EVERY[usual_days]}"
    chosen = str(interval_days) if interval_days else USUAL
    return fields.select_element({USUAL: others, **INTERVALS}, chosen)


def default_fields(shown: DefaultsShown) -> Sequence[Block]:
    """The fields for those who may set a default."""
    blocks: list[Block] = []
    if shown.team_id is not None and shown.team is not None:
        follows = {USUAL: "As in the whole workspace", **INTERVALS}
        chosen = str(shown.team_days) if shown.team_days else USUAL
        name = kit.one_line(shown.team)
        label = f"How often in your team, {name}, unless somebody chooses?"
        block_id = f"{TEAM}:{shown.team_id}:{chosen}"
        blocks.append(fields.field(block_id, label, fields.select_element(follows, chosen)))
    if shown.workspace_days is not None:
        chosen = str(shown.workspace_days)
        label = "How often in the whole workspace, unless a team chooses?"
        block_id, element = f"{WORKSPACE}::{chosen}", fields.select_element(INTERVALS, chosen)
        blocks.append(fields.field(block_id, label, element))
    return blocks


def read_days(view: fields.Payload, block_id: str) -> int | None:
    """The interval in days that was chosen; None to do as the others."""
    code = fields.code(view, block_id)
    return int(code) if code and code != USUAL else None


def read(view: fields.Payload) -> DefaultsChange:
    """What was changed of defaults, where the form asked for any."""
    team, workspace_days = None, None
    for block_id in view["state"]["values"]:
        name, _, rest = block_id.partition(":")
        of, _, shown = rest.partition(":")
        if name in (TEAM, WORKSPACE) and fields.code(view, block_id) not in (None, shown):
            days = read_days(view, block_id)
            team = (int(of), days) if name == TEAM else team
            workspace_days = days if name == WORKSPACE else workspace_days
    return DefaultsChange(team, workspace_days)
