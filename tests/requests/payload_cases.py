"""One payload or more for every route, built for any person as the sender."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.views.debriefs.form_sections import SECTION_BY_ACTION
from handlers.late_forms import pack_request
from handlers.requests import RequestKind
from handlers.visits.command import SUBCOMMANDS
from sandbox.api.json_shapes import dnd_json, user_json
from sandbox.delivery import payloads
from sandbox.forms.values import slack_value
from sandbox.person import Person
from sandbox.workspace.elements import all_options, find_element
from sandbox.workspace.state import Message, View
from tests.requests.seeded_workspace import Payload, SeededWorkspace

Build = Callable[[SeededWorkspace, Person], tuple[str, Payload]]


@dataclass(frozen=True)
class Case:
    """A payload for a route; `private` says that the element is in a form or on Home.

    `owner` is whose it is: a person who has left may do nothing, so not everything is Ada's.
    An `unprompted` payload gets no answer.
    """

    route: tuple[RequestKind, str]
    build: Build
    label: str = ""
    private: bool = False
    owner: str = "ada"
    unprompted: bool = False

    def __str__(self) -> str:
        return f"{self.route[0]} {self.route[1]} {self.label}".strip()


def cases() -> Iterator[Case]:
    """Yield all cases."""
    yield from (_command("/visit", word) for word in ("", *SUBCOMMANDS, "nonsense"))
    yield from (_command("/debrief", text) for text in ("", "help", "Brightwater Mill"))
    yield from (_command("/contact", text) for text in ("", "help", "Brightwater Mill"))
    yield from (_command("/customer", text) for text in ("", "Brightwater Mill", "nobody at all"))
    for action, value in NUDGE_ACTIONS.items():
        yield _press(action, lambda seeded_workspace: seeded_workspace.nudge, value)
    for action in QUESTION_ACTIONS:
        yield _press(action, lambda seeded_workspace: seeded_workspace.question, owner="dan")
    for action, value in FLAG_ACTIONS.items():
        yield _press(action, lambda seeded_workspace: seeded_workspace.flag, value)
    for action in NOTE_ACTIONS:
        yield _press(action, lambda seeded_workspace: seeded_workspace.note)
    yield _press(
        "debrief.more",
        lambda seeded_workspace: seeded_workspace.forms["debrief.record"],
        private=True,
    )
    yield Case((RequestKind.ACTION, "form.open"), _late_form)
    yield Case((RequestKind.ACTION, "debrief.kind"), _kind, private=True)
    for action in SECTION_BY_ACTION:
        yield _press(
            action, lambda seeded_workspace: seeded_workspace.forms["debrief.kept"], private=True
        )
    yield Case((RequestKind.ACTION, "debrief.typed"), _typed, unprompted=True)
    yield _press(
        "debrief.afresh",
        lambda seeded_workspace: seeded_workspace.forms["debrief.left"],
        private=True,
    )
    yield _press("debrief.change", lambda seeded_workspace: seeded_workspace.home, private=True)
    for action in ("debrief.take_back", "debrief.never_held"):
        yield _press(
            action, lambda seeded_workspace: seeded_workspace.forms["debrief.kept"], private=True
        )
    for action in ("unfinished.go_on", "unfinished.throw_away"):
        yield _press(action, lambda seeded_workspace: seeded_workspace.saved_draft_offer)
    yield Case((RequestKind.SHORTCUT, "debrief.from_message"), _from_message)
    yield Case((RequestKind.CLOSED, "debrief.record"), _closed, unprompted=True)
    yield Case((RequestKind.ACTION, "home.earlier"), _earlier, private=True)
    for action in HOME_ACTIONS:
        yield _press(action, lambda seeded_workspace: seeded_workspace.home, private=True)
    yield _press(
        "workaround.change",
        lambda seeded_workspace: seeded_workspace.forms["workaround.search"],
        private=True,
    )
    yield _submission("workaround.search")
    yield _submission("workaround.keep")
    yield _search("workaround.same", "print", form="workaround.keep")
    for action in ("hypothesis.state", "hypothesis.look"):
        yield _press(
            action, lambda seeded_workspace: seeded_workspace.forms["hypotheses"], private=True
        )
    yield _submission("hypothesis.stated")
    yield _submission("hypothesis.keep")
    yield _search("hypothesis.find", "half", form="debrief.pain")
    yield _press("fix.told", lambda seeded_workspace: seeded_workspace.fix)
    yield _press(
        "plan.more", lambda seeded_workspace: seeded_workspace.forms["visit.plan"], private=True
    )
    yield _submission("visit.change", owner="eve")
    yield _press(
        "ground_rules.ask",
        lambda seeded_workspace: seeded_workspace.forms["ground_rules.keep"],
        **OF_EVE,
    )
    yield Case((RequestKind.ACTION, "ground_rules.ask_one"), _ask_one, **OF_EVE)
    yield _submission("ground_rules.keep", owner="eve")
    yield _press(
        "ground_rules.talk", lambda seeded_workspace: seeded_workspace.agenda_request, owner="ben"
    )
    yield _press(
        "ground_rules.fine", lambda seeded_workspace: seeded_workspace.agenda_request, owner="ben"
    )
    for action in ("promise.kept", "promise.put_off"):
        yield _press(action, lambda seeded_workspace: seeded_workspace.promise, owner="ben")
    yield _press("prompt.write", lambda seeded_workspace: seeded_workspace.prompt, owner="eve")
    for action in PLANNED_ACTIONS:
        yield _press(action, lambda seeded_workspace: seeded_workspace.booked, **OF_EVE)
    yield _press("prompt.not_held", lambda seeded_workspace: seeded_workspace.prompt, owner="eve")
    yield _press("home.join", lambda seeded_workspace: seeded_workspace.welcome, private=True)
    yield _press("customer.close", lambda seeded_workspace: seeded_workspace.brief)
    yield _press("survey.open", lambda seeded_workspace: seeded_workspace.brief)
    for name in ("customer.closed", "visit.join", "visit.plan", "market.save", "nudge.snooze_date"):
        yield _submission(name)
    yield _submission("survey.ask")
    yield _submission("question.stopped", owner="dan")
    yield _submission("debrief.record")
    yield _submission("contact.record")
    yield _search("customer.find", "Bright")
    yield _search("contact.person", "Mar")
    yield _search("theme.find", "exp", form="debrief.pain")
    yield _search("survey.person", "Mar", form="survey.ask")
    yield _search("country.find", "Germ", form="visit.join")
    yield Case((RequestKind.EVENT, "app_home_opened"), _home_opened)
    yield Case((RequestKind.EVENT, "user_change"), _user_change)
    yield Case((RequestKind.EVENT, "dnd_updated_user"), _quiet_hours)


NUDGE_ACTIONS = {
    "nudge.plan": None,
    "nudge.been": None,
    "nudge.someone_else": None,
    "nudge.not_this_one": None,
    "nudge.snooze": "tomorrow",
    "nudge.barrier": "no_time",
}
QUESTION_ACTIONS = (
    "question.keep_going",
    "question.less_often",
    "question.later",
    "question.stop",
)
FLAG_ACTIONS = {"flag.acknowledge": None, "flag.refute": None, "flag.snooze": "1"}
NOTE_ACTIONS = ("note.sent", "note.somebody_else", "note.no_more")
HOME_ACTIONS = (
    "home.debrief",
    "home.plan",
    "home.settings",
    "home.coverage",
    "home.workarounds",
    "home.hypotheses",
    "home.market",
)
PLANNED_ACTIONS = (
    "ground_rules.prepare",
    "planned.change",
    "planned.calendar",
    "planned.call_off",
)
OF_EVE: Any = {"private": True, "owner": "eve"}


def _earlier(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    """Build a press of the button that Home has once there are more debriefs than Ada's."""
    payload = press_payload(seeded_workspace, who, seeded_workspace.home, "home.coverage")
    payload["actions"][0]["action_id"] = "home.earlier"
    return "interactive", payload


def _late_form(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    """Build a press of the button that opens what came too late from Ada's nudge."""
    payload = press_payload(seeded_workspace, who, seeded_workspace.nudge, "nudge.been")
    value = pack_request(RequestKind.ACTION, payload)
    payload["actions"][0] |= {"action_id": "form.open", "value": value}
    return "interactive", payload


def _kind(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    """Build the choice of a loss interview, which adds questions to the form."""
    payload = press_payload(
        seeded_workspace,
        who,
        seeded_workspace.forms["debrief.unfolded"],
        "debrief.kind",
        "loss_interview",
    )
    values = payload["view"]["state"]["values"]
    chosen = {"debrief.kind": {"selected_option": {"value": "loss_interview"}}}
    payload["view"]["state"] = {"values": {**values, "kind": chosen}}
    return "interactive", payload


def _typed(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    form = seeded_workspace.forms["debrief.record"]
    return "interactive", press_payload(
        seeded_workspace, who, form, "debrief.typed", "They do it by hand."
    )


def _from_message(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    workspace = seeded_workspace.slack.workspace
    made = payloads.message_shortcut(
        workspace, who.user, "debrief.from_message", seeded_workspace.brief
    )
    return "interactive", made


def _closed(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    form, workspace = seeded_workspace.forms["debrief.record"], seeded_workspace.slack.workspace
    return "interactive", payloads.view_closed(workspace, who.user, form, cleared=False)


def _ask_one(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    form = seeded_workspace.forms["ground_rules.ask_one"]
    return "interactive", press_payload(
        seeded_workspace, who, form, "ground_rules.ask_one", seeded_workspace.ben.id
    )


def _command(command: str, text: str) -> Case:
    def build(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
        workspace = seeded_workspace.slack.workspace
        form = payloads.command_form(workspace, who.user, who.dm, command, text)
        return "slash_commands", form

    return Case(
        (RequestKind.COMMAND, command), build, text, owner="cleo" if text == "leave" else "ada"
    )


def _press(
    action: str,
    where: Callable[[SeededWorkspace], Message | View],
    value: str | None = None,
    *,
    private: bool = False,
    owner: str = "ada",
) -> Case:
    def build(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
        return "interactive", press_payload(
            seeded_workspace, who, where(seeded_workspace), action, value
        )

    return Case((RequestKind.ACTION, action), build, private=private, owner=owner)


def press_payload(
    seeded_workspace: SeededWorkspace,
    who: Person,
    where: Message | View,
    action_id: str,
    value: str | None = None,
) -> Payload:
    """Build the payload of an element used by any person, whether they see it or not."""
    workspace = seeded_workspace.slack.workspace
    blocks = where.blocks if isinstance(where, Message) else where.payload["blocks"]
    block_id = next(each["block_id"] for each in blocks if action_id in str(each))
    place = find_element(blocks, action_id, block_id)
    offered = all_options(place.element)
    chosen = value or (offered[0]["value"] if offered else None)
    shaped: Any = chosen and slack_value(workspace, who.id, place, chosen)
    action = payloads.action_of(place, shaped)
    if isinstance(where, Message):
        return payloads.message_actions(workspace, who.user, where, action)
    return payloads.view_actions(workspace, who.user, where, action)


def _submission(name: str, owner: str = "ada") -> Case:
    def build(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
        workspace = seeded_workspace.slack.workspace
        return "interactive", payloads.view_submission(
            workspace, who.user, seeded_workspace.forms[name]
        )

    return Case((RequestKind.SUBMISSION, name), build, owner=owner)


def _search(action: str, typed: str, form: str = "contact.record") -> Case:
    def build(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
        view = seeded_workspace.forms[form]
        place = find_element(view.payload["blocks"], action, None)
        workspace = seeded_workspace.slack.workspace
        return "interactive", payloads.block_suggestion(workspace, who.user, place, typed, view)

    return Case((RequestKind.OPTIONS, action), build)


def event_payload(seeded_workspace: SeededWorkspace, who: Person, **fields: Any) -> Payload:
    """Build an event caused by a person."""
    stamped = {"event_ts": seeded_workspace.slack.workspace.new_ts(), **fields}
    return payloads.event_envelope(
        seeded_workspace.slack.workspace, stamped, who.user, ext_shared=False
    )


def _home_opened(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    opened = {"type": "app_home_opened", "user": who.id, "channel": who.dm.id, "tab": "home"}
    return "events_api", event_payload(seeded_workspace, who, **opened)


def _user_change(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    user = user_json(seeded_workspace.slack.workspace, who.user)
    return "events_api", event_payload(seeded_workspace, who, type="user_change", user=user)


def _quiet_hours(seeded_workspace: SeededWorkspace, who: Person) -> tuple[str, Payload]:
    status = dnd_json(seeded_workspace.slack.workspace, who.user)
    return "events_api", event_payload(
        seeded_workspace, who, type="dnd_updated_user", user=who.id, dnd_status=status
    )


CASES = tuple(cases())

# One for each route, by the name of the command, button, form, search or event.
BY_NAME = {case.route[1]: case for case in CASES}
EVERY_TRANSPORT = pytest.mark.parametrize("transport", ["socket", "http"])
EVERY_ROUTE = pytest.mark.parametrize("case", CASES, ids=str)
# The last one of each kind: for what differs by the kind and not by the route.
ONE_OF_EACH_KIND = tuple({each.route[0]: each for each in CASES}.values())
EACH_KIND = pytest.mark.parametrize("case", ONE_OF_EACH_KIND, ids=str)
