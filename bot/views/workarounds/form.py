"""Wholes: the form in which it is said how far a workaround is, and what belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import Block, ExternalDataSelectElement, Option, RichTextElement
from slack_sdk.models.views import View

from bot.domain.workarounds import RELEASE_LENGTH, State
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views.workarounds.overview import (
    CUSTOMERS_SHOWN,
    SOMEBODY,
    WHAT_SHOWN,
    Row,
    standing,
    words,
)

KEEP = "workaround.keep"
SAME = "workaround.same"
KIND = "workaround"
MEMBERS_SHOWN = 10
OFFERED = 50
STATES: Mapping[str, str] = {
    State.OPEN: "Open",
    State.PLANNED: "Planned",
    State.FIXED: "Fixed",
}
IN_WHICH = "Say in which release, as that is what customers are told."


@dataclass(frozen=True)
class Merged:
    """What joined this one, to be taken apart again: its words, and whose doing it was."""

    id: int
    what: str
    by: str


@dataclass(frozen=True)
class Form:
    """A workaround to change: `seen` are the customers ("" if not to be named) and words of each.

    `version` names what was shown.
    """

    row: Row
    seen: tuple[tuple[str, str], ...]
    version: str = ""
    merged: tuple[Merged, ...] = ()


@dataclass(frozen=True)
class Wish:
    """A changed workaround as it was filled in; `same_as` is one that it belongs to."""

    id: int
    version: str
    state: State
    release: str
    same_as: int | None = None
    apart: frozenset[int] = frozenset()


def form(known: Form, searched: str = "", note: str = "") -> View:
    """The form: how far it has come, in which release, and what it belongs to.

    `searched` are the words that the list below it was searched for; `note` says first what has
    changed meanwhile.
    """
    return View(
        type="modal",
        callback_id=KEEP,
        title="Change a workaround",
        submit="Save",
        close="Cancel",
        private_metadata=fields.pack(
            id=known.row.id, version=known.version or None, words=searched or None
        ),
        blocks=[
            *([kit.rich(kit.paragraph(note))] if note else []),
            kit.rich(*_members(known)),
            *_unasked(known.row.unasked),
            *_fields(known),
        ],
    )


def _fields(known: Form) -> list[Block]:
    row = known.row
    chosen = State.FIXED if row.state is State.TOLD else row.state
    release = fields.text_element(RELEASE_LENGTH, row.release, example="4.2")
    same = ExternalDataSelectElement(
        action_id=SAME, placeholder="Type some of its words", min_query_length=0
    )
    apart = [fields.field("apart", "Not the same after all", _apart(known.merged), optional=True)]
    return [
        fields.field("state", "How far is it?", fields.select_element(STATES, chosen)),
        fields.field("release", "In which release?", release, optional=True),
        fields.field("same", "Is it the same as another?", same, optional=True),
        *(apart if known.merged else []),
    ]


def _apart(merged: Sequence[Merged]) -> Any:
    options = {
        str(each.id): f"{kit.one_line(each.what, 50)} ({kit.one_line(each.by, 20)})"
        for each in merged
    }
    return fields.checks_element(options, [])


def _members(known: Form) -> list[RichTextElement]:
    lines: list[list[kit.Part]] = [
        [kit.bold(kit.one_line(name or SOMEBODY)), f": {kit.one_line(what, WHAT_SHOWN)}"]
        for name, what in known.seen[:MEMBERS_SHOWN]
    ]
    if len(known.seen) > MEMBERS_SHOWN:
        lines.append([f"and {len(known.seen) - MEMBERS_SHOWN} more"])
    return [kit.bullets(*lines)]


def _unasked(names: Sequence[str]) -> list[Block]:
    if not names:
        return []
    shown = [kit.one_line(each or SOMEBODY, 40) for each in names[:CUSTOMERS_SHOWN]]
    if len(names) > CUSTOMERS_SHOWN:
        shown.append(f"{len(names) - CUSTOMERS_SHOWN} more")
    why = "whoever saw it there has left, and nobody looks after them"
    return [kit.small(f"Nobody is asked to tell {kit.listed(shown)}: {why}.")]


def meanwhile(known: Form, view: fields.Payload) -> View:
    """The form as it was filled in, of one that somebody else has changed meanwhile."""
    stands = standing(known.row.state, known.row.release)
    note = f"Somebody changed it meanwhile: it is {stands} now. Save, and it is as you have it."
    wish = _typed(view)
    row = replace(known.row, state=wish.state, release=wish.release)
    return form(replace(known, row=row), words(view), note)


def of_form(view: fields.Payload) -> int:
    """The workaround that a form is about."""
    return int(fields.unpack(view)["id"])


def read(view: fields.Payload) -> Wish:
    """What was filled in; raises FormFault with a sentence for each field that is not right."""
    wish = _typed(view)
    if len(wish.release) > RELEASE_LENGTH:
        raise kit.FormFault({"release": fields.too_long(RELEASE_LENGTH)})
    if wish.state is State.FIXED and not wish.release:
        raise kit.FormFault({"release": IN_WHICH})
    return wish


def _typed(view: fields.Payload) -> Wish:
    packed = fields.unpack(view)
    same_as, _ = fields.read_found(view, "same", KIND)
    state = State(fields.code(view, "state") or State.OPEN)
    return Wish(
        id=int(packed["id"]),
        version=str(packed.get("version", "")),
        state=state,
        # What is open is in no release.
        release="" if state is State.OPEN else " ".join(fields.text(view, "release").split()),
        same_as=same_as,
        apart=frozenset(int(each) for each in fields.codes(view, "apart")),
    )


def errors_same(sentence: str) -> dict[str, str]:
    """A sentence at the field for what it belongs to, by block id."""
    return {"same": sentence}


def not_saved(reference: str) -> dict[str, str]:
    """The sentence for a form that stays open because saving failed, by block id."""
    return {"release": fields.not_saved(reference)}


def options(alike: Sequence[Row], others: Sequence[Row]) -> dict[str, Any]:
    """The answer to a search for one that this may be the same as; likely ones come first."""
    likely = alike[:OFFERED]
    rest = others[: OFFERED - len(likely)]
    groups = (("Looks alike", likely), ("Others", rest))
    found = [
        {"label": kit.plain(label).to_dict(), "options": [_option(each).to_dict() for each in rows]}
        for label, rows in groups
        if rows
    ]
    return {"option_groups": found} if found else {"options": []}


def _option(row: Row) -> Option:
    where = kit.one_line(next((each for each in row.customers if each), SOMEBODY), 20)
    return fields.option(f"{KIND}:{row.id}", f"{kit.one_line(row.what, 52)} ({where})")
