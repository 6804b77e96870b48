"""A furnished house: Ada's nudge, flag, forms and Home, and others who reach for them."""

import copy
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import select

from bot.app import build_bolt, build_services
from bot.db import customers, notes
from bot.db.debriefs import promises
from bot.db.debriefs import queries as debriefs
from bot.db.tables.columns import metadata
from bot.db.tables.debriefs import promises as promised
from bot.db.tables.workarounds import workarounds as workarounds_table
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.db.workarounds import notices as asks
from bot.domain.notes import Offer
from bot.domain.outbox.outcomes import Outcome
from bot.domain.visits.ground_rules import GroundRules
from bot.domain.visits.plans import Plan
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import State
from bot.operations import hypotheses, workspaces
from bot.operations.imports import files as imports
from bot.operations.staff import directory as staff
from bot.operations.workarounds import changes as workarounds
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import make_client
from bot.views import notes as note_views
from bot.views.debriefs import promises as promise_views
from bot.views.hypotheses.modals import LOOK, STATE
from bot.views.nudges import question as questions
from bot.views.visits import ground_rules as rule_views
from bot.views.visits import prompt as prompts
from bot.views.visits.ground_rules import PREPARE
from bot.views.workarounds import fix_notice as fix_views
from bot.views.workarounds.form import Wish
from bot.views.workarounds.overview import CHANGE
from bot.web import build_web
from handlers.routes import open_gate
from sandbox.call_record import Call
from sandbox.delivery.payload_delivery import Delivered
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.server_thread import Runner
from sandbox.workspace.installation import TEAM_ID
from sandbox.workspace.state import Message, Post, User, View
from tests.hanging_up import hang_up
from tests.operations.operations_fixture import SECRET_KEY
from tests.ticks import tick
from tests.times import T0, T

SEARCHES = (
    ("customer.find", "customer"),
    ("contact.person", "person"),
    ("survey.person", "person"),
)
MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
Payload = dict[str, Any]

# Made-up customers, people and contacts.
CUSTOMERS = "name,domain,owner_email\nBrightwater Mill,brightwater.example,ada@example.com\n"
DEALS = "customer,outcome,closed_on,go_live_on\nFernleigh Post,won,2026-02-20,2026-03-25\n"
PEOPLE = "customer,name,email,has_cell\nBrightwater Mill,Mara Lind,mara@brightwater.example,yes\n"
CONTACTS = "source,source_id,occurred_at,channel,person_email,customer,staff_email\n" + "".join(
    f"book,{channel}{day},2026-02-{day}T10:00Z,{channel},mara@brightwater.example,,ada@example.com\n"
    for channel in ("mail", "cell_call")
    for day in range(16, 22)
)
PLANNED = (
    ("Kiln House", "2026-03-25"),
    ("Seal Works", "2026-03-26"),
    ("Otter Prints", "2026-03-27"),
)
FILES = {"customers": CUSTOMERS, "people": PEOPLE, "contacts": CONTACTS, "deals": DEALS}


@dataclass(frozen=True)
class Seen:
    """What came of one payload: the answer, the calls but for looking people up, the posts."""

    answer: Delivered
    calls: Sequence[Call]
    posts: Sequence[Post]


@dataclass
class Scene:
    """The house as Slack sees it; everything of Ada's is there before a test begins."""

    slack: Sandbox
    services: Services
    background: ThreadPoolExecutor
    url: str
    way: str = "socket"
    at: datetime = T0
    ada: Person = field(init=False)
    ben: Person = field(init=False)
    cleo: Person = field(init=False)
    dan: Person = field(init=False)
    eve: Person = field(init=False)
    people: dict[str, Person] = field(init=False)
    nudge: Message = field(init=False)
    bens_nudge: Message = field(init=False)
    question: Message = field(init=False)
    flag: Message = field(init=False)
    brief: Message = field(init=False)
    home: View = field(init=False)
    booked: View = field(init=False)
    prompt: Message = field(init=False)
    note: Message = field(init=False)
    fix: Message = field(init=False)
    asked: Message = field(init=False)
    left: Message = field(init=False)
    promise: Message = field(init=False)
    welcome: View = field(init=False)
    forms: dict[str, View] = field(init=False)

    def tick_at(self, at: datetime) -> list[Outcome]:
        self.at = at
        return tick(self.services, at)

    def keep_up(self) -> None:
        """Let the server know that its clock runs: its jobs ran once, perhaps minutes ago."""
        self.services.metrics.clock_started()

    def kept(self) -> dict[str, list[str]]:
        """All that the database holds, but for users as Slack shows them and what came in."""
        with self.services.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(select(table))))
                for name, table in metadata.tables.items()
                if name not in ("staff", "inbox")
            }

    def knock(self, way: str, kind: str, payload: Payload) -> Seen:
        """Deliver one payload and wait until everything that it shows is shown."""
        self.slack.delivery.http_url = f"{self.url}/slack/events" if way == "http" else None
        calls, posts = len(self.slack.calls), len(self.slack.workspace.posts)
        answer = self.slack.delivery.send(kind, lambda: payload)
        self.background.submit(int).result()
        seen = self.slack.workspace.posts[posts:]
        for post in seen:
            post.expected = True
        made = [call for call in self.slack.calls[calls:] if call.method != "users.info"]
        return Seen(answer, made, seen)


@contextmanager
def open_scene(database: str) -> Iterator[Scene]:
    """The scene over a migrated database, reached by Socket Mode and by signed HTTP."""
    with ExitStack() as ending:
        scene = _house(database, ending)
        _furnish(scene)
        yield scene


def _house(database: str, ending: ExitStack) -> Scene:
    times: list[Scene] = []
    slack = ending.enter_context(
        Sandbox(manifest=MANIFEST, now=lambda: times[0].at if times else T0)
    )
    settings = _settings(slack, database)
    services = build_services(settings, _Clock(times))
    ending.callback(services.engine.dispose)
    listeners, background = ThreadPoolExecutor(4), ThreadPoolExecutor(1)
    ending.callback(listeners.shutdown)
    ending.callback(background.shutdown)
    installation = workspaces.recognise(services, T0)
    bolt = build_bolt(services, installation, listeners, open_gate(services, background))
    runner = Runner(build_web(services, bolt), 0)
    runner.start()
    ending.callback(runner.stop)
    client = make_client(slack.app_token, slack.api_url)
    socket = SocketModeHandler(bolt, slack.app_token, web_client=client)
    socket.connect()
    ending.callback(hang_up, slack, socket)
    slack.wait_for_connection()
    times.append(Scene(slack, services, background, f"http://127.0.0.1:{runner.port}"))
    return times[0]


def _settings(slack: Sandbox, database: str) -> Settings:
    return Settings(
        database_url=database,
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_api_url=slack.api_url,
        nihito_secret_key=SecretStr(SECRET_KEY),
        nihito_public_url="https://nihito.example.org",
    )


@dataclass
class _Clock:
    scenes: list[Scene]

    def now(self) -> datetime:
        return self.scenes[0].at if self.scenes else T0


def _furnish(scene: Scene) -> None:
    slack = scene.slack
    scene.ada = slack.user("Ada", tz="Europe/Berlin", admin=True)
    scene.ben = slack.user("Ben", tz="Europe/Berlin")
    scene.cleo = slack.user("Cleo", tz="Europe/Berlin")
    scene.dan = slack.user("Dan", tz="Europe/Berlin")
    stories = slack.channel("stories", members=[scene.ada])
    _join(scene, scene.ada, channel=stories.id)
    _join(scene, scene.ben)
    _join(scene, scene.cleo)
    _join(scene, scene.dan)
    for kind, text in FILES.items():
        imports.run(scene.services, TEAM_ID, kind, io.BytesIO(text.encode()), T0)
    scene.tick_at(T0)
    # As they were posted: what stands there changes once somebody uses it.
    scene.flag = copy.deepcopy(slack.expect_message(to=scene.ada, containing="a great deal"))
    _debrief(scene)
    scene.tick_at(T(days=4, hours=2))
    slack.expect_message(to=stories, containing="type it in again")
    scene.tick_at(T(days=14))
    scene.nudge = copy.deepcopy(slack.expect_message(to=scene.ada, containing="visit"))
    scene.bens_nudge = slack.expect_message(to=scene.ben, containing="visit")
    slack.expect_message(to=scene.cleo, containing="visit")
    scene.question = _question(scene, slack.expect_message(to=scene.dan, containing="visit"))
    _plan(scene)
    _ask(scene)
    _work_around(scene)
    _believe(scene)
    scene.people = _others(slack)
    for person in scene.people.values():
        staff.look_up(scene.services, TEAM_ID, person.id, T0)
    scene.ada.run("/customer", "Brightwater Mill")
    scene.brief = copy.deepcopy(slack.workspace.messages[scene.ada.dm.id][-1])
    scene.forms = {**_forms(scene), **_debriefs(scene)}
    offered = slack.expect_message(to=scene.ada, containing="kept for two weeks")
    scene.left = copy.deepcopy(offered)
    slack.expect_message(to=scene.ada, containing="kept for two weeks")
    scene.home = scene.ada.open_home()
    scene.booked = scene.eve.open_home()
    scene.prompt = _prompt(scene)
    scene.note = _note(scene)
    scene.promise = _promise(scene)
    scene.fix = _fix(scene)
    scene.welcome = scene.people["a member who has not joined"].open_home()


def _question(scene: Scene, nudge: Message) -> Message:
    """The question about Dan's nudge, as it would stand there had those before it no answer."""
    nudge_id = int(str(nudge.blocks[-1]["block_id"]).split(":")[1])
    asked = questions.message(nudge_id, 30).as_arguments()
    scene.services.slack.call("chat.postMessage", channel=scene.dan.dm.id, **asked)
    return copy.deepcopy(scene.slack.expect_message(to=scene.dan, containing="go on?"))


def _plan(scene: Scene) -> None:
    """Eve has joined, and has planned two visits."""
    scene.eve = scene.slack.user("Eve", tz="Europe/Berlin")
    _join(scene, scene.eve)
    for name, on in PLANNED:
        scene.eve.run("/visit", "plan")
        scene.eve.wait_for_view()
        scene.eve.options("customer.find", name)
        scene.eve.submit({"customer": f"new:{name}", "on": on})
        scene.slack.expect_message(to=scene.eve, containing=f"Planned: {name}")


def _ask(scene: Scene) -> None:
    """Ben is the sales owner of Eve's last visit, and was asked about the agenda of the first."""
    first, *_, last = _visits(scene)
    with scene.services.transaction(TEAM_ID) as tx:
        ground_rules.keep(tx, first, GroundRules("Print, then pack.", asked_id=scene.ben.id))
        plans.keep(tx, last, Plan(sales_owner_id=scene.ben.id))
    asked = rule_views.asked(first, "Eve", "Kiln House", "some day", "", "Print, then pack.")
    sent = asked.as_arguments()
    scene.services.slack.call("chat.postMessage", channel=scene.ben.dm.id, **sent)
    scene.asked = copy.deepcopy(scene.slack.expect_message(to=scene.ben, containing="agenda"))


def _prompt(scene: Scene) -> Message:
    """The prompt for the first of Eve's visits, as it would stand there afterwards."""
    first, *_ = _visits(scene)
    asked = prompts.message(first, "Seal Works", date(2026, 3, 26), date(2026, 3, 27))
    sent = asked.as_arguments()
    scene.services.slack.call("chat.postMessage", channel=scene.eve.dm.id, **sent)
    return copy.deepcopy(scene.slack.expect_message(to=scene.eve, containing="did you hear"))


def _note(scene: Scene) -> Message:
    """A note of Ada's to the customer whom she has visited, as it would stand there in April."""
    with scene.services.transaction(TEAM_ID) as tx:
        (mill,) = customers.named(tx, "Brightwater Mill")
        notes.leave_all(tx, {scene.ada.id: Offer(date(2026, 4, 13), T(days=42))})
        kept = notes.of(tx, scene.ada.id, "2026-04")
        known = notes.last_seen(tx, scene.ada.id, mill.id)
        assert kept
        assert known
        notes.name(tx, kept, mill.id)
    offered = note_views.Offered(kept.id, mill.name, known, "Mara Lind", "Ada", T0.date())
    sent = note_views.message(offered).as_arguments()
    scene.services.slack.call("chat.postMessage", channel=scene.ada.dm.id, **sent)
    return copy.deepcopy(scene.slack.expect_message(to=scene.ada, containing="asks for nothing"))


def _promise(scene: Scene) -> Message:
    """What Ada has promised and Ben is to keep, as he is reminded of it."""
    with scene.services.transaction(TEAM_ID) as tx:
        (heard,) = debriefs.latest(tx, scene.ada.id, 1)
        on = T(days=40).date()
        tx.add(promised, debrief_id=heard.id, what="The roadmap", owner_id=scene.ben.id, on=on)
        (owed,) = promises.owed_by(tx, scene.ben.id, 1)
    sent = promise_views.reminder(owed, T0.date()).as_arguments()
    scene.services.slack.call("chat.postMessage", channel=scene.ben.dm.id, **sent)
    return copy.deepcopy(scene.slack.expect_message(to=scene.ben, containing="The roadmap"))


def _fix(scene: Scene) -> Message:
    """What Ada is asked to tell of a fix, as it would stand there."""
    ada = staff.actor(scene.services, TEAM_ID, scene.ada.id, scene.at)
    workarounds.change(scene.services, ada, Wish(1, "", State.FIXED, "4.2"), scene.at)
    with scene.services.reading(TEAM_ID) as tx:
        ((errand,), (ask,)) = asks.errands_of(tx, 1, 1), asks.live(tx, 1)
    untold = fix_views.Untold(ask.id, ask.customer, "They print it", T0.date(), VisitKind.VIDEO)
    today = T0.date()
    fix = fix_views.Fix("They print it", "4.2", "Ada", today, today, (untold,))
    sent = fix_views.message(fix).as_arguments()
    scene.services.slack.call("chat.postMessage", channel=scene.ada.dm.id, **sent)
    message = copy.deepcopy(scene.slack.expect_message(to=scene.ada, containing="is fixed in"))
    with scene.services.transaction(TEAM_ID) as tx:
        asks.posted(tx, errand.id, message.channel, message.ts)
    return message


def _visits(scene: Scene) -> Sequence[int]:
    with scene.services.reading(TEAM_ID) as tx:
        return [each.id for each in visits.upcoming(tx, scene.eve.id, T0.date())]


def _join(scene: Scene, person: Person, **choices: object) -> None:
    person.run("/visit", "join")
    person.wait_for_view()
    person.submit(choices)
    scene.slack.expect_message(to=person, containing="Welcome")


def _debrief(scene: Scene) -> None:
    scene.ada.run("/debrief", "Brightwater Mill")
    scene.ada.wait_for_view()
    scene.ada.submit({"story": "They print every order and type it in again. Nobody asks."})
    scene.slack.expect_message(to=scene.ada, containing="Brightwater Mill")


def _work_around(scene: Scene) -> None:
    """What Ada saw them work around, twice."""
    with scene.services.transaction(TEAM_ID) as tx:
        (written,) = debriefs.latest(tx, scene.ada.id, 1)
        for what in ("They print it", "They type it in again"):
            tx.add(workarounds_table, debrief_id=written.id, what=what, why="")


def _believe(scene: Scene) -> None:
    """Ada has stated what they believe."""
    ada = staff.actor(scene.services, TEAM_ID, scene.ada.id, scene.at)
    hypotheses.state(scene.services, ada, "Half of them print it.", "Five of ten.", scene.at)


def _others(slack: Sandbox) -> dict[str, Person]:
    neighbour = slack.user("Nia of another organisation", stranger=True)
    # In a channel that we share with them, Slack calls nobody a stranger.
    neighbour.user.is_stranger = False
    robot = User(slack.workspace.new_id("U"), "robot", "Robot", "", "Etc/UTC", is_bot=True)
    slack.workspace.add_user(robot)
    slack.user("Slackbot", id="USLACKBOT")
    return {
        "a guest of several channels": slack.user("Gil", guest=True),
        "a guest of one channel": slack.user("Gus", single_channel_guest=True),
        "a stranger": slack.user("Sam", stranger=True),
        "a neighbour": neighbour,
        "a deactivated user": slack.user("Dot", deleted=True),
        "a bot": slack.person(robot.id),
        "Slackbot": slack.person("USLACKBOT"),
        "a member who has not joined": slack.user("Zoe"),
    }


def _forms(scene: Scene) -> dict[str, View]:
    """Ada's forms, filled in so that whoever submits them would change something."""
    ada, dan, eve, rows = scene.ada, scene.dan, scene.eve, scene.nudge.blocks
    new, story = {"customer": "new:Quarry & Daughters"}, "They do it by hand. It takes a day."
    plan = next(each["block_id"] for each in rows if each["type"] == "section")
    return {
        "visit.join": filled(ada, lambda: ada.run("/visit", "settings"), {"interval": "7"}),
        "visit.plan": filled(
            ada,
            lambda: ada.press(scene.nudge, "nudge.plan", block_id=plan),
            {"on": "2026-03-20", "goal": "See them print."},
        ),
        "customer.closed": filled(
            ada,
            lambda: ada.press(scene.brief, "customer.close"),
            {"because": "They are moving house."},
        ),
        "survey.ask": filled(
            ada, lambda: ada.press(scene.brief, "survey.open"), {"person": "new:Ines"}
        ),
        "market.save": filled(
            ada, lambda: ada.press(ada.open_home(), "home.market"), {"region": "North 100"}
        ),
        "workaround.search": filled(
            ada, lambda: ada.press(ada.open_home(), "home.workarounds"), {"words": "print"}
        ),
        "workaround.keep": _over(
            scene, "home.workarounds", CHANGE, {"state": "fixed", "release": "4.2"}
        ),
        "hypotheses": filled(ada, lambda: ada.press(ada.open_home(), "home.hypotheses"), {}),
        "hypothesis.stated": _over(
            scene, "home.hypotheses", STATE, {"belief": "They count by feel.", "measure": "Three."}
        ),
        "hypothesis.keep": _over(scene, "home.hypotheses", LOOK, {"settled": "refuted"}),
        "visit.change": filled(eve, lambda: _use(eve, "planned.change", 2), {"on": "2026-03-30"}),
        "ground_rules.keep": filled(eve, lambda: _use(eve, PREPARE, 2), {"agenda": "Pack."}),
        "ground_rules.ask_one": filled(eve, lambda: _use(eve, PREPARE, 1), {"agenda": "Seal."}),
        "nudge.snooze_date": filled(
            ada, lambda: ada.press(scene.nudge, "nudge.snooze", "date"), {"on": "2026-03-20"}
        ),
        "question.stopped": filled(
            dan, lambda: dan.press(scene.question, "question.stop"), {"why": "no_time"}
        ),
        "debrief.record": filled(ada, lambda: ada.run("/debrief"), {**new, "story": story}),
        "contact.record": filled(
            ada,
            lambda: ada.run("/contact"),
            {**new, "person": "new:Ines", "channel": "mail", "subject": "Prices"},
        ),
    }


def _debriefs(scene: Scene) -> dict[str, View]:
    """Ada's form of a debrief as it can be besides: unfolded, gone on with, of one that is kept."""
    ada = scene.ada
    ada.run("/debrief", "Fern Labs")
    unfolded = ada.wait_for_view()
    ada.press(unfolded, "debrief.more")
    assert scene.slack.workspace.wait_until(lambda: "quote" in unfolded.state_values or None, 5.0)
    pain = copy.deepcopy(unfolded)
    ada.press(unfolded, "debrief.add_pain")
    assert scene.slack.workspace.wait_until(lambda: "pain" in unfolded.state_values or None, 5.0)
    ada.press(unfolded, "debrief.add_hypothesis")
    added = lambda: "verdict" in unfolded.state_values or None  # noqa: E731
    assert scene.slack.workspace.wait_until(added, 5.0)
    unfolded, pain = pain, unfolded
    ada.close()
    return {
        "debrief.unfolded": unfolded,
        "debrief.pain": pain,
        "debrief.left": filled(ada, lambda: ada.run("/debrief", "Quarry & Daughters"), {}),
        "debrief.kept": filled(ada, lambda: ada.press(ada.open_home(), "debrief.change"), {}),
    }


def _over(scene: Scene, button: str, action: str, values: Mapping[str, str]) -> View:
    """The form that the first of some buttons pushes, on top of a list that Home opens."""
    ada = scene.ada
    ada.press(ada.open_home(), button)
    below = ada.wait_for_view()
    row = next(each["block_id"] for each in below.payload["blocks"] if action in str(each))

    def push() -> None:
        ada.press(below, action, block_id=row)
        assert scene.slack.workspace.wait_until(lambda: ada.view is not below or None, 5.0)

    view = filled(ada, push, values)
    ada.close()
    return view


def _use(person: Person, action: str, nth: int) -> None:
    """A button at one of the visits on Home."""
    home = person.open_home()
    assert home
    rows = [each["block_id"] for each in home.payload["blocks"] if action in str(each)]
    person.press(home, action, block_id=rows[nth])


def filled(person: Person, opening: Callable[[], object], values: Mapping[str, str]) -> View:
    """A form that somebody opened, filled in and closed again."""
    opening()
    view = person.wait_for_view()
    for action, name in SEARCHES:
        if name in values and action in str(view.payload):
            person.options(action, values[name].removeprefix("new:"))
    person.fill(values)
    person.close()
    return view
