"""Default intervals: how often a PM who hasn't chosen sees a customer, by team and workspace."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, StaticSelectElement

from bot.domain.staff.pms import IntervalDefaults, IntervalDefaultsChange
from bot.views import block_kit, form_fields, labels

TEAM, WORKSPACE = "team_interval", "workspace_interval"
FOLLOW_DEFAULT = "usual"
INTERVAL_LABELS = {
    str(days): block_kit.capitalize(every) for days, every in labels.INTERVALS.items()
}


def interval_select(interval_days: int | None, default_days: int) -> StaticSelectElement:
    """Build the list in which a PM chooses an interval, or to follow the default."""
    others = f"As the others here: {labels.INTERVALS[default_days]}"
    chosen = str(interval_days) if interval_days else FOLLOW_DEFAULT
    return form_fields.select_element({FOLLOW_DEFAULT: others, **INTERVAL_LABELS}, chosen)


def default_fields(shown: IntervalDefaults) -> Sequence[Block]:
    """Build the fields for those who may set a default."""
    blocks: list[Block] = []
    if shown.team_id is not None and shown.team is not None:
        follows = {FOLLOW_DEFAULT: "As in the whole workspace", **INTERVAL_LABELS}
        chosen = str(shown.team_days) if shown.team_days else FOLLOW_DEFAULT
        name = block_kit.one_line(shown.team)
        label = f"How often in your team, {name}, unless somebody chooses?"
        block_id = f"{TEAM}:{shown.team_id}:{chosen}"
        blocks.append(
            form_fields.input_block(block_id, label, form_fields.select_element(follows, chosen))
        )
    if shown.workspace_days is not None:
        chosen = str(shown.workspace_days)
        label = "How often in the whole workspace, unless a team chooses?"
        block_id, element = (
            f"{WORKSPACE}::{chosen}",
            form_fields.select_element(INTERVAL_LABELS, chosen),
        )
        blocks.append(form_fields.input_block(block_id, label, element))
    return blocks


def parse_days(view: form_fields.Payload, block_id: str) -> int | None:
    """Parse the interval in days that was chosen; None to follow the default."""
    code = form_fields.get_code(view, block_id)
    return int(code) if code and code != FOLLOW_DEFAULT else None


def parse_change(view: form_fields.Payload) -> IntervalDefaultsChange:
    """Parse which defaults were changed, where the form asked for any."""
    team, workspace_days = None, None
    for block_id in view["state"]["values"]:
        name, _, rest = block_id.partition(":")
        team_id, _, shown = rest.partition(":")
        if name in (TEAM, WORKSPACE) and form_fields.get_code(view, block_id) not in (None, shown):
            days = parse_days(view, block_id)
            team = (int(team_id), days) if name == TEAM else team
            workspace_days = days if name == WORKSPACE else workspace_days
    return IntervalDefaultsChange(team, workspace_days)
