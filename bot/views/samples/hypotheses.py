"""Samples of hypotheses."""

from dataclasses import replace

from bot import errors
from bot.domain.customers import Stage
from bot.domain.debriefs.sections import MEASURE_LENGTH, HypothesisVerdict
from bot.domain.hypotheses import (
    MAX_OPEN,
    Hypothesis,
    HypothesisDetails,
    HypothesisList,
    HypothesisOutcome,
    HypothesisRow,
    VerdictTally,
    VisitLine,
)
from bot.domain.visits.rules import VisitKind
from bot.views.hypotheses import fields, modals
from bot.views.samples.faults import left_empty
from bot.views.samples.sample import (
    LAST_VISIT,
    MILL,
    TILES,
    TODAY,
    Sample,
    SampleData,
    Samples,
)

BELIEF = "Half of them print every order before they pack it."
MEASURE = "At five of the next ten visits we see it done, without asking."
# As long as the column holds, which is longer than the form takes today.
BELIEF_LENGTH = 1000
SUPPORTS, CONTRADICTS = HypothesisVerdict.SUPPORTS, HypothesisVerdict.CONTRADICTS
LARGE_COUNTS = dict.fromkeys(HypothesisVerdict, 10**6)


def hypothesis(data: SampleData, id: int = 1) -> Hypothesis:
    """Build an open hypothesis."""
    belief = data.text(BELIEF, BELIEF_LENGTH)
    return Hypothesis(id, belief, data.text(MEASURE, MEASURE_LENGTH), "U1")


def hypotheses(data: SampleData) -> Samples:
    """Yield the list, the form to state one, and one with the visits behind it."""
    yield Sample("*Hypotheses*, on Home", modals.render_list(_list(data)))
    yield Sample("and there is none", modals.render_list(HypothesisList(TODAY)))
    yield Sample("*State one*", modals.render_form())
    empty = left_empty(modals.render_form(), modals.parse_hypothesis)
    yield Sample("*State one*, left empty", empty)
    own = own_hypothesis(data)
    yield Sample("*Look*", modals.render_details(replace(own, can_close=False)))
    yield Sample("*Look*, for whoever stated it", modals.render_details(own))
    visits = data.either((), own.visits)
    closed = replace(own, row=closed_row(data), visits=visits)
    yield Sample("*Look*, once it is settled", modals.render_details(closed))
    for error in (errors.NoSuchHypothesis, errors.StatedAlready, errors.HypothesisSettled):
        yield Sample(error.__name__, str(error()))


def own_hypothesis(data: SampleData) -> HypothesisDetails:
    """Build the facts of an open hypothesis, as its author sees it."""
    behind = _visits_behind(data)
    return HypothesisDetails(_row(data), data.staff("Ada"), behind, TODAY, can_close=True)


def unlisted(data: SampleData) -> Samples:
    """Yield the responses to a search."""
    found = data.many([(1, BELIEF, MEASURE)], lambda id: (id, data.name(""), data.place("")))
    yield Sample("Hypotheses", fields.options(found, data.name("print")))


def _list(data: SampleData) -> HypothesisList:
    untested = Hypothesis(2, "Whoever has two warehouses counts by feel.", "", "U1")
    rows = (HypothesisRow(untested, VerdictTally()), _row(data))
    return HypothesisList(
        TODAY,
        data.many(rows, lambda id: _row(data, id), most=MAX_OPEN),
        data.either(0, 10**6),
        data.many([closed_row(data)], lambda id: closed_row(data, 100 + id)),
    )


def _row(data: SampleData, id: int = 1) -> HypothesisRow:
    tally = VerdictTally({SUPPORTS: 1, CONTRADICTS: 1}, {SUPPORTS: 1})
    largest = VerdictTally(LARGE_COUNTS, LARGE_COUNTS)
    return HypothesisRow(hypothesis(data, id), data.either(tally, largest))


def closed_row(data: SampleData, id: int = 3) -> HypothesisRow:
    """Build a hypothesis that was closed."""
    ended = Hypothesis(
        id,
        data.text("They read our mails.", BELIEF_LENGTH),
        data.text("One of ten.", MEASURE_LENGTH),
        "U1",
        data.either(HypothesisOutcome.REFUTED, HypothesisOutcome.GIVEN_UP),
        data.day(LAST_VISIT),
    )
    tally = VerdictTally({SUPPORTS: 5, CONTRADICTS: 2, HypothesisVerdict.UNCLEAR: 1})
    return HypothesisRow(ended, data.either(tally, VerdictTally(LARGE_COUNTS, LARGE_COUNTS)))


def _visits_behind(data: SampleData) -> tuple[VisitLine, ...]:
    line = VisitLine
    on_site, video, proxy = VisitKind.ON_SITE, VisitKind.VIDEO, VisitKind.PROXY
    ordinary = (
        line(SUPPORTS, MILL, Stage.CUSTOMER, (), LAST_VISIT, "Ada", on_site),
        line(CONTRADICTS, "", Stage.PROSPECT, ("Paper",), LAST_VISIT, "Bo", video),
        line(SUPPORTS, TILES, Stage.CUSTOMER, (), LAST_VISIT, "Bo", proxy),
    )
    place, on, author = data.place(""), data.day(LAST_VISIT), data.staff("")
    largest = tuple(
        line(verdict, customer, Stage.LOST, (place, place), on, author, kind)
        for verdict in HypothesisVerdict
        for kind in (VisitKind.OBSERVATION, VisitKind.FRIENDS_AND_FAMILY)
        for customer in [data.name(""), ""] * data.size
    )
    return data.either(ordinary, largest)
