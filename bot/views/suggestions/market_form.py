"""The form in which a workspace says what its market is."""

import re
from collections.abc import Iterator, Mapping

from slack_sdk.models.blocks import InputBlock
from slack_sdk.models.views import View

from bot.domain.customers import Stage, name_key
from bot.domain.suggestions.coverage import Dimension, Market, MarketFacts
from bot.views import block_kit, form_fields

SAVE = "market.save"
TEXT_LENGTH = 2000
CATEGORY_LENGTH = 100
PERCENT_TOTAL = 100
MAX_HINTED = 6
LABELS: Mapping[Dimension, str] = {
    Dimension.STAGE: "Stages",
    Dimension.SEGMENT: "Segments",
    Dimension.REGION: "Regions",
    Dimension.SIZE: "Sizes",
}
# How the form writes each stage, and the beginnings that it accepts.
STAGE_WORDS: Mapping[Stage, tuple[str, ...]] = {
    Stage.PROSPECT: ("Prospects", "prospect"),
    Stage.CUSTOMER: ("Customers", "customer"),
    Stage.LOST: ("Lost", "lost"),
    Stage.CHURNED: ("Former customers", "former", "churned"),
}
LINE = re.compile(r"^(?P<sort>.*?\S)[\s:=]+(?P<percent>\d{1,3})\s*%?$")


def render_form(facts: MarketFacts, reply_to: str = "") -> View:
    """Render the form with the current mix; an empty field follows the list of customers."""
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
        private_metadata=form_fields.pack_metadata(where=reply_to or None),
        blocks=[
            block_kit.rich_text(block_kit.paragraph(opening)),
            *(_field(each, facts) for each in LABELS),
        ],
    )


def parse_market(view: form_fields.Payload) -> Market:
    """Parse the shares of each dimension; raise `FormError` with a sentence for each wrong one."""
    market: dict[Dimension, Mapping[str, int]] = {}
    faults: dict[str, str] = {}
    for dimension in LABELS:
        try:
            shares = _parse_shares(dimension, form_fields.get_text(view, dimension))
        except ValueError as error:
            faults[dimension] = str(error)
        else:
            market |= {dimension: shares} if shares else {}
    if faults:
        raise block_kit.FormError(faults)
    return market


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a form that stays open because saving failed, by block id."""
    return {Dimension.STAGE: form_fields.not_saved_text(reference)}


def _field(dimension: Dimension, facts: MarketFacts) -> InputBlock:
    shares = facts.chosen_shares.get(dimension, {})
    typed = "\n".join(
        f"{_category_text(dimension, category)} {percent}" for category, percent in shares.items()
    )
    box = form_fields.text_element(TEXT_LENGTH, typed, multiline=True)
    hint = _hint(dimension, facts.customer_counts.get(dimension, {})) or None
    return form_fields.input_block(dimension, LABELS[dimension], box, optional=True, hint=hint)


def _hint(dimension: Dimension, counted: Mapping[str, int]) -> str:
    total = sum(counted.values())
    largest = sorted(counted.items(), key=lambda each: -each[1])[:MAX_HINTED]
    shares = [
        f"{_category_text(dimension, category)} {round(PERCENT_TOTAL * count / total)} %"
        for category, count in largest
    ]
    return f"Your list of customers: {', '.join(shares)}." if shares else ""


def _category_text(dimension: Dimension, category: str) -> str:
    if dimension is Dimension.STAGE:
        return STAGE_WORDS[Stage(category)][0]
    return block_kit.one_line(category, CATEGORY_LENGTH)


def _parse_shares(dimension: Dimension, typed: str) -> Mapping[str, int]:
    """Parse the shares that were typed; raise ValueError with a sentence."""
    found = list(_parse_lines(dimension, typed))
    shares = {category: percent for category, percent in found if percent}
    if len({name_key(category) for category, _ in found}) < len(found):
        raise ValueError("One of them stands there twice. Write each once.")
    total = sum(shares.values())
    if found and total != PERCENT_TOTAL:
        raise ValueError(f"These add up to {total}. Make it 100, or leave the field empty.")
    return shares


def _parse_lines(dimension: Dimension, typed: str) -> Iterator[tuple[str, int]]:
    for line in filter(None, map(str.strip, typed.splitlines())):
        match = LINE.match(line)
        if match is None or len(match["sort"]) > CATEGORY_LENGTH:
            raise ValueError(
                f"I cannot read “{block_kit.one_line(line, 40)}”. Write it so: North 40."
            )
        yield _parse_category(dimension, match["sort"]), int(match["percent"])


def _parse_category(dimension: Dimension, typed: str) -> str:
    if dimension is not Dimension.STAGE:
        return typed
    key = name_key(typed)
    for stage, (_, *begins) in STAGE_WORDS.items():
        if key.startswith(tuple(begins)):
            return stage
    raise ValueError(
        f"“{block_kit.one_line(typed, 40)}” is not a stage. "
        "There are prospects, customers, lost and former customers."
    )
