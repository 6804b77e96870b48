"""Coverage: where visits lean, in words."""

from collections.abc import Mapping

from bot.domain.coverage import Aspect, Lean
from bot.domain.customers import Stage
from bot.views import kit, words

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
NEVER: Mapping[Aspect, str] = {
    Aspect.REGION: "in the region {}",
    Aspect.STAGE: "to {}",
    Aspect.SEGMENT: "in the segment {}",
    Aspect.SIZE: "to a customer of the size {}",
}


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
