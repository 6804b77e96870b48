"""The hypothesis field of forms, found by typing or added in place, and tallies in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.domain.debriefs.sections import HypothesisVerdict
from bot.domain.hypotheses import HypothesisChoice, VerdictTally
from bot.views import block_kit, form_fields

ACTION = "hypothesis.find"
BLOCK = "hypothesis"
KIND = "hypothesis"
# "supported by 5 visits", and after that without the noun, "contradicted by 2".
VERDICT_TEXTS: Mapping[HypothesisVerdict, tuple[str, str]] = {
    HypothesisVerdict.SUPPORTS: ("supported by", "supported by"),
    HypothesisVerdict.CONTRADICTS: ("contradicted by", "contradicted by"),
    HypothesisVerdict.UNCLEAR: ("unclear after", "unclear"),
}


def hypothesis_select(initial: HypothesisChoice | None) -> ExternalDataSelectElement:
    """Build the list to search by typing; `initial` is an id or None, and a belief."""
    return ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type a word of it",
        initial_option=form_fields.choice_option(KIND, *initial) if initial else None,
        min_query_length=0,
    )


def options(
    found: Sequence[form_fields.SearchMatch], typed: str
) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search; a belief that doesn't exist yet is offered as a new one."""
    return form_fields.options_response(KIND, found, typed, "State “{name}”")


def parse_hypothesis(view: form_fields.Payload) -> HypothesisChoice:
    """Parse the id of the hypothesis chosen and "", or None and a new belief."""
    return form_fields.parse_choice(view, BLOCK, KIND)


def current_choice(view: form_fields.Payload) -> HypothesisChoice | None:
    """Return what `hypothesis_select` needs to show the same choice again."""
    id, new = parse_hypothesis(view)
    if id is None:
        return (None, new) if new else None
    return id, form_fields.element_state(view, BLOCK)["selected_option"]["text"]["text"]


def tally_text(tally: VerdictTally) -> str:
    """Return a tally in words, indirect visits last: "supported by 5 visits, contradicted by 2"."""
    direct = ", ".join(_count_texts(tally.direct, noun=True))
    indirect = ", ".join(_count_texts(tally.indirect, noun=False))
    if not indirect:
        return direct or "no visit has tested it yet"
    return f"{direct}; and second-hand: {indirect}" if direct else f"only second-hand: {indirect}"


def _count_texts(counts: Mapping[HypothesisVerdict, int], *, noun: bool) -> Iterator[str]:
    for verdict in HypothesisVerdict:
        count, (first, then) = counts.get(verdict, 0), VERDICT_TEXTS[verdict]
        if count:
            yield (
                f"{first} {block_kit.pluralize(count, 'visit', 'visits')}"
                if noun
                else f"{then} {count}"
            )
            noun = False
