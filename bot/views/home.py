"""App Home: what is due, what is coming up, and what was heard lately."""

from collections.abc import Iterator, Sequence
from datetime import date

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    RichTextSectionElement,
)
from slack_sdk.models.views import View

from bot.domain.debriefs.rules import Sharing
from bot.domain.home import MAX_EARLIER, MAX_ITEMS, HomeFacts, RecentDebrief, UpcomingVisit
from bot.domain.staff.access import Refusal
from bot.views import block_kit, labels
from bot.views.debriefs import confirmations, promises
from bot.views.debriefs import saved_drafts as saved_draft_views
from bot.views.staff import refusals
from bot.views.suggestions.coverage import great_share_text, skew_text
from bot.views.surveys.form import score_line
from bot.views.visits import ground_rules, visit_messages
from bot.views.visits import prompt as prompt_views

DEBRIEF = "home.debrief"
PLAN = "home.plan"
SETTINGS = "home.settings"
JOIN = "home.join"
MARKET = "home.market"
COVERAGE = "home.coverage"
WORKAROUNDS = "home.workarounds"
HYPOTHESES = "home.hypotheses"
EARLIER = "home.earlier"

SHARING_TEXTS = {
    Sharing.SHARE: "shared",
    Sharing.NO_NAME: "shared without the name",
    Sharing.PRIVATE: "private",
}


def render_home(facts: HomeFacts) -> View:
    """Render the Home of a PM who has joined."""
    return _home_view(
        [
            HeaderBlock(text=block_kit.plain_text(block_kit.due_text(facts.due_on, facts.today))),
            block_kit.rich_text(block_kit.paragraph(_next_nudge_text(facts))),
            *([block_kit.context(score_line(facts.nps))] if facts.nps else []),
            _buttons(facts.admin),
            *_saved_draft_blocks(facts),
            *_awaiting_debrief_blocks(facts),
            *_promise_blocks(facts),
            *_upcoming_blocks(facts),
            *_debrief_blocks(facts),
            *_list_block("Where you have been", _coverage_items(facts)),
            *_list_block(
                "In touch a great deal", [[block_kit.one_line(name)] for name in facts.flags]
            ),
        ]
    )


def render_welcome(*, admin: bool = False) -> View:
    """Render the Home of a user who hasn't joined: three steps; an admin may set the market."""
    steps: list[list[block_kit.TextPart]] = [
        ["Join, and choose how often you want to see a customer. Two weeks is a good start."],
        ["When a visit is due I write to you, with up to three customers worth seeing."],
        ["Afterwards, write down what you heard. Two sentences are enough."],
    ]
    join = ButtonElement(text="Join", action_id=JOIN, value="join", style="primary")
    return _home_view(
        [
            HeaderBlock(text=block_kit.plain_text("Nothing important happens in the office")),
            block_kit.rich_text(block_kit.numbers(*steps)),
            ActionsBlock(block_id="home.first", elements=[join, *_admin_buttons(admin)]),
        ]
    )


def render_refusal(refusal: Refusal) -> View:
    """Render the Home of a user that the bot doesn't serve: one line."""
    return _home_view([block_kit.rich_text(block_kit.paragraph(refusals.refusal_text(refusal)))])


def _home_view(blocks: Sequence[Block]) -> View:
    return View(type="home", blocks=blocks)


def _next_nudge_text(facts: HomeFacts) -> str:
    if facts.next_nudge_at is None:
        return "No nudge is coming."
    return (
        f"My next nudge comes on "
        f"{block_kit.format_moment(facts.next_nudge_at, facts.zone, facts.today)}."
    )


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
            *_admin_buttons(admin),
        ],
    )


def _coverage_items(facts: HomeFacts) -> list[list[block_kit.TextPart]]:
    items: list[list[block_kit.TextPart]] = [[skew_text(each)] for each in facts.skews]
    return [*items, [great_share_text(facts.great)]] if facts.great else items


def _admin_buttons(admin: bool) -> list[ButtonElement]:
    market = ButtonElement(text="Your market", action_id=MARKET, value="market")
    return [market] if admin else []


def _saved_draft_blocks(facts: HomeFacts) -> Iterator[Block]:
    """Yield the unfinished debriefs, each with its buttons."""
    if facts.saved_drafts:
        yield block_kit.rich_text(block_kit.paragraph(block_kit.bold("Not finished yet")))
    for each in facts.saved_drafts[:MAX_ITEMS]:
        yield block_kit.rich_text(
            block_kit.paragraph(*saved_draft_views.draft_line(each, facts.zone, facts.today))
        )
        yield saved_draft_views.buttons(each.key)


def _awaiting_debrief_blocks(facts: HomeFacts) -> Iterator[Block]:
    """Yield the booked visits without a debrief yet, each with its buttons."""
    if facts.awaiting_debrief:
        yield block_kit.rich_text(block_kit.paragraph(block_kit.bold("What did you hear?")))
    for each in facts.awaiting_debrief[:MAX_ITEMS]:
        yield block_kit.rich_text(_visit_line(each, facts.today))
        yield prompt_views.buttons(each.visit_id)


def _visit_line(visit: UpcomingVisit, today: date) -> RichTextSectionElement:
    kind = labels.VISIT_KINDS[visit.kind].partition(",")[0].lower()
    when = visit_messages.when_text(visit.on, visit.at, today)
    return block_kit.paragraph(
        block_kit.bold(block_kit.one_line(visit.customer)), f", {kind} on {when}"
    )


def _upcoming_blocks(facts: HomeFacts) -> Iterator[Block]:
    """Yield the upcoming visits, each with its buttons."""
    if facts.upcoming:
        yield block_kit.rich_text(block_kit.paragraph(block_kit.bold("Coming up")))
    for each in facts.upcoming[:MAX_ITEMS]:
        when = visit_messages.when_text(each.on, each.at, facts.today)
        yield block_kit.rich_text(_visit_line(each, facts.today))
        yield block_kit.context(ground_rules.steps_line(each.rules))
        yield visit_messages.buttons(each.visit_id, each.customer, when)
    if len(facts.upcoming) > MAX_ITEMS:
        yield block_kit.context(f"and {len(facts.upcoming) - MAX_ITEMS} more")


def _promise_blocks(facts: HomeFacts) -> Iterator[Block]:
    """Yield the promises that the PM has still to keep, the most urgent first."""
    if facts.open_promises:
        yield block_kit.rich_text(block_kit.paragraph(block_kit.bold("What you owe")))
    for each in facts.open_promises[:MAX_ITEMS]:
        yield block_kit.rich_text(block_kit.paragraph(*promises.promise_line(each, facts.today)))
        yield promises.buttons(each)


def _debrief_blocks(facts: HomeFacts) -> Iterator[Block]:
    """Yield the recent debriefs, each with its button to change or withdraw it."""
    if facts.debriefs:
        yield block_kit.rich_text(block_kit.paragraph(block_kit.bold("What you heard lately")))
    for each in facts.debriefs[:MAX_ITEMS]:
        yield confirmations.change_row(_debrief_line(each, facts.today), each.debrief_id)
    if len(facts.debriefs) > MAX_ITEMS:
        earlier = ButtonElement(text="Earlier ones", action_id=EARLIER, value="earlier")
        yield ActionsBlock(block_id=EARLIER, elements=[earlier])


def render_earlier(debriefs: Sequence[RecentDebrief], today: date) -> View:
    """Render all of a PM's debriefs, the newest first, each with its button to change it."""
    rows: list[Block] = [
        confirmations.change_row(_debrief_line(each, today), each.debrief_id) for each in debriefs
    ]
    nothing = block_kit.rich_text(
        block_kit.paragraph("Nothing yet. A debrief that is kept stands here.")
    )
    blocks = rows[:MAX_EARLIER] or [nothing]
    return View(type="modal", title="What you heard", close="Close", blocks=blocks)


def _debrief_line(debrief: RecentDebrief, today: date) -> str:
    when, sharing = block_kit.format_day(debrief.on, today), SHARING_TEXTS[debrief.sharing]
    return f"{block_kit.one_line(debrief.customer)}, {when}, {sharing}"


def _list_block(title: str, items: Sequence[Sequence[block_kit.TextPart]]) -> list[Block]:
    if not items:
        return []
    shown, more = list(items[:MAX_ITEMS]), len(items) - MAX_ITEMS
    if more > 0:
        shown.append([f"and {more} more"])
    return [
        block_kit.rich_text(block_kit.paragraph(block_kit.bold(title)), block_kit.bullets(*shown))
    ]
