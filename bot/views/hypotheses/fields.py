"""Hypotheses in forms: found by typing, or stated in place; and their tally in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.domain.debriefs.sections import Verdict
from bot.domain.hypotheses import Tally
from bot.views import block_kit as kit
from bot.views import form_fields as fields

ACTION = "hypothesis.find"
BLOCK = "hypothesis"
KIND = "hypothesis"
# "supported by 5 visits", and then, as the noun is known, "contradicted by 2".
SAID: Mapping[Verdict, tuple[str, str]] = {
    Verdict.SUPPORTS: ("supported by", "supported by"),
    Verdict.CONTRADICTS: ("contradicted by", "contradicted by"),
    Verdict.UNCLEAR: ("unclear after", "unclear"),
}

Chosen = tuple[int | None, str]


def select(initial: Chosen | None) -> ExternalDataSelectElement:
    """The list searched by typing; `initial` is an id and a belief, or None and a new one."""
    return ExternalDataSelectElement(
        action_id=ACTION,
        placeholder="Type a word of it",
        initial_option=fields.found_option(KIND, *initial) if initial else None,
        min_query_length=0,
    )


def options(found: Sequence[fields.Found], typed: str) -> dict[str, list[dict[str, Any]]]:
    """The answer to a search; what nobody has stated is offered to be."""
    return fields.found_answer(KIND, found, typed, "State “{name}”")


def read(view: fields.Payload) -> Chosen:
    """The id of the hypothesis chosen and "", or None and one to be stated."""
    return fields.read_found(view, BLOCK, KIND)


def chosen(view: fields.Payload) -> Chosen | None:
    """What `select` needs to show the same choice again."""
    id, new = read(view)
    if id is None:
        return (None, new) if new else None
    return id, fields.entry(view, BLOCK)["selected_option"]["text"]["text"]


def told(tally: Tally) -> str:
    """A tally in words, the indirect visits apart: "supported by 5 visits, contradicted by 2"."""
    direct = ", ".join(_counts(tally.direct, noun=True))
    indirect = ", ".join(_counts(tally.indirect, noun=False))
    if not indirect:
        return direct or "no visit has tested it yet"
    return f"{direct}; and second-hand: {indirect}" if direct else f"only second-hand: {indirect}"


def _counts(counts: Mapping[Verdict, int], *, noun: bool) -> Iterator[str]:
    for verdict in Verdict:
        count, (first, then) = counts.get(verdict, 0), SAID[verdict]
        if count:
            yield f"{first} {kit.several(count, 'visit', 'visits')}" if noun else f"{then} {count}"
            noun = False
