"""Debriefs: the form, what is wrong with it, and what the author is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, InputBlock
from slack_sdk.models.views import View

from bot.domain.debriefs import (
    QUOTE_LENGTH,
    STORY_LENGTH,
    WORKAROUND_LENGTH,
    Draft,
    Fault,
    Frequency,
    Mood,
    Sharing,
    Workaround,
)
from bot.domain.visits import VisitKind
from bot.views import customers, fields, kit, words

CALLBACK = "debrief.record"
MORE = "debrief.more"

EXAMPLE = (
    "They export to a spreadsheet each Friday. The report has no totals, and audit asks for them."
)
NPS_ENDS = {0: "0, not at all likely", 10: "10, very likely"}
NPS = {str(score): NPS_ENDS.get(score, str(score)) for score in range(11)}
FIELDS = {
    "customer": "Customer",
    "on": "Date of the visit",
    "story": "The story in two sentences",
    "kind": "How you met",
    "workaround": "A workaround you saw",
    "workaround_why": "Why do they do it?",
    "workaround_how_often": "How often?",
    "quote": "A quote, in their own words",
    "mood": "How did they feel?",
    "nps": "How likely are they to recommend us?",
    "nps_why": "Why this number?",
    "sharing": "Sharing",
}
FAULTS = {
    ("customer", Fault.MISSING): "Choose a customer, or type a new name and add it.",
    ("customer", Fault.UNKNOWN): "This customer is no longer there. Choose another one.",
    ("on", Fault.MISSING): "Choose the date of the visit.",
    ("on", Fault.IN_THE_FUTURE): "This date is in the future. "
    "A debrief is for a visit that has taken place.",
    ("on", Fault.TOO_OLD): "This date is more than a year ago. Choose a later one.",
    ("story", Fault.MISSING): "Write what you heard, in two sentences.",
    ("story", Fault.TOO_LONG): f"Please keep the story below {STORY_LENGTH:,} characters.",
    ("quote", Fault.TOO_LONG): f"Please keep the quote below {QUOTE_LENGTH:,} characters.",
    ("workaround", Fault.TOO_LONG): f"Please keep it below {WORKAROUND_LENGTH:,} characters.",
    ("workaround", Fault.MISSING): "Say what they do, or take back how often they do it.",
    ("workaround_why", Fault.TOO_LONG): f"Please keep it below {WORKAROUND_LENGTH:,} characters.",
    ("nps", Fault.OUT_OF_RANGE): "Choose a number from 0 to 10.",
    ("nps_why", Fault.TOO_LONG): f"Please keep it below {QUOTE_LENGTH:,} characters.",
}
ALONE = "You have left, so no team reads it. /visit join brings you back at any time."
ODD = "Something is not right here. Please look at it again."


@dataclass(frozen=True)
class DebriefForm:
    """What the form starts from.

    `customer` is an id and a name, or None and the name of a new one. `on` and `today` are the
    author's local dates, `digest_on` the local date of the team's next digest. `where` is a
    response URL, or "". `typed` fills the fields again and wins over `customer`'s absence.
    """

    customer: customers.Chosen | None
    on: date
    today: date
    more: bool = False
    nudge_id: int | None = None
    visit_id: int | None = None
    where: str = ""
    typed: Draft | None = None
    kind: VisitKind = VisitKind.VIDEO
    digest_on: date | None = None


def form(form: DebriefForm) -> View:
    """The form: three required fields, and the rest once it is unfolded."""
    typed = form.typed or Draft(None, form.on, "", kind=form.kind)
    more = form.more or _needs_more(typed, form.kind)
    return View(
        type="modal",
        callback_id=CALLBACK,
        title="Debrief",
        submit="Save",
        close="Cancel",
        private_metadata=_metadata(form),
        blocks=[*_required(form.customer, typed), *(_more(typed) if more else _folded(form))],
    )


def _metadata(form: DebriefForm) -> str:
    return fields.pack(
        nudge=form.nudge_id,
        visit=form.visit_id,
        where=form.where or None,
        kind=form.kind.value,
        today=form.today.isoformat(),
        digest=form.digest_on.isoformat() if form.digest_on else None,
    )


def _needs_more(typed: Draft, kind: VisitKind) -> bool:
    """Whether something stands in a field that would be folded away."""
    bare = Draft(typed.customer_id, typed.on, typed.story, typed.new_customer, kind)
    return typed != bare


def _required(customer: customers.Chosen | None, typed: Draft) -> list[Block]:
    story = fields.text_element(STORY_LENGTH, typed.story, lines=True, example=EXAMPLE)
    return [
        customers.customer_field(customer),
        _field("on", fields.date_element(typed.on)),
        _field("story", story),
    ]


def _folded(form: DebriefForm) -> list[Block]:
    when = f"on {kit.day(form.digest_on, form.today)}" if form.digest_on else "in the weekly digest"
    note = f"Shared with your team {when} unless you choose otherwise under “Add more”."
    more = ButtonElement(text="Add more", action_id=MORE, value="more")
    return [
        ActionsBlock(block_id=MORE, elements=[more]),
        kit.small(note),
    ]


def _more(typed: Draft) -> list[Block]:
    seen = typed.workarounds[0] if typed.workarounds else Workaround("")
    box = fields.text_element
    return [
        _field("kind", fields.select_element(words.VISIT_KINDS, typed.kind)),
        _optional("workaround", box(WORKAROUND_LENGTH, seen.what, lines=True)),
        _optional("workaround_why", box(WORKAROUND_LENGTH, seen.why)),
        _optional("workaround_how_often", fields.select_element(words.FREQUENCIES, seen.how_often)),
        _optional("quote", box(QUOTE_LENGTH, typed.quote, lines=True)),
        _optional("mood", fields.select_element(words.MOODS, typed.mood)),
        _optional("nps", fields.select_element(NPS, _score(typed.nps))),
        _optional("nps_why", box(QUOTE_LENGTH, typed.nps_why)),
        _field("sharing", fields.radio_element(words.SHARINGS, typed.sharing)),
    ]


def _score(nps: int | None) -> str | None:
    return None if nps is None else str(nps)


def _field(name: str, element: Any) -> InputBlock:
    return fields.field(name, FIELDS[name], element)


def _optional(name: str, element: Any) -> InputBlock:
    return fields.field(name, FIELDS[name], element, optional=True)


def read(view: fields.Payload) -> Draft:
    """The draft as typed, from a submission or from the form still open; nothing is checked."""
    customer_id, new = customers.read_customer(view)
    score = fields.code(view, "nps")
    return Draft(
        customer_id=customer_id,
        new_customer=new,
        on=fields.on(view, "on"),
        story=fields.text(view, "story"),
        kind=VisitKind(fields.code(view, "kind") or _kind(view)),
        workarounds=_workarounds(view),
        quote=fields.text(view, "quote"),
        mood=_mood(fields.code(view, "mood")),
        nps=int(score) if score else None,
        nps_why=fields.text(view, "nps_why"),
        sharing=Sharing(fields.code(view, "sharing") or Sharing.SHARE),
    )


def _kind(view: fields.Payload) -> str:
    return str(fields.unpack(view).get("kind", VisitKind.VIDEO))


def _mood(code: str | None) -> Mood | None:
    return Mood(code) if code else None


def _workarounds(view: fields.Payload) -> tuple[Workaround, ...]:
    what, why = fields.text(view, "workaround"), fields.text(view, "workaround_why")
    often = fields.code(view, "workaround_how_often")
    # A reason without a workaround is kept as one: nothing typed is ever lost.
    if not what and not why and not often:
        return ()
    return (Workaround(what or why, why if what else "", Frequency(often) if often else None),)


def read_form(view: fields.Payload) -> DebriefForm:
    """The form as it stands, with what has been typed; for drawing it anew."""
    packed, typed = fields.unpack(view), read(view)
    today = date.fromisoformat(packed["today"])
    return DebriefForm(
        customer=customers.chosen(view),
        on=typed.on or today,
        today=today,
        more="kind" in view["state"]["values"],
        nudge_id=packed.get("nudge"),
        visit_id=packed.get("visit"),
        where=packed.get("where", ""),
        typed=typed,
        kind=VisitKind(_kind(view)),
        digest_on=date.fromisoformat(packed["digest"]) if "digest" in packed else None,
    )


def nudge_id(view: fields.Payload) -> int | None:
    """The nudge that the form was opened from."""
    return fields.unpack(view).get("nudge")


def unfolded(view: fields.Payload) -> View:
    """The form with its folded part open and everything typed so far still in it."""
    return form(replace(read_form(view), more=True))


def errors(faults: Mapping[str, Fault], view: fields.Payload) -> dict[str, str]:
    """A sentence for each field at fault, by block id.

    What is wrong in a field that is folded away is told at the story, where it can be seen.
    """
    shown = {block.get("block_id") for block in view["blocks"]}
    told: dict[str, str] = {}
    for name, fault in faults.items():
        sentence = FAULTS.get((name, fault), ODD)
        if name in shown:
            told[name] = " ".join(filter(None, [told.get(name), sentence]))
        else:
            hidden = f"{FIELDS.get(name, name)}: {sentence}"
            told["story"] = " ".join(filter(None, [told.get("story"), hidden]))
    return told


def could_not_save(reference: str) -> dict[str, str]:
    """The sentence for a form that stays open because saving failed; its text is kept."""
    return {"story": fields.not_saved(reference)}


def recorded(
    customer: str,
    next_due: date | None,
    shared: Sharing,
    digest_at: datetime | None,
    zone: str,
    today: date,
    sentences: int = 2,
) -> kit.Message:
    """What the author sees once a debrief is kept.

    `next_due` is None for somebody who has left, `digest_at` None where no digest is due.
    """
    parts = [
        f"Thank you, your debrief for {kit.one_line(customer)} is kept.",
        f"{kit.due(next_due, today)}." if next_due else "",
        _sharing(shared, digest_at, zone, today) if next_due else ALONE,
        f"A story travels furthest in two sentences; this one has about {sentences}."
        if sentences > 2
        else "",
    ]
    return kit.say(" ".join(filter(None, parts)))


def _sharing(shared: Sharing, digest_at: datetime | None, zone: str, today: date) -> str:
    if shared is Sharing.PRIVATE:
        return "It stays private."
    if digest_at is None:
        return "Your team has no story channel yet, so it is not shared."
    without = " without the customer's name" if shared is Sharing.NO_NAME else ""
    return f"Your team reads it{without} on {kit.moment(digest_at, zone, today)}."


def usage() -> kit.Message:
    """What `/debrief help` answers."""
    return kit.say(
        kit.code("/debrief"),
        " opens the form for what you heard on a visit. Three fields are enough: the customer, "
        "the date and the story in two sentences. ",
        kit.code("/debrief NAME"),
        " fills in the customer for you.",
    )
