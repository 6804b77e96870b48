"""Notes that ask for nothing: the offer with its text to copy, and what is said to an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextElementParts,
    RichTextPreformattedElement,
)

from bot.domain.customers import NAME_LENGTH
from bot.domain.notes import SHOWN, VALENTINES, Known, first_name, valentines
from bot.views import block_kit as kit
from bot.views import form_fields as fields

SENT = "note.sent"
SOMEBODY_ELSE = "note.somebody_else"
NO_MORE = "note.no_more"
AGAIN = "notes"


@dataclass(frozen=True)
class Offered:
    """A note that is offered: the customer, the last visit there, and who writes to whom.

    Names are as they are kept, "" where none is known. `last` says that nobody else is left.
    """

    id: int
    customer: str
    known: Known
    person: str
    pm: str
    today: date
    last: bool = False


def message(note: Offered) -> kit.Message:
    """Two sentences, and the note ready to copy."""
    opening = f"{_when(note)} a note that asks for nothing. Here is one to copy."
    blocks = [kit.rich(kit.paragraph(opening), _ready(letter(note))), _buttons(note)]
    if note.last:
        blocks.insert(1, kit.small(_nobody_else()))
    return kit.message(f"{opening} {letter(note)}", *blocks)


def _when(note: Offered) -> str:
    name, day = kit.one_line(note.customer), valentines(note.today)
    if day is None:
        met = "saw" if note.known.kind in SHOWN else "spoke to"
        return f"You {met} {name} on {_day(note)}, and they may like"
    tomorrow = note.today.day == VALENTINES - 1
    when = "Tomorrow is" if tomorrow else f"{kit.WEEKDAYS[day.weekday()]} is"
    return f"{when} Valentine's Day, and {name} may like"


def letter(note: Offered) -> str:
    """The note itself, as it is copied."""
    seen = note.known.kind in SHOWN
    did, stays = ("showed", "saw") if seen else ("told", "heard")
    person, pm = first_name(note.person), first_name(note.pm)
    lines = [
        f"Dear {kit.one_line(person, NAME_LENGTH)}," if person else "Hello,",
        f"Thank you for your time on {_day(note)}, and for what you {did} me. I listened, and "
        f"what I {stays} is still with me at my desk. You matter to us, and not only on the days "
        "when something is wrong. If something is on your mind one day, I am glad to hear it. "
        "Today I ask for nothing: I only wanted you to know.",
        kit.one_line(pm, NAME_LENGTH) if pm else "",
    ]
    return "\n\n".join(each for each in lines if each)


def _day(note: Offered) -> str:
    """The date of the visit as people say it; with its year when that is not today's."""
    on = note.known.seen_on
    words = f"{on.day} {kit.MONTHS[on.month - 1]}"
    return words if on.year == note.today.year else f"{words} {on.year}"


def _ready(text: str) -> RichTextPreformattedElement:
    return RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])


def _nobody_else() -> str:
    return "Nobody else is left whom you have visited in the last year."


def _buttons(note: Offered) -> ActionsBlock:
    sent = ButtonElement(text="I have sent it", action_id=SENT, value="sent", style="primary")
    other = ButtonElement(
        text="Somebody else", action_id=SOMEBODY_ELSE, value=str(note.known.customer_id)
    )
    no_more = ButtonElement(text="No more of these", action_id=NO_MORE, value="no_more")
    elements = [sent, no_more] if note.last else [sent, other, no_more]
    return ActionsBlock(block_id=f"note:{note.id}", elements=elements)


def note_id(body: fields.Payload) -> int:
    """The note that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["block_id"].split(":")[1])


def customer_id(body: fields.Payload) -> int:
    """The customer whom the note named when the button was drawn."""
    return int(body["actions"][0]["value"])


def sent(customer: str) -> kit.Message:
    """In place of a note that was sent."""
    return kit.say(f"Thank you. Your note to {kit.one_line(customer)} is counted.")


def no_more() -> kit.Message:
    """In place of a note, to a PM who wants no more of them."""
    return kit.say(
        "You will get no more of these. If you miss them, ",
        kit.code("/visit settings"),
        " brings them back.",
    )


def again_fields() -> Sequence[Block]:
    """The field to have the notes again, for somebody who wanted no more of them."""
    again = fields.checks_element({"again": "Offer me one a month again"}, [])
    return [fields.field(AGAIN, "Notes that ask for nothing", again, optional=True)]


def read_again(view: fields.Payload) -> bool:
    """Whether somebody wants the notes again; False where the form does not have the field."""
    return bool(fields.codes(view, AGAIN))
