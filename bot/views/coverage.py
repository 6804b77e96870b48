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
    stage = lean.aspect is Aspect.STAGE
    share = f"That is {round(100 * lean.share)} % of the market."
    if lean.seen == 0:
        sort = words.SOMEBODY[Stage(lean.sort)].lower() if stage else kit.one_line(lean.sort)
        where = NEVER[lean.aspect].format(sort)
        return f"None of {_visits(lean)} was {where}. {share}"
    sort = MANY[Stage(lean.sort)] if stage else kit.one_line(lean.sort)
    where = MOSTLY[lean.aspect].format(sort)
    return f"{lean.seen} of {_visits(lean)} were {where}. {share}"


def _visits(lean: Lean) -> str:
    known = f" whose {lean.aspect} I know" if lean.unknown else ""
    return f"your {lean.visits} visits in the last quarter{known}"
