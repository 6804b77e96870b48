"""The form to change a workaround: its state, its release, and what it is merged with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import Block, ExternalDataSelectElement, Option, RichTextElement
from slack_sdk.models.views import View

from bot.domain.workarounds import (
    MAX_OPTIONS,
    RELEASE_LENGTH,
    MergedWorkaround,
    WorkaroundChanges,
    WorkaroundForm,
    WorkaroundRow,
    WorkaroundState,
)
from bot.views import block_kit, form_fields
from bot.views.workarounds.overview import (
    MAX_CUSTOMERS,
    UNNAMED_CUSTOMER,
    WHAT_MAX_CHARS,
    get_search_text,
    state_text,
)

SAVE = "workaround.keep"
SAME = "workaround.same"
KIND = "workaround"
MAX_SIGHTINGS = 10
STATES: Mapping[str, str] = {
    WorkaroundState.OPEN: "Open",
    WorkaroundState.PLANNED: "Planned",
    WorkaroundState.FIXED: "Fixed",
}
RELEASE_MISSING = "Say in which release, as that is what customers are told."


def render_form(known: WorkaroundForm, search_text: str = "", notice: str = "") -> View:
    """Render the form: the state, the release, and which other one it is the same as.

    `search_text` is what the list below the form was searched for; `notice` says first what has
    changed meanwhile.
    """
    return View(
        type="modal",
        callback_id=SAVE,
        title="Change a workaround",
        submit="Save",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(
            id=known.row.id, version=known.version or None, words=search_text or None
        ),
        blocks=[
            *([block_kit.rich_text(block_kit.paragraph(notice))] if notice else []),
            block_kit.rich_text(*_sighting_elements(known)),
            *_unasked_blocks(known.row.unasked),
            *_fields(known),
        ],
    )


def _fields(known: WorkaroundForm) -> list[Block]:
    row = known.row
    chosen = WorkaroundState.FIXED if row.state is WorkaroundState.TOLD else row.state
    release = form_fields.text_element(RELEASE_LENGTH, row.release, example="4.2")
    same = ExternalDataSelectElement(
        action_id=SAME, placeholder="Type some of its words", min_query_length=0
    )
    split_off = [
        form_fields.input_block(
            "apart", "Not the same after all", _split_checkboxes(known.merged), optional=True
        )
    ]
    return [
        form_fields.input_block(
            "state", "How far is it?", form_fields.select_element(STATES, chosen)
        ),
        form_fields.input_block("release", "In which release?", release, optional=True),
        form_fields.input_block("same", "Is it the same as another?", same, optional=True),
        *(split_off if known.merged else []),
    ]


def _split_checkboxes(merged: Sequence[MergedWorkaround]) -> Any:
    options = {
        str(
            each.id
        ): f"{block_kit.one_line(each.what, 50)} ({block_kit.one_line(each.merged_by, 20)})"
        for each in merged
    }
    return form_fields.checkboxes_element(options, [])


def _sighting_elements(known: WorkaroundForm) -> list[RichTextElement]:
    lines: list[list[block_kit.TextPart]] = [
        [
            block_kit.bold(block_kit.one_line(name or UNNAMED_CUSTOMER)),
            f": {block_kit.one_line(what, WHAT_MAX_CHARS)}",
        ]
        for name, what in known.sightings[:MAX_SIGHTINGS]
    ]
    if len(known.sightings) > MAX_SIGHTINGS:
        lines.append([f"and {len(known.sightings) - MAX_SIGHTINGS} more"])
    return [block_kit.bullets(*lines)]


def _unasked_blocks(names: Sequence[str]) -> list[Block]:
    if not names:
        return []
    shown = [block_kit.one_line(each or UNNAMED_CUSTOMER, 40) for each in names[:MAX_CUSTOMERS]]
    if len(names) > MAX_CUSTOMERS:
        shown.append(f"{len(names) - MAX_CUSTOMERS} more")
    why = "whoever saw it there has left, and nobody looks after them"
    return [block_kit.context(f"Nobody is asked to tell {block_kit.join_names(shown)}: {why}.")]


def render_conflict(known: WorkaroundForm, view: form_fields.Payload) -> View:
    """Render the form as filled in, for a workaround that someone else has changed meanwhile."""
    state = state_text(known.row.state, known.row.release)
    notice = f"Somebody changed it meanwhile: it is {state} now. Save, and it is as you have it."
    changes = _parse_unchecked(view)
    row = replace(known.row, state=changes.state, release=changes.release)
    return render_form(replace(known, row=row), get_search_text(view), notice)


def parse_form_workaround_id(view: form_fields.Payload) -> int:
    """Parse the workaround that a form is about."""
    return int(form_fields.unpack_metadata(view)["id"])


def parse_changes(view: form_fields.Payload) -> WorkaroundChanges:
    """Parse what was filled in; raise `FormError` with a sentence for each wrong field."""
    changes = _parse_unchecked(view)
    if len(changes.release) > RELEASE_LENGTH:
        raise block_kit.FormError({"release": form_fields.too_long_text(RELEASE_LENGTH)})
    if changes.state is WorkaroundState.FIXED and not changes.release:
        raise block_kit.FormError({"release": RELEASE_MISSING})
    return changes


def _parse_unchecked(view: form_fields.Payload) -> WorkaroundChanges:
    packed = form_fields.unpack_metadata(view)
    same_as, _ = form_fields.parse_choice(view, "same", KIND)
    state = WorkaroundState(form_fields.get_code(view, "state") or WorkaroundState.OPEN)
    return WorkaroundChanges(
        id=int(packed["id"]),
        version=str(packed.get("version", "")),
        state=state,
        # An open workaround is in no release.
        release=""
        if state is WorkaroundState.OPEN
        else " ".join(form_fields.get_text(view, "release").split()),
        same_as=same_as,
        split_off=frozenset(int(each) for each in form_fields.get_codes(view, "apart")),
    )


def same_as_errors(sentence: str) -> dict[str, str]:
    """Return a sentence at the field for the one it is the same as, by block id."""
    return {"same": sentence}


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a form that stays open because saving failed, by block id."""
    return {"release": form_fields.not_saved_text(reference)}


def options(similar: Sequence[WorkaroundRow], others: Sequence[WorkaroundRow]) -> dict[str, Any]:
    """Build the response to a search for one that this may be the same as; likely ones first."""
    likely = similar[:MAX_OPTIONS]
    rest = others[: MAX_OPTIONS - len(likely)]
    groups = (("Looks alike", likely), ("Others", rest))
    found = [
        {
            "label": block_kit.plain_text(label).to_dict(),
            "options": [_option(each).to_dict() for each in rows],
        }
        for label, rows in groups
        if rows
    ]
    return {"option_groups": found} if found else {"options": []}


def _option(row: WorkaroundRow) -> Option:
    where = block_kit.one_line(next((each for each in row.customers if each), UNNAMED_CUSTOMER), 20)
    return form_fields.option(f"{KIND}:{row.id}", f"{block_kit.one_line(row.what, 52)} ({where})")
