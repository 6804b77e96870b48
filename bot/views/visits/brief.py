"""Briefs: what a PM reads about a customer before a visit (text 003)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from slack_sdk.models.blocks import Block

from bot.domain.customers import Customer
from bot.domain.debriefs.rules import Mood
from bot.domain.hypotheses import Hypothesis
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit as kit
from bot.views import labels as words
from bot.views.customers import contact_permissions as closings
from bot.views.surveys import form as surveys
from bot.views.workarounds.overview import Known, in_brief

STORY_SHOWN = 400
WHY_SHOWN = 200
SHOWN = 5
THERE = (
    "First what troubles them today; other things can wait.",
    "Before you ask what hurts, say what you can promise and what not. "
    "Nobody wants to tell the same story twice.",
    "A roadmap is confidential, and it shows a direction rather than dates.",
    "Ask for stories: “tell me about the last time”, “show me how you do it”, “and then?”",
)


@dataclass(frozen=True)
class Heard:
    """A visit that somebody wrote a debrief of, for whoever may read it here."""

    on: date
    author: str
    kind: VisitKind
    story: str


@dataclass(frozen=True)
class Told:
    """An answer that somebody gave them: on what, which, by whom, on which local date."""

    subject: str
    said: str
    by: str
    on: date


@dataclass(frozen=True)
class Coming:
    """A visit that is booked: whose (None: whoever asks), on which local date, to test what."""

    who: str | None
    on: date
    hypothesis: str = ""


@dataclass(frozen=True)
class Brief:
    """What is known of a customer; dates are local to whoever asks.

    `free_on` is the first date on which a visit goes over no cap, `booked` who sees them when,
    `deal` the last one: won?, closed on, goes live on. `contacts` counts 28
    days; `closed_by` is the name of whoever closed them to visits; `score` is the last answer from
    0 to 10, its date and why; `mood` how they were found last, and when; `owed` says what they were
    promised, each in words, and `answers` what they were told, the newest first.
    """

    today: date
    customer: Customer
    owner: str
    free_on: date
    booked: tuple[Coming, ...] = ()
    heard: tuple[Heard, ...] = ()
    workarounds: tuple[Known, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    contacts: int = 0
    deal: tuple[bool, date, date | None] | None = None
    closed_by: str = ""
    score: tuple[int, date, str] | None = None
    mood: tuple[Mood, date] | None = None
    owed: tuple[str, ...] = ()
    answers: tuple[Told, ...] = ()


def ahead(
    known: Brief,
    on: date,
    goal: str,
    still_open: str = "",
    hypothesis: Hypothesis | None = None,
) -> kit.Message:
    """The brief that comes the working day before a visit, with what the PM wants to learn.

    `still_open` says which ground rules are, or is ""; `hypothesis` is the one that it tests.
    """
    seen = f"You see {kit.one_line(known.customer.name)} on {kit.day(on, known.today)}."
    learn = f" You want to learn: {kit.one_line(goal, STORY_SHOWN)}" if goal else ""
    lines = [f"{seen}{learn}", *_testing(hypothesis), *([still_open] if still_open else [])]
    others = tuple(each for each in known.booked if each.who)
    told = _told(replace(known, booked=others))
    opening = [kit.rich(kit.paragraph(each)) for each in lines]
    return kit.message(" ".join(lines), *opening, *told.blocks)


def _testing(hypothesis: Hypothesis | None) -> Iterable[str]:
    if hypothesis:
        measure = f" We would know: {kit.one_line(hypothesis.measure, STORY_SHOWN)}"
        belief = f"The visit tests: {kit.one_line(hypothesis.belief, STORY_SHOWN)}"
        yield f"{belief}{measure if hypothesis.measure else ''}"


def brief(known: Brief) -> kit.Message:
    """The brief that somebody asked for, with what can be done about the customer."""
    told = _told(known)
    # Whoever is to be left alone is not asked anything either.
    ask = [] if known.customer.closed else [surveys.button(known.customer)]
    return kit.Message(told.text, [*told.blocks, closings.button(known.customer, *ask)])


def _told(known: Brief) -> kit.Message:
    """Who they are, what was heard, and what to keep in mind there."""
    name, facts = kit.one_line(known.customer.name), " ".join(_facts(known))
    lists = [
        ("What was heard", [_heard(each, known.today) for each in known.heard]),
        (
            "They have told us already, so do not ask again",
            [in_brief(each) for each in known.workarounds],
        ),
        ("We have promised them", list(known.owed)),
        ("They have been told", [_answer(each, known.today) for each in known.answers]),
        ("People", [_person(*each) for each in known.people]),
        ("When you are there", list(THERE)),
    ]
    shown = [_list(title, items) for title, items in lists if items]
    spoken = [f"{title}: {' '.join(items)}" for title, items in lists if items]
    opening = kit.rich(kit.paragraph(kit.bold(name), f", {facts}"))
    return kit.message(f"{name}, {facts} {' '.join(spoken)}", opening, *shown)


def which(found: Sequence[tuple[str, str]]) -> kit.Message:
    """Several customers could be meant: their names, and what tells them apart."""
    names = [
        f"{kit.one_line(name)} ({kit.one_line(hint)})" if hint else kit.one_line(name)
        for name, hint in found
    ]
    return kit.say(f"Which one? {'; '.join(names)}. Type more of the name, or the domain.")


def nobody(typed: str) -> kit.Message:
    """No customer of that name."""
    name = kit.one_line(typed)
    return kit.say(f"I know nobody called “{name}”. A debrief or a contact adds a customer.")


def usage() -> kit.Message:
    """What `/customer help` answers."""
    return kit.say(
        kit.code("/customer NAME"),
        " tells what is known of a customer: what was heard, by whom, and when they may be seen.",
    )


def _list(title: str, items: Iterable[str]) -> Block:
    return kit.rich(kit.paragraph(kit.bold(title)), kit.bullets(*([each] for each in items)))


def _facts(known: Brief) -> Iterable[str]:
    customer = known.customer
    places = [customer.segment, customer.region, customer.country, customer.size]
    who = [words.SOMEBODY[customer.stage].lower(), *(kit.one_line(each) for each in places if each)]
    yield f"{', '.join(who)}."
    if known.owner:
        yield f"{kit.capitalised(kit.one_line(known.owner))} looks after them."
    yield from _worth(customer)
    if known.deal:
        yield _deal(*known.deal, known.today)
    for each in known.booked:
        seen = f"{kit.capitalised(kit.one_line(each.who))} sees" if each.who else "You see"
        belief = kit.one_line(each.hypothesis, 200).rstrip(".")
        tests = f", to test: “{belief}”" if each.hypothesis else ""
        yield f"{seen} them on {kit.day(each.on, known.today)}{tests}."
    if known.mood:
        mood, on = known.mood
        found = "of two minds" if mood is Mood.MIXED else words.MOODS[mood].lower()
        yield f"On {kit.day(on, known.today)} we found them {found}."
    if known.score:
        yield _score(*known.score, known.today)
    yield _badge(known)
    if known.contacts:
        times = kit.several(known.contacts, "time", "times")
        yield f"They have reached for us {times} in 28 days."


def _badge(known: Brief) -> str:
    """Free, cooling down, to be left alone, or opted out (B4)."""
    customer, today = known.customer, known.today
    if customer.closed and customer.closed_on:
        word = closings.CHOICES[customer.closed][0]
        because = kit.one_line(customer.closed_because or "", 200)
        who = kit.capitalised(kit.one_line(known.closed_by))
        return f"{word}: {because} ({who}, {kit.day(customer.closed_on, today)})."
    if known.free_on > today:
        free_on = kit.day(known.free_on, today)
        return f"Cooling down: to see them again before {free_on} would be too much."
    return "Free to visit."


def _worth(customer: Customer) -> Iterable[str]:
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
        return f"They decided against us on {kit.day(closed_on, today)}."
    bought = f"They bought on {kit.day(closed_on, today)}"
    if go_live_on is None:
        return f"{bought}."
    goes = "go" if go_live_on >= today else "went"
    return f"{bought} and {goes} live on {kit.day(go_live_on, today)}."


def _score(score: int, on: date, why: str, today: date) -> str:
    because = f": {kit.one_line(why, WHY_SHOWN)}" if why else ""
    told = f"On {kit.day(on, today)} they gave us {score} of 10{because}"
    return told if told.endswith((".", "?", "!", "…")) else f"{told}."


def _heard(heard: Heard, today: date) -> str:
    kind = words.VISIT_KINDS[heard.kind].partition(",")[0].lower()
    opening = f"{kit.day(heard.on, today)}, {kit.one_line(heard.author)}, {kind}"
    return f"{opening}: {kit.one_line(heard.story, STORY_SHOWN)}"


def _answer(told: Told, today: date) -> str:
    subject, said = kit.one_line(told.subject, 100), kit.one_line(told.said, WHY_SHOWN)
    return f"{subject}: “{said}” ({kit.one_line(told.by)}, {kit.day(told.on, today)})"


def _person(name: str, role: str) -> str:
    return f"{kit.one_line(name)}, {kit.one_line(role)}" if role else kit.one_line(name)
