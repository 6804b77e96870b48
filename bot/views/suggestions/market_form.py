"""Markets: the form in which a workspace says what its market is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import InputBlock
from slack_sdk.models.views import View

from bot.domain.customers import Stage, name_key
from bot.domain.suggestions.coverage import Aspect, Market
from bot.views import block_kit as kit
from bot.views import form_fields as fields

SAVE = "market.save"
LONGEST = 2000
SORT_LENGTH = 100
WHOLE = 100
SHOWN = 6
LABELS: Mapping[Aspect, str] = {
    Aspect.STAGE: "Stages",
    Aspect.SEGMENT: "Segments",
    Aspect.REGION: "Regions",
    Aspect.SIZE: "Sizes",
}
# As they are written in the form, and what each may begin with.
STAGES: Mapping[Stage, tuple[str, ...]] = {
    Stage.PROSPECT: ("Prospects", "prospect"),
    Stage.CUSTOMER: ("Customers", "customer"),
    Stage.LOST: ("Lost", "lost"),
    Stage.CHURNED: ("Former customers", "former", "churned"),
}
LINE = re.compile(r"^(?P<sort>.*?\S)[\s:=]+(?P<percent>\d{1,3})\s*%?$")


@dataclass(frozen=True)
class MarketFacts:
    """How many customers there are of each sort, and the mix that the workspace has set."""

    counted: Market
    said: Market


def form(facts: MarketFacts, where: str = "") -> View:
    """The form, as the mix is now; a field without a text follows the list of customers."""
    opening = (
        "What I suggest and what Home says of coverage are held against this mix. A field left "
        "empty follows your list of customers. Write one sort on each line, with its share in a "
        "hundred: North 40."
    )
    return View(
        type="modal",
        callback_id=SAVE,
        title="Your market",
        submit="Save",
        close="Cancel",
        private_metadata=fields.pack(where=where or None),
        blocks=[kit.rich(kit.paragraph(opening)), *(_field(each, facts) for each in LABELS)],
    )


def read(view: fields.Payload) -> Market:
    """What was said of each aspect; raises FormFault with a sentence for each that is not right."""
    said: dict[Aspect, Mapping[str, int]] = {}
    faults: dict[str, str] = {}
    for aspect in LABELS:
        try:
            shares = _shares(aspect, fields.text(view, aspect))
        except ValueError as error:
            faults[aspect] = str(error)
        else:
            said |= {aspect: shares} if shares else {}
    if faults:
        raise kit.FormFault(faults)
    return said


def not_saved(reference: str) -> dict[str, str]:
    """The sentence for a form that stays open because saving failed, by block id."""
    return {Aspect.STAGE: fields.not_saved(reference)}


def _field(aspect: Aspect, facts: MarketFacts) -> InputBlock:
    said = facts.said.get(aspect, {})
    typed = "\n".join(f"{_written(aspect, sort)} {percent}" for sort, percent in said.items())
    box = fields.text_element(LONGEST, typed, lines=True)
    hint = _hint(aspect, facts.counted.get(aspect, {})) or None
    return fields.field(aspect, LABELS[aspect], box, optional=True, hint=hint)


def _hint(aspect: Aspect, counted: Mapping[str, int]) -> str:
    whole = sum(counted.values())
    largest = sorted(counted.items(), key=lambda each: -each[1])[:SHOWN]
    shares = [
        f"{_written(aspect, sort)} {round(WHOLE * count / whole)} %" for sort, count in largest
    ]
    return f"Your list of customers: {', '.join(shares)}." if shares else ""


def _written(aspect: Aspect, sort: str) -> str:
    if aspect is Aspect.STAGE:
        return STAGES[Stage(sort)][0]
    return kit.one_line(sort, SORT_LENGTH)


def _shares(aspect: Aspect, typed: str) -> Mapping[str, int]:
    """The shares that were typed; raises ValueError with a sentence."""
    found = list(_lines(aspect, typed))
    shares = {sort: percent for sort, percent in found if percent}
    if len({name_key(sort) for sort, _ in found}) < len(found):
        raise ValueError("One of them stands there twice. Write each once.")
    total = sum(shares.values())
    if found and total != WHOLE:
        raise ValueError(f"These add up to {total}. Make it 100, or leave the field empty.")
    return shares


def _lines(aspect: Aspect, typed: str) -> Iterator[tuple[str, int]]:
    for line in filter(None, map(str.strip, typed.splitlines())):
        read = LINE.match(line)
        if read is None or len(read["sort"]) > SORT_LENGTH:
            raise ValueError(f"I cannot read “{kit.one_line(line, 40)}”. Write it so: North 40.")
        yield _sort(aspect, read["sort"]), int(read["percent"])


def _sort(aspect: Aspect, written: str) -> str:
    if aspect is not Aspect.STAGE:
        return written
    key = name_key(written)
    for stage, (_, *begins) in STAGES.items():
        if key.startswith(tuple(begins)):
            return stage
    raise ValueError(
        f"“{kit.one_line(written, 40)}” is not a stage. "
        "There are prospects, customers, lost and former customers."
    )
