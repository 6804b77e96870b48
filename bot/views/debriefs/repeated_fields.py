"""Parts of a debrief of which there may be several: read by their numbers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.domain.debriefs.rules import Frequency, Workaround
from bot.domain.debriefs.sections import MOST, Answer, Pain, Promise, Weight
from bot.views import form_fields as fields


def numbered(base: str, count: int) -> str:
    """The name of a field of the nth of a kind, counted from 0: "pain", "pain.2"."""
    return base if count == 0 else f"{base}.{count + 1}"


def placed(view: fields.Payload, name: str) -> str:
    """The field in which the nth of a kind stands: those that are empty do not count."""
    field, _, number = name.partition(".")
    base = next((each for each in READERS if field.split("_")[0] == each), None)
    if base is None:
        return name
    slots = [count for count, _ in _found(view, base, READERS[base])]
    nth = int(number or 1) - 1
    return numbered(field, slots[nth]) if nth < len(slots) else name


def each(view: fields.Payload, base: str) -> Iterator[Any]:
    """What stands in the parts of a kind, in their order."""
    return (found for _, found in _found(view, base, READERS[base]))


def _found(
    view: fields.Payload, base: str, reader: Callable[..., Any]
) -> Iterator[tuple[int, Any]]:
    """What stands in the parts of a kind, each with the number of its part."""
    for count in range(MOST):
        if numbered(base, count) in view["state"]["values"]:
            found = reader(view, lambda field, count=count: numbered(field, count))
            if found:
                yield count, found


Numbered = Callable[[str], str]


def _workaround(view: fields.Payload, at: Numbered) -> Workaround | None:
    what, why = fields.text(view, at("workaround")), fields.text(view, at("workaround_why"))
    often = fields.code(view, at("workaround_how_often"))
    if not what and not why and not often:
        return None
    return Workaround(what or why, why if what else "", Frequency(often) if often else None)


def _pain(view: fields.Payload, at: Numbered) -> Pain | None:
    what, theme = fields.text(view, at("pain")), fields.code(view, at("pain_theme")) or ""
    weight = fields.code(view, at("pain_weight"))
    if not what and not theme and not weight:
        return None
    return Pain(what, Weight(weight) if weight else None, theme)


def _promise(view: fields.Payload, at: Numbered) -> Promise | None:
    what, owner_id = fields.text(view, at("promise")), fields.user(view, at("promise_owner"))
    # A date stands there from the beginning.
    return Promise(what, owner_id, fields.on(view, at("promise_on"))) if what or owner_id else None


def _answer(view: fields.Payload, at: Numbered) -> Answer | None:
    subject, said = fields.text(view, at("answer")), fields.text(view, at("answer_said"))
    return Answer(subject, said) if subject or said else None


READERS: Mapping[str, Callable[..., Any]] = {
    "workaround": _workaround,
    "pain": _pain,
    "promise": _promise,
    "answer": _answer,
}
