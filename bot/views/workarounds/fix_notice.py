"""Fix notices: what a PM is asked to tell customers whose workaround is fixed, with drafts."""

from collections.abc import Iterator, Sequence
from datetime import date

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextElementParts,
    RichTextPreformattedElement,
)

from bot.domain.notes import OBSERVING_KINDS, first_name
from bot.domain.visits.rules import INDIRECT
from bot.domain.workarounds import RELEASE_LENGTH, CustomerToTell, FixNoticeFacts, ToldCustomer
from bot.views import block_kit, form_fields

MARK_TOLD = "fix.told"
WHAT_MAX_CHARS = 300
# Slack takes about twelve thousand characters in the blocks of a message.
MAX_DRAFTS = 10
MAX_NAMES = 8
NAME_MAX_CHARS = 60


def render_message(fix: FixNoticeFacts, *, late: bool = False) -> block_kit.Message:
    """Render what is still to be told and what has been; `late` in the reminder."""
    if fix.reopened:
        return block_kit.text_message(_reopened_text(fix))
    if not fix.to_tell:
        return block_kit.text_message(_done_text(fix))
    opening = _late(fix) if late or fix.today > fix.due_on else _opening(fix)
    drafts = [block for each in fix.to_tell[:MAX_DRAFTS] for block in _draft_blocks(each, fix)]
    return block_kit.message(
        f"{opening} {block_kit.join_names([each.customer for each in fix.to_tell])}",
        block_kit.rich_text(block_kit.paragraph(opening)),
        *_told_blocks(fix),
        *drafts,
        *_more(len(fix.to_tell) - MAX_DRAFTS),
    )


def _opening(fix: FixNoticeFacts) -> str:
    due_on = block_kit.format_day(fix.due_on, fix.today)
    them = "the customer" if len(fix.to_tell) == 1 else "each customer"
    return (
        f"“{_what(fix.what)}” is fixed in {_release(fix)}. Please tell {them} by {due_on}, "
        "while it is news. Here is what you could write."
    )


def _late(fix: FixNoticeFacts) -> str:
    waits = block_kit.pluralize(len(fix.to_tell), "customer does", "customers do")
    fixed = f"“{_what(fix.what)}” is fixed in {_release(fix)}, and {waits} not know yet"
    return f"{fixed}. The week is over, and it is not too late to tell them."


def _release(fix: FixNoticeFacts) -> str:
    return block_kit.one_line(fix.release, RELEASE_LENGTH)


def _what(what: str) -> str:
    """Return the words of a workaround for use in a sentence, without their own full stop."""
    return block_kit.one_line(what, WHAT_MAX_CHARS).rstrip(".")


def _told_blocks(fix: FixNoticeFacts) -> Iterator[Block]:
    lines: list[list[block_kit.TextPart]] = [
        [
            block_kit.bold(block_kit.one_line(each.customer)),
            f" heard it on {block_kit.format_day(each.on, fix.today)}",
        ]
        for each in fix.told[:MAX_NAMES]
    ]
    if len(fix.told) > MAX_NAMES:
        lines.append([f"and {len(fix.told) - MAX_NAMES} more"])
    if lines:
        yield block_kit.rich_text(block_kit.bullets(*lines))


def _draft_blocks(customer: CustomerToTell, fix: FixNoticeFacts) -> tuple[Block, Block]:
    name = block_kit.paragraph(block_kit.bold(block_kit.one_line(customer.customer)))
    draft = RichTextElementParts.Text(text=draft_text(customer, fix))
    told_button = ButtonElement(
        text="I have told them", action_id=MARK_TOLD, value=str(customer.notice_id)
    )
    return (
        block_kit.rich_text(name, RichTextPreformattedElement(elements=[draft])),
        ActionsBlock(block_id=f"fix:{customer.notice_id}", elements=[told_button]),
    )


def draft_text(customer: CustomerToTell, fix: FixNoticeFacts) -> str:
    """Return the draft to a customer, as it is copied."""
    person, pm = first_name(customer.person), first_name(fix.pm)
    lines = [
        f"Dear {block_kit.one_line(person, NAME_MAX_CHARS)}," if person else "Hello,",
        f"{_seen_text(customer, fix.today)} how you get by: “{_what(customer.what)}”. Since "
        f"{_release(fix)} you no longer have to, and I wanted you to hear it from me, "
        "with our thanks.",
        block_kit.one_line(pm, NAME_MAX_CHARS) if pm else "",
    ]
    return "\n\n".join(each for each in lines if each)


def _seen_text(customer: CustomerToTell, today: date) -> str:
    on = customer.on
    year = "" if on.year == today.year else f" {on.year}"
    day = f"On {on.day} {block_kit.MONTHS[on.month - 1]}{year}"
    name = (
        f"my colleague {block_kit.one_line(customer.colleague, NAME_MAX_CHARS)}"
        if customer.colleague
        else "me"
    )
    if customer.kind in INDIRECT:
        return f"{day} {'I' if not customer.colleague else name} learnt"
    return f"{day} you {'showed' if customer.kind in OBSERVING_KINDS else 'told'} {name}"


def _more(count: int) -> list[Block]:
    if count <= 0:
        return []
    return [
        block_kit.context(f"and {count} more, who follow here as soon as some of these are told")
    ]


def _done_text(fix: FixNoticeFacts) -> str:
    if not fix.what:
        return "What you wrote of this workaround is gone: nobody needs to be told any more."
    if not fix.told:
        return f"“{_what(fix.what)}”: nobody is left whom you are asked to tell."
    know = "knows" if len(fix.told) == 1 else "know"
    return f"Thank you. {_names(fix.told)} {know} that “{_what(fix.what)}” is fixed."


def _reopened_text(fix: FixNoticeFacts) -> str:
    sentence = f"“{_what(fix.what)}” is not fixed after all, so nobody needs to hear of it."
    if not fix.told:
        return sentence
    should = "heard it from you already, and should hear that it takes longer"
    return f"{sentence} {_names(fix.told)} {should}."


def _names(told: Sequence[ToldCustomer]) -> str:
    names = [block_kit.one_line(each.customer, 40) for each in told[:MAX_NAMES]]
    if len(told) > MAX_NAMES:
        names.append(f"{len(told) - MAX_NAMES} more")
    return block_kit.join_names(names)


def parse_notice_id(body: form_fields.Payload) -> int:
    """Parse the notice that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])
