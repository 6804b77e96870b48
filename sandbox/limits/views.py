"""Modals, Home, and the options that an app offers in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.elements import CHOICE, FLAG, GROUP
from sandbox.limits.problems import Problem, coded, json_bytes
from sandbox.limits.rules import Finding, ListOf, OneOf, Rule, Shape, String, plain
from sandbox.limits.surfaces import HOME, MODAL, across_blocks
from sandbox.limits.walker import findings

VIEW_BYTES = 250_000


def submit_stands_with_inputs(view: Mapping[str, Any]) -> Iterator[Finding]:
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    if has_inputs and "submit" not in view:
        yield "submit", "is missing, as the view has inputs"


KEPT: Mapping[str, Rule] = {
    "private_metadata": String(3000, least=0),
    "callback_id": String(255, least=0),
    "external_id": String(255, least=0),
}
VIEWS = OneOf(
    {
        "modal": Shape(
            {"title": plain(24), "blocks": MODAL.blocks},
            {
                **KEPT,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": FLAG,
                "notify_on_close": FLAG,
            },
            checks=(submit_stands_with_inputs,),
        ),
        "home": Shape({"blocks": HOME.blocks}, KEPT),
    }
)
OPTIONS_ANSWER = Shape(
    may={"options": ListOf(CHOICE, 100, least=0), "option_groups": ListOf(GROUP, 100, least=0)},
    exactly_one=("options", "option_groups"),
)


def check_view(view: Mapping[str, Any]) -> list[Problem]:
    """Problems of a modal or a Home: `invalid_arguments` or `view_too_large`; [] if none.

    What spans several blocks is looked at only when each of them is right in itself.
    """
    wrong = list(findings(view, VIEWS, ""))
    if wrong:
        return coded("invalid_arguments", wrong)
    surface = HOME if view["type"] == "home" else MODAL
    problems = coded("invalid_arguments", across_blocks(view["blocks"], surface))
    if json_bytes(view) > VIEW_BYTES:
        problems += coded("view_too_large", [("", f"is over {VIEW_BYTES} bytes")])
    return problems


def check_options(answer: Mapping[str, Any]) -> list[Problem]:
    """Problems of an app's answer to a request for options; to offer none is no problem."""
    return coded("invalid_arguments", findings(answer, OPTIONS_ANSWER, ""))
