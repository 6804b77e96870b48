"""Briefs: what a PM reads about a customer before a visit (text 003)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from slack_sdk.models.blocks import Block

from bot.domain.customers import Customer
from bot.domain.debriefs.rules import Mood
from bot.domain.hypotheses import Hypothesis
from bot.domain.visits.briefs import AnswerGiven, Brief, DebriefedVisit
from bot.domain.visits.ground_rules import GroundRules
from bot.views import block_kit, labels
from bot.views.customers import contact_permissions as permission_views
from bot.views.debriefs.promises import brief_text as promise_text
from bot.views.surveys import form as surveys
from bot.views.visits.ground_rules import open_steps_text
from bot.views.workarounds.overview import brief_text

STORY_MAX_CHARS = 400
WHY_MAX_CHARS = 200
# With every list full of the longest texts, Slack still accepts the brief of the day before.
BELIEF_MAX_CHARS = 300
ANSWER_MAX_CHARS = 120
VISIT_ADVICE = (
    "First what troubles them today; other things can wait.",
    "Before you ask what hurts, say what you can promise and what not. "
    "Nobody wants to tell the same story twice.",
    "A roadmap is confidential, and it shows a direction rather than dates.",
    "Ask for stories: “tell me about the last time”, “show me how you do it”, “and then?”",
)


def render_day_before(
    known: Brief,
    on: date,
    goal: str,
    rules: GroundRules | None = None,
    hypothesis: Hypothesis | None = None,
) -> block_kit.Message:
    """Render the brief for the working day before a visit, with what the PM wants to learn.

    `rules` are its ground rules, None for a visit without any; `hypothesis` is the one that it
    tests.
    """
    seen = (
        f"You see {block_kit.one_line(known.customer.name)} on "
        f"{block_kit.format_day(on, known.today)}."
    )
    still_open = open_steps_text(rules) if rules else ""
    learn = f" You want to learn: {block_kit.one_line(goal, STORY_MAX_CHARS)}" if goal else ""
    lines = [
        f"{seen}{learn}",
        *_hypothesis_lines(hypothesis),
        *([still_open] if still_open else []),
    ]
    others = tuple(each for each in known.booked if each.who)
    body = _render_body(replace(known, booked=others))
    opening = [block_kit.rich_text(block_kit.paragraph(each)) for each in lines]
    return block_kit.message(" ".join(lines), *opening, *body.blocks)


def _hypothesis_lines(hypothesis: Hypothesis | None) -> Iterable[str]:
    if hypothesis:
        measure = f" We would know: {block_kit.one_line(hypothesis.measure, BELIEF_MAX_CHARS)}"
        belief = f"The visit tests: {block_kit.one_line(hypothesis.belief, BELIEF_MAX_CHARS)}"
        yield f"{belief}{measure if hypothesis.measure else ''}"


def render_brief(known: Brief) -> block_kit.Message:
    """Render the brief that someone asked for, with buttons for the customer."""
    body = _render_body(known)
    # Customers who are closed to visits aren't asked for a score either.
    ask = [] if known.customer.closed else [surveys.ask_button(known.customer)]
    return block_kit.Message(
        body.text, [*body.blocks, permission_views.permission_buttons(known.customer, *ask)]
    )


def _render_body(known: Brief) -> block_kit.Message:
    """Render who they are, what was heard, and what to keep in mind there."""
    name, facts = block_kit.one_line(known.customer.name), " ".join(_fact_sentences(known))
    lists = [
        ("What was heard", [_visit_line(each, known.today) for each in known.visits]),
        (
            "They have told us already, so do not ask again",
            [brief_text(each) for each in known.workarounds],
        ),
        (
            "We have promised them",
            [promise_text(each.owed, each.owner, known.today) for each in known.promises],
        ),
        ("They have been told", [_answer_line(each, known.today) for each in known.answers]),
        ("People", [_person_line(*each) for each in known.people]),
        ("When you are there", list(VISIT_ADVICE)),
    ]
    shown = [_list_block(title, items) for title, items in lists if items]
    texts = [f"{title}: {' '.join(items)}" for title, items in lists if items]
    opening = block_kit.rich_text(block_kit.paragraph(block_kit.bold(name), f", {facts}"))
    return block_kit.message(f"{name}, {facts} {' '.join(texts)}", opening, *shown)


def which_customer_message(found: Sequence[tuple[str, str]]) -> block_kit.Message:
    """Build the reply when several customers match: their names, and what tells them apart."""
    names = [
        f"{block_kit.one_line(name)} ({block_kit.one_line(hint)})"
        if hint
        else block_kit.one_line(name)
        for name, hint in found
    ]
    return block_kit.text_message(
        f"Which one? {'; '.join(names)}. Type more of the name, or the domain."
    )


def unknown_customer_message(typed: str) -> block_kit.Message:
    """Build the reply when no customer has that name."""
    name = block_kit.one_line(typed)
    return block_kit.text_message(
        f"I know nobody called “{name}”. A debrief or a contact adds a customer."
    )


def usage() -> block_kit.Message:
    """Build the reply to `/customer help`."""
    return block_kit.text_message(
        block_kit.code("/customer NAME"),
        " tells what is known of a customer: what was heard, by whom, and when they may be seen.",
    )


def _list_block(title: str, items: Iterable[str]) -> Block:
    return block_kit.rich_text(
        block_kit.paragraph(block_kit.bold(title)), block_kit.bullets(*([each] for each in items))
    )


def _fact_sentences(known: Brief) -> Iterable[str]:
    customer = known.customer
    places = [customer.segment, customer.region, customer.country, customer.size]
    who = [
        labels.STAGE_SINGULARS[customer.stage].lower(),
        *(block_kit.one_line(each) for each in places if each),
    ]
    yield f"{', '.join(who)}."
    if known.owner:
        yield f"{block_kit.capitalize(block_kit.one_line(known.owner))} looks after them."
    yield from _value_sentences(customer)
    if known.deal:
        yield _deal(*known.deal, known.today)
    for each in known.booked:
        seen = (
            f"{block_kit.capitalize(block_kit.one_line(each.who))} sees" if each.who else "You see"
        )
        belief = block_kit.one_line(each.hypothesis, 200).rstrip(".")
        tests = f", to test: “{belief}”" if each.hypothesis else ""
        yield f"{seen} them on {block_kit.format_day(each.on, known.today)}{tests}."
    if known.mood:
        mood, on = known.mood
        found = "of two minds" if mood is Mood.MIXED else labels.MOODS[mood].lower()
        yield f"On {block_kit.format_day(on, known.today)} we found them {found}."
    if known.score:
        yield _score(*known.score, known.today)
    yield _permission_text(known)
    if known.contacts:
        times = block_kit.pluralize(known.contacts, "time", "times")
        yield f"They have reached for us {times} in 28 days."


def _permission_text(known: Brief) -> str:
    """Return whether they are free, cooling down, closed to visits, or opted out (B4)."""
    customer, today = known.customer, known.today
    if customer.closed and customer.closed_on:
        word = permission_views.CHOICES[customer.closed][0]
        reason = block_kit.one_line(customer.closed_because or "", 200)
        who = block_kit.capitalize(block_kit.one_line(known.closed_by))
        return f"{word}: {reason} ({who}, {block_kit.format_day(customer.closed_on, today)})."
    if known.free_on > today:
        free_on = block_kit.format_day(known.free_on, today)
        return f"Cooling down: to see them again before {free_on} would be too much."
    return "Free to visit."


def _value_sentences(customer: Customer) -> Iterable[str]:
    if customer.revenue:
        yield f"They are worth {customer.revenue:,} a year."
    if customer.potential:
        yield f"They could be worth {customer.potential:,}."
    kinds = (
        (customer.brand, "Others look to them."),
        (customer.new_market, "They are a first step into a new market."),
        (customer.new_geography, "They are a first step into a new country."),
    )
    yield from (sentence for holds, sentence in kinds if holds)


def _deal(won: bool, closed_on: date, go_live_on: date | None, today: date) -> str:
    if not won:
        return f"They decided against us on {block_kit.format_day(closed_on, today)}."
    bought = f"They bought on {block_kit.format_day(closed_on, today)}"
    if go_live_on is None:
        return f"{bought}."
    goes = "go" if go_live_on >= today else "went"
    return f"{bought} and {goes} live on {block_kit.format_day(go_live_on, today)}."


def _score(score: int, on: date, why: str, today: date) -> str:
    reason = f": {block_kit.one_line(why, WHY_MAX_CHARS)}" if why else ""
    sentence = f"On {block_kit.format_day(on, today)} they gave us {score} of 10{reason}"
    return sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


def _visit_line(visit: DebriefedVisit, today: date) -> str:
    kind = labels.VISIT_KINDS[visit.kind].partition(",")[0].lower()
    opening = f"{block_kit.format_day(visit.on, today)}, {block_kit.one_line(visit.author)}, {kind}"
    return f"{opening}: {block_kit.one_line(visit.story, STORY_MAX_CHARS)}"


def _answer_line(given: AnswerGiven, today: date) -> str:
    subject, answer = (
        block_kit.one_line(given.subject, 100),
        block_kit.one_line(given.answer, ANSWER_MAX_CHARS),
    )
    return (
        f"{subject}: “{answer}” ({block_kit.one_line(given.by)}, "
        f"{block_kit.format_day(given.on, today)})"
    )


def _person_line(name: str, role: str) -> str:
    return (
        f"{block_kit.one_line(name)}, {block_kit.one_line(role)}"
        if role
        else block_kit.one_line(name)
    )
