"""Check modals, Home, and the options that an app offers in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.elements import FLAG, OPTION, OPTION_GROUP
from sandbox.limits.problems import Problem, json_bytes, to_problems
from sandbox.limits.rules import Finding, ListOf, OneOf, Rule, Shape, String, plain
from sandbox.limits.surfaces import HOME, MODAL, across_blocks
from sandbox.limits.walker import findings

VIEW_BYTES = 250_000


def inputs_need_submit(view: Mapping[str, Any]) -> Iterator[Finding]:
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    if has_inputs and "submit" not in view:
        yield Finding("/submit", "is missing, as the view has inputs")


COMMON_FIELDS: Mapping[str, Rule] = {
    "private_metadata": String(3000, least=0),
    "callback_id": String(255, least=0),
    "external_id": String(255, least=0),
}
VIEWS = OneOf(
    {
        "modal": Shape(
            {"title": plain(24), "blocks": MODAL.blocks},
            {
                **COMMON_FIELDS,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": FLAG,
                "notify_on_close": FLAG,
            },
            checks=(inputs_need_submit,),
        ),
        "home": Shape({"blocks": HOME.blocks}, COMMON_FIELDS),
    }
)
OPTIONS_ANSWER = Shape(
    optional={
        "options": ListOf(OPTION, 100, least=0),
        "option_groups": ListOf(OPTION_GROUP, 100, least=0),
    },
    exactly_one=("options", "option_groups"),
)


def check_view(view: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of a modal or Home: `invalid_arguments` or `view_too_large`; or [].

    What spans several blocks is checked only when each block by itself is valid.
    """
    wrong = list(findings(view, VIEWS, ""))
    if wrong:
        return to_problems("invalid_arguments", wrong)
    surface = HOME if view["type"] == "home" else MODAL
    problems = to_problems("invalid_arguments", across_blocks(view["blocks"], surface, "/blocks"))
    if json_bytes(view) > VIEW_BYTES:
        problems += to_problems("view_too_large", [Finding("", f"is over {VIEW_BYTES} bytes")])
    return problems


def check_options(answer: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of a response with options; it may be empty of options."""
    return to_problems("invalid_arguments", findings(answer, OPTIONS_ANSWER, ""))
