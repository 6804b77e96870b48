"""A workspace full of data: Ada's nudge, flag, forms and Home, and people who try to use them."""

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
from bot.db.outbox.queries import MessageKind, OutboxState
from bot.db.tables.columns import metadata
from bot.db.tables.debriefs import promises as promises_table
from bot.db.tables.outbox import outbox
from bot.db.tables.workarounds import sightings as workarounds_table
from bot.db.visits import ground_rules, plans
from bot.db.visits import queries as visits
from bot.db.workarounds import notices
from bot.domain.notes import NoteOffer, NoteOfferFacts
from bot.domain.outbox.outcomes import Outcome
from bot.domain.visits.ground_rules import GroundRules
from bot.domain.visits.plans import VisitPlan
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import (
    CustomerToTell,
    FixNoticeFacts,
    WorkaroundChanges,
    WorkaroundState,
)
from bot.operations import hypotheses, workspaces
from bot.operations.imports import files as imports
from bot.operations.staff import directory as staff
from bot.operations.workarounds import changes as workarounds
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import make_client
from bot.views import notes as note_views
from bot.views.debriefs import promises as promise_views
from bot.views.hypotheses.modals import ADD, SHOW_DETAILS
from bot.views.nudges import question as question_views
from bot.views.visits import ground_rules as ground_rule_views
from bot.views.visits import prompt as prompt_views
from bot.views.visits.ground_rules import PREPARE
from bot.views.workarounds import fix_notice as fix_notice_views
from bot.views.workarounds.overview import CHANGE
from bot.web import build_web
from handlers.routes import build_dispatcher
from sandbox.call_record import Call
from sandbox.delivery.payload_delivery import DeliveryResult
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.server_thread import ServerThread
from sandbox.workspace.installation import TEAM_ID
from sandbox.workspace.state import Message, Post, User, View
from tests.operations.operations_fixture import SECRET_KEY
from tests.support.socket_mode import close_socket_mode
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
class DeliveryEffects:
    """The effects of one payload: the response, the calls except user lookups, the posts."""

    answer: DeliveryResult
    calls: Sequence[Call]
    posts: Sequence[Post]


@dataclass
class SeededWorkspace:
    """The seeded workspace as Slack sees it; everything of Ada's exists before a test begins."""

    slack: Sandbox
    services: Services
    background: ThreadPoolExecutor
    url: str
    transport: str = "socket"
    at: datetime = T0
    ada: Person = field(init=False)
    ben: Person = field(init=False)
    cleo: Person = field(init=False)
    dan: Person = field(init=False)
    eve: Person = field(init=False)
    people: dict[str, Person] = field(init=False)
    nudge: Message = field(init=False)
    ben_nudge: Message = field(init=False)
    question: Message = field(init=False)
    flag: Message = field(init=False)
    brief: Message = field(init=False)
    home: View = field(init=False)
    booked: View = field(init=False)
    prompt: Message = field(init=False)
    note: Message = field(init=False)
    fix: Message = field(init=False)
    agenda_request: Message = field(init=False)
    saved_draft_offer: Message = field(init=False)
    promise: Message = field(init=False)
    welcome: View = field(init=False)
    forms: dict[str, View] = field(init=False)

    def tick_at(self, at: datetime) -> list[Outcome]:
        self.at = at
        return tick(self.services, at)

    def start_clock(self) -> None:
        """Record that the server's clock runs: its jobs last ran at the start, minutes ago."""
        self.services.metrics.start_clock()

    def stored_rows(self) -> dict[str, list[str]]:
        """Return all rows of the database, except users as read from Slack and the inbox."""
        with self.services.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(select(table))))
                for name, table in metadata.tables.items()
                if name not in ("staff", "inbox")
            }

    def deliver(self, transport: str, kind: str, payload: Payload) -> DeliveryEffects:
        """Deliver one payload and wait until all its effects are shown."""
        self.slack.delivery.http_url = f"{self.url}/slack/events" if transport == "http" else None
        calls, posts = len(self.slack.calls), len(self.slack.workspace.posts)
        answer = self.slack.delivery.send(kind, lambda: payload)
        self.background.submit(int).result()
        seen = self.slack.workspace.posts[posts:]
        for post in seen:
            post.expected = True
        made = [call for call in self.slack.calls[calls:] if call.method != "users.info"]
        return DeliveryEffects(answer, made, seen)


@contextmanager
def open_seeded_workspace(database: str) -> Iterator[SeededWorkspace]:
    """Open the seeded workspace over a migrated database, with Socket Mode and signed HTTP."""
    with ExitStack() as cleanup:
        seeded_workspace = _start_app(database, cleanup)
        _seed(seeded_workspace)
        yield seeded_workspace


def _start_app(database: str, cleanup: ExitStack) -> SeededWorkspace:
    times: list[SeededWorkspace] = []
    slack = cleanup.enter_context(
        Sandbox(manifest=MANIFEST, now=lambda: times[0].at if times else T0)
    )
    settings = _settings(slack, database)
    services = build_services(settings, _Clock(times))
    cleanup.callback(services.engine.dispose)
    listeners, background = ThreadPoolExecutor(4), ThreadPoolExecutor(1)
    cleanup.callback(listeners.shutdown)
    cleanup.callback(background.shutdown)
    installation = workspaces.identify(services, T0)
    bolt = build_bolt(services, installation, listeners, build_dispatcher(services, background))
    runner = ServerThread(build_web(services, bolt), 0)
    runner.start()
    cleanup.callback(runner.stop)
    client = make_client(slack.app_token, slack.api_url)
    socket = SocketModeHandler(bolt, slack.app_token, web_client=client)
    socket.connect()
    cleanup.callback(close_socket_mode, slack, socket)
    slack.wait_for_connection()
    times.append(SeededWorkspace(slack, services, background, f"http://127.0.0.1:{runner.port}"))
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
    workspaces: list[SeededWorkspace]

    def now(self) -> datetime:
        return self.workspaces[0].at if self.workspaces else T0


def _seed(seeded_workspace: SeededWorkspace) -> None:
    slack = seeded_workspace.slack
    seeded_workspace.ada = slack.add_user("Ada", tz="Europe/Berlin", admin=True)
    seeded_workspace.ben = slack.add_user("Ben", tz="Europe/Berlin")
    seeded_workspace.cleo = slack.add_user("Cleo", tz="Europe/Berlin")
    seeded_workspace.dan = slack.add_user("Dan", tz="Europe/Berlin")
    stories = slack.add_channel("stories", members=[seeded_workspace.ada])
    _join(seeded_workspace, seeded_workspace.ada, channel=stories.id)
    _join(seeded_workspace, seeded_workspace.ben)
    _join(seeded_workspace, seeded_workspace.cleo)
    _join(seeded_workspace, seeded_workspace.dan)
    for kind, text in FILES.items():
        imports.run(seeded_workspace.services, TEAM_ID, kind, io.BytesIO(text.encode()), T0)
    seeded_workspace.tick_at(T0)
    # As they were posted: a message changes once its buttons are used.
    seeded_workspace.flag = copy.deepcopy(
        slack.expect_message(to=seeded_workspace.ada, containing="a great deal")
    )
    _debrief(seeded_workspace)
    seeded_workspace.tick_at(T(days=4, hours=2))
    slack.expect_message(to=stories, containing="type it in again")
    seeded_workspace.tick_at(T(days=14))
    seeded_workspace.nudge = copy.deepcopy(
        slack.expect_message(to=seeded_workspace.ada, containing="visit")
    )
    seeded_workspace.ben_nudge = slack.expect_message(to=seeded_workspace.ben, containing="visit")
    slack.expect_message(to=seeded_workspace.cleo, containing="visit")
    seeded_workspace.question = _question(
        seeded_workspace, slack.expect_message(to=seeded_workspace.dan, containing="visit")
    )
    _plan(seeded_workspace)
    _ask_sales_owner(seeded_workspace)
    _record_workarounds(seeded_workspace)
    _state_hypothesis(seeded_workspace)
    seeded_workspace.people = _others(slack)
    for person in seeded_workspace.people.values():
        staff.look_up(seeded_workspace.services, TEAM_ID, person.id, T0)
    seeded_workspace.ada.run("/customer", "Brightwater Mill")
    seeded_workspace.brief = copy.deepcopy(slack.workspace.messages[seeded_workspace.ada.dm.id][-1])
    seeded_workspace.forms = {**_forms(seeded_workspace), **_debriefs(seeded_workspace)}
    offered = slack.expect_message(to=seeded_workspace.ada, containing="kept for two weeks")
    seeded_workspace.saved_draft_offer = copy.deepcopy(offered)
    slack.expect_message(to=seeded_workspace.ada, containing="kept for two weeks")
    seeded_workspace.home = seeded_workspace.ada.open_home()
    seeded_workspace.booked = seeded_workspace.eve.open_home()
    seeded_workspace.prompt = _prompt(seeded_workspace)
    seeded_workspace.note = _note(seeded_workspace)
    seeded_workspace.promise = _promise(seeded_workspace)
    seeded_workspace.fix = _fix(seeded_workspace)
    seeded_workspace.welcome = seeded_workspace.people["a member who has not joined"].open_home()


def _question(seeded_workspace: SeededWorkspace, nudge: Message) -> Message:
    """Post the question to Dan, as if his earlier nudges had no answer."""
    nudge_id = int(str(nudge.blocks[-1]["block_id"]).split(":")[1])
    asked = question_views.render_message(nudge_id, 30).as_arguments()
    seeded_workspace.services.slack.call(
        "chat.postMessage", channel=seeded_workspace.dan.dm.id, **asked
    )
    return copy.deepcopy(
        seeded_workspace.slack.expect_message(to=seeded_workspace.dan, containing="go on?")
    )


def _plan(seeded_workspace: SeededWorkspace) -> None:
    """Let Eve join and plan two visits."""
    seeded_workspace.eve = seeded_workspace.slack.add_user("Eve", tz="Europe/Berlin")
    _join(seeded_workspace, seeded_workspace.eve)
    for name, on in PLANNED:
        seeded_workspace.eve.run("/visit", "plan")
        seeded_workspace.eve.wait_for_view()
        seeded_workspace.eve.options("customer.find", name)
        seeded_workspace.eve.submit({"customer": f"new:{name}", "on": on})
        seeded_workspace.slack.expect_message(
            to=seeded_workspace.eve, containing=f"Planned: {name}"
        )


def _ask_sales_owner(seeded_workspace: SeededWorkspace) -> None:
    """Make Ben the sales owner of Eve's last visit; the agenda of the first was sent to him."""
    first, *_, last = _visits(seeded_workspace)
    with seeded_workspace.services.transaction(TEAM_ID) as tx:
        ground_rules.save(
            tx, first, GroundRules("Print, then pack.", asked_user_id=seeded_workspace.ben.id)
        )
        plans.save(tx, last, VisitPlan(sales_owner_id=seeded_workspace.ben.id))
    asked = ground_rule_views.review_request_message(
        first, "Eve", "Kiln House", "some day", "", "Print, then pack."
    )
    sent = asked.as_arguments()
    seeded_workspace.services.slack.call(
        "chat.postMessage", channel=seeded_workspace.ben.dm.id, **sent
    )
    seeded_workspace.agenda_request = copy.deepcopy(
        seeded_workspace.slack.expect_message(to=seeded_workspace.ben, containing="agenda")
    )


def _prompt(seeded_workspace: SeededWorkspace) -> Message:
    """Post the prompt for the first of Eve's visits, as it would be posted afterwards."""
    first, *_ = _visits(seeded_workspace)
    asked = prompt_views.render_message(first, "Seal Works", date(2026, 3, 26), date(2026, 3, 27))
    sent = asked.as_arguments()
    seeded_workspace.services.slack.call(
        "chat.postMessage", channel=seeded_workspace.eve.dm.id, **sent
    )
    return copy.deepcopy(
        seeded_workspace.slack.expect_message(to=seeded_workspace.eve, containing="did you hear")
    )


def _note(seeded_workspace: SeededWorkspace) -> Message:
    """Post Ada's note offer for the customer she has visited, as it would be posted in April."""
    with seeded_workspace.services.transaction(TEAM_ID) as tx:
        (mill,) = customers.list_by_name(tx, "Brightwater Mill")
        notes.add_all(tx, {seeded_workspace.ada.id: NoteOffer(date(2026, 4, 13), T(days=42))})
        stored_note = notes.get_by_month(tx, seeded_workspace.ada.id, "2026-04")
        known = notes.get_last_visit(tx, seeded_workspace.ada.id, mill.id)
        assert stored_note
        assert known
        notes.set_recipient(tx, stored_note, mill.id)
    offered = NoteOfferFacts(stored_note.id, mill.name, known, "Mara Lind", "Ada", T0.date())
    sent = note_views.render_message(offered).as_arguments()
    seeded_workspace.services.slack.call(
        "chat.postMessage", channel=seeded_workspace.ada.dm.id, **sent
    )
    return copy.deepcopy(
        seeded_workspace.slack.expect_message(
            to=seeded_workspace.ada, containing="asks for nothing"
        )
    )


def _promise(seeded_workspace: SeededWorkspace) -> Message:
    """Post the reminder of a promise that Ada made and Ben owns."""
    with seeded_workspace.services.transaction(TEAM_ID) as tx:
        (debrief,) = debriefs.list_latest(tx, seeded_workspace.ada.id, 1)
        on = T(days=40).date()
        tx.add(
            promises_table,
            debrief_id=debrief.id,
            what="The roadmap",
            owner_id=seeded_workspace.ben.id,
            on=on,
        )
        (owed,) = promises.list_open_by_owner(tx, seeded_workspace.ben.id, 1)
    sent = promise_views.reminder_message(owed, T0.date()).as_arguments()
    seeded_workspace.services.slack.call(
        "chat.postMessage", channel=seeded_workspace.ben.dm.id, **sent
    )
    return copy.deepcopy(
        seeded_workspace.slack.expect_message(to=seeded_workspace.ben, containing="The roadmap")
    )


def _fix(seeded_workspace: SeededWorkspace) -> Message:
    """Post the fix notice to Ada, as it would be posted."""
    ada = staff.get_actor(
        seeded_workspace.services, TEAM_ID, seeded_workspace.ada.id, seeded_workspace.at
    )
    workarounds.change(
        seeded_workspace.services,
        ada,
        WorkaroundChanges(1, "", WorkaroundState.FIXED, "4.2"),
        seeded_workspace.at,
    )
    with seeded_workspace.services.reading(TEAM_ID) as tx:
        (customer_notice,) = notices.list_active(tx, 1)
    untold = CustomerToTell(
        customer_notice.id, customer_notice.customer, "They print it", T0.date(), VisitKind.VIDEO
    )
    today = T0.date()
    fix = FixNoticeFacts("They print it", "4.2", "Ada", today, today, (untold,))
    sent = fix_notice_views.render_message(fix).as_arguments()
    seeded_workspace.services.slack.call(
        "chat.postMessage", channel=seeded_workspace.ada.dm.id, **sent
    )
    message = copy.deepcopy(
        seeded_workspace.slack.expect_message(to=seeded_workspace.ada, containing="is fixed in")
    )
    with seeded_workspace.services.transaction(TEAM_ID) as tx:
        place = {"message_channel": message.channel, "message_ts": message.ts}
        posted = tx.update(outbox).where(outbox.c.kind == MessageKind.FIX_NOTICE)
        tx.run(posted.values(state=OutboxState.SENT, sent_at=T0, **place))
    return message


def _visits(seeded_workspace: SeededWorkspace) -> Sequence[int]:
    with seeded_workspace.services.reading(TEAM_ID) as tx:
        return [
            each.id for each in visits.list_booked_by_pm(tx, seeded_workspace.eve.id, T0.date())
        ]


def _join(seeded_workspace: SeededWorkspace, person: Person, **choices: object) -> None:
    person.run("/visit", "join")
    person.wait_for_view()
    person.submit(choices)
    seeded_workspace.slack.expect_message(to=person, containing="Welcome")


def _debrief(seeded_workspace: SeededWorkspace) -> None:
    seeded_workspace.ada.run("/debrief", "Brightwater Mill")
    seeded_workspace.ada.wait_for_view()
    seeded_workspace.ada.submit(
        {"story": "They print every order and type it in again. Nobody asks."}
    )
    seeded_workspace.slack.expect_message(to=seeded_workspace.ada, containing="Brightwater Mill")


def _record_workarounds(seeded_workspace: SeededWorkspace) -> None:
    """Record two workarounds that Ada saw."""
    with seeded_workspace.services.transaction(TEAM_ID) as tx:
        (written,) = debriefs.list_latest(tx, seeded_workspace.ada.id, 1)
        for what in ("They print it", "They type it in again"):
            tx.add(workarounds_table, debrief_id=written.id, what=what, why="")


def _state_hypothesis(seeded_workspace: SeededWorkspace) -> None:
    """Add a hypothesis of Ada's."""
    ada = staff.get_actor(
        seeded_workspace.services, TEAM_ID, seeded_workspace.ada.id, seeded_workspace.at
    )
    hypotheses.add(
        seeded_workspace.services,
        ada,
        "Half of them print it.",
        "Five of ten.",
        seeded_workspace.at,
    )


def _others(slack: Sandbox) -> dict[str, Person]:
    neighbour = slack.add_user("Nia of another organisation", stranger=True)
    # In a channel that we share with them, Slack doesn't mark them as strangers.
    neighbour.user.is_stranger = False
    robot = User(slack.workspace.new_id("U"), "robot", "Robot", "", "Etc/UTC", is_bot=True)
    slack.workspace.add_user(robot)
    slack.add_user("Slackbot", id="USLACKBOT")
    return {
        "a guest of several channels": slack.add_user("Gil", guest=True),
        "a guest of one channel": slack.add_user("Gus", single_channel_guest=True),
        "a stranger": slack.add_user("Sam", stranger=True),
        "a neighbour": neighbour,
        "a deactivated user": slack.add_user("Dot", deleted=True),
        "a bot": slack.person(robot.id),
        "Slackbot": slack.person("USLACKBOT"),
        "a member who has not joined": slack.add_user("Zoe"),
    }


def _forms(seeded_workspace: SeededWorkspace) -> dict[str, View]:
    """Open Ada's forms, filled in so that submitting them would change something."""
    ada, dan, eve, rows = (
        seeded_workspace.ada,
        seeded_workspace.dan,
        seeded_workspace.eve,
        seeded_workspace.nudge.blocks,
    )
    new, story = {"customer": "new:Quarry & Daughters"}, "They do it by hand. It takes a day."
    plan = next(each["block_id"] for each in rows if each["type"] == "section")
    return {
        "visit.join": filled(ada, lambda: ada.run("/visit", "settings"), {"interval": "7"}),
        "visit.plan": filled(
            ada,
            lambda: ada.press(seeded_workspace.nudge, "nudge.plan", block_id=plan),
            {"on": "2026-03-20", "goal": "See them print."},
        ),
        "customer.closed": filled(
            ada,
            lambda: ada.press(seeded_workspace.brief, "customer.close"),
            {"because": "They are moving house."},
        ),
        "survey.ask": filled(
            ada, lambda: ada.press(seeded_workspace.brief, "survey.open"), {"person": "new:Ines"}
        ),
        "market.save": filled(
            ada, lambda: ada.press(ada.open_home(), "home.market"), {"region": "North 100"}
        ),
        "workaround.search": filled(
            ada, lambda: ada.press(ada.open_home(), "home.workarounds"), {"words": "print"}
        ),
        "workaround.keep": _pushed_form(
            seeded_workspace, "home.workarounds", CHANGE, {"state": "fixed", "release": "4.2"}
        ),
        "hypotheses": filled(ada, lambda: ada.press(ada.open_home(), "home.hypotheses"), {}),
        "hypothesis.stated": _pushed_form(
            seeded_workspace,
            "home.hypotheses",
            ADD,
            {"belief": "They count by feel.", "measure": "Three."},
        ),
        "hypothesis.keep": _pushed_form(
            seeded_workspace, "home.hypotheses", SHOW_DETAILS, {"settled": "refuted"}
        ),
        "visit.change": filled(
            eve, lambda: _press_on_visit(eve, "planned.change", 2), {"on": "2026-03-30"}
        ),
        "ground_rules.keep": filled(
            eve, lambda: _press_on_visit(eve, PREPARE, 2), {"agenda": "Pack."}
        ),
        "ground_rules.ask_one": filled(
            eve, lambda: _press_on_visit(eve, PREPARE, 1), {"agenda": "Seal."}
        ),
        "nudge.snooze_date": filled(
            ada,
            lambda: ada.press(seeded_workspace.nudge, "nudge.snooze", "date"),
            {"on": "2026-03-20"},
        ),
        "question.stopped": filled(
            dan, lambda: dan.press(seeded_workspace.question, "question.stop"), {"why": "no_time"}
        ),
        "debrief.record": filled(ada, lambda: ada.run("/debrief"), {**new, "story": story}),
        "contact.record": filled(
            ada,
            lambda: ada.run("/contact"),
            {**new, "person": "new:Ines", "channel": "mail", "subject": "Prices"},
        ),
    }


def _debriefs(seeded_workspace: SeededWorkspace) -> dict[str, View]:
    """Open Ada's debrief form in its other states: unfolded, continued, and of a saved debrief."""
    ada = seeded_workspace.ada
    ada.run("/debrief", "Fern Labs")
    unfolded = ada.wait_for_view()
    ada.press(unfolded, "debrief.more")
    assert seeded_workspace.slack.workspace.wait_until(
        lambda: "quote" in unfolded.state_values or None, 5.0
    )
    pain = copy.deepcopy(unfolded)
    ada.press(unfolded, "debrief.add_pain")
    assert seeded_workspace.slack.workspace.wait_until(
        lambda: "pain" in unfolded.state_values or None, 5.0
    )
    ada.press(unfolded, "debrief.add_hypothesis")
    added = lambda: "verdict" in unfolded.state_values or None  # noqa: E731
    assert seeded_workspace.slack.workspace.wait_until(added, 5.0)
    unfolded, pain = pain, unfolded
    ada.close()
    return {
        "debrief.unfolded": unfolded,
        "debrief.pain": pain,
        "debrief.left": filled(ada, lambda: ada.run("/debrief", "Quarry & Daughters"), {}),
        "debrief.kept": filled(ada, lambda: ada.press(ada.open_home(), "debrief.change"), {}),
    }


def _pushed_form(
    seeded_workspace: SeededWorkspace, button: str, action: str, values: Mapping[str, str]
) -> View:
    """Open the form that the first of some buttons pushes, on top of a list opened from Home."""
    ada = seeded_workspace.ada
    ada.press(ada.open_home(), button)
    below = ada.wait_for_view()
    row = next(each["block_id"] for each in below.payload["blocks"] if action in str(each))

    def push() -> None:
        ada.press(below, action, block_id=row)
        assert seeded_workspace.slack.workspace.wait_until(
            lambda: ada.view is not below or None, 5.0
        )

    view = filled(ada, push, values)
    ada.close()
    return view


def _press_on_visit(person: Person, action: str, nth: int) -> None:
    """Press a button at one of the visits on Home."""
    home = person.open_home()
    assert home
    rows = [each["block_id"] for each in home.payload["blocks"] if action in str(each)]
    person.press(home, action, block_id=rows[nth])


def filled(person: Person, opening: Callable[[], object], values: Mapping[str, str]) -> View:
    """Return a form that a person opened, filled in and closed again."""
    opening()
    view = person.wait_for_view()
    for action, name in SEARCHES:
        if name in values and action in str(view.payload):
            person.options(action, values[name].removeprefix("new:"))
    person.fill(values)
    person.close()
    return view
