"""Labels of the debrief form's fields by number, and the sentences for their faults."""

from collections.abc import Callable, Mapping

from bot.domain.debriefs.rules import TEXT_LIMITS
from bot.domain.debriefs.sections import BELIEF_LENGTH, Fault, TextLimit
from bot.views import form_fields
from bot.views.debriefs.field_table import FIELDS

LIMITS: Mapping[str, TextLimit] = {**TEXT_LIMITS, "hypothesis": TextLimit(BELIEF_LENGTH)}
FAULT_TEXTS = {
    ("customer", Fault.MISSING): "Choose a customer, or type a new name and add it.",
    ("customer", Fault.UNKNOWN): "This customer is no longer there. Choose another one.",
    ("on", Fault.MISSING): "Choose the date of the visit.",
    ("on", Fault.IN_THE_FUTURE): "This date is in the future. "
    "A debrief is for a visit that has taken place.",
    ("on", Fault.TOO_OLD): "This date is more than a year ago. Choose a later one.",
    ("story", Fault.MISSING): "Write what you heard, in two sentences.",
    ("workaround", Fault.MISSING): "Say what they do, or take back how often they do it.",
    ("pain", Fault.MISSING): "Say what hurts them, or take back how much it does.",
    ("promise", Fault.MISSING): "Say what you promised, or take back who keeps it.",
    ("promise_on", Fault.MISSING): "Say until when.",
    ("promise_on", Fault.IN_THE_PAST): "This date is before the visit. Choose a later one.",
    ("promise_on", Fault.TOO_FAR): "This date is more than three years ahead. Choose another one.",
    ("promise_owner", Fault.UNKNOWN): "Only full members of this workspace can keep a promise. "
    "Choose somebody else.",
    ("answer", Fault.MISSING): "Say what they asked about.",
    ("answer_said", Fault.MISSING): "Say what you answered, or take the question back.",
    ("hypothesis", Fault.MISSING): "Choose which one, or take back what you saw.",
    ("verdict", Fault.MISSING): "Say what you saw: unclear is an answer too.",
    ("nps", Fault.OUT_OF_RANGE): "Choose a number from 0 to 10.",
    **{
        (name, Fault.TOO_LONG): f"Please keep it below {LIMITS[name].max_length:,} characters."
        for name in FIELDS
        if name in LIMITS
    },
}
UNKNOWN_FAULT = "Something is not right here. Please look at it again."


def field_label(name: str) -> str:
    """Return the label of a field, by its numbered name."""
    base, _, number = name.partition(".")
    label = FIELDS[base].label
    return f"{label} ({number})" if number else label


def field_errors(
    faults: Mapping[str, Fault],
    view: form_fields.Payload,
    locate: Callable[[form_fields.Payload, str], str],
) -> dict[str, str]:
    """Return a sentence for each faulty field, by block id; `locate` finds the nth field of a kind.

    A fault in a field that is folded away is shown at the story, where it can be seen.
    """
    shown = {block.get("block_id") for block in view["blocks"]}
    sentences: dict[str, str] = {}
    for name, fault in faults.items():
        base = name.partition(".")[0]
        sentence = FAULT_TEXTS.get((base, fault), UNKNOWN_FAULT)
        field = locate(view, name)
        if field in shown:
            sentences[field] = " ".join(filter(None, [sentences.get(field), sentence]))
        else:
            label = FIELDS[base].label if base in FIELDS else base
            hidden = f"{label}: {sentence}"
            sentences["story"] = " ".join(filter(None, [sentences.get("story"), hidden]))
    return sentences


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a form that stays open because saving failed; its text stays."""
    return {"story": form_fields.not_saved_text(reference)}


def conflict_errors() -> dict[str, str]:
    """Return the error for a debrief that another window has saved in other words."""
    return {"story": "Other words are kept already, from another window. They stand above."}
