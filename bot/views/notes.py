"""Notes that ask for nothing: the offer with its text to copy, and the replies to its buttons."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextElementParts,
    RichTextPreformattedElement,
)

from bot.domain.customers import NAME_LENGTH
from bot.domain.notes import (
    OBSERVING_KINDS,
    VALENTINES,
    NoteFacts,
    NoteOfferFacts,
    SentNote,
    find_valentines_day,
    first_name,
)
from bot.views import block_kit, form_fields

SENT = "note.sent"
OTHER_CUSTOMER = "note.somebody_else"
NO_MORE = "note.no_more"
RESUME = "notes"


def render_message(note: NoteFacts) -> block_kit.Message:
    """Render a note in its current state: offered, sent, or stopped."""
    if note is None:
        return stopped_message()
    return sent_message(note.customer) if isinstance(note, SentNote) else _render_offer(note)


def _render_offer(note: NoteOfferFacts) -> block_kit.Message:
    """Render the offer: two sentences, and the note ready to copy."""
    opening = f"{_when(note)} a note that asks for nothing. Here is one to copy."
    blocks = [
        block_kit.rich_text(block_kit.paragraph(opening), _copyable(note_text(note))),
        _buttons(note),
    ]
    if note.is_last:
        blocks.insert(1, block_kit.context(_last_customer_text()))
    return block_kit.message(f"{opening} {note_text(note)}", *blocks)


def _when(note: NoteOfferFacts) -> str:
    name, day = block_kit.one_line(note.customer), find_valentines_day(note.today)
    if day is None:
        met = "saw" if note.candidate.kind in OBSERVING_KINDS else "spoke to"
        return f"You {met} {name} on {_day(note)}, and they may like"
    tomorrow = note.today.day == VALENTINES - 1
    when = "Tomorrow is" if tomorrow else f"{block_kit.WEEKDAYS[day.weekday()]} is"
    return f"{when} Valentine's Day, and {name} may like"


def note_text(note: NoteOfferFacts) -> str:
    """Return the note itself, as it is copied."""
    seen = note.candidate.kind in OBSERVING_KINDS
    did, perceived = ("showed", "saw") if seen else ("told", "heard")
    person, pm = first_name(note.person), first_name(note.pm)
    lines = [
        f"Dear {block_kit.one_line(person, NAME_LENGTH)}," if person else "Hello,",
        f"Thank you for your time on {_day(note)}, and for what you {did} me. I listened, and "
        f"what I {perceived} is still with me at my desk. You matter to us, and not only "
        f"on the days "
        "when something is wrong. If something is on your mind one day, I am glad to hear it. "
        "Today I ask for nothing: I only wanted you to know.",
        block_kit.one_line(pm, NAME_LENGTH) if pm else "",
    ]
    return "\n\n".join(each for each in lines if each)


def _day(note: NoteOfferFacts) -> str:
    """Return the date of the visit as people say it; with its year when that isn't today's."""
    on = note.candidate.visited_on
    words = f"{on.day} {block_kit.MONTHS[on.month - 1]}"
    return words if on.year == note.today.year else f"{words} {on.year}"


def _copyable(text: str) -> RichTextPreformattedElement:
    return RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])


def _last_customer_text() -> str:
    return "Nobody else is left whom you have visited in the last year."


def _buttons(note: NoteOfferFacts) -> ActionsBlock:
    sent = ButtonElement(text="I have sent it", action_id=SENT, value="sent", style="primary")
    other = ButtonElement(
        text="Somebody else", action_id=OTHER_CUSTOMER, value=str(note.candidate.customer_id)
    )
    no_more = ButtonElement(text="No more of these", action_id=NO_MORE, value="no_more")
    elements = [sent, no_more] if note.is_last else [sent, other, no_more]
    return ActionsBlock(block_id=f"note:{note.id}", elements=elements)


def parse_note_id(body: form_fields.Payload) -> int:
    """Parse the note that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["block_id"].split(":")[1])


def parse_customer_id(body: form_fields.Payload) -> int:
    """Parse the customer that the note named when the button was rendered."""
    return int(body["actions"][0]["value"])


def sent_message(customer: str) -> block_kit.Message:
    """Build the message that replaces the offer of a note once it is sent."""
    return block_kit.text_message(
        f"Thank you. Your note to {block_kit.one_line(customer)} is counted."
    )


def stopped_message() -> block_kit.Message:
    """Build the message that replaces the offer to a PM who wants no more notes."""
    return block_kit.text_message(
        "You will get no more of these. If you miss them, ",
        block_kit.code("/visit settings"),
        " brings them back.",
    )


def resume_fields() -> Sequence[Block]:
    """Build the field to get notes again, for a PM who wanted no more of them."""
    again = form_fields.checkboxes_element({"again": "Offer me one a month again"}, [])
    return [form_fields.input_block(RESUME, "Notes that ask for nothing", again, optional=True)]


def parse_resume(view: form_fields.Payload) -> bool:
    """Return whether the PM wants notes again; False where the form doesn't have the field."""
    return bool(form_fields.get_codes(view, RESUME))
