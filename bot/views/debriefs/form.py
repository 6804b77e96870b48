"""The debrief form: its views, and the reader of what was typed into it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    RichTextBlock,
)
from slack_sdk.models.views import View

from bot.domain.customers import CustomerChoice
from bot.domain.debriefs.facts import DebriefForm, SectionCounts
from bot.domain.debriefs.rules import (
    STORY_LENGTH,
    TEXTS,
    Debrief,
    Draft,
    FormSession,
    Mood,
    SavedDraft,
    Sharing,
)
from bot.domain.debriefs.sections import Section
from bot.domain.text import cut_to_length
from bot.domain.visits.rules import MINUTES_OFFERED, VisitKind
from bot.views import block_kit, form_fields
from bot.views import labels as label_views
from bot.views.customers import fields as customers
from bot.views.debriefs import confirmations, form_sections
from bot.views.debriefs.field_table import Place, names_at
from bot.views.hypotheses import fields as hypotheses

CALLBACK = "debrief.record"
FROM_MESSAGE = "debrief.from_message"
ADD_MORE = "debrief.more"
OVERFLOW = "debrief.rest"
OVERFLOW_MAX_CHARS = 9000
START_OVER = "debrief.afresh"
# What is worth looking for on any visit (text 004).
INITIAL_SECTIONS: SectionCounts = {Section.WORKAROUND: 1}
# What the form's metadata holds while these fields are folded away.
PACKED_FIELDS = ("kind", "minutes")


def render_form(form: DebriefForm) -> View:
    """Render the form: three required fields, and the others once it is expanded."""
    typed = form.typed or Draft(None, form.on, "", kind=form.kind)
    expanded = form.expanded or _must_expand(typed)
    sections = form_sections.largest_counts(form.sections, form_sections.needed_sections(typed))
    if expanded and not form.expanded:
        sections = form_sections.largest_counts(sections, INITIAL_SECTIONS)
    return View(
        type="modal",
        callback_id=CALLBACK,
        title="Debrief",
        submit="Save",
        close="Cancel",
        notify_on_close=True,
        private_metadata=_metadata(form, sections),
        blocks=[
            *_notice_blocks(form),
            *_required_fields(form.customer, typed),
            *(_optional_fields(typed) if expanded else []),
            *form_sections.section_blocks(sections, typed, form.today, form.hypothesis),
            *(_sharing_fields(typed, sections) if expanded else _collapsed_blocks(form)),
            *(confirmations.withdraw_blocks() if form.session.debrief_id is not None else []),
        ],
    )


def _notice_blocks(form: DebriefForm) -> list[Block]:
    """Build what the author needs to know first: a conflict, a text too long, or a saved draft."""
    if form.notice:
        return [block_kit.rich_text(block_kit.paragraph(form.notice))]
    if form.overflow:
        return [_overflow_block(form.overflow)]
    if form.left_at is None:
        return []
    when = block_kit.format_moment(form.left_at, form.zone, form.today)
    start_over = ButtonElement(text="Begin another one", action_id=START_OVER, value="afresh")
    return [
        block_kit.context(f"You left this unfinished on {when}. Your words are still here."),
        ActionsBlock(block_id=START_OVER, elements=[start_over]),
    ]


def _overflow_block(rest: str) -> Block:
    """Build the block for what came with a command or a message and is too long for its field."""
    opening = block_kit.paragraph(
        f"A field has room for {STORY_LENGTH:,} characters. This did not fit: "
    )
    return RichTextBlock(
        block_id=OVERFLOW,
        elements=[opening, block_kit.quote(cut_to_length(rest, OVERFLOW_MAX_CHARS))],
    )


def _parse_overflow(view: form_fields.Payload) -> str:
    """Parse that text from the form that shows it."""
    quotes = (each["elements"][1] for each in view["blocks"] if each.get("block_id") == OVERFLOW)
    return "".join(part["text"] for each in quotes for part in each["elements"])


def _metadata(form: DebriefForm, sections: SectionCounts) -> str:
    typed = form.typed
    return form_fields.pack_metadata(
        key=form.session.key,
        version=form.session.version or None,
        nudge=form.nudge_id,
        visit=form.session.visit_id,
        debrief=form.session.debrief_id,
        where=form.reply_to or None,
        kind=(typed.kind if typed else form.kind).value,
        minutes=typed.minutes if typed else None,
        picture=(typed.picture if typed else None) or None,
        parts={section.value: count for section, count in sections.items()} or None,
        today=form.today.isoformat(),
        digest=form.digest_on.isoformat() if form.digest_on else None,
        since=form.left_at.isoformat() if form.left_at else None,
        zone=form.zone,
    )


def _must_expand(typed: Draft) -> bool:
    """Return whether a field that would be folded away is filled in."""
    empty = Draft(None, None, "")
    return any(
        getattr(typed, name) != getattr(empty, name)
        for name in (*names_at(Place.FOLDED), *names_at(Place.LAST))
        if name not in PACKED_FIELDS
    )


def _required_fields(customer: CustomerChoice | None, typed: Draft) -> Iterator[Block]:
    elements = {
        "customer": customers.customer_select(customer),
        "on": form_fields.date_element(typed.on),
    }
    return form_sections.place_fields(Place.ALWAYS, typed, elements)


def _collapsed_blocks(form: DebriefForm) -> list[Block]:
    when = (
        f"on {block_kit.format_day(form.digest_on, form.today)}"
        if form.digest_on
        else "in the weekly digest"
    )
    hint = f"Shared with your team {when} unless you choose otherwise under “Add more”."
    add_more = ButtonElement(text="Add more", action_id=ADD_MORE, value="more")
    return [
        ActionsBlock(block_id=ADD_MORE, elements=[add_more]),
        block_kit.context(hint),
    ]


def _optional_fields(typed: Draft) -> Iterator[Block]:
    lengths = {
        str(each): label_views.duration(each)
        for each in sorted({*MINUTES_OFFERED, typed.minutes or 15})
    }
    minutes = str(typed.minutes) if typed.minutes else None
    elements = {
        "kind": form_fields.select_element(
            label_views.VISIT_KINDS, typed.kind, action_id=form_sections.KIND
        ),
        "minutes": form_sections.autosaved_select(lengths, minutes),
        "mood": form_sections.autosaved_select(label_views.MOODS, typed.mood),
    }
    return form_sections.place_fields(Place.FOLDED, typed, elements)


def _sharing_fields(typed: Draft, sections: SectionCounts) -> list[Block]:
    elements = {"sharing": form_fields.radio_element(label_views.SHARINGS, typed.sharing)}
    return [
        *form_sections.add_buttons(sections),
        *form_sections.place_fields(Place.LAST, typed, elements),
    ]


def parse_draft(view: form_fields.Payload) -> Draft:
    """Parse the draft as typed, from a submission or from the open form; nothing is checked."""
    customer_id, new = customers.parse_customer(view)
    packed = form_fields.unpack_metadata(view)
    minutes = form_fields.get_code(view, "minutes") if _is_expanded(view) else packed.get("minutes")
    mood = form_fields.get_code(view, "mood")
    texts: Mapping[str, Any] = {name: form_fields.get_text(view, name) for name in TEXTS[Draft]}
    return Draft(
        customer_id=customer_id,
        new_customer=new,
        on=form_fields.get_date(view, "on"),
        kind=VisitKind(form_fields.get_code(view, "kind") or packed.get("kind", VisitKind.VIDEO)),
        minutes=int(minutes) if minutes else None,
        mood=Mood(mood) if mood else None,
        sharing=Sharing(form_fields.get_code(view, "sharing") or Sharing.SHARE),
        **texts,
        **form_sections.parse_sections(view, packed.get("picture", "")),
    )


def _is_expanded(view: form_fields.Payload) -> bool:
    return "kind" in view["state"]["values"]


def parse_session(view: form_fields.Payload) -> FormSession:
    """Parse what a form was opened from: all forms with one `key` save one debrief."""
    packed = form_fields.unpack_metadata(view)
    version, visit_id = packed.get("version", 0), packed.get("visit")
    # A form may have been opened before there were keys.
    key = packed.get("key") or str(view["id"])
    return FormSession(key, str(view["id"]), version, visit_id, packed.get("debrief"))


def parse_saved_draft(view: form_fields.Payload, typed_at: datetime, now: datetime) -> SavedDraft:
    """Parse what is typed and not submitted yet; `typed_at` is Slack's, both are aware UTC."""
    session = parse_session(view)
    ids = session.visit_id, parse_nudge_id(view), session.debrief_id, session.form_id
    return SavedDraft(session.key, parse_draft(view), now, typed_at, *ids)


def parse_form(view: form_fields.Payload) -> DebriefForm:
    """Parse the form as it is, with what has been typed, to render it again."""
    packed, typed = form_fields.unpack_metadata(view), parse_draft(view)
    today = date.fromisoformat(packed["today"])
    return DebriefForm(
        customer=customers.current_choice(view),
        on=typed.on or today,
        today=today,
        expanded=_is_expanded(view),
        sections={Section(each): count for each, count in packed.get("parts", {}).items()},
        session=parse_session(view),
        nudge_id=packed.get("nudge"),
        reply_to=packed.get("where", ""),
        typed=typed,
        kind=typed.kind,
        digest_on=date.fromisoformat(packed["digest"]) if "digest" in packed else None,
        left_at=datetime.fromisoformat(packed["since"]) if "since" in packed else None,
        zone=packed.get("zone", "UTC"),
        overflow=_parse_overflow(view),
        hypothesis=hypotheses.current_choice(view),
    )


def parse_nudge_id(view: form_fields.Payload) -> int | None:
    """Parse the nudge that the form was opened from."""
    return form_fields.unpack_metadata(view).get("nudge")


def render_expanded(view: form_fields.Payload) -> View:
    """Render the form expanded, with everything typed so far still in it."""
    known = parse_form(view)
    return render_form(
        replace(
            known,
            expanded=True,
            sections=form_sections.largest_counts(known.sections, INITIAL_SECTIONS),
        )
    )


def render_with_section(view: form_fields.Payload, action_id: str) -> View:
    """Render the form with one more section, that of the button that was pressed."""
    known = parse_form(view)
    return render_form(
        replace(
            known,
            sections=form_sections.add_section(
                known.sections, form_sections.SECTION_BY_ACTION[action_id]
            ),
        )
    )


def render_for_kind(view: form_fields.Payload) -> View | None:
    """Render the form with the sections that its kind of visit needs; None where it has them."""
    known = parse_form(view)
    wanted = form_sections.needed_sections(parse_draft(view))
    return (
        render_form(known)
        if any(wanted[each] > known.sections.get(each, 0) for each in wanted)
        else None
    )


def render_conflict(view: form_fields.Payload, saved: Debrief) -> View:
    """Render the form as typed, after another window saved other words for the same visit."""
    known = parse_form(view)
    notice = (
        "You have saved this debrief in another window, in other words: "
        f"“{block_kit.truncate(saved.draft.story, 600)}” Your words here are not lost. "
        "Save once more to put them in the place of those, or cancel to leave those."
    )
    return render_form(
        replace(known, session=replace(known.session, version=saved.version), notice=notice)
    )
