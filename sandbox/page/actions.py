"""Actions on the page: each goes through `Person` and returns the updated page."""

from collections.abc import AsyncIterator, Callable, Sequence
from math import isinf
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from sandbox.delivery.ack_effects import TROUBLE
from sandbox.delivery.outcome import Outcome
from sandbox.forms.values import slack_value
from sandbox.page import clock_bar, fields
from sandbox.page.context import PageContext
from sandbox.page.option_lists import list_options
from sandbox.page.page_state import build_page_state, find_channel, reader_for
from sandbox.page.rendering import render
from sandbox.person import Person
from sandbox.workspace.elements import PlacedElement, find_elements
from sandbox.workspace.state import Block, Message, View

CHANGED_TEXT = "That has changed in the meantime. Look again, please."
NOT_ANSWERED = "The app did not respond"


async def _read_form(request: Request) -> AsyncIterator[FormData]:
    async with request.form() as form:
        yield form


PostedForm = Annotated[FormData, Depends(_read_form)]


class Actions:
    """Handlers of all requests of the page that change something.

    The private ones return the error to show, empty when the action succeeded.
    """

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._workspace = context.workspace

    def say(self, user_id: str, place: str, form: PostedForm) -> Response:
        """Send what was typed; with a leading slash, run it as a command."""
        text = str(form.get("text", "")).strip()
        return self._respond(user_id, place, lambda person: self._say(person, place, text))

    def press(self, user_id: str, place: str, form: PostedForm) -> Response:
        """Use one interactive element; what was typed around it is sent along."""
        return self._respond(user_id, place, lambda person: self._press(person, form))

    def submit(self, user_id: str, place: str, form: PostedForm) -> Response:
        """Submit the top modal with what was typed."""
        return self._respond(user_id, place, lambda person: self._submit(person, form))

    def close(self, user_id: str, place: str, form: PostedForm) -> Response:
        """Close the top modal, or the whole stack."""
        return self._respond(user_id, place, lambda person: self._close(person, form))

    def shortcut(self, user_id: str, place: str, form: PostedForm) -> Response:
        """Run a global shortcut, or one on a message."""
        return self._respond(user_id, place, lambda person: self._shortcut(person, form))

    def move_clock(self, user_id: str, place: str, form: PostedForm) -> Response:
        """Move the workspace's clock by a step, or to what is due next."""
        step = str(form.get("_step", ""))
        return self._respond(user_id, place, lambda person: self._move_clock(person, step))

    def upload(self, user_id: str, form: PostedForm) -> Response:
        """Upload files for a file input, and return a chip for each."""
        person = self._person(user_id)
        given = [item for item in form.getlist("file") if isinstance(item, UploadFile)]
        files = [
            person.upload(item.filename or "file", item.file.read(), item.content_type)
            for item in given
        ]
        return HTMLResponse(render("chips.html", files=files, name=str(form.get("_name", ""))))

    def options(
        self, user_id: str, where: str, block: str, action: str, typed: str = ""
    ) -> Response:
        """Return what a select offers for the text typed so far, as list items."""
        person = self._person(user_id)
        surface = self._find(person, where)
        found = fields.find_element(_blocks(surface), block, action) if surface else None
        if surface is None or found is None or person.user.deleted:
            return HTMLResponse(render("options.html", groups=[], note=CHANGED_TEXT))
        groups, note = list_options(self._workspace, person, surface, found, typed)
        return HTMLResponse(render("options.html", groups=groups, note=note))

    def _respond(self, user_id: str, place: str, act: Callable[[Person], str]) -> Response:
        """Run an action of a person, then return the place as it is now.

        What Slack makes impossible raises AssertionError in `Person`, with the reason; a stale page
        may still ask for it.
        """
        person = self._person(user_id)
        try:
            trouble = act(person)
        except AssertionError as error:
            trouble = str(error)
        channel = find_channel(self._workspace, person, place)
        page = build_page_state(self._context, person, channel, trouble=trouble, answers=True)
        return HTMLResponse(render("parts.html", look=page))

    def _say(self, person: Person, place: str, text: str) -> str:
        channel = find_channel(self._workspace, person, place)
        if not text or channel is None:
            return ""
        if not text.startswith("/"):
            person.say(channel, text)
            return ""
        command, _, rest = text.partition(" ")
        outcome = person.run(command, rest.strip(), channel=channel)
        if _is_silent(outcome):
            return f"{command} failed because the app did not respond."
        return "" if outcome.acked and outcome.text != TROUBLE else outcome.text

    def _press(self, person: Person, form: FormData) -> str:
        where = self._find(person, str(form.get("_where", "")))
        block_id, action_id = str(form.get("_block", "")), str(form.get("_action", ""))
        found = fields.find_element(_blocks(where), block_id, action_id) if where else None
        if where is None or found is None:
            return CHANGED_TEXT
        self._store_typed(person, where, form)
        value = self._value(person, found, form)
        outcome = person.press(where, action_id, value, block_id=block_id)
        return self._trouble(outcome, where)

    def _value(self, person: Person, found: PlacedElement, form: FormData) -> Any:
        if not found.kind.stateful:
            return str(form.get("_value", "")) or None
        zone = reader_for(self._workspace, person.user).zone
        return fields.simple_value(found, fields.read_field(found, form, zone))

    def _submit(self, person: Person, form: FormData) -> str:
        view = self._top_modal(person, form)
        if view is None:
            return CHANGED_TEXT
        self._store_typed(person, view, form)
        outcome = person.submit()
        if outcome.errors:
            return ""
        return TROUBLE if not outcome.acked or outcome.text == TROUBLE else ""

    def _close(self, person: Person, form: FormData) -> str:
        view = self._top_modal(person, form)
        if view is not None:
            self._store_typed(person, view, form)
            person.close(clear_all=form.get("_how") == "all")
        return ""

    def _shortcut(self, person: Person, form: FormData) -> str:
        where = self._find(person, str(form.get("_where", "")))
        message = where if isinstance(where, Message) else None
        outcome = person.shortcut(str(form.get("_shortcut", "")), message=message)
        return self._trouble(outcome, message)

    def _move_clock(self, person: Person, step: str) -> str:
        clock = self._context.clock
        if clock is None:
            return clock_bar.NO_CLOCK
        goal = clock_bar.destination(clock, step, person.id)
        if goal is None:
            return clock_bar.NOTHING_DUE
        clock.move(goal)
        self._workspace.notify_changed()
        return ""

    def _person(self, user_id: str) -> Person:
        person = self._context.find_person(user_id)
        if person is None:
            raise HTTPException(404)
        return person

    def _find(self, person: Person, where: str) -> Message | View | None:
        """Return the message or view that the page calls `where`; None if out of sight."""
        kind, _, rest = where.partition(":")
        if kind == "view":
            view = self._workspace.views.get(rest)
            return view if view and view.user == person.id and view.open else None
        channel, _, ts = rest.partition(":")
        if find_channel(self._workspace, person, channel) is None:
            return None
        found = self._workspace.message(channel, ts)
        return found if found and found.ephemeral_for in (None, person.id) else None

    def _top_modal(self, person: Person, form: FormData) -> View | None:
        view = person.view
        return view if view and view.id == form.get("_view") else None

    def _store_typed(self, person: Person, where: Message | View, form: FormData) -> None:
        """Store what was typed before the app gets the action, as Slack does."""
        zone = reader_for(self._workspace, person.user).zone
        state = fields.read_state(_blocks(where), form, zone)
        read_at = float(str(form.get("_read_at", "inf")))
        with self._workspace.lock:
            if isinstance(where, View):
                if read_at < where.read_at:
                    return
                where.read_at = 0.0 if isinf(read_at) else read_at
            for placed in find_elements(_blocks(where)):
                entry = state.get(placed.block_id, {}).get(placed.action_id, {})
                self._complete_entry(person, placed, entry)
            if isinstance(where, View):
                where.state_values = state
            elif state:
                self._workspace.typed_on_messages[person.id, where.channel, where.ts] = state

    def _complete_entry(self, person: Person, placed: PlacedElement, entry: dict[str, Any]) -> None:
        """Replace file ids by Slack's file objects; keep the app's options as offered."""
        kind, value = str(placed.element["type"]), entry.get(placed.kind.key)
        if kind == "file_input":
            chosen = fields.simple_value(placed, entry)
            entry[placed.kind.key] = slack_value(self._workspace, person.id, placed, chosen)
        elif "external" in kind and value:
            chosen = value if isinstance(value, list) else [value]
            offered = self._workspace.offered.get((person.id, placed.action_id), [])
            self._workspace.offered[person.id, placed.action_id] = [*offered, *chosen]

    def _trouble(self, outcome: Outcome, where: Message | View | None) -> str:
        if outcome.acked:
            return ""
        if isinstance(where, View) and where.kind == "modal":
            return TROUBLE
        if _is_silent(outcome):
            return f"{self._workspace.installation.name} did not respond. Try again?"
        return outcome.text


def _blocks(where: Message | View) -> Sequence[Block]:
    return where.payload.get("blocks", []) if isinstance(where, View) else where.blocks


def _is_silent(outcome: Outcome) -> bool:
    return not outcome.acked and outcome.text.startswith(NOT_ANSWERED)
