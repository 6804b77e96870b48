"""One payload or more for every door, as anybody at all might send it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.views.debriefs.form_sections import ADD
from handlers.requests import Kind
from handlers.visits.command import WORDS
from sandbox.api.json_shapes import dnd_json, user_json
from sandbox.delivery import payloads
from sandbox.forms.elements import all_options, find_place
from sandbox.forms.values import slack_value
from sandbox.person import Person
from sandbox.workspace.state import Message, View
from tests.requests.seeded_workspace import Payload, Scene

Build = Callable[[Scene, Person], tuple[str, Payload]]


@dataclass(frozen=True)
class Case:
    """A payload for a door; `private` says that what is pressed stands in a form or on Home.

    `whose` it is: whoever has left may do nothing any more, so not everything is Ada's. To what
    comes `unasked` nobody is answered.
    """

    door: tuple[Kind, str]
    build: Build
    label: str = ""
    private: bool = False
    whose: str = "ada"
    unasked: bool = False

    def __str__(self) -> str:
        return f"{self.door[0]} {self.door[1]} {self.label}".strip()


def cases() -> Iterator[Case]:
    """All of them."""
    yield from (_command("/visit", word) for word in ("", *WORDS, "nonsense"))
    yield from (_command("/debrief", text) for text in ("", "help", "Brightwater Mill"))
    yield from (_command("/contact", text) for text in ("", "help", "Brightwater Mill"))
    yield from (_command("/customer", text) for text in ("", "Brightwater Mill", "nobody at all"))
    for action, value in NUDGE_ACTIONS.items():
        yield _press(action, lambda scene: scene.nudge, value)
    for action in QUESTION_ACTIONS:
        yield _press(action, lambda scene: scene.question, whose="dan")
    for action, value in FLAG_ACTIONS.items():
        yield _press(action, lambda scene: scene.flag, value)
    for action in NOTE_ACTIONS:
        yield _press(action, lambda scene: scene.note)
    yield _press("debrief.more", lambda scene: scene.forms["debrief.record"], private=True)
    yield Case((Kind.ACTION, "debrief.kind"), _kind, private=True)
    for action in ADD:
        yield _press(action, lambda scene: scene.forms["debrief.kept"], private=True)
    yield Case((Kind.ACTION, "debrief.typed"), _typed, unasked=True)
    yield _press("debrief.afresh", lambda scene: scene.forms["debrief.left"], private=True)
    yield _press("debrief.change", lambda scene: scene.home, private=True)
    for action in ("debrief.take_back", "debrief.never_held"):
        yield _press(action, lambda scene: scene.forms["debrief.kept"], private=True)
    for action in ("unfinished.go_on", "unfinished.throw_away"):
        yield _press(action, lambda scene: scene.left)
    yield Case((Kind.SHORTCUT, "debrief.from_message"), _from_message)
    yield Case((Kind.CLOSED, "debrief.record"), _closed, unasked=True)
    yield Case((Kind.ACTION, "home.earlier"), _earlier, private=True)
    for action in HOME_ACTIONS:
        yield _press(action, lambda scene: scene.home, private=True)
    yield _press("workaround.change", lambda scene: scene.forms["workaround.search"], private=True)
    yield _submission("workaround.search")
    yield _submission("workaround.keep")
    yield _search("workaround.same", "print", form="workaround.keep")
    for action in ("hypothesis.state", "hypothesis.look"):
        yield _press(action, lambda scene: scene.forms["hypotheses"], private=True)
    yield _submission("hypothesis.stated")
    yield _submission("hypothesis.keep")
    yield _search("hypothesis.find", "half", form="debrief.pain")
    yield _press("fix.told", lambda scene: scene.fix)
    yield _press("plan.more", lambda scene: scene.forms["visit.plan"], private=True)
    yield _submission("visit.change", whose="eve")
    yield _press("ground_rules.ask", lambda scene: scene.forms["ground_rules.keep"], **EVES)
    yield Case((Kind.ACTION, "ground_rules.ask_one"), _ask_one, **EVES)
    yield _submission("ground_rules.keep", whose="eve")
    yield _press("ground_rules.talk", lambda scene: scene.asked, whose="ben")
    yield _press("ground_rules.fine", lambda scene: scene.asked, whose="ben")
    for action in ("promise.kept", "promise.put_off"):
        yield _press(action, lambda scene: scene.promise, whose="ben")
    yield _press("prompt.write", lambda scene: scene.prompt, whose="eve")
    for action in PLANNED_ACTIONS:
        yield _press(action, lambda scene: scene.booked, **EVES)
    yield _press("prompt.not_held", lambda scene: scene.prompt, whose="eve")
    yield _press("home.join", lambda scene: scene.welcome, private=True)
    yield _press("customer.close", lambda scene: scene.brief)
    yield _press("survey.open", lambda scene: scene.brief)
    for name in ("customer.closed", "visit.join", "visit.plan", "market.save", "nudge.snooze_date"):
        yield _submission(name)
    yield _submission("survey.ask")
    yield _submission("question.stopped", whose="dan")
    yield _submission("debrief.record")
    yield _submission("contact.record")
    yield _search("customer.find", "Bright")
    yield _search("contact.person", "Mar")
    yield _search("theme.find", "exp", form="debrief.pain")
    yield _search("survey.person", "Mar", form="survey.ask")
    yield _search("country.find", "Germ", form="visit.join")
    yield Case((Kind.EVENT, "app_home_opened"), _home_opened)
    yield Case((Kind.EVENT, "user_change"), _user_change)
    yield Case((Kind.EVENT, "dnd_updated_user"), _quiet)


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
EVES: Any = {"private": True, "whose": "eve"}


def _earlier(scene: Scene, who: Person) -> tuple[str, Payload]:
    """The button that stands there once there are more debriefs than Ada has."""
    payload = press(scene, who, scene.home, "home.coverage")
    payload["actions"][0]["action_id"] = "home.earlier"
    return "interactive", payload


def _kind(scene: Scene, who: Person) -> tuple[str, Payload]:
    """A loss is chosen, of which the form then asks more."""
    payload = press(scene, who, scene.forms["debrief.unfolded"], "debrief.kind", "loss_interview")
    values = payload["view"]["state"]["values"]
    chosen = {"debrief.kind": {"selected_option": {"value": "loss_interview"}}}
    payload["view"]["state"] = {"values": {**values, "kind": chosen}}
    return "interactive", payload


def _typed(scene: Scene, who: Person) -> tuple[str, Payload]:
    form = scene.forms["debrief.record"]
    return "interactive", press(scene, who, form, "debrief.typed", "They do it by hand.")


def _from_message(scene: Scene, who: Person) -> tuple[str, Payload]:
    workspace = scene.slack.workspace
    made = payloads.message_shortcut(workspace, who.user, "debrief.from_message", scene.brief)
    return "interactive", made


def _closed(scene: Scene, who: Person) -> tuple[str, Payload]:
    form, workspace = scene.forms["debrief.record"], scene.slack.workspace
    return "interactive", payloads.view_closed(workspace, who.user, form, cleared=False)


def _ask_one(scene: Scene, who: Person) -> tuple[str, Payload]:
    form = scene.forms["ground_rules.ask_one"]
    return "interactive", press(scene, who, form, "ground_rules.ask_one", scene.ben.id)


def _command(command: str, text: str) -> Case:
    def build(scene: Scene, who: Person) -> tuple[str, Payload]:
        workspace = scene.slack.workspace
        form = payloads.command_form(workspace, who.user, who.dm, command, text)
        return "slash_commands", form

    return Case((Kind.COMMAND, command), build, text, whose="cleo" if text == "leave" else "ada")


def _press(
    action: str,
    where: Callable[[Scene], Message | View],
    value: str | None = None,
    *,
    private: bool = False,
    whose: str = "ada",
) -> Case:
    def build(scene: Scene, who: Person) -> tuple[str, Payload]:
        return "interactive", press(scene, who, where(scene), action, value)

    return Case((Kind.ACTION, action), build, private=private, whose=whose)


def press(
    scene: Scene, who: Person, where: Message | View, action_id: str, value: str | None = None
) -> Payload:
    """The payload of an element used by anybody, whether they see it or not."""
    workspace = scene.slack.workspace
    blocks = where.blocks if isinstance(where, Message) else where.payload["blocks"]
    block_id = next(each["block_id"] for each in blocks if action_id in str(each))
    place = find_place(blocks, action_id, block_id)
    offered = all_options(place.element)
    chosen = value or (offered[0]["value"] if offered else None)
    shaped: Any = chosen and slack_value(workspace, who.id, place, chosen)
    action = payloads.action_of(place, shaped)
    if isinstance(where, Message):
        return payloads.message_actions(workspace, who.user, where, action)
    return payloads.view_actions(workspace, who.user, where, action)


def _submission(name: str, whose: str = "ada") -> Case:
    def build(scene: Scene, who: Person) -> tuple[str, Payload]:
        workspace = scene.slack.workspace
        return "interactive", payloads.view_submission(workspace, who.user, scene.forms[name])

    return Case((Kind.SUBMISSION, name), build, whose=whose)


def _search(action: str, typed: str, form: str = "contact.record") -> Case:
    def build(scene: Scene, who: Person) -> tuple[str, Payload]:
        view = scene.forms[form]
        place = find_place(view.payload["blocks"], action, None)
        workspace = scene.slack.workspace
        return "interactive", payloads.suggestion(workspace, who.user, place, typed, view)

    return Case((Kind.OPTIONS, action), build)


def event(scene: Scene, who: Person, **fields: Any) -> Payload:
    """An event that somebody caused."""
    stamped = {"event_ts": scene.slack.workspace.new_ts(), **fields}
    return payloads.event_envelope(scene.slack.workspace, stamped, who.user, ext_shared=False)


def _home_opened(scene: Scene, who: Person) -> tuple[str, Payload]:
    opened = {"type": "app_home_opened", "user": who.id, "channel": who.dm.id, "tab": "home"}
    return "events_api", event(scene, who, **opened)


def _user_change(scene: Scene, who: Person) -> tuple[str, Payload]:
    user = user_json(scene.slack.workspace, who.user)
    return "events_api", event(scene, who, type="user_change", user=user)


def _quiet(scene: Scene, who: Person) -> tuple[str, Payload]:
    status = dnd_json(scene.slack.workspace, who.user)
    return "events_api", event(scene, who, type="dnd_updated_user", user=who.id, dnd_status=status)


CASES = tuple(cases())

# One for each door, by the name of the command, button, form, search or event.
BY_NAME = {case.door[1]: case for case in CASES}
WAYS = pytest.mark.parametrize("way", ["socket", "http"])
EVERY_DOOR = pytest.mark.parametrize("case", CASES, ids=str)
# The last one of each kind: for what differs by the kind and not by the door.
ONE_OF_EACH_KIND = tuple({each.door[0]: each for each in CASES}.values())
EACH_KIND = pytest.mark.parametrize("case", ONE_OF_EACH_KIND, ids=str)
