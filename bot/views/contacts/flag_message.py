"""Flags: the discreet message to a PM whose customer contacts us a lot (`product.md` F3)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.domain.contacts.flags import EvidenceLine, FlagFacts
from bot.domain.contacts.traits import WEEKS, WINDOW, Measure, Trait
from bot.domain.working_time import local_date
from bot.views import block_kit, form_fields

ACKNOWLEDGE = "flag.acknowledge"
REFUTE = "flag.refute"
SNOOZE = "flag.snooze"
MAX_EVIDENCE = 15

SNOOZES: Mapping[str, str] = {"1": "One week", "2": "Two weeks", "4": "Four weeks"}
MEASURE_TEXTS: Mapping[Measure, tuple[str, str]] = {
    Measure.MAILS: ("1 mail", "{count} mails"),
    Measure.CELL_CALLS: ("1 call to a cell phone", "{count} calls to a cell phone"),
    Measure.SUPPORT_CALLS: (
        "1 call for technical support to somebody who is not support",
        "{count} calls for technical support to people who are not support",
    ),
    Measure.THREADS_STARTED: ("1 thread started", "{count} threads started"),
    Measure.THREADS_COMMENTED: ("1 other joined", "{count} others joined"),
    Measure.BETAS: (
        "among the first to sign up for the last beta",
        "among the first to sign up for each of the last {count} betas",
    ),
    Measure.INVITATIONS: (
        "took up the last invitation to a beta at once",
        "took up each of the last {count} invitations to a beta at once",
    ),
}


def render_message(flag: FlagFacts) -> block_kit.Message:
    """Render who contacts us a lot, what was counted, and what may help."""
    name = block_kit.one_line(flag.customer)
    opening: list[block_kit.TextPart] = [
        block_kit.bold(name),
        " is in touch a great deal. Such customers are worth having, and they are not the market.",
    ]
    counted, advice = _evidence_lines(flag.evidence), _advice(flag.prospects)
    text = " ".join([block_kit.unstyled(*opening), *(f"{each}." for each in counted), *advice])
    blocks = block_kit.rich_text(
        block_kit.paragraph(*opening),
        block_kit.bullets(*([each] for each in counted)),
        block_kit.paragraph("What may help:"),
        block_kit.bullets(*([each] for each in advice)),
    )
    return block_kit.message(text, blocks, _buttons(flag.id))


def _evidence_lines(evidence: Sequence[EvidenceLine]) -> list[str]:
    shown = [evidence_text(each) for each in evidence[:MAX_EVIDENCE]]
    more = len(evidence) - len(shown)
    return [*shown, f"and {more} more"] if more else shown


def evidence_text(line: EvidenceLine) -> str:
    """Return one line of evidence, "Mara Lind: 6 mails in 28 days (more than one a week)"."""
    counted = " and ".join(_measure_text(measure, count) for measure, count in line.counts)
    within = "" if line.trait is Trait.BETA else f" in {WINDOW.days} days"
    mails = dict(line.counts).get(Measure.MAILS, 0)
    rate = " (more than one a week)" if mails > WEEKS else ""
    return f"{block_kit.one_line(line.person_name)}: {counted}{within}{rate}"


def _measure_text(measure: Measure, count: int) -> str:
    one, many = MEASURE_TEXTS[measure]
    return one if count == 1 else many.format(count=count)


def _advice(prospects: Sequence[str]) -> list[str]:
    names = block_kit.join_names([block_kit.one_line(each) for each in prospects[:2]])
    return [
        "Send support questions to support, where they are somebody's job.",
        "Agree one answer with everyone they ask, above all about the roadmap.",
        f"See two prospects next{f': {names}' if names else ''}. They are harder to reach, "
        "and more like the market.",
    ]


def _buttons(flag_id: int) -> ActionsBlock:
    return ActionsBlock(
        block_id=f"flag:{flag_id}",
        elements=[
            ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value="acknowledge"),
            ButtonElement(text="Not so", action_id=REFUTE, value="refute"),
            form_fields.select_element(SNOOZES, action_id=SNOOZE, placeholder="Snooze"),
        ],
    )


def parse_flag_id(body: form_fields.Payload) -> int:
    """Parse the flag that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["block_id"].split(":")[1])


def parse_snooze(body: form_fields.Payload) -> timedelta:
    """Parse how long the flag is snoozed."""
    return timedelta(weeks=int(body["actions"][0]["selected_option"]["value"]))


def acknowledged_message(customer: str) -> block_kit.Message:
    """Build the message that replaces a flag that the PM acknowledged."""
    return block_kit.text_message(
        f"Noted: you know about {block_kit.one_line(customer)}. I will say no more while it lasts."
    )


def refuted_message(customer: str) -> block_kit.Message:
    """Build the message that replaces a flag that the PM refuted."""
    return block_kit.text_message(
        f"Noted: not so for {block_kit.one_line(customer)}. Only something new would "
        f"bring it up again."
    )


def snoozed_message(customer: str, until: datetime, zone: str, today: date) -> block_kit.Message:
    """Build the message that replaces a snoozed flag; `until` is when it can be back."""
    back, name = block_kit.format_day(local_date(until, zone), today), block_kit.one_line(customer)
    return block_kit.text_message(
        f"Snoozed until {back}. If it is still so then, I will mention {name} again."
    )


def ended_message(customer: str) -> block_kit.Message:
    """Build the message that replaces a flag that no longer holds."""
    return block_kit.text_message(
        f"{block_kit.one_line(customer)} is in touch no more than others now."
    )
