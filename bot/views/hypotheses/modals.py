"""Tallies: the list of hypotheses, one with the visits behind it, and the form to state one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement
from slack_sdk.models.views import View

from bot.domain.customers import Stage
from bot.domain.debriefs.sections import BELIEF_LENGTH, MEASURE_LENGTH, Verdict
from bot.domain.hypotheses import Hypothesis, Settled, Tally
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words
from bot.views.hypotheses.fields import SAID, told
from bot.views.stories import somebody

STATE = "hypothesis.state"
STATED = "hypothesis.stated"
LOOK = "hypothesis.look"
KEEP = "hypothesis.keep"
SHOWN, SETTLED_SHOWN, VISITS_SHOWN = 15, 5, 20
BELIEF_SHOWN = 300
NO_MEASURE = "No measure yet"
EXAMPLE = "Half of them print every order before they pack it."
HOW = "At five of the next ten visits we see it done, without asking."
SETTLED: Mapping[Settled, str] = {
    Settled.CONFIRMED: "Confirmed",
    Settled.REFUTED: "Refuted",
    Settled.GIVEN_UP: "Given up",
}


@dataclass(frozen=True)
class Row:
    """A hypothesis in the list, with its tally."""

    known: Hypothesis
    tally: Tally


@dataclass(frozen=True)
class Page:
    """The list: the newest open ones, how many more there are, and those settled last.

    `today` is the reader's local date.
    """

    today: date
    rows: tuple[Row, ...] = ()
    more: int = 0
    settled: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Visit:
    """A visit behind a tally; `customer` is "" where they are not to be named.

    `places` are the segment and the region, `who` the name of its author, `on` their local date.
    """

    verdict: Verdict
    customer: str
    stage: Stage
    places: tuple[str, ...]
    on: date
    who: str
    kind: VisitKind


@dataclass(frozen=True)
class Looked:
    """A hypothesis with the visits behind it, newest first; `own` lets the reader settle it."""

    row: Row
    who: str
    visits: tuple[Visit, ...]
    today: date
    own: bool = False


@dataclass(frozen=True)
class Wish:
    """What whoever stated a hypothesis wants to change about it; `settled` None leaves it open."""

    id: int
    measure: str
    settled: Settled | None = None


def page(known: Page) -> View:
    """The list of open hypotheses, each with its tally."""
    state = ButtonElement(text="State one", action_id=STATE, value="state", style="primary")
    more = [kit.small(f"and {known.more} more: type a word of it in a plan")] if known.more else []
    return View(
        type="modal",
        title="Hypotheses",
        close="Close",
        blocks=[
            *([] if known.rows else [kit.rich(kit.paragraph(_none()))]),
            *(block for row in known.rows for block in _row(row)),
            *more,
            ActionsBlock(block_id=STATE, elements=[state]),
            *_settled(known),
        ],
    )


def _none() -> str:
    return "Nothing is to be tested yet. State what you believe, and how your visits would show it."


def _row(row: Row) -> tuple[Block, Block]:
    belief = kit.bold(kit.one_line(row.known.belief, BELIEF_SHOWN))
    below = f"\n{_measure(row.known)}\n{_tally(row)}"
    return kit.rich(kit.paragraph(belief, below)), _look(row.known)


def _look(known: Hypothesis) -> Block:
    look = ButtonElement(text="Look", action_id=LOOK, value=str(known.id))
    return ActionsBlock(block_id=f"hypothesis:{known.id}", elements=[look])


def _measure(known: Hypothesis) -> str:
    if not known.measure:
        return f"{NO_MEASURE}."
    return f"We would know: {kit.one_line(known.measure, MEASURE_LENGTH)}"


def _tally(row: Row) -> str:
    return f"{kit.capitalised(told(row.tally))}."


def _settled(known: Page) -> list[Block]:
    if not known.settled:
        return []
    rows = [block for row in known.settled[:SETTLED_SHOWN] for block in _done(row, known.today)]
    return [kit.rich(kit.paragraph(kit.bold("Settled lately"))), *rows]


def _done(row: Row, today: date) -> tuple[Block, Block]:
    belief = kit.one_line(row.known.belief, 150)
    ended = kit.capitalised(_end(row.known, today))
    return (
        kit.rich(kit.paragraph(f"{belief}\n{ended}: {told(row.tally)}.")),
        _look(row.known),
    )


def _end(known: Hypothesis, today: date) -> str:
    """What became of one, "confirmed on Tuesday 24 November"."""
    assert known.settled
    assert known.settled_on
    return f"{SETTLED[known.settled].lower()} on {kit.day(known.settled_on, today)}"


def form() -> View:
    """The form to state a hypothesis."""
    belief = fields.text_element(BELIEF_LENGTH, lines=True, example=EXAMPLE)
    measure = fields.text_element(MEASURE_LENGTH, lines=True, example=HOW)
    return View(
        type="modal",
        callback_id=STATED,
        title="State a hypothesis",
        submit="State it",
        close="Cancel",
        blocks=[
            fields.field("belief", "What do we believe?", belief),
            fields.field("measure", "How would we know?", measure),
        ],
    )


def look(known: Looked) -> View:
    """One hypothesis: its tally and the visits behind it; whoever stated it may settle it."""
    settling = known.own and known.row.known.settled is None
    return View(
        type="modal",
        callback_id=KEEP,
        title="A hypothesis",
        submit="Save" if settling else None,
        close="Close",
        private_metadata=fields.pack(id=known.row.known.id),
        blocks=[
            _opening(known),
            *_sides(known, indirect=False),
            *_sides(known, indirect=True),
            *(_settling(known.row.known) if settling else []),
        ],
    )


def _opening(known: Looked) -> Block:
    row = known.row
    end = f"\n{kit.capitalised(_end(row.known, known.today))}." if row.known.settled else ""
    stated = f"\nStated by {kit.one_line(known.who)}. {_tally(row)}{end}"
    belief = kit.bold(kit.one_line(row.known.belief, BELIEF_SHOWN))
    return kit.rich(kit.paragraph(belief, f"\n{_measure(row.known)}{stated}"))


def _sides(known: Looked, *, indirect: bool) -> list[Block]:
    """The visits of each verdict; what was heard at second hand stands below as what it is."""
    sides = [
        _side(verdict, [each for each in chosen if each.verdict is verdict], known.today)
        for chosen in [[each for each in known.visits if each.kind.indirect is indirect]]
        for verdict in Verdict
        if any(each.verdict is verdict for each in chosen)
    ]
    if not sides or not indirect:
        return sides
    return [kit.small("Second-hand, and so weaker evidence:"), *sides]


def _side(verdict: Verdict, visits: Sequence[Visit], today: date) -> Block:
    count = kit.several(len(visits), "visit", "visits")
    heading = kit.bold(kit.capitalised(f"{SAID[verdict][0]} {count}"))
    lines: list[list[kit.Part]] = [[_visit(each, today)] for each in visits[:VISITS_SHOWN]]
    if len(visits) > VISITS_SHOWN:
        lines.append([f"and {len(visits) - VISITS_SHOWN} more"])
    return kit.rich(kit.paragraph(heading), kit.bullets(*lines))


def _visit(visit: Visit, today: date) -> str:
    name = kit.one_line(visit.customer) if visit.customer else somebody(visit.stage, *visit.places)
    kind = words.VISIT_KINDS[visit.kind].partition(",")[0].lower()
    return f"{name}, {kit.day(visit.on, today)}, {kit.one_line(visit.who)}, {kind}"


def _settling(known: Hypothesis) -> list[Block]:
    measure = fields.text_element(MEASURE_LENGTH, known.measure, lines=True, example=HOW)
    end = fields.select_element({each.value: text for each, text in SETTLED.items()})
    hint = "Once it is settled it can be picked no more, and today's date goes with it."
    return [
        fields.field("measure", "How would we know?", measure, optional=True),
        fields.field("settled", "Settle it", end, optional=True, hint=hint),
    ]


def read(view: fields.Payload) -> tuple[str, str]:
    """The belief and its measure; raises FormFault with a sentence for each that is not right."""
    belief, measure = fields.text(view, "belief"), fields.text(view, "measure")
    missing = fields.missing(
        belief=(belief, "Say what you believe, in one sentence."),
        measure=(measure, "Say what you would see or count if it were so."),
    )
    if missing.errors:
        raise missing
    longest = {"belief": (belief, BELIEF_LENGTH), "measure": (measure, MEASURE_LENGTH)}
    _check(longest)
    return belief, measure


def read_wish(view: fields.Payload) -> Wish:
    """What is to change; raises FormFault where the measure is too long."""
    measure, settled = fields.text(view, "measure"), fields.code(view, "settled")
    _check({"measure": (measure, MEASURE_LENGTH)})
    return Wish(int(fields.unpack(view)["id"]), measure, Settled(settled) if settled else None)


def _check(typed: Mapping[str, tuple[str, int]]) -> None:
    long = {name: fields.too_long(most) for name, (text, most) in typed.items() if len(text) > most}
    if long:
        raise kit.FormFault(long)


def errors(sentence: str) -> dict[str, str]:
    """A sentence at the belief, by block id."""
    return {"belief": sentence}


def hypothesis_id(body: fields.Payload) -> int:
    """The hypothesis that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])
