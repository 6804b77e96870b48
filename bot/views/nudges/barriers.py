"""Barriers: what to try when something keeps a PM from customers (texts 001 and 002)."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import RichTextElement

from bot.domain.nudges.barriers import Barrier
from bot.views import block_kit

Advice = tuple[Sequence[block_kit.TextPart], Sequence[Sequence[block_kit.TextPart]]]

ADVICE: Mapping[Barrier, Advice] = {
    Barrier.NO_TIME: (
        ["No time is a good reason to keep it small."],
        [
            [
                "A phone interview of fifteen minutes counts. Right after a sale, or just before "
                "a roll-out, people talk gladly."
            ],
            [
                "One visit a month, or one a quarter, beats none: ",
                block_kit.code("/visit settings"),
                " changes how often I ask.",
            ],
        ],
    ),
    Barrier.NO_ACCESS: (
        ["There are ways around a closed door. Write down first what you want to learn."],
        [
            ["Phone: a short call is easier to allow than a visit."],
            ["Proxy: somebody who does similar work nearby."],
            ["Hypothesis: one belief, specific enough to be wrong, and the cheapest test of it."],
            ["Survey: end it with “may we call you?”."],
            ["Friends and family: note what surprises you, above all where they do not get it."],
        ],
    ),
    Barrier.COMPLAINTS: (
        ["Not every visit has to be to somebody with a problem."],
        [
            ["See a happy customer first, and hear what works."],
            [
                "With an unhappy one, listen, and sum up their story in two sentences. "
                "Being understood is half of what they want."
            ],
        ],
    ),
    Barrier.BOSS: (
        ["An opinion is easy to wave away. A customer's own words are not."],
        [
            ["Bring one story or one quote to your next meeting, and say who it comes from."],
            ["Bring a number with its base: “11 of 14 lost deals” says more than “many”."],
        ],
    ),
    Barrier.TRAVELLING: (
        ["Then this can wait: snooze it until you are back."],
        [["If there is a customer where you are going, half an hour there counts too."]],
    ),
}


def advice_elements(barrier: Barrier) -> list[RichTextElement]:
    """Build the advice as rich text."""
    opening, items = ADVICE[barrier]
    return [block_kit.paragraph(*opening), block_kit.bullets(*items)]


def advice_text(barrier: Barrier) -> str:
    """Return the advice without its styles."""
    opening, items = ADVICE[barrier]
    return " ".join(block_kit.unstyled(*parts) for parts in (opening, *items))
