"""blocks.*: check Block Kit JSON without posting it."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.api.args import Args
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.limits import Problem, check_blocks, check_payload, check_view
from sandbox.workspace.state import Workspace

CHECKS: Mapping[str, Callable[[Any], list[Problem]]] = {
    "blocks": check_blocks,
    "message": check_payload,
    "view": check_view,
}


def validate(_workspace: Workspace, args: Args) -> ResultJson:
    given = [name for name in CHECKS if name in args]
    if len(given) != 1:
        needed = "must provide exactly one of `blocks`, `view`, or `message`"
        raise Refused("invalid_arguments", [f"[ERROR] {needed}"])
    (name,) = given
    problems = CHECKS[name](args.json_value(name))
    if problems:
        raise Refused(f"invalid_{name}", extra={"errors": [_error(each) for each in problems]})
    return {}


def _error(problem: Problem) -> ResultJson:
    # Slack's page names no other code.
    error: ResultJson = {
        "pointer": problem.pointer,
        "code": "failed_constraint",
        "message": problem.text,
    }
    if problem.constraint is None:
        return error
    limit = vars(problem.constraint)
    return {**error, "constraint": {name: it for name, it in limit.items() if it is not None}}


METHODS = {"blocks.validate": Method(validate, token="none")}
