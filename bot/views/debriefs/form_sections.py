"""Heard: the fields of a debrief that are folded away, in parts that are added one by one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.domain.debriefs.rules import WHY_LENGTH, WORKAROUND_LENGTH, Draft, Workaround
from bot.domain.debriefs.sections import (
    ANSWER_LENGTH,
    COMPETITOR_LENGTH,
    MOST,
    PAIN_LENGTH,
    PROMISE_LENGTH,
    SUBJECT_LENGTH,
    Answer,
    Decision,
    Pain,
    Promise,
    Reason,
    Verdict,
)
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words
from bot.views.debriefs import form_labels as labels
from bot.views.debriefs import repeated_fields as part_readers
from bot.views.debriefs import theme_field as themes
from bot.views.hypotheses import fields as hypotheses

TYPED = "debrief.typed"
A_WEEK = timedelta(days=7)
FELLOWS_MOST = 10
# What Slack shows in a message.
PICTURES = ("png", "jpg", "jpeg", "gif")


class Part(StrEnum):
    """A part of a debrief that can be added to its form."""

    WORKAROUND = "workaround"
    PAIN = "pain"
    PROMISE = "promise"
    ANSWER = "answer"
    HYPOTHESIS = "hypothesis"
    SCORE = "score"
    DEAL = "deal"
    FELLOWS = "fellows"
    PICTURE = "picture"


ADDING: Mapping[Part, str] = {
    Part.WORKAROUND: "A workaround",
    Part.PAIN: "A pain",
    Part.PROMISE: "A promise",
    Part.ANSWER: "An answer we gave",
    Part.HYPOTHESIS: "A hypothesis",
    Part.SCORE: "A score",
    Part.DEAL: "Won or lost",
    Part.FELLOWS: "Who came along",
    Part.PICTURE: "A picture",
}
ADD: Mapping[str, Part] = {f"debrief.add_{part}": part for part in ADDING}
# How many of each part a form shows.
Parts = Mapping[Part, int]
INTERVIEWS: Mapping[VisitKind, Decision] = {
    VisitKind.WIN_INTERVIEW: Decision.WON,
    VisitKind.LOSS_INTERVIEW: Decision.LOST,
}

NPS_ENDS = {0: "0, not at all likely", 10: "10, very likely"}
NPS = {str(score): NPS_ENDS.get(score, str(score)) for score in range(11)}


def asked(typed: Draft) -> Parts:
    """The parts in which something is typed, and those that its kind of visit asks for."""
    counts = {
        Part.WORKAROUND: len(typed.workarounds),
        Part.PAIN: len(typed.pains),
        Part.PROMISE: len(typed.promises),
        Part.ANSWER: len(typed.answers),
        Part.HYPOTHESIS: int(any((typed.hypothesis_id, typed.new_hypothesis, typed.verdict))),
        Part.SCORE: int(typed.nps is not None or bool(typed.nps_why)),
        Part.DEAL: int(typed.kind in INTERVIEWS or bool(_deal(typed))),
        Part.FELLOWS: int(bool(typed.fellows)),
        Part.PICTURE: int(bool(typed.picture)),
    }
    return {part: count for part, count in counts.items() if count}


def more(parts: Parts, part: Part) -> Parts:
    """The parts with one more of a kind; at most four, and one of what there is one of."""
    most = MOST if part in SEVERAL else 1
    return {**parts, part: min(parts.get(part, 0) + 1, most)}


def most(*several: Parts) -> Parts:
    """The larger count of each part."""
    return {
        part: max(each.get(part, 0) for each in several)
        for part in Part
        if any(each.get(part) for each in several)
    }


def blocks(
    parts: Parts, typed: Draft, today: date, hypothesis: hypotheses.Chosen | None
) -> Iterator[Block]:
    """The fields of the parts, with what was typed into them, and the hypothesis that is chosen."""
    for part in Part:
        for count in range(parts.get(part, 0)):
            yield DividerBlock()
            if part is Part.HYPOTHESIS:
                yield _input("hypothesis", 0, hypotheses.select(hypothesis))
                yield _input("verdict", 0, choice(words.VERDICTS, typed.verdict))
            else:
                yield from BUILDERS[part](typed, count, today)


def adding(parts: Parts) -> list[Block]:
    """The buttons that add a part each, but for those of which there are enough."""
    buttons = [
        ButtonElement(text=ADDING[part], action_id=action, value=part)
        for action, part in ADD.items()
        if parts.get(part, 0) < (MOST if part in SEVERAL else 1)
    ]
    if not buttons:
        return []
    heading = kit.rich(kit.paragraph(kit.bold("Add")))
    return [heading, ActionsBlock(block_id="debrief.add", elements=buttons)]


def box(
    longest: int, typed: str, *, lines: bool = False, example: str | None = None
) -> PlainTextInputElement:
    """A box whose words are told of while they are typed."""
    return fields.text_element(longest, typed, lines=lines, example=example, told_as=TYPED)


def choice(words: Mapping[str, str], chosen: str | None) -> StaticSelectElement:
    """A list whose choice is told of at once."""
    return fields.select_element(words, chosen, action_id=TYPED)


def read(view: fields.Payload, kept_picture: str) -> Mapping[str, Any]:
    """What stands in the parts, by field of a draft; `kept_picture` is one that was put in before.

    What comes without its first half is kept as that: nothing typed is ever lost.
    """
    score = fields.code(view, "nps")
    decision, verdict = fields.code(view, "decision"), fields.code(view, "verdict")
    hypothesis_id, new = hypotheses.read(view)
    return {
        "workarounds": tuple(part_readers.each(view, "workaround")),
        "pains": tuple(part_readers.each(view, "pain")),
        "promises": tuple(part_readers.each(view, "promise")),
        "answers": tuple(part_readers.each(view, "answer")),
        "nps": int(score) if score else None,
        "nps_why": fields.text(view, "nps_why"),
        "decision": Decision(decision) if decision else None,
        "reasons": tuple(each for each in Reason if each in fields.codes(view, "reasons")),
        "competitor": fields.text(view, "competitor"),
        "hypothesis_id": hypothesis_id,
        "new_hypothesis": new,
        "verdict": Verdict(verdict) if verdict else None,
        "fellows": fields.users(view, "fellows"),
        "picture": fields.file_id(view, "picture") or kept_picture,
    }


def _input(base: str, count: int, element: Any) -> InputBlock:
    name = part_readers.numbered(base, count)
    told = element.action_id == TYPED
    hint = labels.HINTS.get(base)
    return fields.field(name, labels.label(name), element, optional=True, hint=hint, told=told)


def _nth(items: tuple[Any, ...], count: int, empty: Any) -> Any:
    return items[count] if count < len(items) else empty


def _workaround_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    seen = _nth(typed.workarounds, count, Workaround(""))
    yield _input("workaround", count, box(WORKAROUND_LENGTH, seen.what, lines=True))
    yield _input("workaround_why", count, box(WORKAROUND_LENGTH, seen.why))
    yield _input("workaround_how_often", count, choice(words.FREQUENCIES, seen.how_often))


def _pain_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    pain = _nth(typed.pains, count, Pain(""))
    yield _input("pain", count, box(PAIN_LENGTH, pain.what, lines=True))
    yield _input("pain_weight", count, choice(words.WEIGHTS, pain.weight))
    yield _input("pain_theme", count, themes.theme_select(pain.theme))


def _promise_fields(typed: Draft, count: int, today: date) -> Iterator[Block]:
    promise = _nth(typed.promises, count, Promise("", on=today + A_WEEK))
    yield _input("promise", count, box(PROMISE_LENGTH, promise.what, lines=True))
    yield _input("promise_on", count, fields.date_element(promise.on))
    yield _input("promise_owner", count, fields.user_element(promise.owner_id))


def _answer_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    answer = _nth(typed.answers, count, Answer(""))
    yield _input("answer", count, box(SUBJECT_LENGTH, answer.subject))
    yield _input("answer_said", count, box(ANSWER_LENGTH, answer.said, lines=True))


def _score_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    score = None if typed.nps is None else str(typed.nps)
    yield _input("nps", count, choice(NPS, score))
    yield _input("nps_why", count, box(WHY_LENGTH, typed.nps_why))


def _deal_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    decision = typed.decision or INTERVIEWS.get(typed.kind)
    yield _input("decision", count, choice(words.DECISIONS, decision))
    yield _input("reasons", count, fields.several_element(words.REASONS, typed.reasons))
    yield _input("competitor", count, box(COMPETITOR_LENGTH, typed.competitor))


def _fellow_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    yield _input("fellows", count, fields.users_element(typed.fellows, FELLOWS_MOST))


def _picture_fields(typed: Draft, count: int, _today: date) -> Iterator[Block]:
    if typed.picture:
        yield kit.small("Your picture is kept. Another one takes its place.")
    one = FileInputElement(action_id=fields.VALUE, filetypes=list(PICTURES), max_files=1)
    yield _input("picture", count, one)


BUILDERS: Mapping[Part, Callable[[Draft, int, date], Iterator[Block]]] = {
    Part.WORKAROUND: _workaround_fields,
    Part.PAIN: _pain_fields,
    Part.PROMISE: _promise_fields,
    Part.ANSWER: _answer_fields,
    Part.SCORE: _score_fields,
    Part.DEAL: _deal_fields,
    Part.FELLOWS: _fellow_fields,
    Part.PICTURE: _picture_fields,
}
SEVERAL = frozenset({Part.WORKAROUND, Part.PAIN, Part.PROMISE, Part.ANSWER})


def _deal(typed: Draft) -> tuple[Any, ...]:
    return tuple(filter(None, (typed.decision, typed.reasons, typed.competitor)))
