"""Defaults: how often a PM sees a customer who has not chosen it, for a team and a workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, StaticSelectElement

from bot.views import fields, kit, words

TEAM, WORKSPACE = "team_interval", "workspace_interval"
USUAL = "usual"
INTERVALS = {str(days): kit.capitalised(every) for days, every in words.EVERY.items()}


@dataclass(frozen=True)
class DefaultsShown:
    """What holds for the actor, in days, and which of it they may change.

    `team` is the name of a team whose default they may set, `team_days` None where it follows the
    workspace; `workspace_days` is None for somebody who may not set it.
    """

    usual_days: int
    team: str | None = None
    team_days: int | None = None
    workspace_days: int | None = None


@dataclass(frozen=True)
class DefaultsChange:
    """Intervals in days as chosen; what was not in the form is not `asked`.

    `team_days` is None where the team follows the workspace.
    """

    asked: frozenset[str] = frozenset()
    team_days: int | None = None
    workspace_days: int | None = None


def own_element(interval_days: int | None, usual_days: int) -> StaticSelectElement:
    """The list in which a PM chooses an interval, or to do as the others."""
    others = f"As the others here: {words.EVERY[usual_days]}"
    chosen = str(interval_days) if interval_days else USUAL
    return fields.select_element({USUAL: others, **INTERVALS}, chosen)


def default_fields(shown: DefaultsShown) -> Sequence[Block]:
    """The fields for those who may set a default."""
    blocks: list[Block] = []
    if shown.team is not None:
        follows = {USUAL: "As in the whole workspace", **INTERVALS}
        chosen = str(shown.team_days) if shown.team_days else USUAL
        name = kit.one_line(shown.team)
        label = f"How often in your team, {name}, unless somebody chooses?"
        blocks.append(fields.field(TEAM, label, fields.select_element(follows, chosen)))
    if shown.workspace_days is not None:
        element = fields.select_element(INTERVALS, str(shown.workspace_days))
        label = "How often in the whole workspace, unless a team chooses?"
        blocks.append(fields.field(WORKSPACE, label, element))
    return blocks


def read_days(view: fields.Payload, block_id: str) -> int | None:
    """The interval in days that was chosen; None to do as the others."""
    code = fields.code(view, block_id)
    return int(code) if code and code != USUAL else None


def read(view: fields.Payload) -> DefaultsChange:
    """What was chosen of defaults, where the form asked for any."""
    asked = frozenset(each for each in (TEAM, WORKSPACE) if fields.code(view, each))
    return DefaultsChange(asked, read_days(view, TEAM), read_days(view, WORKSPACE))
