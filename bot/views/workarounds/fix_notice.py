"""Fixes: what a PM is asked to tell customers whose workaround is fixed, with drafts to copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextElementParts,
    RichTextPreformattedElement,
)

from bot.domain.notes import SHOWN, first_name
from bot.domain.visits.rules import INDIRECT, VisitKind
from bot.domain.workarounds import RELEASE_LENGTH
from bot.views import block_kit as kit
from bot.views import form_fields as fields

TOLD = "fix.told"
WHAT_SHOWN = 300
# Slack takes about twelve thousand characters in the blocks of a message.
AT_ONCE = 10
NAMED = 8
NAME_SHOWN = 60


@dataclass(frozen=True)
class Untold:
    """A customer to be told, where the workaround was seen: when, how, and in which words.

    `person` is who is written to, "" if nobody is known; `by` is a colleague who saw it, or "".
    """

    ask_id: int
    customer: str
    what: str
    on: date
    kind: VisitKind
    person: str = ""
    by: str = ""


@dataclass(frozen=True)
class Told:
    """A customer who was told, on the PM's local date."""

    customer: str
    on: date


@dataclass(frozen=True)
class Fix:
    """What a PM is asked to tell of one fix; dates are local to the PM.

    `what` is "" where nothing of it is left; `back` says that it was no fix after all.
    """

    what: str
    release: str
    pm: str
    today: date
    due_on: date
    untold: tuple[Untold, ...] = ()
    told: tuple[Told, ...] = ()
    back: bool = False


def message(fix: Fix, *, late: bool = False) -> kit.Message:
    """What is to be told, as far as it has come; `late` in the reminder."""
    if fix.back:
        return kit.say(_back(fix))
    if not fix.untold:
        return kit.say(_done(fix))
    opening = _late(fix) if late or fix.today > fix.due_on else _opening(fix)
    drafts = [block for each in fix.untold[:AT_ONCE] for block in _untold(each, fix)]
    return kit.message(
        f"{opening} {kit.listed([each.customer for each in fix.untold])}",
        kit.rich(kit.paragraph(opening)),
        *_heard(fix),
        *drafts,
        *_more(len(fix.untold) - AT_ONCE),
    )


def _opening(fix: Fix) -> str:
    due_on = kit.day(fix.due_on, fix.today)
    them = "the customer" if len(fix.untold) == 1 else "each customer"
    return (
        f"“{_what(fix.what)}” is fixed in {_release(fix)}. Please tell {them} by {due_on}, "
        "while it is news. Here is what you could write."
    )


def _late(fix: Fix) -> str:
    waits = kit.several(len(fix.untold), "customer does", "customers do")
    fixed = f"“{_what(fix.what)}” is fixed in {_release(fix)}, and {waits} not know yet"
    return f"{fixed}. The week is over, and it is not too late to tell them."


def _release(fix: Fix) -> str:
    return kit.one_line(fix.release, RELEASE_LENGTH)


def _what(what: str) -> str:
    """Words of a workaround inside of a sentence, so without their own full stop."""
    return kit.one_line(what, WHAT_SHOWN).rstrip(".")


def _heard(fix: Fix) -> Iterator[Block]:
    lines: list[list[kit.Part]] = [
        [kit.bold(kit.one_line(each.customer)), f" heard it on {kit.day(each.on, fix.today)}"]
        for each in fix.told[:NAMED]
    ]
    if len(fix.told) > NAMED:
        lines.append([f"and {len(fix.told) - NAMED} more"])
    if lines:
        yield kit.rich(kit.bullets(*lines))


def _untold(untold: Untold, fix: Fix) -> tuple[Block, Block]:
    name = kit.paragraph(kit.bold(kit.one_line(untold.customer)))
    draft = RichTextElementParts.Text(text=letter(untold, fix))
    told = ButtonElement(text="I have told them", action_id=TOLD, value=str(untold.ask_id))
    return (
        kit.rich(name, RichTextPreformattedElement(elements=[draft])),
        ActionsBlock(block_id=f"fix:{untold.ask_id}", elements=[told]),
    )


def letter(untold: Untold, fix: Fix) -> str:
    """The draft to a customer, as it is copied."""
    person, pm = first_name(untold.person), first_name(fix.pm)
    lines = [
        f"Dear {kit.one_line(person, NAME_SHOWN)}," if person else "Hello,",
        f"{_saw(untold, fix.today)} how you get by: “{_what(untold.what)}”. Since "
        f"{_release(fix)} you no longer have to, and I wanted you to hear it from me, "
        "with our thanks.",
        kit.one_line(pm, NAME_SHOWN) if pm else "",
    ]
    return "\n\n".join(each for each in lines if each)


def _saw(untold: Untold, today: date) -> str:
    on = untold.on
    year = "" if on.year == today.year else f" {on.year}"
    day = f"On {on.day} {kit.MONTHS[on.month - 1]}{year}"
    whom = f"my colleague {kit.one_line(untold.by, NAME_SHOWN)}" if untold.by else "me"
    if untold.kind in INDIRECT:
        return f"{day} {'I' if not untold.by else whom} learnt"
    return f"{day} you {'showed' if untold.kind in SHOWN else 'told'} {whom}"


def _more(count: int) -> list[Block]:
    if count <= 0:
        return []
    return [kit.small(f"and {count} more, who follow here as soon as some of these are told")]


def _done(fix: Fix) -> str:
    if not fix.what:
        return "What you wrote of this workaround is gone: nobody needs to be told any more."
    if not fix.told:
        return f"“{_what(fix.what)}”: nobody is left whom you are asked to tell."
    know = "knows" if len(fix.told) == 1 else "know"
    return f"Thank you. {_names(fix.told)} {know} that “{_what(fix.what)}” is fixed."


def _back(fix: Fix) -> str:
    sentence = f"“{_what(fix.what)}” is not fixed after all, so nobody needs to hear of it."
    if not fix.told:
        return sentence
    should = "heard it from you already, and should hear that it takes longer"
    return f"{sentence} {_names(fix.told)} {should}."


def _names(told: Sequence[Told]) -> str:
    names = [kit.one_line(each.customer, 40) for each in told[:NAMED]]
    if len(told) > NAMED:
        names.append(f"{len(told) - NAMED} more")
    return kit.listed(names)


def ask_id(body: fields.Payload) -> int:
    """The ask that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])
