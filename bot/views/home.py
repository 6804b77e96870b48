"""App Home: what is due, what is coming, and what was heard lately."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    RichTextSectionElement,
)
from slack_sdk.models.views import View

from bot.domain.debriefs.promises import Owed
from bot.domain.debriefs.rules import Sharing
from bot.domain.staff.access import Refusal
from bot.domain.suggestions.coverage import Great, Lean
from bot.domain.surveys.nps import Nps
from bot.domain.visits.ground_rules import GroundRules
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit as kit
from bot.views import labels as words
from bot.views.debriefs import confirmations as kept
from bot.views.debriefs import promises
from bot.views.debriefs import saved_drafts as unfinished
from bot.views.debriefs.saved_drafts import Left
from bot.views.staff import refusals as access
from bot.views.suggestions.coverage import great_share, sentences
from bot.views.surveys.form import score_line
from bot.views.visits import ground_rules
from bot.views.visits import prompt as prompts
from bot.views.visits import visit_messages as planned

DEBRIEF = "home.debrief"
PLAN = "home.plan"
SETTINGS = "home.settings"
JOIN = "home.join"
MARKET = "home.market"
COVERAGE = "home.coverage"
WORKAROUNDS = "home.workarounds"
HYPOTHESES = "home.hypotheses"
EARLIER = "home.earlier"
# A visit every two weeks for three years and more; Slack takes a hundred rows.
EARLIER_MOST = 90
SHOWN = 5

SHARED = {
    Sharing.SHARE: "shared",
    Sharing.NO_NAME: "shared without the name",
    Sharing.PRIVATE: "private",
}


@dataclass(frozen=True)
class Booked:
    """A visit to come; `on` and `at` are the PM's local date and time."""

    visit_id: int
    customer: str
    on: date
    kind: VisitKind
    at: time | None = None
    rules: GroundRules = field(default_factory=GroundRules)


@dataclass(frozen=True)
class Recent:
    """A debrief of late; `on` is the PM's local date of the visit."""

    debrief_id: int
    customer: str
    on: date
    sharing: Sharing


@dataclass(frozen=True)
class HomeFacts:
    """What a PM's Home shows; dates are local, `next_nudge_at` is aware UTC, `flags` are names.

    `leans` says where the visits of the last quarter differ from the market, `great` whether too
    many went to customers who are in touch a great deal; `waiting` are visits that were booked and
    have no debrief yet, `unfinished` debriefs that were begun, `owed` promises to keep; `admin`
    tells whether they may say what the market is. `nps` is that of the PM's customers, where enough
    of them have answered.
    """

    today: date
    zone: str
    due_on: date
    next_nudge_at: datetime | None
    booked: tuple[Booked, ...] = ()
    debriefs: tuple[Recent, ...] = ()
    flags: tuple[str, ...] = ()
    leans: tuple[Lean, ...] = ()
    admin: bool = False
    waiting: tuple[Booked, ...] = ()
    great: Great | None = None
    unfinished: tuple[Left, ...] = ()
    owed: tuple[Owed, ...] = ()
    nps: Nps | None = None


def home(facts: HomeFacts) -> View:
    """The Home of somebody who has joined."""
    return _view(
        [
            HeaderBlock(text=kit.plain(kit.due(facts.due_on, facts.today))),
            kit.rich(kit.paragraph(_nudge(facts))),
            *([kit.small(score_line(facts.nps))] if facts.nps else []),
            _buttons(facts.admin),
            *_unfinished(facts),
            *_waiting(facts),
            *_owed(facts),
            *_coming(facts),
            *_heard(facts),
            *_list("Where you have been", _coverage(facts)),
            *_list("In touch a great deal", [[kit.one_line(name)] for name in facts.flags]),
        ]
    )


def welcome(*, admin: bool = False) -> View:
    """The Home of somebody who has not joined: three steps; an admin may say what the market is."""
    steps: list[list[kit.Part]] = [
        ["Join, and choose how often you want to see a customer. Two weeks is a good start."],
        ["When a visit is due I write to you, with up to three customers worth seeing."],
        ["Afterwards, write down what you heard. Two sentences are enough."],
    ]
    join = ButtonElement(text="Join", action_id=JOIN, value="join", style="primary")
    return _view(
        [
            HeaderBlock(text=kit.plain("Nothing important happens in the office")),
            kit.rich(kit.numbers(*steps)),
            ActionsBlock(block_id="home.first", elements=[join, *_for_admins(admin)]),
        ]
    )


def turned_away(refusal: Refusal) -> View:
    """The Home of somebody whom the bot does not serve: one line."""
    return _view([kit.rich(kit.paragraph(access.refused(refusal)))])


def _view(blocks: Sequence[Block]) -> View:
    return View(type="home", blocks=blocks)


def _nudge(facts: HomeFacts) -> str:
    if facts.next_nudge_at is None:
        return "No nudge is coming."
    return f"My next nudge comes on {kit.moment(facts.next_nudge_at, facts.zone, facts.today)}."


def _buttons(admin: bool) -> ActionsBlock:
    return ActionsBlock(
        block_id="home.actions",
        elements=[
            ButtonElement(
                text="Debrief a visit", action_id=DEBRIEF, value="debrief", style="primary"
            ),
            ButtonElement(text="Plan a visit", action_id=PLAN, value="plan"),
            ButtonElement(text="Where you have been", action_id=COVERAGE, value="coverage"),
            ButtonElement(text="Workarounds", action_id=WORKAROUNDS, value="workarounds"),
            ButtonElement(text="Hypotheses", action_id=HYPOTHESES, value="hypotheses"),
            ButtonElement(text="Settings", action_id=SETTINGS, value="settings"),
            *_for_admins(admin),
        ],
    )


def _coverage(facts: HomeFacts) -> list[list[kit.Part]]:
    told: list[list[kit.Part]] = [[sentences(each)] for each in facts.leans]
    return [*told, [great_share(facts.great)]] if facts.great else told


def _for_admins(admin: bool) -> list[ButtonElement]:
    market = ButtonElement(text="Your market", action_id=MARKET, value="market")
    return [market] if admin else []


def _unfinished(facts: HomeFacts) -> Iterator[Block]:
    """The debriefs that were begun, each with what can be done."""
    if facts.unfinished:
        yield kit.rich(kit.paragraph(kit.bold("Not finished yet")))
    for each in facts.unfinished[:SHOWN]:
        yield kit.rich(kit.paragraph(*unfinished.line(each, facts.zone, facts.today)))
        yield unfinished.buttons(each.key)


def _waiting(facts: HomeFacts) -> Iterator[Block]:
    """The visits that were booked and have no debrief yet, each with what can be done."""
    if facts.waiting:
        yield kit.rich(kit.paragraph(kit.bold("What did you hear?")))
    for each in facts.waiting[:SHOWN]:
        yield kit.rich(_visit(each, facts.today))
        yield prompts.buttons(each.visit_id)


def _visit(visit: Booked, today: date) -> RichTextSectionElement:
    kind = words.VISIT_KINDS[visit.kind].partition(",")[0].lower()
    when = planned.when(visit.on, visit.at, today)
    return kit.paragraph(kit.bold(kit.one_line(visit.customer)), f", {kind} on {when}")


def _coming(facts: HomeFacts) -> Iterator[Block]:
    """The visits to come, each with what can be done."""
    if facts.booked:
        yield kit.rich(kit.paragraph(kit.bold("Coming up")))
    for each in facts.booked[:SHOWN]:
        when = planned.when(each.on, each.at, facts.today)
        yield kit.rich(_visit(each, facts.today))
        yield kit.small(ground_rules.ticks(each.rules))
        yield planned.buttons(each.visit_id, each.customer, when)
    if len(facts.booked) > SHOWN:
        yield kit.small(f"and {len(facts.booked) - SHOWN} more")


def _owed(facts: HomeFacts) -> Iterator[Block]:
    """The promises that the PM has still to keep, the most urgent first."""
    if facts.owed:
        yield kit.rich(kit.paragraph(kit.bold("What you owe")))
    for each in facts.owed[:SHOWN]:
        yield kit.rich(kit.paragraph(*promises.line(each, facts.today)))
        yield promises.buttons(each)


def _heard(facts: HomeFacts) -> Iterator[Block]:
    """The debriefs of late, each to be changed or taken back."""
    if facts.debriefs:
        yield kit.rich(kit.paragraph(kit.bold("What you heard lately")))
    for each in facts.debriefs[:SHOWN]:
        yield kept.change_row(_recent(each, facts.today), each.debrief_id)
    if len(facts.debriefs) > SHOWN:
        earlier = ButtonElement(text="Earlier ones", action_id=EARLIER, value="earlier")
        yield ActionsBlock(block_id=EARLIER, elements=[earlier])


def earlier(debriefs: Sequence[Recent], today: date) -> View:
    """All that somebody has heard, the newest first, each to be changed or taken back."""
    rows: list[Block] = [
        kept.change_row(_recent(each, today), each.debrief_id) for each in debriefs
    ]
    nothing = kit.rich(kit.paragraph("Nothing yet. A debrief that is kept stands here."))
    blocks = rows[:EARLIER_MOST] or [nothing]
    return View(type="modal", title="What you heard", close="Close", blocks=blocks)


def _recent(debrief: Recent, today: date) -> str:
    when, shared = kit.day(debrief.on, today), SHARED[debrief.sharing]
    return f"{kit.one_line(debrief.customer)}, {when}, {shared}"


def _list(title: str, items: Sequence[Sequence[kit.Part]]) -> list[Block]:
    if not items:
        return []
    shown, more = list(items[:SHOWN]), len(items) - SHOWN
    if more > 0:
        shown.append([f"and {more} more"])
    return [kit.rich(kit.paragraph(kit.bold(title)), kit.bullets(*shown))]
