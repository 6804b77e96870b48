"""Samples of Home, of coverage and of the market."""

from dataclasses import replace
from datetime import time

from bot.domain.customers import Stage
from bot.domain.debriefs.facts import SavedDraftLine
from bot.domain.debriefs.rules import Sharing
from bot.domain.home import HomeFacts, RecentDebrief, UpcomingVisit
from bot.domain.staff.access import Refusal
from bot.domain.suggestions.coverage import (
    CoverageFacts,
    Dimension,
    GreatShare,
    Market,
    MarketFacts,
    Skew,
)
from bot.domain.surveys.nps import Nps
from bot.domain.visits.rules import VisitKind
from bot.views import home as views
from bot.views.samples.debriefs import owed_promise
from bot.views.samples.sample import (
    LARGE_ID,
    LAST_NUDGE,
    LAST_VISIT,
    LONG_DATE,
    MILL,
    NEXT_DUE,
    NEXT_NUDGE,
    POST,
    TILES,
    TODAY,
    Sample,
    SampleData,
    Samples,
)
from bot.views.samples.visits import response_url
from bot.views.suggestions import coverage, market_form


def home(data: SampleData) -> Samples:
    """Yield Home, and what opens from it."""
    facts = _home_facts(data)
    yield Sample("The app's Home", views.render_home(facts))
    earlier = views.render_earlier(facts.debriefs, TODAY)
    yield Sample("*Earlier ones*, of more than five", earlier)
    yield Sample("*Earlier ones*, once all are taken back", views.render_earlier((), TODAY))
    yield Sample("*Where you have been*", coverage.render_coverage(_coverage_facts(data)))
    nothing = CoverageFacts(0, {})
    yield Sample("*Where you have been*, before any visit", coverage.render_coverage(nothing))
    market = market_form.render_form(_market_facts(data), response_url(data))
    yield Sample("*Your market*, for an admin", market)
    yield Sample("for a guest", views.render_refusal(Refusal.GUEST))


def unlisted(data: SampleData) -> Samples:
    """Yield the Home of everyone else, and the first one."""
    yield Sample("Home, before anything, for an admin", views.render_welcome(admin=True))
    first = replace(_home_facts(data), upcoming=(), debriefs=(), awaiting_debrief=())
    yield Sample("Home, before the first visit", views.render_home(first))
    for refusal in Refusal:
        yield Sample(f"Home, turned away: {refusal}", views.render_refusal(refusal))


def _home_facts(data: SampleData) -> HomeFacts:
    return HomeFacts(
        today=TODAY,
        zone=data.zone,
        due_on=data.day(NEXT_DUE),
        next_nudge_at=NEXT_NUDGE,
        upcoming=data.many(
            [UpcomingVisit(1, POST, NEXT_DUE, VisitKind.PHONE)],
            lambda number: _visit(data, LARGE_ID + number),
        ),
        debriefs=data.many(
            [RecentDebrief(1, MILL, LAST_VISIT, Sharing.SHARE)],
            lambda id: RecentDebrief(id, data.name(""), LONG_DATE, Sharing.NO_NAME),
        ),
        flags=data.many([TILES], lambda _: data.name("")),
        skews=_skews(data),
        admin=True,
        awaiting_debrief=data.many((), lambda number: _visit(data, 2 * LARGE_ID + number)),
        great=data.either(None, GreatShare(10**4, 10**5, 0.5)),
        saved_drafts=data.many(
            (),
            lambda number: SavedDraftLine(f"k{number}", data.name(""), data.name(""), LAST_NUDGE),
        ),
        open_promises=data.many((), lambda id: owed_promise(data, id)),
        nps=data.either(None, Nps(-100, -100, 100, 10**6)),
    )


def _visit(data: SampleData, id: int) -> UpcomingVisit:
    return UpcomingVisit(id, data.name(""), LONG_DATE, VisitKind.OBSERVATION, time(14))


def _skews(data: SampleData) -> tuple[Skew, ...]:
    ordinary = (
        Skew(Dimension.REGION, "North", 4, 5, 0.25),
        Skew(Dimension.STAGE, Stage.PROSPECT, 0, 5, 0.4),
    )
    longest = tuple(
        Skew(dimension, data.place(""), visits, 10**6, share)
        for dimension in Dimension
        if dimension is not Dimension.STAGE
        for visits, share in ((10**6, 0.333), (0, 0.999))
    )
    return data.either(ordinary, longest)


def _coverage_facts(data: SampleData) -> CoverageFacts:
    ordinary = {
        Dimension.STAGE: [
            Skew(Dimension.STAGE, Stage.PROSPECT, 1, 6, 0.6),
            Skew(Dimension.STAGE, Stage.CUSTOMER, 5, 6, 0.4),
        ],
        Dimension.REGION: [Skew(Dimension.REGION, "North", 6, 6, 1.0)],
    }
    longest = {
        each: [_long_skew(data, each) for _ in range(data.size)] for each in Dimension if data.size
    }
    return CoverageFacts(
        data.either(6, 10**5),
        data.either(ordinary, longest),
        data.either(GreatShare(3, 6, 0.04), GreatShare(10**4, 10**5, 0.5)),
    )


def _long_skew(data: SampleData, dimension: Dimension) -> Skew:
    category = Stage.LOST if dimension is Dimension.STAGE else data.place("")
    return Skew(dimension, category, 10**4, 10**5, 1 / 3, 9)


def _market_facts(data: SampleData) -> MarketFacts:
    counted: Market = {
        Dimension.STAGE: {Stage.PROSPECT: 12, Stage.CUSTOMER: 8},
        Dimension.REGION: {"North": 20},
    }
    said: Market = {Dimension.STAGE: {Stage.PROSPECT: 60, Stage.CUSTOMER: 40}}
    categories = {f"{data.place('')[:-4]}{number:4}": 10**6 for number in range(data.size)}
    largest: Market = {
        **dict.fromkeys((Dimension.SEGMENT, Dimension.REGION, Dimension.SIZE), categories),
        Dimension.STAGE: dict.fromkeys(market_form.STAGE_WORDS, 10**6),
    }
    return data.either(MarketFacts(counted, said), MarketFacts(largest, largest))
