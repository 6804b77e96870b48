"""Hypotheses: the list, one with the visits behind it, and the form to add one."""

from collections.abc import Mapping, Sequence
from datetime import date

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement
from slack_sdk.models.views import View

from bot.domain.debriefs.sections import BELIEF_LENGTH, MEASURE_LENGTH, HypothesisVerdict
from bot.domain.hypotheses import (
    MAX_CLOSED,
    Hypothesis,
    HypothesisChanges,
    HypothesisDetails,
    HypothesisList,
    HypothesisOutcome,
    HypothesisRow,
    VisitLine,
)
from bot.views import block_kit, form_fields, labels
from bot.views.hypotheses.fields import VERDICT_TEXTS, tally_text
from bot.views.stories import unnamed_customer

ADD = "hypothesis.state"
ADD_FORM = "hypothesis.stated"
SHOW_DETAILS = "hypothesis.look"
SAVE = "hypothesis.keep"
MAX_VISITS = 20
BELIEF_MAX_CHARS = 300
NO_MEASURE = "No measure yet"
EXAMPLE = "Half of them print every order before they pack it."
HOW = "At five of the next ten visits we see it done, without asking."
OUTCOME_LABELS: Mapping[HypothesisOutcome, str] = {
    HypothesisOutcome.CONFIRMED: "Confirmed",
    HypothesisOutcome.REFUTED: "Refuted",
    HypothesisOutcome.GIVEN_UP: "Given up",
}


def render_list(known: HypothesisList) -> View:
    """Render the list of open hypotheses, each with its tally."""
    state = ButtonElement(text="State one", action_id=ADD, value="state", style="primary")
    more = (
        [block_kit.context(f"and {known.more} more: type a word of it in a plan")]
        if known.more
        else []
    )
    return View(
        type="modal",
        title="Hypotheses",
        close="Close",
        blocks=[
            *([] if known.rows else [block_kit.rich_text(block_kit.paragraph(_empty_text()))]),
            *(block for row in known.rows for block in _row(row)),
            *more,
            ActionsBlock(block_id=ADD, elements=[state]),
            *_closed_blocks(known),
        ],
    )


def _empty_text() -> str:
    return "Nothing is to be tested yet. State what you believe, and how your visits would show it."


def _row(row: HypothesisRow) -> tuple[Block, Block]:
    belief = block_kit.bold(block_kit.one_line(row.hypothesis.belief, BELIEF_MAX_CHARS))
    below = f"\n{_measure(row.hypothesis)}\n{_tally_sentence(row)}"
    return block_kit.rich_text(block_kit.paragraph(belief, below)), _details_button(row.hypothesis)


def _details_button(known: Hypothesis) -> Block:
    look = ButtonElement(text="Look", action_id=SHOW_DETAILS, value=str(known.id))
    return ActionsBlock(block_id=f"hypothesis:{known.id}", elements=[look])


def _measure(known: Hypothesis) -> str:
    if not known.measure:
        return f"{NO_MEASURE}."
    return f"We would know: {block_kit.one_line(known.measure, MEASURE_LENGTH)}"


def _tally_sentence(row: HypothesisRow) -> str:
    return f"{block_kit.capitalize(tally_text(row.tally))}."


def _closed_blocks(known: HypothesisList) -> list[Block]:
    if not known.closed:
        return []
    rows = [
        block for row in known.closed[:MAX_CLOSED] for block in _closed_row_blocks(row, known.today)
    ]
    return [block_kit.rich_text(block_kit.paragraph(block_kit.bold("Settled lately"))), *rows]


def _closed_row_blocks(row: HypothesisRow, today: date) -> tuple[Block, Block]:
    belief = block_kit.one_line(row.hypothesis.belief, 150)
    ended = block_kit.capitalize(_end(row.hypothesis, today))
    return (
        block_kit.rich_text(block_kit.paragraph(f"{belief}\n{ended}: {tally_text(row.tally)}.")),
        _details_button(row.hypothesis),
    )


def _end(known: Hypothesis, today: date) -> str:
    """Return what became of a hypothesis, "confirmed on Tuesday 24 November"."""
    assert known.outcome
    assert known.closed_on
    return (
        f"{OUTCOME_LABELS[known.outcome].lower()} on {block_kit.format_day(known.closed_on, today)}"
    )


def render_form() -> View:
    """Render the form to add a hypothesis."""
    belief = form_fields.text_element(BELIEF_LENGTH, multiline=True, example=EXAMPLE)
    measure = form_fields.text_element(MEASURE_LENGTH, multiline=True, example=HOW)
    return View(
        type="modal",
        callback_id=ADD_FORM,
        title="State a hypothesis",
        submit="State it",
        close="Cancel",
        blocks=[
            form_fields.input_block("belief", "What do we believe?", belief),
            form_fields.input_block("measure", "How would we know?", measure),
        ],
    )


def render_details(known: HypothesisDetails) -> View:
    """Render one hypothesis, its tally and the visits behind it; its author may close it."""
    can_close = known.can_close and known.row.hypothesis.outcome is None
    return View(
        type="modal",
        callback_id=SAVE,
        title="A hypothesis",
        submit="Save" if can_close else None,
        close="Close",
        private_metadata=form_fields.pack_metadata(id=known.row.hypothesis.id),
        blocks=[
            _opening(known),
            *_verdict_groups(known, indirect=False),
            *_verdict_groups(known, indirect=True),
            *(_close_fields(known.row.hypothesis) if can_close else []),
        ],
    )


def _opening(known: HypothesisDetails) -> Block:
    row = known.row
    outcome = (
        f"\n{block_kit.capitalize(_end(row.hypothesis, known.today))}."
        if row.hypothesis.outcome
        else ""
    )
    stated = f"\nStated by {block_kit.one_line(known.author)}. {_tally_sentence(row)}{outcome}"
    belief = block_kit.bold(block_kit.one_line(row.hypothesis.belief, BELIEF_MAX_CHARS))
    return block_kit.rich_text(block_kit.paragraph(belief, f"\n{_measure(row.hypothesis)}{stated}"))


def _verdict_groups(known: HypothesisDetails, *, indirect: bool) -> list[Block]:
    """Build the visits of each verdict; second-hand ones come below, marked as such."""
    groups = [
        _verdict_group(verdict, [each for each in chosen if each.verdict is verdict], known.today)
        for chosen in [[each for each in known.visits if each.kind.indirect is indirect]]
        for verdict in HypothesisVerdict
        if any(each.verdict is verdict for each in chosen)
    ]
    if not groups or not indirect:
        return groups
    return [block_kit.context("Second-hand, and so weaker evidence:"), *groups]


def _verdict_group(verdict: HypothesisVerdict, visits: Sequence[VisitLine], today: date) -> Block:
    count = block_kit.pluralize(len(visits), "visit", "visits")
    heading = block_kit.bold(block_kit.capitalize(f"{VERDICT_TEXTS[verdict][0]} {count}"))
    lines: list[list[block_kit.TextPart]] = [
        [_visit_line(each, today)] for each in visits[:MAX_VISITS]
    ]
    if len(visits) > MAX_VISITS:
        lines.append([f"and {len(visits) - MAX_VISITS} more"])
    return block_kit.rich_text(block_kit.paragraph(heading), block_kit.bullets(*lines))


def _visit_line(visit: VisitLine, today: date) -> str:
    name = (
        block_kit.one_line(visit.customer)
        if visit.customer
        else unnamed_customer(visit.stage, *visit.places)
    )
    kind = labels.VISIT_KINDS[visit.kind].partition(",")[0].lower()
    return (
        f"{name}, {block_kit.format_day(visit.on, today)}, "
        f"{block_kit.one_line(visit.author)}, {kind}"
    )


def _close_fields(known: Hypothesis) -> list[Block]:
    measure = form_fields.text_element(MEASURE_LENGTH, known.measure, multiline=True, example=HOW)
    outcome = form_fields.select_element(
        {each.value: text for each, text in OUTCOME_LABELS.items()}
    )
    hint = "Once it is settled it can be picked no more, and today's date goes with it."
    return [
        form_fields.input_block("measure", "How would we know?", measure, optional=True),
        form_fields.input_block("settled", "Settle it", outcome, optional=True, hint=hint),
    ]


def parse_hypothesis(view: form_fields.Payload) -> tuple[str, str]:
    """Parse the belief and its measure; raise `FormError` with a sentence for each wrong one."""
    belief, measure = form_fields.get_text(view, "belief"), form_fields.get_text(view, "measure")
    error = form_fields.form_error(
        belief=(belief, "Say what you believe, in one sentence."),
        measure=(measure, "Say what you would see or count if it were so."),
    )
    if error.errors:
        raise error
    typed = {"belief": (belief, BELIEF_LENGTH), "measure": (measure, MEASURE_LENGTH)}
    _check_lengths(typed)
    return belief, measure


def parse_changes(view: form_fields.Payload) -> HypothesisChanges:
    """Parse the changes; raise `FormError` where the measure is too long."""
    measure, outcome = form_fields.get_text(view, "measure"), form_fields.get_code(view, "settled")
    _check_lengths({"measure": (measure, MEASURE_LENGTH)})
    return HypothesisChanges(
        int(form_fields.unpack_metadata(view)["id"]),
        measure,
        HypothesisOutcome(outcome) if outcome else None,
    )


def _check_lengths(typed: Mapping[str, tuple[str, int]]) -> None:
    long = {
        name: form_fields.too_long_text(max_length)
        for name, (text, max_length) in typed.items()
        if len(text) > max_length
    }
    if long:
        raise block_kit.FormError(long)


def belief_errors(sentence: str) -> dict[str, str]:
    """Return a sentence at the belief, by block id."""
    return {"belief": sentence}


def parse_hypothesis_id(body: form_fields.Payload) -> int:
    """Parse the hypothesis that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])
