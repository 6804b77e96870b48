"""Debriefs: the form, what is wrong with it, and what the author is told."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextBlock,
)
from slack_sdk.models.views import View

from bot.domain.debriefs.rules import (
    QUOTE_LENGTH,
    STORY_LENGTH,
    WHY_LENGTH,
    Debrief,
    Draft,
    Mood,
    Sharing,
    Sheet,
    Unfinished,
)
from bot.domain.visits.rules import LENGTHS, VisitKind
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words
from bot.views.customers import fields as customers
from bot.views.debriefs import confirmations as kept
from bot.views.debriefs import form_labels as labels
from bot.views.debriefs import form_sections as heard
from bot.views.hypotheses import fields as hypotheses

CALLBACK = "debrief.record"
FROM_MESSAGE = "debrief.from_message"
MORE = "debrief.more"
KIND = "debrief.kind"
REST = "debrief.rest"
REST_SHOWN = 9000
AFRESH = "debrief.afresh"
# What is worth looking for on any visit (text 004).
AT_FIRST: heard.Parts = {heard.Part.WORKAROUND: 1}

EXAMPLE = (
    "They export to a spreadsheet each Friday. The report has no totals, and audit asks for them."
)


@dataclass(frozen=True)
class DebriefForm:
    """What the form starts from.

    `customer` is an id and a name, or None and the name of a new one; `hypothesis` likewise. `on`
    and `today` are the author's local dates, `digest_on` the local date of the team's next digest.
    `where` is a response URL, or "". `typed` fills the fields again and wins over `customer`'s
    absence; `since` is when (aware UTC) they were left unfinished in the author's `zone`. `note`
    stands above them, or the `rest` of what did not fit into them.
    """

    customer: customers.Chosen | None
    on: date
    today: date
    sheet: Sheet
    more: bool = False
    parts: heard.Parts = field(default_factory=dict)
    nudge_id: int | None = None
    where: str = ""
    typed: Draft | None = None
    kind: VisitKind = VisitKind.VIDEO
    digest_on: date | None = None
    since: datetime | None = None
    zone: str = "UTC"
    note: str = ""
    rest: str = ""
    hypothesis: hypotheses.Chosen | None = None


def form(form: DebriefForm) -> View:
    """The form: three required fields, and the rest once it is unfolded."""
    typed = form.typed or Draft(None, form.on, "", kind=form.kind)
    more = form.more or _needs_more(typed)
    parts = heard.most(form.parts, heard.asked(typed))
    if more and not form.more:
        parts = heard.most(parts, AT_FIRST)
    return View(
        type="modal",
        callback_id=CALLBACK,
        title="Debrief",
        submit="Save",
        close="Cancel",
        notify_on_close=True,
        private_metadata=_metadata(form, parts),
        blocks=[
            *_note(form),
            *_required(form.customer, typed),
            *(_more(typed) if more else []),
            *heard.blocks(parts, typed, form.today, form.hypothesis),
            *(_sharing(typed, parts) if more else _folded(form)),
            *(kept.taking_back() if form.sheet.debrief_id is not None else []),
        ],
    )


def _note(form: DebriefForm) -> list[Block]:
    """What is to be known before writing: that another window was at it, or that it goes on."""
    if form.note:
        return [kit.rich(kit.paragraph(form.note))]
    if form.rest:
        return [_rest(form.rest)]
    if form.since is None:
        return []
    when = kit.moment(form.since, form.zone, form.today)
    afresh = ButtonElement(text="Begin another one", action_id=AFRESH, value="afresh")
    return [
        kit.small(f"You left this unfinished on {when}. Your words are still here."),
        ActionsBlock(block_id=AFRESH, elements=[afresh]),
    ]


def _rest(rest: str) -> Block:
    """What came with a command or a message and is longer than its field."""
    told = kit.paragraph(f"A field has room for {STORY_LENGTH:,} characters. This did not fit: ")
    return RichTextBlock(block_id=REST, elements=[told, kit.quote(kit.head(rest, REST_SHOWN))])


def _read_rest(view: fields.Payload) -> str:
    """The same from the form where it stands."""
    told = (each["elements"][1] for each in view["blocks"] if each.get("block_id") == REST)
    return "".join(part["text"] for each in told for part in each["elements"])


def _metadata(form: DebriefForm, parts: heard.Parts) -> str:
    typed = form.typed
    return fields.pack(
        key=form.sheet.key,
        version=form.sheet.version or None,
        nudge=form.nudge_id,
        visit=form.sheet.visit_id,
        debrief=form.sheet.debrief_id,
        where=form.where or None,
        kind=(typed.kind if typed else form.kind).value,
        minutes=typed.minutes if typed else None,
        picture=(typed.picture if typed else None) or None,
        parts={part.value: count for part, count in parts.items()} or None,
        today=form.today.isoformat(),
        digest=form.digest_on.isoformat() if form.digest_on else None,
        since=form.since.isoformat() if form.since else None,
        zone=form.zone,
    )


def _needs_more(typed: Draft) -> bool:
    """Whether something stands in a field that would be folded away."""
    return bool(typed.quote or typed.mood or typed.surprise or typed.sharing is not Sharing.SHARE)


def _required(customer: customers.Chosen | None, typed: Draft) -> list[Block]:
    story = heard.box(STORY_LENGTH, typed.story, lines=True, example=EXAMPLE)
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
    lengths = {str(each): words.length(each) for each in sorted({*LENGTHS, typed.minutes or 15})}
    minutes = str(typed.minutes) if typed.minutes else None
    return [
        _field("kind", fields.select_element(words.VISIT_KINDS, typed.kind, action_id=KIND)),
        _optional("minutes", heard.choice(lengths, minutes)),
        _optional("quote", heard.box(QUOTE_LENGTH, typed.quote, lines=True), labels.QUOTES),
        _optional("mood", heard.choice(words.MOODS, typed.mood)),
        _optional("surprise", heard.box(WHY_LENGTH, typed.surprise)),
    ]


def _sharing(typed: Draft, parts: heard.Parts) -> list[Block]:
    return [
        *heard.adding(parts),
        _field("sharing", fields.radio_element(words.SHARINGS, typed.sharing)),
    ]


def _field(name: str, element: Any, hint: str | None = None, *, optional: bool = False) -> Block:
    told = element.action_id in (heard.TYPED, KIND)
    return fields.field(name, labels.label(name), element, optional=optional, hint=hint, told=told)


def _optional(name: str, element: Any, hint: str | None = None) -> Block:
    return _field(name, element, hint, optional=True)


def read(view: fields.Payload) -> Draft:
    """The draft as typed, from a submission or from the form still open; nothing is checked."""
    customer_id, new = customers.read_customer(view)
    packed = fields.unpack(view)
    minutes = fields.code(view, "minutes") if _unfolded(view) else packed.get("minutes")
    mood = fields.code(view, "mood")
    return Draft(
        customer_id=customer_id,
        new_customer=new,
        on=fields.on(view, "on"),
        story=fields.text(view, "story"),
        kind=VisitKind(fields.code(view, "kind") or packed.get("kind", VisitKind.VIDEO)),
        minutes=int(minutes) if minutes else None,
        quote=fields.text(view, "quote"),
        mood=Mood(mood) if mood else None,
        surprise=fields.text(view, "surprise"),
        sharing=Sharing(fields.code(view, "sharing") or Sharing.SHARE),
        **heard.read(view, packed.get("picture", "")),
    )


def _unfolded(view: fields.Payload) -> bool:
    return "kind" in view["state"]["values"]


def sheet(view: fields.Payload) -> Sheet:
    """What the form is a sheet of."""
    packed = fields.unpack(view)
    version, visit_id = packed.get("version", 0), packed.get("visit")
    # A form may have been opened before there were keys.
    key = packed.get("key") or str(view["id"])
    return Sheet(key, str(view["id"]), version, visit_id, packed.get("debrief"))


def unfinished(view: fields.Payload, typed_at: datetime, now: datetime) -> Unfinished:
    """What stands in the form and is not submitted yet; `typed_at` is Slack's, both aware UTC."""
    known = sheet(view)
    told = known.visit_id, nudge_id(view), known.debrief_id, known.window
    return Unfinished(known.key, read(view), now, typed_at, *told)


def read_form(view: fields.Payload) -> DebriefForm:
    """The form as it stands, with what has been typed; for drawing it anew."""
    packed, typed = fields.unpack(view), read(view)
    today = date.fromisoformat(packed["today"])
    return DebriefForm(
        customer=customers.chosen(view),
        on=typed.on or today,
        today=today,
        more=_unfolded(view),
        parts={heard.Part(each): count for each, count in packed.get("parts", {}).items()},
        sheet=sheet(view),
        nudge_id=packed.get("nudge"),
        where=packed.get("where", ""),
        typed=typed,
        kind=typed.kind,
        digest_on=date.fromisoformat(packed["digest"]) if "digest" in packed else None,
        since=datetime.fromisoformat(packed["since"]) if "since" in packed else None,
        zone=packed.get("zone", "UTC"),
        rest=_read_rest(view),
        hypothesis=hypotheses.chosen(view),
    )


def nudge_id(view: fields.Payload) -> int | None:
    """The nudge that the form was opened from."""
    return fields.unpack(view).get("nudge")


def unfolded(view: fields.Payload) -> View:
    """The form with its folded part open and everything typed so far still in it."""
    known = read_form(view)
    return form(replace(known, more=True, parts=heard.most(known.parts, AT_FIRST)))


def with_more(view: fields.Payload, action_id: str) -> View:
    """The form with one more part, that of the button that was pressed."""
    known = read_form(view)
    return form(replace(known, parts=heard.more(known.parts, heard.ADD[action_id])))


def grown(view: fields.Payload) -> View | None:
    """The form with the parts that its kind of visit asks for; None where it has them."""
    known = read_form(view)
    wanted = heard.asked(read(view))
    return form(known) if any(wanted[each] > known.parts.get(each, 0) for each in wanted) else None


def meanwhile(view: fields.Payload, stands: Debrief) -> View:
    """The form with its words, once another window has kept others for the same visit."""
    known = read_form(view)
    note = (
        "You have saved this debrief in another window, in other words: "
        f"“{kit.clip(stands.story, 600)}” Your words here are not lost. "
        "Save once more to put them in the place of those, or cancel to leave those."
    )
    return form(replace(known, sheet=replace(known.sheet, version=stands.version), note=note))
