"""Coverage: where visits differ from the market, in words and as a chart."""

from collections.abc import Iterator, Mapping

from slack_sdk.models.blocks import (
    Block,
    RichTextElementParts,
    RichTextPreformattedElement,
)
from slack_sdk.models.views import View

from bot.domain.customers import Stage
from bot.domain.suggestions.coverage import CoverageFacts, Dimension, GreatShare, Skew
from bot.views import block_kit, labels

STAGE_PLURALS: Mapping[Stage, str] = {
    Stage.PROSPECT: "prospects",
    Stage.CUSTOMER: "customers of today",
    Stage.LOST: "prospects who chose another product",
    Stage.CHURNED: "former customers",
}
MOSTLY_TEXTS: Mapping[Dimension, str] = {
    Dimension.REGION: "in one region, {}",
    Dimension.STAGE: "to {}",
    Dimension.SEGMENT: "in one segment, {}",
    Dimension.SIZE: "to customers of one size, {}",
}
TITLES: Mapping[Dimension, str] = {
    Dimension.REGION: "Regions",
    Dimension.STAGE: "Stages",
    Dimension.SEGMENT: "Segments",
    Dimension.SIZE: "Sizes",
}
# Characters of a bar and of a name, and rows of each dimension.
BAR_WIDTH, NAME_WIDTH, MAX_ROWS = 10, 20, 8
FULL, EMPTY = "\u2588", "\u00b7"
ONE_VISIT_TEXTS: Mapping[Dimension, str] = {
    Dimension.REGION: "in the region {}",
    Dimension.STAGE: "to {}",
    Dimension.SEGMENT: "in the segment {}",
    Dimension.SIZE: "to a customer of the size {}",
}


def skew_text(skew: Skew) -> str:
    """Return how many of the visits were in a category, and how much of the market it is."""
    share = f"That is {_percent(skew)} of the market."
    visits = f"your {skew.visits} visits in the last quarter{_known_suffix(skew)}"
    if skew.seen == 0:
        return f"None of {visits} was {_one_visit_text(skew)}. {share}"
    stage = skew.aspect is Dimension.STAGE
    category = STAGE_PLURALS[Stage(skew.sort)] if stage else block_kit.one_line(skew.sort)
    where = MOSTLY_TEXTS[skew.aspect].format(category)
    return f"{skew.seen} of {visits} were {where}. {share}"


def gap_text(skew: Skew) -> str:
    """Return which category a PM has seen too little of; a sentence without its full stop."""
    few = f"only {skew.seen}" if skew.seen else "none"
    was = "were" if skew.seen > 1 else "was"
    visits = f"your last {skew.visits} visits{_known_suffix(skew)}"
    return f"{few} of {visits} {was} {_one_visit_text(skew)}, {_percent(skew)} of the market"


def dart_text(skew: Skew) -> str:
    """Return where the month's dart fell; a sentence without its full stop."""
    return f"this month's dart fell on the {skew.aspect} {block_kit.one_line(skew.sort)}"


def _one_visit_text(skew: Skew) -> str:
    """Return one visit of a category in words."""
    stage = skew.aspect is Dimension.STAGE
    category = (
        labels.STAGE_SINGULARS[Stage(skew.sort)].lower() if stage else block_kit.one_line(skew.sort)
    )
    return ONE_VISIT_TEXTS[skew.aspect].format(category)


def _known_suffix(skew: Skew) -> str:
    return f" whose {skew.aspect} I know" if skew.unknown else ""


def _percent(skew: Skew) -> str:
    return f"{round(100 * skew.share)} %"


def great_share_text(great: GreatShare) -> str:
    """Return how many visits were to customers who contact us a lot."""
    visits, share = f"{great.great_visits} of your {great.visits} visits", round(100 * great.share)
    return (
        f"{visits} in the last quarter went to customers who are in touch a great deal. "
        f"They are {share} % of your customers."
    )


def render_coverage(facts: CoverageFacts) -> View:
    """Render the PM's visits of the last quarter, as a chart beside the market."""
    return View(
        type="modal", title="Where you have been", close="Close", blocks=[*_coverage_blocks(facts)]
    )


def _coverage_blocks(facts: CoverageFacts) -> Iterator[Block]:
    if not facts.table:
        yield block_kit.rich_text(block_kit.paragraph("No visit of yours in the last quarter yet."))
        return
    visits = block_kit.pluralize(facts.visits, "visit", "visits")
    yield block_kit.rich_text(
        block_kit.paragraph(f"Your {visits} of the last quarter, beside the market.")
    )
    for dimension, found in facts.table.items():
        title = block_kit.paragraph(block_kit.bold(TITLES[dimension]))
        rows = "\n".join(_row(each) for each in found[:MAX_ROWS])
        bars = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=rows)])
        yield block_kit.rich_text(title, bars)
    if facts.great and facts.great.great_visits:
        yield block_kit.rich_text(block_kit.paragraph(great_share_text(facts.great)))


def _row(skew: Skew) -> str:
    """Return the row of one category: its name, a bar of the visits, and both shares."""
    stage = skew.aspect is Dimension.STAGE
    name = block_kit.capitalize(STAGE_PLURALS[Stage(skew.sort)] if stage else skew.sort)
    visited = skew.seen / skew.visits
    bar = FULL * round(BAR_WIDTH * visited) + EMPTY * (BAR_WIDTH - round(BAR_WIDTH * visited))
    numbers = f"{skew.seen} of {skew.visits}, {round(100 * visited)} %; market {_percent(skew)}"
    return f"{block_kit.one_line(name, NAME_WIDTH):{NAME_WIDTH}} {bar} {numbers}"
