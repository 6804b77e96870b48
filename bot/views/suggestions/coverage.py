"""Coverage: where visits lean, in words and drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    Block,
    RichTextElementParts,
    RichTextPreformattedElement,
)
from slack_sdk.models.views import View

from bot.domain.customers import Stage
from bot.domain.suggestions.coverage import Aspect, Great, Lean
from bot.views import block_kit as kit
from bot.views import labels as words

MANY: Mapping[Stage, str] = {
    Stage.PROSPECT: "prospects",
    Stage.CUSTOMER: "customers of today",
    Stage.LOST: "prospects who chose another product",
    Stage.CHURNED: "former customers",
}
MOSTLY: Mapping[Aspect, str] = {
    Aspect.REGION: "in one region, {}",
    Aspect.STAGE: "to {}",
    Aspect.SEGMENT: "in one segment, {}",
    Aspect.SIZE: "to customers of one size, {}",
}
TITLES: Mapping[Aspect, str] = {
    Aspect.REGION: "Regions",
    Aspect.STAGE: "Stages",
    Aspect.SEGMENT: "Segments",
    Aspect.SIZE: "Sizes",
}
# A bar of so many characters, a name of as many, and as many rows of each aspect.
BAR, NAME, ROWS = 10, 20, 8
FULL, EMPTY = "\u2588", "\u00b7"
NEVER: Mapping[Aspect, str] = {
    Aspect.REGION: "in the region {}",
    Aspect.STAGE: "to {}",
    Aspect.SEGMENT: "in the segment {}",
    Aspect.SIZE: "to a customer of the size {}",
}


@dataclass(frozen=True)
class CoverageFacts:
    """How the visits of a quarter stand to the market, by aspect, the market's largest first."""

    visits: int
    table: Mapping[Aspect, Sequence[Lean]]
    great: Great | None = None


def sentences(lean: Lean) -> str:
    """How many of how many visits they are, and how much of the market."""
    share = f"That is {_percent(lean)} of the market."
    visits = f"your {lean.visits} visits in the last quarter{_known(lean)}"
    if lean.seen == 0:
        return f"None of {visits} was {_one(lean)}. {share}"
    stage = lean.aspect is Aspect.STAGE
    sort = MANY[Stage(lean.sort)] if stage else kit.one_line(lean.sort)
    where = MOSTLY[lean.aspect].format(sort)
    return f"{lean.seen} of {visits} were {where}. {share}"


def gap(lean: Lean) -> str:
    """Of which sort a PM has seen too few; a sentence without its full stop."""
    few = f"only {lean.seen}" if lean.seen else "none"
    was = "were" if lean.seen > 1 else "was"
    visits = f"your last {lean.visits} visits{_known(lean)}"
    return f"{few} of {visits} {was} {_one(lean)}, {_percent(lean)} of the market"


def dart(lean: Lean) -> str:
    """Where the month's dart fell; a sentence without its full stop."""
    return f"this month's dart fell on the {lean.aspect} {kit.one_line(lean.sort)}"


def _one(lean: Lean) -> str:
    """One visit of a sort."""
    stage = lean.aspect is Aspect.STAGE
    sort = words.SOMEBODY[Stage(lean.sort)].lower() if stage else kit.one_line(lean.sort)
    return NEVER[lean.aspect].format(sort)


def _known(lean: Lean) -> str:
    return f" whose {lean.aspect} I know" if lean.unknown else ""


def _percent(lean: Lean) -> str:
    return f"{round(100 * lean.share)} %"


def great_share(great: Great) -> str:
    """How many visits were to customers who are in touch a great deal."""
    seen, share = f"{great.seen} of your {great.visits} visits", round(100 * great.share)
    return (
        f"{seen} in the last quarter went to customers who are in touch a great deal. "
        f"They are {share} % of your customers."
    )


def picture(facts: CoverageFacts) -> View:
    """The PM's visits of the last quarter, drawn beside the market."""
    return View(type="modal", title="Where you have been", close="Close", blocks=[*_drawn(facts)])


def _drawn(facts: CoverageFacts) -> Iterator[Block]:
    if not facts.table:
        yield kit.rich(kit.paragraph("No visit of yours in the last quarter yet."))
        return
    visits = kit.several(facts.visits, "visit", "visits")
    yield kit.rich(kit.paragraph(f"Your {visits} of the last quarter, beside the market."))
    for aspect, found in facts.table.items():
        title = kit.paragraph(kit.bold(TITLES[aspect]))
        rows = "\n".join(_row(each) for each in found[:ROWS])
        drawn = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=rows)])
        yield kit.rich(title, drawn)
    if facts.great and facts.great.seen:
        yield kit.rich(kit.paragraph(great_share(facts.great)))


def _row(lean: Lean) -> str:
    """One sort: its name, a bar of the visits, and both shares."""
    stage = lean.aspect is Aspect.STAGE
    name = kit.capitalised(MANY[Stage(lean.sort)] if stage else lean.sort)
    visited = lean.seen / lean.visits
    bar = FULL * round(BAR * visited) + EMPTY * (BAR - round(BAR * visited))
    numbers = f"{lean.seen} of {lean.visits}, {round(100 * visited)} %; market {_percent(lean)}"
    return f"{kit.one_line(name, NAME):{NAME}} {bar} {numbers}"
