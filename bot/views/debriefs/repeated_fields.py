"""Repeated fields of the debrief form: their numbered names and their readers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.domain.debriefs.rules import Frequency, ReportedWorkaround
from bot.domain.debriefs.sections import MAX_ENTRIES, Answer, Pain, PainWeight, Promise
from bot.views import form_fields


def numbered_name(base: str, count: int) -> str:
    """Return the name of the nth field of a kind, counted from 0: "pain", "pain.2"."""
    return base if count == 0 else f"{base}.{count + 1}"


def locate_field(view: form_fields.Payload, name: str) -> str:
    """Find the form field of the nth entry of a kind; empty ones don't count."""
    field, _, number = name.partition(".")
    base = next((each for each in PARSERS if field.split("_")[0] == each), None)
    if base is None:
        return name
    slots = [count for count, _ in _parse_numbered(view, base, PARSERS[base])]
    nth = int(number or 1) - 1
    return numbered_name(field, slots[nth]) if nth < len(slots) else name


def parse_repeated(view: form_fields.Payload, base: str) -> Iterator[Any]:
    """Parse the entries of a kind, in their order."""
    return (found for _, found in _parse_numbered(view, base, PARSERS[base]))


def _parse_numbered(
    view: form_fields.Payload, base: str, reader: Callable[..., Any]
) -> Iterator[tuple[int, Any]]:
    """Yield the entries of a kind, each with the number of its fields."""
    for count in range(MAX_ENTRIES):
        if numbered_name(base, count) in view["state"]["values"]:
            found = reader(view, lambda field, count=count: numbered_name(field, count))
            if found:
                yield count, found


FieldNamer = Callable[[str], str]


def _parse_workaround(view: form_fields.Payload, name_of: FieldNamer) -> ReportedWorkaround | None:
    what, why = (
        form_fields.get_text(view, name_of("workaround")),
        form_fields.get_text(view, name_of("workaround_why")),
    )
    often = form_fields.get_code(view, name_of("workaround_how_often"))
    if not what and not why and not often:
        return None
    return ReportedWorkaround(what or why, why if what else "", Frequency(often) if often else None)


def _parse_pain(view: form_fields.Payload, name_of: FieldNamer) -> Pain | None:
    what, theme = (
        form_fields.get_text(view, name_of("pain")),
        form_fields.get_code(view, name_of("pain_theme")) or "",
    )
    weight = form_fields.get_code(view, name_of("pain_weight"))
    if not what and not theme and not weight:
        return None
    return Pain(what, PainWeight(weight) if weight else None, theme)


def _parse_promise(view: form_fields.Payload, name_of: FieldNamer) -> Promise | None:
    what, owner_id = (
        form_fields.get_text(view, name_of("promise")),
        form_fields.get_user_id(view, name_of("promise_owner")),
    )
    # The form fills in a date, so a date alone isn't a promise.
    return (
        Promise(what, owner_id, form_fields.get_date(view, name_of("promise_on")))
        if what or owner_id
        else None
    )


def _parse_answer(view: form_fields.Payload, name_of: FieldNamer) -> Answer | None:
    subject, answer = (
        form_fields.get_text(view, name_of("answer")),
        form_fields.get_text(view, name_of("answer_said")),
    )
    return Answer(subject, answer) if subject or answer else None


PARSERS: Mapping[str, Callable[..., Any]] = {
    "workaround": _parse_workaround,
    "pain": _parse_pain,
    "promise": _parse_promise,
    "answer": _parse_answer,
}
