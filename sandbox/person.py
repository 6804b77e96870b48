"""Person: all that a user can do in Slack; both tests and the page use it."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.delivery import events, payloads
from sandbox.delivery.ack_effects import apply_command_ack, apply_submission_ack, offered_options
from sandbox.delivery.outcome import Outcome
from sandbox.delivery.payload_delivery import PayloadDelivery
from sandbox.forms.client_checks import errors_in
from sandbox.forms.values import slack_value
from sandbox.workspace.elements import PlacedElement, find_element, find_field, state_entry
from sandbox.workspace.files import new_file
from sandbox.workspace.modals import close_view
from sandbox.workspace.state import Block, Channel, File, Message, User, View

MIN_QUERY = 3


class Person:
    """A handle on one user; a user may have any number of handles.

    What Slack makes impossible (using an element that isn't there, acting while deactivated) raises
    AssertionError; what Slack's client refuses is an Outcome with status 0.
    """

    def __init__(self, delivery: PayloadDelivery, user_id: str) -> None:
        self._delivery = delivery
        self._workspace = delivery.workspace
        self.id = user_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Person({self.name}, {self.id})"

    @property
    def user(self) -> User:
        return self._workspace.users[self.id]

    @property
    def name(self) -> str:
        return self.user.real_name

    @property
    def dm(self) -> Channel:
        """Return the direct message with the bot, opened if needed."""
        return self._workspace.open_dm(self.id)

    @property
    def view(self) -> View | None:
        """Return the top open modal, or None."""
        stack = self._workspace.modal_stack(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """Return the Home last published for this person, or None."""
        return self._workspace.home_of(self.id)

    def messages(self, channel: Channel | None = None) -> list[Message]:
        """Return what this person sees in a channel (default: the bot DM), oldest first."""
        where = channel or self.dm
        return self._workspace.visible_messages(where.id, self.id) if self._is_in(where) else []

    def wait_for_view(self, timeout: float = 5.0) -> View:
        """Return the top modal once there is one; AssertionError after `timeout` seconds."""
        found = self._workspace.wait_until(lambda: self.view, timeout)
        if found is None:
            raise AssertionError(f"no modal was opened for {self.name}")
        return found

    def run(self, command: str, text: str = "", *, channel: Channel | None = None) -> Outcome:
        """Run a slash command such as `/visit`, by default in the DM with the bot."""
        where = self._require_member(channel or self.dm)
        known = self._workspace.installation.commands.get(command)
        if known is None:
            return Outcome.refused(f"{command} is not a valid command.")
        if self.user.is_stranger:
            return Outcome.refused(f"{command} is not available to other organisations.")
        sent = events.escaped(self._workspace, text) if known.get("should_escape") else text
        delivered = self._delivery.send(
            "slash_commands",
            lambda: payloads.command_form(self._workspace, self.user, where, command, sent),
        )
        return apply_command_ack(self._workspace, self._delivery.record, where, self.id, delivered)

    def press(
        self,
        where: Message | View,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
    ) -> Outcome:
        """Use any interactive element of a message, a modal or the Home.

        `value`: an option's value, a list of them, a date or time (text or object), an id or a
        Person or Channel; the value of one of two feedback buttons; nothing for another button.
        """
        placed = find_element(self._blocks(where), action_id, block_id)
        if placed.is_input and not placed.block.get("dispatch_action"):
            raise AssertionError(f"{action_id} sends nothing by itself: fill it in")
        return self._interact(lambda: self._action(where, placed, value))

    def fill(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Fill in the open modal: block_id (or action_id) -> value, as for `press`.

        Text for text inputs, a list of File or file ids for a file input. An element that sends
        an action (outside an input block, or with dispatch_action) is pressed.
        """
        view = self._top_modal()
        for name, value in {**(values or {}), **more}.items():
            placed = find_field(view.payload["blocks"], name)
            if not placed.is_input or placed.block.get("dispatch_action"):
                self.press(view, placed.action_id, value, block_id=placed.block_id)
                continue
            with self._workspace.lock:
                self._store_value(view, placed, self._value(placed, value))
                self._workspace.notify_changed()

    def submit(
        self, values: Mapping[str, Any] | None = None, *, unchecked: bool = False
    ) -> Outcome:
        """Fill in and submit the open modal.

        The client's own checks come first and are returned as `errors` without a request,
        unless `unchecked`.
        """
        self.fill(values)
        view = self._top_modal()
        wrong = {} if unchecked else errors_in(view)
        view.errors = wrong
        if wrong:
            self._workspace.notify_changed()
            return Outcome.refused(errors=wrong)
        delivered = self._delivery.send(
            "interactive", lambda: payloads.view_submission(self._workspace, self.user, view)
        )
        return apply_submission_ack(self._workspace, self._delivery.record, view, delivered)

    def close(self, *, clear_all: bool = False) -> Outcome | None:
        """Close the top modal, or all; return the last Outcome if the app is told, else None."""
        stack = self._workspace.modal_stack(self.id)
        top = self._top_modal()
        everything = clear_all or bool(top.payload.get("clear_on_close"))
        closing = list(reversed(stack)) if everything else [top]
        for view in closing:
            close_view(self._workspace, view)
        to_notify = [view for view in closing if view.payload.get("notify_on_close")]
        outcomes = [self._notify_closed(view, everything) for view in to_notify]
        return outcomes[-1] if outcomes else None

    def _notify_closed(self, view: View, cleared: bool) -> Outcome:
        return self._interact(
            lambda: payloads.view_closed(self._workspace, self.user, view, cleared=cleared)
        )

    def options(
        self, action_id: str, typed: str, *, where: Message | View | None = None
    ) -> list[dict[str, Any]]:
        """Return what an external select offers for `typed`, by default in the open modal.

        Nothing (and no request) below min_query_length; nothing when the response is malformed.
        """
        surface = where or self._top_modal()
        placed = find_element(self._blocks(surface), action_id, None)
        if len(typed) < int(placed.element.get("min_query_length", MIN_QUERY)):
            return []
        delivered = self._delivery.send(
            "interactive",
            lambda: payloads.block_suggestion(self._workspace, self.user, placed, typed, surface),
        )
        offered = offered_options(self._delivery.record, delivered)
        self._workspace.offered[self.id, action_id] = offered
        return offered

    def shortcut(self, callback_id: str, *, message: Message | None = None) -> Outcome:
        """Run a global shortcut, or a message shortcut on `message`."""
        self._require_active()
        known = self._workspace.installation.shortcuts.get(callback_id)
        if known is None or (known["type"] == "message") != (message is not None):
            raise AssertionError(f"the manifest has no such shortcut: {callback_id}")
        if self.user.is_stranger:
            return Outcome.refused("This shortcut is not available to other organisations.")
        if message is None:
            return self._interact(
                lambda: payloads.global_shortcut(self._workspace, self.user, callback_id)
            )
        seen = self._require_visible(message)
        return self._interact(
            lambda: payloads.message_shortcut(self._workspace, self.user, callback_id, seen)
        )

    def open_home(self, timeout: float = 1.0) -> View | None:
        """Open the Home tab; return the newly published view, or the old one after `timeout` s."""
        self._require_active()
        if not self._workspace.installation.home_tab or self.user.is_stranger:
            return None
        return events.open_home(self._delivery, self.user, self.dm, timeout)

    def say(self, channel: Channel, text: str, *, thread: Message | None = None) -> Message:
        """Post a message, typed as plain text with `<@U...>` mentions allowed.

        The app gets an event when the manifest subscribes to it and the bot is a member.
        """
        return events.say(self._delivery, self.user, self._require_member(channel), text, thread)

    def react(self, message: Message, name: str) -> None:
        """Add a reaction; the app gets an event when the manifest subscribes to it."""
        events.react(self._delivery, self.user, self._require_visible(message), name)

    def change(self, **fields: Any) -> None:
        """Change the profile (tz, status_emoji, deleted ...); a subscribed app gets an event.

        The names are those of `sandbox.workspace.state.User`.
        """
        events.change_profile(self._delivery, self.user, fields)

    def set_quiet_hours(self, start: int, end: int) -> None:
        events.set_quiet_hours(self._delivery, self.user, start, end)

    def send_event(self, event: Mapping[str, Any], *, channel: Channel | None = None) -> Outcome:
        """Deliver an event caused by this person, whether or not the app subscribes."""
        return events.send(self._delivery, self.user, event, channel)

    def upload(self, name: str, content: bytes, mimetype: str | None = None) -> File:
        """Add a file of this person, for a file input."""
        return new_file(self._workspace, self.id, name, content, mimetype)

    def _interact(self, build: Callable[[], dict[str, Any]]) -> Outcome:
        return Outcome.from_delivery(self._delivery.send("interactive", build))

    def _require_active(self) -> None:
        if self.user.deleted:
            raise AssertionError(f"{self.name} is deactivated")

    def _is_in(self, channel: Channel) -> bool:
        return self.id in channel.members

    def _require_member(self, channel: Channel) -> Channel:
        self._require_active()
        if not self._is_in(channel):
            raise AssertionError(f"{self.name} is not in #{channel.name}")
        return channel

    def _top_modal(self) -> View:
        top = self.view
        if top is None:
            raise AssertionError(f"{self.name} has no modal open")
        return top

    def _require_visible(self, message: Message) -> Message:
        channel = self._require_member(self._workspace.channels[message.channel])
        if message.deleted or message not in self.messages(channel):
            raise AssertionError(f"{self.name} does not see this message")
        return message

    def _blocks(self, where: Message | View) -> list[Block]:
        self._require_active()
        if isinstance(where, Message):
            return self._require_visible(where).blocks
        if where not in (self.view, self.home):
            raise AssertionError(f"{self.name} does not see this view")
        return list(where.payload["blocks"])

    def _value(self, placed: PlacedElement, value: Any) -> Any:
        return slack_value(self._workspace, self.id, placed, value)

    def _action(self, where: Message | View, placed: PlacedElement, value: Any) -> dict[str, Any]:
        shaped = None if placed.element["type"] == "button" else self._value(placed, value)
        if placed.kind.stateful:
            self._store_value(where, placed, shaped)
        action = payloads.action_of(placed, shaped)
        if isinstance(where, View):
            return payloads.view_actions(self._workspace, self.user, where, action)
        return payloads.message_actions(self._workspace, self.user, where, action)

    def _store_value(self, where: Message | View, placed: PlacedElement, shaped: Any) -> None:
        if isinstance(where, View):
            values = where.state_values
            where.errors.pop(placed.block_id, None)
        else:
            key = (self.id, where.channel, where.ts)
            values = self._workspace.typed_on_messages.setdefault(key, {})
        values.setdefault(placed.block_id, {})[placed.action_id] = state_entry(placed, shaped)
